import stat
import subprocess
from pathlib import Path

import pytest

from recviewer.configuration import env, places


@pytest.fixture(autouse=True)
def _bare(monkeypatch, tmp_path):
    monkeypatch.delenv("RECVIEWER_DATA", raising=False)
    monkeypatch.delenv("RECVIEWER_RECORDINGS", raising=False)
    monkeypatch.delenv("RECVIEWER_REPO", raising=False)
    monkeypatch.setattr(places.platformdirs, "user_data_dir", lambda *names, **how: str(tmp_path / "home"))


def test_demo_is_a_private_copy(tmp_path):
    found = places.find()
    found.prepare()
    first = min(found.root.rglob("*.json"))
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

    with pytest.raises(env.BadEnvironment, match="it is not a git repository"):
        places.find()


def test_nothing_is_made_by_looking(tmp_path):
    places.find(tmp_path / "tree")

    assert list(tmp_path.iterdir()) == []


def test_secret_is_made_once_and_is_nobody_elses_to_read(tmp_path):
    secret = places.local_secret(tmp_path)

    assert len(secret) > 40
    assert places.local_secret(tmp_path) == secret
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_a_new_data_folder_is_nobody_elses_to_read(tmp_path):
    (tmp_path / "tree").mkdir()
    found = places.find(tmp_path / "tree")
    found.prepare()

    assert stat.S_IMODE(found.data.stat().st_mode) == 0o700


def test_secret_without_a_folder_is_none():
    assert places.local_secret(Path("/nowhere/at/all")) == ""


def test_data_folder_knows_its_root_and_refuses_another(monkeypatch, tmp_path):
    monkeypatch.setenv("RECVIEWER_DATA", str(tmp_path / "data"))
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    places.find(tmp_path / "a").prepare()

    with pytest.raises(places.OtherRoot) as refused:
        places.find(tmp_path / "b").prepare()

    said = str(refused.value)
    assert all(str(tmp_path / name) in said for name in ("a", "b", "data"))
    assert "--moved" in said
    places.find(tmp_path / "a").prepare()


def test_command_without_a_root_takes_that_of_the_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("RECVIEWER_DATA", str(tmp_path / "data"))
    assert places.find().is_demo
    (tmp_path / "a").mkdir()
    places.find(tmp_path / "a").prepare()

    found = places.find()

    assert (found.root, found.is_demo) == (tmp_path / "a", False)


def test_folder_of_the_demo_stays_its_own_also_when_it_is_moved(monkeypatch, tmp_path):
    monkeypatch.setenv("RECVIEWER_DATA", str(tmp_path / "data"))
    places.find().prepare()
    (tmp_path / "data").rename(tmp_path / "other")
    monkeypatch.setenv("RECVIEWER_DATA", str(tmp_path / "other"))

    places.find().prepare()

    assert places.find().root == tmp_path / "other" / "recordings"
    (tmp_path / "a").mkdir()
    with pytest.raises(places.OtherRoot, match="the demo tree"):
        places.find(tmp_path / "a").prepare()


def test_moved_checkout_takes_its_folder_along(monkeypatch, tmp_path):
    monkeypatch.setenv("RECVIEWER_DATA", str(tmp_path / "data"))
    (tmp_path / "a").mkdir()
    places.find(tmp_path / "a").prepare()
    (tmp_path / "a").rename(tmp_path / "b")

    with pytest.raises(places.OtherRoot):
        places.find(tmp_path / "b").prepare()
    places.find(tmp_path / "b").prepare(moved=True)

    assert places.find().root == tmp_path / "b"
    places.find(tmp_path / "b").prepare()


def test_link_to_the_root_is_the_root(monkeypatch, tmp_path):
    monkeypatch.setenv("RECVIEWER_DATA", str(tmp_path / "data"))
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to("a")
    places.find(tmp_path / "a").prepare()

    places.find(tmp_path / "link").prepare()


def test_root_that_is_not_there_gets_no_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("RECVIEWER_DATA", str(tmp_path / "data"))
    places.find(tmp_path / "slip").prepare()
    (tmp_path / "a").mkdir()

    places.find(tmp_path / "a").prepare()

    assert places.owner_of(tmp_path / "data") == places.Owner("recordings", str(tmp_path / "a"))


def test_folder_of_an_older_recviewer_is_adopted(monkeypatch, tmp_path):
    monkeypatch.setenv("RECVIEWER_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "recviewer.sqlite3").touch()
    (tmp_path / "a").mkdir()

    places.find(tmp_path / "a").prepare()

    assert places.find().root == tmp_path / "a"


def test_repository_goes_with_the_recordings_in_it_and_with_no_others(monkeypatch, tmp_path):
    for name in ("one", "two"):
        subprocess.run(["git", "init", "-q", str(tmp_path / name)], check=True)
        (tmp_path / name / "tests").mkdir()
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "mirror.git")], check=True)
    monkeypatch.setenv("RECVIEWER_DATA", str(tmp_path / "data"))
    places.find(tmp_path / "one" / "tests").prepare()

    for name in ("one", "mirror.git"):
        monkeypatch.setenv("RECVIEWER_REPO", str(tmp_path / name))
        assert places.find().root == tmp_path / "one" / "tests"
    monkeypatch.setenv("RECVIEWER_REPO", str(tmp_path / "two"))
    with pytest.raises(places.OtherRoot):
        places.find().prepare()


def test_mirror_has_its_folder(monkeypatch, tmp_path):
    for name in ("one.git", "two.git"):
        subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / name)], check=True)
    monkeypatch.setenv("RECVIEWER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("RECVIEWER_REPO", str(tmp_path / "one.git"))
    places.find().prepare()
    places.find().prepare()
    monkeypatch.setenv("RECVIEWER_REPO", str(tmp_path / "two.git"))
    with pytest.raises(places.OtherRoot, match=r"the mirror .*one\.git"):
        places.find().prepare()
    monkeypatch.delenv("RECVIEWER_REPO")

    assert places.find().mirror == tmp_path / "one.git"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"what": 1}', "null"])
def test_broken_note_is_none(tmp_path, text):
    (tmp_path / "root").write_text(text)

    assert places.owner_of(tmp_path) is None
