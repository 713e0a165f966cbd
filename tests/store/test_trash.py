import contextlib
import errno
import os
import resource
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recviewer.recorders.registry import claims
from recviewer.store import moves
from recviewer.store.files import blob_id
from recviewer.store.manifests import EntryState
from recviewer.store.refusals import (
    CannotRead,
    Changed,
    Damaged,
    NoEntry,
    NoRoot,
    NotWritable,
    Occupied,
    OutsideRoot,
    Refusal,
    Vanished,
)
from recviewer.store.scan import scan
from recviewer.store.trash import Trash

RAW = b"suite/recordings/a.json"
DATA = b'{"words": "\xc3\xbc"}\r\n\x00 and no end'
BLOB = blob_id(DATA)
LATER = datetime(2026, 11, 23, 20, 15, 1, tzinfo=UTC)
MTIME_NS = 1_234_567_891_234_567_000
NOW = datetime(2026, 11, 23, 21, 15, tzinfo=timezone(timedelta(hours=1)))

DELETE_STEPS = [
    "manifest",
    "rename",
    "copy",
    "verify copy",
    "rename",
    "sync",
    "set aside",
    "verify original",
    "unlink",
    "finish",
]
RESTORE_STEPS = ["mark", "directories", "write", "verify", "place", "finish"]


@pytest.fixture
def root(tmp_path):
    made = tmp_path / "root"
    place = made / RAW.decode()
    place.parent.mkdir(parents=True)
    place.write_bytes(DATA)
    place.chmod(0o640)
    os.utime(place, ns=(MTIME_NS, MTIME_NS))
    (place.parent / "other.json").write_text("{}")
    return made


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data" / "trash"


def delete(trash, root, raw=RAW, *, seen_blob=BLOB, now=NOW):
    return trash.delete(root, raw, seen_blob=seen_blob, actor="ada", note="too long", now=now)


def tree(folder):
    """Return what a directory holds: bytes, mode and time of each file, and the directories."""
    held = {}
    for place in sorted(folder.rglob("*")):
        seen = place.lstat()
        name = str(place.relative_to(folder))
        held[name] = None if place.is_dir() else (place.read_bytes(), seen.st_mode & 0o777, seen.st_mtime_ns)
    return held


def trashed(folder):
    """Return the names in the trash without the lock and the ids."""
    if not folder.exists():
        return []
    return sorted(name.partition(".")[2] for name in os.listdir(folder) if name != "lock")


def stop_at(number, act):
    """Return a step hook that acts when the step of this number (from 0) is about to be taken."""
    counted = iter(range(999))

    def step(_):
        if next(counted) == number:
            act()

    return step


def fill_disk():
    raise OSError(errno.ENOSPC, "No space left on device")


# Deleting


def test_deleting_moves_the_bytes_to_the_trash(root, folder):
    trash = Trash(folder)

    entry = delete(trash, root)

    assert sorted(tree(root)) == ["suite", "suite/recordings", "suite/recordings/other.json"]
    assert trash.read(entry.id) == DATA
    assert trashed(folder) == ["bytes", "trashed"]


def test_an_entry_says_what_was_deleted_when_and_by_whom(root, folder):
    entry = delete(Trash(folder), root)

    assert Trash(folder).get(entry.id) == entry
    assert Trash(folder).entries() == [entry]
    assert entry.id.startswith("20261123T201500-")
    assert (entry.key, entry.raw, entry.root, entry.blob) == (RAW.decode(), RAW, root, BLOB)
    assert (entry.size, entry.mode, entry.mtime_ns) == (len(DATA), 0o640, MTIME_NS)
    assert (entry.actor, entry.note, entry.time, entry.state) == ("ada", "too long", NOW, EntryState.TRASHED)


