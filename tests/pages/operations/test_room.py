import os

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from recviewer.pages.operations import room
from tests.settings_of import put_doors


@pytest.fixture
def data(settings, root, db):
    for name, size in {
        "recviewer.sqlite3": 1000,
        "recviewer.sqlite3-wal": 24,
        "trash/a/b/one": 300,
        "trash/two": 5,
        "fetched-0123.git/objects/pack/p.pack": 7000,
        "ranges/x.range": 70,
        "recviewer.sqlite3.note/x": 0,
        "root": 9,
        "else/of/mine": 11,
    }.items():
        place = settings.DATA_DIR / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"x" * size)
    return settings.DATA_DIR


def told(found):
    return {one.name: (one.size, one.files) for one in found.parts if one.files is not None}


def test_every_file_counts_once_and_in_its_part(data):
    found = room.room()

    assert told(found) == {
        "fetched requests": (7000, 1),
        "database": (1024, 3),
        "trash": (305, 2),
        "ranges": (70, 1),
        "other": (20, 2),
    }
    assert found.size == 8419
    assert not found.is_cut
    assert [one.size for one in found.parts] == sorted((one.size for one in found.parts), reverse=True)


def test_links_lead_nowhere_and_what_cannot_be_read_costs_nothing_else(data, tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "far/large").write_bytes(b"x" * 10_000)
    (data / "trash/link").symlink_to(tmp_path / "far")
    (data / "used").symlink_to(tmp_path / "far")
    os.mkfifo(data / "ranges/pipe")
    before = room.room()

    assert before.size == 8419
    (data / "gone").mkdir()
    (data / "gone").chmod(0)
    assert room.room().size == 8419


def test_of_too_many_files_it_says_so(data, monkeypatch):
    monkeypatch.setattr(room, "MOST", 3)

    found = room.room()
    assert found.is_cut
    assert sum(one.files or 0 for one in found.parts) == 3


def test_a_database_on_a_server_is_told_beside_the_folder(data):
    on_server = [one for one in room.room().parts if one.files is None]

    assert len(on_server) == (connection.vendor == "postgresql")
    assert all(one.size > 1_000_000 for one in on_server)


def test_a_folder_that_is_gone_takes_no_room(settings, root, db):
    settings.DATA_DIR = settings.DATA_DIR / "gone"

    assert told(room.room()) == {}


def test_the_page_shows_it_and_no_place_of_the_disk(data, client, settings):
    page = " ".join(client.get("/operations/").content.decode().split())

    assert "7.0 kB" in page
    assert "fetched requests" in page
    assert "8.4 kB" in page
    assert str(data) not in page


def test_it_is_for_superusers(data, settings):
    settings.HOSTED = True
    put_doors(settings)
    client = Client()
    client.force_login(User.objects.create_user("ana"))

    assert client.get("/operations/").status_code == 403
