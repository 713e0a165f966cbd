"""Deleting some parts of a file: what is left takes its place, the whole lies in the trash and comes back."""

import contextlib
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recviewer.store.files import blob_id
from recviewer.store.manifests import EntryState
from recviewer.store.refusals import Changed, NotWritable, Occupied, Vanished
from recviewer.store.trash import Cut, Trash

RAW = b"suite/lists/a.json"
DATA = b"[1,\n 2,\n 3]\n"
REST = b"[1,\n 3]\n"
BLOB = blob_id(DATA)
CUT = Cut(("two",), REST)
NOW = datetime(2026, 11, 23, 21, 15, tzinfo=UTC)
MTIME_NS = 1_234_567_891_234_567_000
CUT_STEPS = ["manifest", "rename", "copy", "verify copy", "rename", "sync", "write rest", "verify rest", "set aside"]
CUT_STEPS += ["verify original", "place rest", "unlink", "finish"]
RESTORE_STEPS = ["mark", "directories", "write", "verify", "set rest aside", "verify rest", "place", "finish"]


@pytest.fixture
def root(tmp_path):
    place = tmp_path / "root" / RAW.decode()
    place.parent.mkdir(parents=True)
    place.write_bytes(DATA)
    place.chmod(0o640)
    os.utime(place, ns=(MTIME_NS, MTIME_NS))
    return tmp_path / "root"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "trash"


@pytest.fixture
def place(root):
    return root / RAW.decode()


def cut(trash, root, *, seen_blob=BLOB):
    return trash.delete(root, RAW, seen_blob=seen_blob, actor="ada", note="", now=NOW, cut=CUT)


def alone(place):
    """Whether nothing of ours lies beside a file."""
    return os.listdir(place.parent) == [place.name]


def at_step(number, act):
    left = iter(range(999))

    def step(_):
        if next(left) == number:
            act()

    return step


def test_what_is_left_takes_the_place_and_the_whole_lies_in_the_trash(root, folder, place):
    steps = []
    entry = cut(Trash(folder, step=steps.append), root)

    assert steps == CUT_STEPS
    assert (place.read_bytes(), place.stat().st_mode & 0o777, alone(place)) == (REST, 0o640, True)
    assert Trash(folder).get(entry.id) == entry
    assert (entry.state, entry.parts, entry.rest, entry.blob) == (EntryState.TRASHED, ("two",), blob_id(REST), BLOB)
    assert Trash(folder).read(entry.id) == DATA


def test_the_whole_file_comes_back_with_mode_and_time(root, folder, place):
    steps = []
    trash = Trash(folder, step=steps.append)
    entry = cut(trash, root)
    del steps[:]

    assert trash.restore(entry.id).state is EntryState.RESTORED

    assert steps == RESTORE_STEPS
    seen = place.stat()
    assert (place.read_bytes(), seen.st_mode & 0o777, seen.st_mtime_ns) == (DATA, 0o640, MTIME_NS)
    assert alone(place)


@pytest.mark.parametrize("now", [b"[4]\n", None])
def test_it_comes_back_only_over_what_was_left(root, folder, place, now):
    entry = cut(Trash(folder), root)
    place.write_bytes(now) if now else place.unlink()

    with pytest.raises(Changed if now else Vanished):
        Trash(folder).restore(entry.id)

    assert (place.read_bytes() if now else None) == now
    assert Trash(folder).get(entry.id).state is EntryState.TRASHED


def test_another_file_than_the_one_seen_is_not_cut(root, folder, place):
    with pytest.raises(Changed):
        cut(Trash(folder), root, seen_blob=blob_id(b"other"))

    assert (place.read_bytes(), alone(place), Trash(folder).entries()) == (DATA, True, [])


@pytest.mark.parametrize("number", range(len(CUT_STEPS)), ids=lambda number: f"{number} {CUT_STEPS[number]}")
def test_a_death_at_any_step_of_a_cut_loses_nothing(root, folder, place, dies, number):
    dies(lambda: cut(Trash(folder, step=at_step(number, lambda: os._exit(9))), root))

    Trash(folder).recover()

    entries = Trash(folder).entries()
    assert alone(place)
    if entries:
        assert (place.read_bytes(), entries[0].state, Trash(folder).read(entries[0].id)) == (
            REST,
            EntryState.TRASHED,
            DATA,
        )
    else:
        assert place.read_bytes() == DATA
        assert place.stat().st_mtime_ns == MTIME_NS
    assert bool(entries) is (number > CUT_STEPS.index("place rest"))


@pytest.mark.parametrize("number", range(len(RESTORE_STEPS)), ids=lambda number: f"{number} {RESTORE_STEPS[number]}")
def test_a_death_at_any_step_of_a_restore_loses_nothing(root, folder, place, dies, number):
    entry = cut(Trash(folder), root)
    dies(lambda: Trash(folder, step=at_step(number, lambda: os._exit(9))).restore(entry.id))

    Trash(folder).recover()

    state = Trash(folder).get(entry.id).state
    is_back = number > RESTORE_STEPS.index("place")
    assert (place.read_bytes(), state) == ((DATA, EntryState.RESTORED) if is_back else (REST, EntryState.TRASHED))
    assert alone(place)
    assert Trash(folder).read(entry.id) == DATA


@pytest.mark.parametrize("number", range(len(CUT_STEPS)), ids=lambda number: f"{number} {CUT_STEPS[number]}")
def test_what_somebody_writes_at_any_step_of_a_cut_survives(root, folder, place, number):
    def write():
        place.unlink(missing_ok=True)
        place.write_bytes(b"[4]\n")

    with contextlib.suppress(Changed, NotWritable, Vanished):
        cut(Trash(folder, step=at_step(number, write)), root)
    Trash(folder).recover()

    held = [Trash(folder).read(entry.id) for entry in Trash(folder).entries()]
    assert place.read_bytes() == b"[4]\n"
    assert alone(place)
    assert held in ([], [DATA])


@pytest.mark.parametrize("number", range(len(CUT_STEPS) - 1), ids=lambda number: f"{number} {CUT_STEPS[number]}")
def test_an_error_at_any_step_of_a_cut_leaves_all_as_it_was_or_done(root, folder, place, number):
    def fail():
        raise OSError(28, os.strerror(28))

    with pytest.raises(NotWritable):
        cut(Trash(folder, step=at_step(number, fail)), root)
    Trash(folder).recover()

    entries = Trash(folder).entries()
    assert alone(place)
    if entries:
        assert (place.read_bytes(), Trash(folder).read(entries[0].id)) == (REST, DATA)
    else:
        assert place.read_bytes() == DATA


@pytest.mark.parametrize("number", range(len(RESTORE_STEPS)), ids=lambda number: f"{number} {RESTORE_STEPS[number]}")
def test_what_somebody_writes_at_any_step_of_a_restore_survives(root, folder, place, number):
    entry = cut(Trash(folder), root)
    other = Path(f"{place}.new")

    def write():
        other.write_bytes(b"[4]\n")
        other.replace(place)

    with contextlib.suppress(Changed, Occupied):
        Trash(folder, step=at_step(number, write)).restore(entry.id)
    Trash(folder).recover()

    left = set(os.listdir(place.parent)) - {place.name}
    assert place.read_bytes() == b"[4]\n"
    assert all("replaced" in name for name in left)
    assert Trash(folder).read(entry.id) == DATA
