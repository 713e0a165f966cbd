import stat
import subprocess
from pathlib import Path

import pytest

from recviewer import env, places


@pytest.fixture(autouse=True)
def _bare(monkeypatch, tmp_path):
    monkeypatch.delenv("RECVIEWER_DATA", raising=False)
    monkeypatch.delenv("RECVIEWER_RECORDINGS", raising=False)
    monkeypatch.delenv("RECVIEWER_REPO", raising=False)
    monkeypatch.setattr(places.platformdirs, "user_data_dir", lambda *names, **how: str(tmp_path / "home"))


def test_demo_is_a_private_copy(tmp_path):
    found = places.find()
    found.prepare()
    first = next(found.root.rglob("*.json"))
    first.write_text("changed")

    found.prepare()

    assert found.is_demo
    assert found.root == tmp_path / "home" / "demo" / "recordings"
    assert first.read_text() == "changed"
    assert (places.DEMO_SOURCE / first.relative_to(found.root)).read_text() != "changed"


def test_half_made_copy_of_the_demo_is_made_again():
    found = places.find()
    (found.root.with_name("recordings.new") / "left").mkdir(parents=True)

    found.prepare()

    assert not (found.root / "left").exists()
    assert any(found.root.rglob("*.json"))


def test_given_root_goes_before_the_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("RECVIEWER_RECORDINGS", str(tmp_path / "variable"))

    assert places.find(tmp_path / "given").root == tmp_path / "given"
    assert places.find().root == tmp_path / "variable"


def test_each_root_has_a_data_folder_of_its_own(tmp_path):
    one, other = places.find(tmp_path / "a" / "recordings"), places.find(tmp_path / "b" / "recordings")

    assert one.data != other.data
    assert one.data.name.startswith("recordings-")


def test_root_named_through_a_link_has_the_same_data_folder(tmp_path):
    (tmp_path / "tree").mkdir()
    (tmp_path / "link").symlink_to("tree")

    digests = {places.find(tmp_path / name).data.name.rpartition("-")[2] for name in ("tree", "link")}

    assert len(digests) == 1


def test_data_folder_of_a_long_name_can_be_made(tmp_path):
    found = places.find(tmp_path / ("x" * 250))

    found.prepare()

    assert found.data.is_dir()


def test_data_folder_can_be_chosen(monkeypatch, tmp_path):
    monkeypatch.setenv("RECVIEWER_DATA", str(tmp_path / "chosen"))

    found = places.find(tmp_path)

    assert (found.data, found.database.parent, found.trash.parent) == (tmp_path / "chosen",) * 3


def test_repository_alone_brings_its_work_tree(monkeypatch, tmp_path):
    subprocess.run(["git", "init", "-q", str(tmp_path / "work")], check=True)
    (tmp_path / "work" / "below").mkdir()
    monkeypatch.setenv("RECVIEWER_REPO", str(tmp_path / "work" / "below"))

    found = places.find()

    assert (found.root, found.is_demo, found.mirror) == (tmp_path / "work", False, None)
    assert found.data == places.find(tmp_path / "work").data
    assert places.find(tmp_path / "other").root == tmp_path / "other"


def test_mirror_alone_has_no_recordings_and_a_data_folder_of_its_own(monkeypatch, tmp_path):
    data = set()
    for name in ("one.git", "two.git"):
        subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / name)], check=True)
        monkeypatch.setenv("RECVIEWER_REPO", str(tmp_path / name))
        found = places.find()
        found.prepare()
        data.add(found.data)

        assert found.mirror == tmp_path / name
        assert list(found.root.iterdir()) == []
    assert len(data) == 2


def test_repository_that_is_none_stops_the_start(monkeypatch, tmp_path):
    monkeypatch.setenv("RECVIEWER_REPO", str(tmp_path))

    with pytest.raises(env.BadEnvironment, match="it is no git repository"):
        places.find()


def test_nothing_is_made_by_looking(tmp_path):
    places.find(tmp_path / "tree")

    assert list(tmp_path.iterdir()) == []


def test_secret_is_made_once_and_is_nobody_elses_to_read(tmp_path):
    secret = places.local_secret(tmp_path)

    assert len(secret) > 40
    assert places.local_secret(tmp_path) == secret
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_secret_without_a_folder_is_none():
    assert places.local_secret(Path("/nowhere/at/all")) == ""
