"""Things to look at: a change, many that are the same change with one to stand for them, or all that one test became.

A file that holds many calls, of which no test is known, is what a test is elsewhere: its calls are read together. So are
several tests of one function, or files of one folder, that hold little (see `read_together`), those that ask the same
first: each is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from recviewer.changes.model import Change
from recviewer.smells import Severity

TOGETHER = 24
"""Changes that several tests or files may have, up to which they are read on one page."""
TOGETHER_WORDS = 3_000
"""Words that may have come and gone in them."""


class Item(NamedTuple):
    """Changes that are looked at and decided on together. The first is the weightiest of them.

    older: the older generations of their calls. They are read below it, and a verdict on it does not reach them.
    is_many: the changes are different ones, each of which is read; else the first stands for all.
    """

    changes: tuple[Change, ...]
    older: tuple[Change, ...] = ()
    is_many: bool = False

    @property
    def first(self) -> Change:
        """The one that is shown, or the weightiest."""
        return self.changes[0]

    @property
    def tests(self) -> tuple[str, ...]:
        """The ids of the tests that it is about, each once, "" where none is known."""
        return tuple(dict.fromkeys(change.about.test_id for change in self.changes))

    @property
    def stories(self) -> tuple[str, ...]:
        """The tests or, where none is known, the files of many calls that it is about, each once; "" for neither."""
        return tuple(dict.fromkeys(change.about.story for change in self.changes))

    @property
    def places(self) -> tuple[str, ...]:
        """The tests, else the files, that it is about, each once."""
        return tuple(dict.fromkeys(place_of(change) for change in self.changes))

    @property
    def questions(self) -> int:
        """How many different things the tests or files of which calls are read in it were asked first; one test, one."""
        asked: dict[str, set[bytes]] = {}
        for head in self.heads:
            asked.setdefault(place_of(head), set()).add(head.kin.asked)
        return len(set(map(frozenset, asked.values())))

    @property
    def is_asked_alike(self) -> bool:
        """Tell whether the tests or files of which calls are read in it were all asked the same; of one test they were."""
        return self.questions == 1

    @property
    def heads(self) -> tuple[Change, ...]:
        """The changes that are read: of those that are the same one, that of its first test or file where it has one."""
        if not self.is_many:
            return (self.first,)
        groups = [some.changes for some in items(self.changes)]
        return tuple([next((one for one in some if place_of(one) == self.places[0]), some[0]) for some in groups])

    @property
    def verdict(self) -> str:
        """What was decided on all of them; `undecided` while one is open, `mixed` where they differ."""
        found = {change.verdict or "undecided" for change in self.changes}
        if "undecided" in found:
            return "undecided"
        return found.pop() if len(found) == 1 else "mixed"

    @property
    def state(self) -> str:
        """The same, with `waiting` where what is open waits for further people's words, all of it."""
        open_ = [change for change in self.changes if not change.verdict]
        return "waiting" if open_ and all(change.is_waiting for change in open_) else self.verdict


def items(changes: Iterable[Change]) -> list[Item]:
    """Return the changes as items call by call, in the order of the first of each.

    Older generations are no items of their own where their call is the first of one.
    """
    gathered: dict[object, list[Change]] = {}
    for change in changes:
        key = change.alike if change.alike is not None else (change.side.raw, change.new is None)
        gathered.setdefault(key, []).append(change)
    every = [Item(tuple(some)) for some in gathered.values()]
    return _folded(every) if any(change.is_older for item in every for change in item.changes) else every


def items_by_test(changes: Iterable[Change]) -> list[Item]:
    """Return the changes as items test by test: see `joined`."""
    return joined(items(changes))


def joined(by_call: Iterable[Item]) -> list[Item]:
    """Return items by call as items test by test, in the order of the first of each: there are never more of them.

    All that one test's recordings became is one item, and so is all that became of a file of many calls of which no test
    is known. A change that several tests or files share is not read again in each: it is an item of its own; several that
    the very same share are one. What is of neither, and what is only churn, stands as it does call by call. Items that were
    asked alike are one as far as a page can show them, and so are these with others of their function or folder; what is
    red, and what went, is not read among the rest.
    """
    about: dict[object, list[Item]] = {}
    for place, item in enumerate(by_call):
        is_known = all(item.stories) and not all(change.is_churn for change in item.changes)
        about.setdefault(_about(item) if is_known else place, []).append(item)
    alike = _together(map(_as_one, about.values()), lambda change: change.kin.asked)
    return _together(alike, lambda change: change.kin.home)


def _together(every: Iterable[Item], kin_of: Callable[[Change], bytes]) -> list[Item]:
    """Return items with those as one that are of the same kin, in the order of the first of each."""
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
    """Return the test or file of an item, once for each of its changes if these are of several."""
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
    """Tell whether older generations of its call, if there are any, are told with a change."""
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
