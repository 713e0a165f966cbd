import os
from datetime import UTC, datetime

import pytest

from recviewer.store.files import blob_id
from recviewer.store.manifests import EntryState
from recviewer.store.recovery import mark
from recviewer.store.trash import Trash

OLD = blob_id(b"old")


@pytest.fixture
def root(tmp_path):
    made = tmp_path / "root"
    made.mkdir()
    (made / "a.json").write_bytes(b"old")
    return made


@pytest.fixture
def trash(tmp_path):
    return Trash(tmp_path / "trash")


def interrupted(trash, root, state):
    """Delete a.json and leave its entry in a state, as a crash would."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    entry = trash.delete(root, b"a.json", seen_blob=OLD, actor="ada", note="", now=now)
    fd = os.open(trash.folder, os.O_RDONLY)
    entry = mark(fd, entry, state)
    os.close(fd)
    return entry


def test_another_file_at_the_path_keeps_the_deleted_one_in_the_trash(root, trash):
    entry = interrupted(trash, root, EntryState.DELETING)
    (root / "a.json").write_bytes(b"new")

    [told] = trash.recover()

    assert "another file" in told.what
    assert trash.read(entry.id) == b"old"
    assert (root / "a.json").read_bytes() == b"new"


def test_a_directory_that_is_gone_finishes_the_deletion(root, trash):
    (root / "deep").mkdir()
    (root / "deep" / "a.json").write_bytes(b"old")
    now = datetime(2026, 11, 23, tzinfo=UTC)
    entry = trash.delete(root, b"deep/a.json", seen_blob=OLD, actor="ada", note="", now=now)
    (trash.folder / entry.manifest).rename(trash.folder / f"{entry.id}.deleting")
    (root / "deep").rmdir()

    assert "finished" in trash.recover()[0].what
    assert trash.get(entry.id).state is EntryState.TRASHED


@pytest.mark.parametrize("state", [EntryState.DELETING, EntryState.RESTORING])
def test_a_tree_that_cannot_be_reached_leaves_things_for_later(root, trash, tmp_path, state):
    entry = interrupted(trash, root, state)
    root.rename(tmp_path / "away")

    assert "cannot be settled yet" in trash.recover()[0].what
    assert trash.get(entry.id) == entry
    assert trash.read(entry.id) == b"old"


def test_a_closed_directory_leaves_things_for_later(root, trash, monkeypatch):
    from recviewer.store import recovery

    def closed(*given):
        raise PermissionError(13, "Permission denied")

    entry = interrupted(trash, root, EntryState.DELETING)
    monkeypatch.setattr(recovery, "parent_of", closed)

    assert "no permission" in trash.recover()[0].what
    assert trash.get(entry.id) == entry


def test_a_damaged_copy_is_left_alone(root, trash):
    entry = interrupted(trash, root, EntryState.DELETING)
    (trash.folder / entry.bytes_name).write_bytes(b"damaged")

    assert "damaged" in trash.recover()[0].what
    assert (trash.folder / entry.bytes_name).read_bytes() == b"damaged"


def test_a_deletion_that_had_not_begun_is_forgotten(root, trash):
    entry = interrupted(trash, root, EntryState.DELETING)
    (trash.folder / entry.bytes_name).unlink()

    assert "had not begun" in trash.recover()[0].what
    assert trash.entries() == []


def test_changed_bytes_beside_the_place_go_back(root, trash):
    entry = interrupted(trash, root, EntryState.DELETING)
    (root / os.fsdecode(entry.aside)).write_bytes(b"changed")

    trash.recover()

    assert {place.name: place.read_bytes() for place in root.iterdir()} == {"a.json": b"changed"}
    assert trash.read(entry.id) == b"old"


def test_changed_bytes_beside_an_occupied_place_are_told_of_and_kept(root, trash):
    entry = interrupted(trash, root, EntryState.DELETING)
    (root / os.fsdecode(entry.aside)).write_bytes(b"changed")
    (root / "a.json").write_bytes(b"new")

    [told] = trash.recover()

    assert os.fsdecode(entry.aside) in told.what
    assert sorted(place.read_bytes() for place in root.iterdir()) == [b"changed", b"new"]
    assert trash.read(entry.id) == b"old"


def test_a_half_written_restore_is_cleared_away(root, trash):
    entry = interrupted(trash, root, EntryState.RESTORING)
    (root / os.fsdecode(entry.returning)).write_bytes(b"ol")

    trash.recover()

    assert list(root.iterdir()) == []
    assert trash.get(entry.id).state is EntryState.TRASHED


def test_an_entry_at_rest_needs_nothing(root, trash):
    interrupted(trash, root, EntryState.RESTORED)

    assert trash.recover() == []
