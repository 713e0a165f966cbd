"""Which old recordings can be taken back, considering all related recordings, including those unchanged by the range."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from recviewer.changes.changeset import ChangeSet, each_side
from recviewer.changes.model import Change
from recviewer.changes.taking_back import AroundChange, AskedCall, why_not
from recviewer.changes.unchanged import tests_of
from recviewer.git.history import contents
from recviewer.git.mentions import holding
from recviewer.git.ranges import listed
from recviewer.git.repository import GitFailed
from recviewer.pairing.sides import Library, SideReader, sides_of
from recviewer.recorders.registry import claims, read_as

MOST = 400
"""Most unchanged recordings that are read to find what depends on an answer; if there are more, nothing is offered."""

TOO_MANY = "more recordings lie beside it than are looked at"
NOT_READ = "git could not read what lies beside it"

_NAME = re.compile(r"[A-Za-z0-9_]{4,}")


def attached(source: ChangeSet, changes: Sequence[Change]) -> list[Change]:
    """Return changes with, for each recording made again unasked, why its old version cannot be taken back."""
    waiting = [change for change in changes if change.unasked]
    if not waiting:
        return list(changes)
    within = _Within(source)
    told = {change.key: why_not(change, within.around(change)) for change in waiting}
    open_ = [change for change in waiting if not told[change.key]]
    if open_:
        beside = _left_alone(source, open_)
        told.update((change.key, why_not(change, within.around(change, beside))) for change in open_)
    return [replace(change, why_not_back=told.get(change.key)) for change in changes]


@dataclass(frozen=True, slots=True)
class _Beside:
    """Recordings unchanged by the range. problem: why they are unknown, as a clause."""

    found: tuple[AskedCall, ...] = ()
    problem: str = ""


class _Within:
    """The recordings in the range itself, by test."""

    def __init__(self, source: ChangeSet) -> None:
        news = [*source.added, *source.same, *(item.new for item in source.modified)]
        olds = [*source.deleted, *(item.old for item in source.modified)]
        self._taken = {side.raw for side in news} | {side.file_raw for side in news}
        self._there, self._gone = _by_test(map(AskedCall, news)), _by_test(map(AskedCall, olds))

    def around(self, change: Change, beside: _Beside | None = None) -> AroundChange:
        """Return the recordings related to a change. beside: those unchanged by the range, None if not yet read."""
        assert change.old is not None
        assert change.new is not None
        test = change.new.test_id
        there = [one for one in _of(self._there, test) if one.side.raw != change.new.raw]
        gone = [one for one in _of(self._gone, test) if one.side.raw != change.old.raw]
        left = [one for one in beside.found if one.side.test_id in ("", test)] if beside else []
        is_taken = change.old.raw != change.new.raw and change.old.raw in self._taken
        return AroundChange((*there, *left), tuple(gone), is_taken, beside.problem if beside else "")


def _by_test(some: Iterable[AskedCall]) -> dict[str, list[AskedCall]]:
    found: dict[str, list[AskedCall]] = {}
    for one in some:
        found.setdefault(one.side.test_id, []).append(one)
    return found


def _of(found: Mapping[str, Sequence[AskedCall]], test: str) -> list[AskedCall]:
    """Return the recordings of a test, and those of unknown tests."""
    return [*found.get(test, ()), *found.get("", ())]


def _left_alone(source: ChangeSet, changes: Sequence[Change]) -> _Beside:
    """Read the unchanged recordings in the folders of some changes that may belong to their tests.

    Those are recordings that name no test, and all that contain the name of a test's function anywhere.
    """
    asked = source.range
    changed = {side.file_raw for side in (*each_side(source), *source.same)}
    folders = {side.file_raw.rpartition(b"/")[0] for change in changes for side in (change.old, change.new) if side}
    try:
        mine = claims()
        held = listed(asked.repository, asked.base, folders)
        left = {one.raw: one.blob for one in held if one.raw not in changed and mine.holds_loose(one.raw)}
        if not left:
            return _Beside()
        names = {_name(change.side.test_id) for change in changes}
        wanted = set(left)
        if "" not in names:
            tests = tests_of(asked.repository, asked.base, left, folders)
            wanted = {raw for raw, blob in left.items() if not tests.get(blob)}
            wanted |= holding(asked.repository, asked.base, names, folders) & left.keys()
        if len(wanted) > MOST:
            return _Beside(problem=TOO_MANY)
        return _read(source, {raw: left[raw] for raw in wanted})
    except GitFailed:
        return _Beside(problem=NOT_READ)


def _name(test_id: str) -> str:
    """Return a word that occurs in every file of a test, however escaped: part of its function's name; "" if there is
    none.
    """
    function = test_id.partition("[")[0].rpartition("::")[2]
    return max(_NAME.findall(function), key=len, default="")


def _read(source: ChangeSet, wanted: Mapping[bytes, str]) -> _Beside:
    library, found = SideReader(Library()), []
    data = dict(contents(source.range.repository, frozenset(wanted.values())))
    if any(blob not in data for blob in wanted.values()):
        return _Beside(problem=NOT_READ)
    for raw, blob in sorted(wanted.items()):
        name = read_as(raw.decode("utf-8", "backslashreplace"))
        found += sides_of(raw, blob, library.read(data[blob], name, blob))
    return _Beside(tuple(map(AskedCall, found)))
