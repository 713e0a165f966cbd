"""Back-up and the way back, tried by losing database and data folder; to either database, and from an older version."""

import io
import json
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from recviewer.commands import backups
from recviewer.review.models import AuditEvent, Decision, Kept, Note, TagOn
from tests.commands.test_on_server import LINES
from tests.commands.test_tables import Instance


def members(file):
    with tarfile.open(file) as tar:
        return {one.name: tar.extractfile(one).read() for one in tar}


def rewritten(file, change):
    """Write a back-up again with other members."""
    found = change(members(file))
    with tarfile.open(file, "w:gz") as tar:
        for name, data in found.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


@pytest.fixture
def instance(tmp_path, chat):
    """An instance with all kinds of rows and a recording in the trash."""
    made = Instance(tmp_path)
    for name in ("one", "two"):
        (made.root / "recordings" / f"{name}.json").write_text(json.dumps(chat(id=name, test=f"t.py::test\0{name}")))
    said = tmp_path / "said.jsonl"
    said.write_text("".join(json.dumps(line) + "\n" for line in LINES))
    assert made.run("reviews", "import", said).returncode == 0
    acts = """
from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.review import deleting, decide, notes
from recviewer.review.subjects import Seen
from recviewer.commands.start import prepare
from django.contrib.auth.models import User
prepare(static=False)
indexer.refresh(processes=1)
one, two = Recording.objects.order_by("path")
notes.write(Seen(two.path, two.blob), actor="ana", body="a note \\u202e", anchor="", thread="")
deleting.trash([Seen(one.path, one.blob)], actor="ana")
User.objects.create_user("ana", password="fourteen grey herons")
"""
    done = subprocess.run(
        [sys.executable, "-m", "recviewer", "shell", "--no-imports", "-c", acts],
        env=made.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return made


def everything(instance):
    """Return what is kept, as text."""
    file = instance.data.parent / f"everything-{len(list(instance.data.parent.iterdir()))}.tar.gz"
    assert instance.run("backup", file).returncode == 0
    found = members(file)
    return {name: data for name, data in found.items() if name not in ("about.json", "sums.json")}


@pytest.mark.processes
@pytest.mark.slow
def test_all_comes_back_after_database_and_data_folder_are_lost(instance, tmp_path):
    file = tmp_path / "kept.tar.gz"
    done = instance.run("backup", file)
    assert (done.returncode, done.stderr) == (0, "")
    assert "read again and whole" in done.stdout
    assert file.stat().st_mode & 0o077 == 0
    before = everything(instance)
    assert any(name.startswith("folders/trash/") for name in before)
    assert b"ana" in before["tables/auth_user.jsonl"]
    shutil.rmtree(instance.data)

    done = instance.run("restore", file)
    assert (done.returncode, done.stderr) == (0, "")
    assert everything(instance) == before
    assert instance.run("serve", "--prepare-only", instance.root).returncode == 0
    assert "two" in instance.run("search", "two").stdout + instance.run("search", "Earth").stdout

    again = instance.run("restore", file)
    assert again.returncode == 2
    assert "holds something already" in again.stderr


@pytest.mark.processes
@pytest.mark.slow
def test_what_was_on_sqlite_comes_back_on_postgresql(instance, tmp_path, server):
    file = tmp_path / "kept.tar.gz"
    assert instance.run("backup", file).returncode == 0
    before = everything(instance)
    shutil.rmtree(instance.data)
    instance.environment["DATABASE_URL"] = server

    done = instance.run("restore", file)

    assert (done.returncode, done.stderr) == (0, "")
    after = everything(instance)
    names = [name for name in before if "django_" not in name and "auth_permission" not in name]
    assert [told(after[name]) for name in names] == [told(before[name]) for name in names]


def told(data):
    """Return lines of JSON as what they mean, for PostgreSQL keeps keys in another order; of another file its bytes."""
    try:
        return [json.loads(line) for line in data.splitlines()]
    except ValueError:
        return data


@pytest.mark.processes
@pytest.mark.slow
def test_a_backup_is_of_one_moment_and_holds_nobody_up(instance, tmp_path):
    with closing(sqlite3.connect(instance.database)) as other:
        other.execute("BEGIN IMMEDIATE")  # somebody writes, and is not done
        done = instance.run("backup", tmp_path / "kept.tar.gz")
    assert done.returncode == 0, done.stderr


@pytest.fixture
def file(make_recording, tmp_path, settings, client):
    recording = make_recording()
    client.post("/do/decide", {"key": recording.path, "seen": recording.blob, "verdict": "approve"})
    client.post("/do/note", {"key": recording.path, "seen": recording.blob, "body": "so be it"})
    client.post("/do/tag", {"key": recording.path, "seen": recording.blob, "name": "odd"})
    User.objects.create_user("ana")
    made = tmp_path / "kept.tar.gz"
    backups.back_up(made)
    return made


def test_a_backup_holds_every_kind_of_row(file, db):
    found = members(file)
    for model in (AuditEvent, Decision, Kept, Note, TagOn, User):
        assert len(found[f"tables/{model._meta.db_table}.jsonl"].splitlines()) == model.objects.count() > 0
    assert "tables/django_session.jsonl" not in found
    assert not any("catalog" in name for name in found)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"no-folder/a cannot be written: there is no folder .*no-folder") as refused:
        call_command("backup", str(tmp_path / "no-folder" / "a"))
    assert refused.value.returncode == 2


def test_one_that_is_there_is_not_written_over(file):
    with pytest.raises(CommandError, match="not overwritten"):
        backups.back_up(file)


SPOILED = {
    "cut": lambda data: data[: len(data) // 2],
    "flipped": lambda data: data[:200] + bytes([data[200] ^ 1]) + data[201:],
    "empty": lambda data: b"",
    "other": lambda data: b"no tar at all",
}


@pytest.mark.parametrize("how", SPOILED)
def test_a_spoiled_one_is_refused_and_changes_nothing(file, how):
    file.write_bytes(SPOILED[how](file.read_bytes()))
    count = Decision.objects.count()

    with pytest.raises(CommandError, match="not a complete back-up"):
        backups.restore(file)

    assert Decision.objects.count() == count


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/passwd", "folders/trash/../../evil", "folders/else/x", "tables/../x", "folders/trash"]
)
def test_a_place_outside_is_refused(file, name, settings):
    rewritten(file, lambda found: {name: b"x", **found})

    with pytest.raises(CommandError, match="nothing that recviewer writes"):
        backups.check(file)


def test_a_link_in_it_is_refused(file):
    with tarfile.open(file, "w:gz") as tar:
        member = tarfile.TarInfo("folders/trash/x")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(member)

    with pytest.raises(CommandError, match="nothing that recviewer writes"):
        backups.check(file)


def test_an_instance_that_holds_something_is_not_written_over(file):
    with pytest.raises(CommandError, match="holds something already"):
        backups.restore(file)


def test_a_newer_one_is_refused(file):
    import hashlib

    def newer(found):
        about = json.loads(found["about.json"])
        about["migrations"].append(["review", "9999_later"])
        found["about.json"] = json.dumps(about).encode()
        sums = json.loads(found["sums.json"]) | {"about.json": hashlib.sha256(found["about.json"]).hexdigest()}
        return found | {"sums.json": json.dumps(sums).encode()}

    rewritten(file, newer)

    with pytest.raises(CommandError, match="newer recviewer"):
        backups.restore(file)
    assert connection.introspection.table_names()