def test_entries_come_newest_first(root, folder):
    trash = Trash(folder)
    first = delete(trash, root, now=NOW)
    second = delete(trash, root, b"suite/recordings/other.json", seen_blob=blob_id(b"{}"), now=LATER)

    assert [entry.id for entry in trash.entries()] == [second.id, first.id]
    assert second.id > first.id


def test_a_trash_without_a_folder_is_empty(folder):
    trash = Trash(folder)

    assert trash.entries() == []
    assert trash.recover() == []
    assert not folder.exists()


def refuses(refusal, act, root, folder, **more):
    """Assert that an act is refused and that neither the tree nor the trash is another one afterwards."""
    before, kept = tree(root), trashed(folder)
    with pytest.raises(refusal, **more) as caught:
        act()
    assert tree(root) == before
    assert trashed(folder) == kept
    return caught.value


def test_a_file_that_changed_since_it_was_seen_stays(root, folder):
    refusal = refuses(Changed, lambda: delete(Trash(folder), root, seen_blob="0" * 40), root, folder)

    assert (refusal.expected, refusal.found) == ("0" * 40, BLOB)


def test_what_is_gone_cannot_be_deleted(root, folder):
    refuses(Vanished, lambda: delete(Trash(folder), root, b"suite/gone.json"), root, folder)


def test_a_link_cannot_be_deleted(root, folder):
    (root / "link.json").symlink_to("suite/recordings/a.json")

    refuses(CannotRead, lambda: delete(Trash(folder), root, b"link.json"), root, folder)


def test_nothing_outside_the_root_is_deleted(root, folder, tmp_path):
    (tmp_path / "a.json").write_bytes(DATA)
    (root / "out").symlink_to(tmp_path)

    for raw in (b"../a.json", b"out/a.json", os.fsencode(tmp_path / "a.json")):
        with pytest.raises(OutsideRoot):
            delete(Trash(folder), root, raw)

    assert (tmp_path / "a.json").read_bytes() == DATA


def test_a_missing_root_is_said(root, folder, tmp_path):
    with pytest.raises(NoRoot):
        delete(Trash(folder), tmp_path / "gone")


@pytest.mark.parametrize("number", range(len(DELETE_STEPS) - 1))
def test_a_full_disk_at_any_step_leaves_the_file_and_no_rest(root, folder, number):
    trash = Trash(folder, step=stop_at(number, fill_disk))

    refuses(NotWritable, lambda: delete(trash, root), root, folder, match="full")

    assert trash.recover() == []


def test_a_full_disk_after_the_last_step_is_no_failure(root, folder):
    entry = delete(Trash(folder, step=stop_at(len(DELETE_STEPS) - 1, fill_disk)), root)

    assert entry.state is EntryState.DELETING
    assert Trash(folder).recover()[0].what.endswith("the file is in the trash.")
    assert Trash(folder).get(entry.id).state is EntryState.TRASHED


def test_a_write_cut_short_by_the_system_leaves_the_file_and_no_rest(root, folder):
    (root / "big.json").write_bytes(bytes(200_000))
    trash = Trash(folder)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def act():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
        try:
            delete(trash, root, b"big.json", seen_blob=blob_id(bytes(200_000)))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    refuses(NotWritable, act, root, folder, match="larger than the system allows")


def test_a_file_rewritten_during_the_deletion_stays(root, folder):
    place = root / RAW.decode()
    number = DELETE_STEPS.index("set aside")

    with pytest.raises(Changed):
        delete(Trash(folder, step=stop_at(number, lambda: place.write_bytes(b"new"))), root)

    assert place.read_bytes() == b"new"
    assert trashed(folder) == []


def test_a_file_written_anew_during_the_deletion_stays_beside_the_trashed_one(root, folder):
    place = root / RAW.decode()
    number = DELETE_STEPS.index("verify original")
    trash = Trash(folder, step=stop_at(number, lambda: place.write_bytes(b"new")))

    entry = delete(trash, root)

    assert place.read_bytes() == b"new"
    assert trash.read(entry.id) == DATA


