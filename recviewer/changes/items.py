"""Items to look at: a change, many equal changes with a representative, or all changes of one test.

For calls without a known test, a file with several calls takes the place of the test: its calls are read together. So
are several small tests of one function, or files of one folder (see `read_together`), those with equal questions first;
each of them is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from recviewer.changes.model import Change
from recviewer.smells import Severity

TOGETHER = 24
"""Most changes of several tests or files that are read on one page."""
TOGETHER_WORDS = 3_000
"""Most words that came or went in them."""


class Item(NamedTuple):
    """Changes that are looked at and decided on together. The first is the most important one.

    older: the older generations of their calls. They are read below it, and a verdict on it does not apply to them.
    is_many: the changes are different, and each is read; else the first represents all.
    """

    changes: tuple[Change, ...]
    older: tuple[Change, ...] = ()
    is_many: bool = False

    @property
    def first(self) -> Change:
        """The representative, or the most important change."""
        return self.changes[0]

    @property
    def tests(self) -> tuple[str, ...]:
        """The ids of its tests, each once, "" if unknown."""
        return tuple(dict.fromkeys(change.about.test_id for change in self.changes))

    @property
    def stories(self) -> tuple[str, ...]:
        """The tests or, if unknown, the files with several calls, each once; "" for neither."""
        return tuple(dict.fromkeys(change.about.story for change in self.changes))

    @property
    def places(self) -> tuple[str, ...]:
        """The tests, else the files, each once."""
        return tuple(dict.fromkeys(place_of(change) for change in self.changes))

    @property
    def questions(self) -> int:
        """How many different first questions the tests or files have whose calls are read in it; 1 for a single test."""
        asked: dict[str, set[bytes]] = {}
        for head in self.heads:
            asked.setdefault(place_of(head), set()).add(head.kin.asked)
        return len(set(map(frozenset, asked.values())))

    @property
    def is_asked_alike(self) -> bool:
        """Tell whether all tests or files read in it have the same first question; always true for one test."""
        return self.questions == 1

    @property
    def heads(self) -> tuple[Change, ...]:
        """The changes that are read: of equal ones, that of its first test or file if it has one."""
        if not self.is_many:
            return (self.first,)
        groups = [some.changes for some in items(self.changes)]
        return tuple([next((one for one in some if place_of(one) == self.places[0]), some[0]) for some in groups])

    @property
    def verdict(self) -> str:
        """The verdict on all of them; `undecided` while one is open, `mixed` if they differ."""
        found = {change.verdict or "undecided" for change in self.changes}
        if "undecided" in found:
            return "undecided"
        return found.pop() if len(found) == 1 else "mixed"

    @property
    def state(self) -> str:
        """The same, or `waiting` if all open ones wait for the agreement of further people."""
        open_ = [change for change in self.changes if not change.verdict]
        return "waiting" if open_ and all(change.is_waiting for change in open_) else self.verdict


def items(changes: Iterable[Change]) -> list[Item]:
    """Return the changes as items call by call, in order of each item's first change.

    Older generations are not items of their own if their call is the first change of one.
    """
    gathered: dict[object, list[Change]] = {}
    for change in changes:
        key = change.alike if change.alike is not None else (change.side.raw, change.new is None)
        gathered.setdefault(key, []).append(change)
    every = [Item(tuple(some)) for some in gathered.values()]
    return _folded(every) if any(change.is_older for item in every for change in item.changes) else every


def items_by_test(changes: Iterable[Change]) -> list[Item]:
    """Return the changes as items by test: see `joined`."""
    return joined(items(changes))


def joined(by_call: Iterable[Item]) -> list[Item]:
    """Return items by call merged to items by test, in order of each item's first change. There are never more of them.

    All changes of one test's recordings become one item; so do those of a file with several calls and no known test. A
    change shared by several tests or files is not repeated in each: it is an item of its own; several shared by exactly
    the same tests are one. Changes without test or such a file, and churn, stay items by call. Items with equal
    questions are merged as far as a page can show them, and so are those of one function or folder; red and deleted
    ones are not merged into others.
    """
    about: dict[object, list[Item]] = {}
    for place, item in enumerate(by_call):
        is_known = all(item.stories) and not all(change.is_churn for change in item.changes)
        about.setdefault(_about(item) if is_known else place, []).append(item)
    alike = _together(map(_as_one, about.values()), lambda change: change.kin.asked)
    return _together(alike, lambda change: change.kin.home)


def _together(every: Iterable[Item], kin_of: Callable[[Change], bytes]) -> list[Item]:
    """Merge items of the same kin, in order of each item's first change."""
    made: list[list[Item]] = []
    open_: dict[object, list[Item]] = {}
    for item in every:
        kin = frozenset(map(kin_of, item.changes))
        if b"" in kin:
            made.append([item])
            continue
        is_red = any(change.severity is Severity.RED for change in item.changes)
        key = kin, is_red, {change.new is None for change in item.changes} == {True}
        some = open_.get(key)
        if some is None or not _fit([*some, item]):
            some = open_[key] = []
            made.append(some)
        some.append(item)
    return list(map(_as_one, made))


def _fit(some: Sequence[Item]) -> bool:
    read = [one.first for item in some for one in (items(item.changes) if item.is_many else [item])]
    words = sum(change.removed.words + change.added.words for change in read)
    return len(read) <= TOGETHER and words <= TOGETHER_WORDS


def place_of(change: Change) -> str:
    """Return what a change is read with: its test, else its file."""
    return change.about.story or change.about.file_path


def _about(item: Item) -> tuple[str, ...]:
    """Return the test or file of an item, once for each of its changes if they belong to several."""
    every = tuple(sorted(change.about.story for change in item.changes))
    return every if len(item.stories) > 1 else every[:1]


def _as_one(some: Sequence[Item]) -> Item:
    if len(some) == 1:
        return some[0]
    return Item(
        tuple([change for item in some for change in item.changes]),
        tuple([change for item in some for change in item.older]),
        is_many=True,
    )


def has_older_below(change: Change) -> bool:
    """Tell whether a change shows the older generations of its call, if there are any."""
    return change.group is not None and not change.is_older and change.old is not None


def _folded(every: list[Item]) -> list[Item]:
    calls: dict[int | None, int] = {}
    for place, item in enumerate(every):
        if has_older_below(item.first):
            calls.setdefault(item.first.group, place)
    below: dict[int, list[Change]] = {}
    kept = []
    for place, item in enumerate(every):
        if all(change.is_older and change.group in calls for change in item.changes):
            for change in item.changes:
                below.setdefault(calls[change.group], []).append(change)
        else:
            kept.append(place)
    return [every[place]._replace(older=tuple(below.get(place, ()))) for place in kept]
