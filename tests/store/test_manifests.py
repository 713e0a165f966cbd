import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.store.manifests import EntryState, TrashEntry, checked, dump, load, state_in
from recviewer.store.refusals import Damaged, NoEntry

ID = "20261123T201500-0123abcd"


def make_entry(**differing):
    values = {
        "id": ID,
        "key": "recordings/a.json",
        "raw": b"recordings/a.json",
        "root": Path("/somewhere"),
        "blob": "a" * 40,
        "size": 3,
        "mode": 0o640,
        "mtime_ns": 1_234_567_891_234_567_891,
        "actor": "ada",
        "note": "",
        "time": datetime(2026, 11, 23, 20, 15, tzinfo=UTC),
        "state": EntryState.TRASHED,
    }
    return TrashEntry(**{**values, **differing})


@given(note=st.text(), actor=st.text())
def test_a_manifest_comes_back_as_it_was(note, actor):
    entry = make_entry(note=note, actor=actor)

    assert load(dump(entry), id=ID, state=EntryState.TRASHED) == entry


def test_paths_that_are_not_utf8_come_back():
    entry = make_entry(key=r"\xff.json", raw=b"\xff.json", root=Path("/r\udcfe"))

    assert load(dump(entry), id=ID, state=EntryState.TRASHED) == entry


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"id": "20261123T201500-ffffffff"},
        {"blob": "nothing"},
        {"blob": 7},
        {"path_hex": "zz"},
        {"path_hex": b"../../etc/passwd".hex()},
        {"mode": None},
        {"time": "yesterday"},
    ],
)
def test_a_manifest_that_makes_no_sense_is_damaged(change):
    value = json.loads(dump(make_entry())) | change

    with pytest.raises(Damaged):
        load(json.dumps(value).encode(), id=ID, state=EntryState.TRASHED)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b"null", b"\xff"])
def test_what_is_no_manifest_is_damaged(data):
    with pytest.raises(Damaged):
        load(data, id=ID, state=EntryState.TRASHED)


@pytest.mark.parametrize("id", ["", "..", "../x", ID + "/", ID.upper(), ID + "\n", "x" * 999])
def test_an_id_that_is_none_is_refused(id):
    with pytest.raises(NoEntry):
        checked(id)


def test_the_state_is_in_the_name():
    assert state_in(make_entry().manifest) == (ID, EntryState.TRASHED)
    assert state_in(f"{ID}.bytes") is None
    assert state_in(f"{ID}.trashed.tmp") is None
    assert state_in("lock") is None


@pytest.mark.parametrize("state", EntryState)
def test_no_name_in_the_trash_looks_like_a_recording(state):
    entry = make_entry(state=state)

    names = [entry.manifest, entry.bytes_name, entry.aside.decode(), entry.returning.decode()]

    assert not any(name.endswith(".json") for name in names)