def test_a_file_taken_away_during_the_deletion_has_vanished(root, folder):
    place = root / RAW.decode()

    with pytest.raises(Vanished):
        delete(Trash(folder, step=stop_at(DELETE_STEPS.index("set aside"), place.unlink)), root)

    assert trashed(folder) == []


def test_bytes_taken_away_between_the_steps_stay_in_the_trash(root, folder):
    number = DELETE_STEPS.index("unlink")
    home = (root / RAW.decode()).parent

    def clean():
        for place in home.glob(".recviewer-*"):
            place.unlink()

    trash = Trash(folder, step=stop_at(number, clean))
    with pytest.raises(Refusal):
        delete(trash, root)

    assert [trash.read(entry.id) for entry in trash.entries()] == [DATA]


def test_a_read_only_tree_is_said(open_path, unprivileged):
    root = open_path / "root"
    root.mkdir()
    (root / "a.json").write_bytes(DATA)
    (open_path / "data").mkdir()
    (open_path / "data").chmod(0o777)
    root.chmod(0o555)

    with unprivileged():
        refuses(
            NotWritable,
            lambda: delete(Trash(open_path / "data" / "trash"), root, b"a.json"),
            root,
            open_path / "data" / "trash",
            match=r"^a\.json cannot be written: recviewer has no permission for it\. Nothing was changed\.$",
        )


def test_a_trash_that_cannot_be_made_is_said(open_path, unprivileged):
    (open_path / "a.json").write_bytes(DATA)

    with unprivileged():
        refuses(
            NotWritable, lambda: delete(Trash(open_path / "trash"), open_path, b"a.json"), open_path, open_path / "x"
        )


def test_a_copy_that_comes_out_different_is_refused(root, folder, monkeypatch):
    real = os.write
    monkeypatch.setattr(moves.os, "write", lambda fd, data: real(fd, bytes(data).replace(b"words", b"sword")))

    refuses(NotWritable, lambda: delete(Trash(folder), root), root, folder, match="different")


def test_a_trash_below_the_root_is_never_scanned_as_recordings(root):
    trash = Trash(root / "suite" / "recordings" / "trash")
    entry = delete(trash, root)

    assert [stamp.raw for stamp in scan(root, claims()).stamps] == [b"suite/recordings/other.json"]
    assert trash.restore(entry.id).state is EntryState.RESTORED


# Restoring


def test_restoring_brings_back_bytes_mode_and_time(root, folder):
    before = tree(root)
    trash = Trash(folder)
    entry = delete(trash, root)

    restored = trash.restore(entry.id)

    assert tree(root) == before
    assert restored.state is EntryState.RESTORED
    assert trash.get(entry.id) == restored


@settings(max_examples=25, deadline=None)
@given(data=st.binary(), name=st.binary(min_size=1, max_size=200).filter(lambda name: name not in (b".", b"..")))
def test_any_bytes_of_any_name_come_back(root, folder, data, name):
    raw = b"any/" + name.replace(b"/", b"-").replace(b"\0", b"-")
    (root / "any").mkdir(exist_ok=True)
    place = os.path.join(os.fsencode(root), raw)
    Path(os.fsdecode(place)).write_bytes(data)
    trash = Trash(folder)

    entry = delete(trash, root, raw, seen_blob=blob_id(data))
    assert not os.path.lexists(place)
    trash.restore(entry.id)

    assert Path(os.fsdecode(place)).read_bytes() == data


def test_restoring_makes_the_missing_directories(root, folder):
    trash = Trash(folder)
    entry = delete(trash, root)
    (root / "suite/recordings/other.json").unlink()
    (root / "suite/recordings").rmdir()
    (root / "suite").rmdir()

    trash.restore(entry.id)

    assert (root / RAW.decode()).read_bytes() == DATA


@pytest.mark.parametrize("make", [Path.touch, Path.mkdir, lambda place: place.symlink_to("nowhere")])
def test_restoring_refuses_to_overwrite(root, folder, make):
    trash = Trash(folder)
    entry = delete(trash, root)
    make(root / RAW.decode())

    with pytest.raises(Occupied):
        trash.restore(entry.id)

    assert trash.get(entry.id) == entry
    assert trash.read(entry.id) == DATA


def test_restoring_refuses_where_a_file_stands_in_the_way(root, folder):
    trash = Trash(folder)
    entry = delete(trash, root)
    (root / "suite").rename(root / "moved")
    (root / "suite").write_text("a file")

    refuses(Occupied, lambda: trash.restore(entry.id), root, folder)


def test_what_came_out_of_the_trash_different_is_not_put_into_the_tree(root, folder):
    entry = delete(Trash(folder), root)
    place = root / RAW.decode()

    def spoil():
        written = next(one for one in place.parent.iterdir() if one.name != "other.json")
        written.write_bytes(DATA[:-1] + b"?")

    with pytest.raises(NotWritable, match="different from the copy"):
        Trash(folder, step=stop_at(RESTORE_STEPS.index("verify"), spoil)).restore(entry.id)

    assert os.listdir(place.parent) == ["other.json"]
    assert Trash(folder).read(entry.id) == DATA


@pytest.mark.parametrize("has_links", [True, False])
def test_restoring_overwrites_nothing_that_comes_in_the_last_moment(root, folder, monkeypatch, has_links):
    entry = delete(Trash(folder), root)
    place = root / RAW.decode()
    trash = Trash(folder, step=stop_at(RESTORE_STEPS.index("place"), lambda: place.write_text("new")))
    if not has_links:
        monkeypatch.setattr(moves.os, "link", lambda *given, **more: fail_with(errno.ENOTSUP))

    with pytest.raises(Occupied):
        trash.restore(entry.id)

    assert sorted(os.listdir(place.parent)) == ["a.json", "other.json"]
    assert place.read_text() == "new"
    assert trash.get(entry.id).state is EntryState.TRASHED


def fail_with(number):
    raise OSError(number, os.strerror(number))


def test_restoring_works_without_hard_links(root, folder, monkeypatch):
    before = tree(root)
    monkeypatch.setattr(moves.os, "link", lambda *given, **more: fail_with(errno.ENOTSUP))
    trash = Trash(folder)

    trash.restore(delete(trash, root).id)

    assert tree(root) == before


@pytest.mark.parametrize("number", range(len(RESTORE_STEPS) - 1))
def test_a_full_disk_at_any_step_leaves_the_tree_as_it_was(root, folder, number):
    entry = delete(Trash(folder), root)
    (root / "suite").rename(root / "moved")
    trash = Trash(folder, step=stop_at(number, fill_disk))

    refuses(NotWritable, lambda: trash.restore(entry.id), root, folder, match="full")

    assert trash.get(entry.id).state is EntryState.TRASHED
    assert trash.read(entry.id) == DATA


def test_what_was_restored_can_be_restored_again(root, folder):
    trash = Trash(folder)
    entry = delete(trash, root)
    trash.restore(entry.id)
    (root / RAW.decode()).unlink()

    trash.restore(entry.id)

    assert (root / RAW.decode()).read_bytes() == DATA


def test_a_refused_second_restore_leaves_the_entry_restored(root, folder):
    trash = Trash(folder)
    entry = delete(trash, root)
    trash.restore(entry.id)

    refuses(Occupied, lambda: trash.restore(entry.id), root, folder)


def test_a_tree_that_moved_is_restored_to_where_it_is_now(root, folder, tmp_path):
    trash = Trash(folder)
    entry = delete(trash, root)
    root.rename(tmp_path / "moved")

    with pytest.raises(NoRoot):
        trash.restore(entry.id)
    trash.restore(entry.id, root=tmp_path / "moved")

    assert (tmp_path / "moved" / RAW.decode()).read_bytes() == DATA


def test_damaged_bytes_are_neither_read_nor_restored(root, folder):
    trash = Trash(folder)
    entry = delete(trash, root)
    (folder / entry.bytes_name).write_bytes(b"other")

    with pytest.raises(Damaged):
        trash.read(entry.id)
    refuses(Damaged, lambda: trash.restore(entry.id), root, folder)


def test_missing_bytes_are_said(root, folder):
    trash = Trash(folder)
    entry = delete(trash, root)
    (folder / entry.bytes_name).unlink()

    with pytest.raises(Damaged, match="missing"):
        trash.read(entry.id)
    refuses(Damaged, lambda: trash.restore(entry.id), root, folder)
    assert "missing" in trash.recover()[0].what


def test_reading_from_the_trash_keeps_to_a_limit(root, folder):
    trash = Trash(folder)
    entry = delete(trash, root)

    with pytest.raises(CannotRead, match="limit"):
        trash.read(entry.id, limit_bytes=3)


@pytest.mark.parametrize("id", ["20261123T201500-00000000", "../../etc/passwd", ""])
def test_an_unknown_id_is_refused(root, folder, id):
    trash = Trash(folder)
    delete(trash, root)

    for act in (trash.get, trash.read, trash.restore):
        with pytest.raises(NoEntry):
            act(id)


# Discarding


def test_discarding_empties_one_entry(root, folder):
    trash = Trash(folder)
    first = delete(trash, root)
    second = delete(trash, root, b"suite/recordings/other.json", seen_blob=blob_id(b"{}"))

    trash.discard(first.id)

    assert trash.entries() == [second]
    assert trashed(folder) == ["bytes", "trashed"]


def test_discarding_what_is_not_there_is_refused(root, folder):
    with pytest.raises(NoEntry):
        Trash(folder).discard("20261123T201500-00000000")
    with pytest.raises(NoEntry):
        Trash(folder).discard("..")


def test_a_damaged_entry_can_be_discarded(root, folder):
    trash = Trash(folder)
    entry = delete(trash, root)
    (folder / entry.manifest).write_text("{")

    assert "manifest" in trash.recover()[0].what
    assert trash.entries() == []
    trash.discard(entry.id)

    assert trashed(folder) == []


def test_an_interrupted_discard_is_finished(root, folder):
    trash = Trash(folder)
    entry = delete(trash, root)
    (folder / entry.manifest).rename(folder / f"{entry.id}.discarding")

    [told] = trash.recover()

    assert told.key == RAW.decode()
    assert trashed(folder) == []


def test_a_trash_that_cannot_be_emptied_is_said(root, folder):
    trash = Trash(folder)
    entry = delete(trash, root)

    with pytest.raises(NotWritable):
        Trash(folder, step=stop_at(0, fill_disk)).discard(entry.id)

    assert trash.read(entry.id) == DATA


# After a crash

CRASH = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from recviewer.store.trash import Trash

root, folder, number, act, given = sys.argv[1:]
counted = iter(range(999))

def step(name):
    if next(counted) == int(number):
        os.kill(os.getpid(), signal.SIGKILL)

trash = Trash(Path(folder), step=step)
if act == "delete":
    now = datetime(2026, 11, 23, tzinfo=UTC)
    trash.delete(Path(root), b"suite/recordings/a.json", seen_blob=given, actor="ada", note="", now=now)
else:
    trash.restore(given)
"""


def crash(root, folder, number, act, given):
    arguments = [sys.executable, "-c", CRASH, str(root), str(folder), str(number), act, given]
    ended = subprocess.run(arguments, check=False, cwd=Path(__file__).parents[2])
    assert ended.returncode == -signal.SIGKILL


def copies(root, folder):
    """Return how often the bytes are in the tree (under any name) and in the trash."""
    in_tree = [place for place in root.rglob("*") if place.is_file() and place.read_bytes() == DATA]
    in_trash = [place for place in folder.glob("*.bytes") if place.read_bytes() == DATA]
    return len(in_tree), len(in_trash)


@pytest.mark.parametrize("number", range(len(DELETE_STEPS)))
def test_a_crash_while_deleting_loses_nothing(root, folder, number):
    before = tree(root)
    crash(root, folder, number, "delete", BLOB)
    assert sum(copies(root, folder)) >= 1
    trash = Trash(folder)

    told = trash.recover()

    if DELETE_STEPS.index("set aside") < number:
        assert copies(root, folder) == (0, 1)
        [entry] = trash.entries()
        assert entry.state is EntryState.TRASHED
        trash.restore(entry.id)
    else:
        assert trashed(folder) == []
    assert tree(root) == before
    assert len(told) == (0 if number < 2 else 1)
    assert trash.recover() == []


@pytest.mark.parametrize("number", range(len(RESTORE_STEPS)))
def test_a_crash_while_restoring_loses_nothing(root, folder, number):
    before = tree(root)
    trash = Trash(folder)
    entry = delete(trash, root)
    crash(root, folder, number, "restore", entry.id)
    assert copies(root, folder)[1] == 1

    told = trash.recover()

    is_back = RESTORE_STEPS[number] == "finish"
    assert trash.get(entry.id).state is (EntryState.RESTORED if is_back else EntryState.TRASHED)
    assert len(told) == (0 if number == 0 else 1)
    if not is_back:
        trash.restore(entry.id)
    assert tree(root) == before


@pytest.mark.parametrize("number", range(DELETE_STEPS.index("set aside"), len(DELETE_STEPS)))
def test_an_interrupted_deletion_can_be_restored_without_a_recovery(root, folder, number):
    before = tree(root)
    crash(root, folder, number, "delete", BLOB)
    [entry] = Trash(folder).entries()

    with contextlib.suppress(Occupied):
        Trash(folder).restore(entry.id)

    assert tree(root) == before


def test_an_interrupted_deletion_is_settled_before_it_is_discarded(root, folder):
    crash(root, folder, DELETE_STEPS.index("unlink"), "delete", BLOB)
    [entry] = Trash(folder).entries()

    Trash(folder).discard(entry.id)

    assert copies(root, folder) == (0, 0)
    assert sorted(os.listdir(root / "suite/recordings")) == ["other.json"]
    assert trashed(folder) == []


def test_bytes_without_a_manifest_are_told_of_and_kept(root, folder):
    trash = Trash(folder)
    entry = delete(trash, root)
    (folder / entry.manifest).unlink()

    [told] = trash.recover()

    assert told.id == entry.id
    assert (folder / entry.bytes_name).read_bytes() == DATA


def test_a_manifest_that_cannot_be_opened_is_damaged(root, folder):
    trash = Trash(folder)
    entry = delete(trash, root)
    (folder / entry.manifest).unlink()
    (folder / entry.manifest).mkdir()

    with pytest.raises(Damaged, match="directory"):
        trash.get(entry.id)


def test_two_processes_take_turns(root, folder):
    rival = Trash(folder)
    told = []

    def look():
        ended = subprocess.run(
            [sys.executable, "-c", LOOK, str(folder)],
            check=False,
            capture_output=True,
            cwd=Path(__file__).parents[2],
        )
        told.append(ended.stdout)

    delete(Trash(folder, step=stop_at(DELETE_STEPS.index("set aside"), look)), root)

    assert told == [b"taken\n"]
    assert rival.recover() == []


LOOK = """
import fcntl, sys
with open(sys.argv[1] + "/lock", "rb+") as lock:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("taken")
"""


def test_times_of_any_zone_are_kept_in_utc(root, folder):
    assert delete(Trash(folder), root).time.tzinfo is UTC
