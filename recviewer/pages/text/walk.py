"""A queue: the current position, the neighbours, what is undecided, and a cell for each stop."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple, overload

from recviewer.catalog.value_words import VERDICT_WORDS

_WORDS = VERDICT_WORDS | {"waiting": "waits for another person"}

CELLS = 400
"""Maximum number of cells; in longer queues a cell represents several stops."""

CELL = 36
"""Pixels across a cell where there is room: wide enough to be pointed at."""


class Stop(NamedTuple):
    """One thing to decide on. subjects: what its state is known by, several where the same change stands for many.

    tests: the ids of all their tests, "" where none is known. says: what each says, "" where a verdict on equal words does
    not decide it; () where that is the same as the subjects.
    """

    subjects: tuple[str, ...]
    tests: tuple[str, ...]
    says: tuple[str, ...] = ()


class SingleStops(Sequence[Stop]):
    """Stops of one subject and one test each, made as they are asked for: of tens of thousands, each would take its memory.

    subjects, tests: of each stop.
    """

    def __init__(self, subjects: Sequence[str], tests: Sequence[str]) -> None:
        self.subjects, self.tests = subjects, tests

    def __len__(self) -> int:
        return len(self.subjects)

    @overload
    def __getitem__(self, at: int) -> Stop: ...
    @overload
    def __getitem__(self, at: slice) -> SingleStops: ...
    def __getitem__(self, at: int | slice) -> Stop | SingleStops:
        if isinstance(at, slice):
            return SingleStops(self.subjects[at], self.tests[at])
        return Stop((self.subjects[at],), (self.tests[at],))


@dataclass(frozen=True, slots=True)
class WalkCell:
    """One cell of the drawn queue, as text for attributes. state: that of its stops, `mixed` if they differ."""

    x: str
    width: str
    url: str
    state: str
    is_here: bool
    title: str


@dataclass(frozen=True, slots=True)
class Queue:
    """Where a page stands in its queue. place: from 1, 0 for none of its stops.

    address: of the list it walks through, to be sent along. list_url: of that list; summary_url: of the queue's end.
    after_url: where a decision leads. next_url, previous_url: the neighbours, decided or not. skip_url: the next one that
    is open to who looks and that says something else than this one, for they are decided together; back_url: the open one
    before. "" for none. waiting: of those that are not decided, how many wait for others, for who looks has agreed.
    parts: number of different changes of the stop, of which the page shows one; 0 if it shows all. parts_left: how many of
    these are open to who looks.
    """

    address: str
    list_url: str
    summary_url: str
    place: int
    total: int
    decided: int
    waiting: int
    tests_left: int
    next_url: str
    previous_url: str
    skip_url: str
    back_url: str
    after_url: str
    tape: tuple[WalkCell, ...]
    tape_each: int
    tape_width: str
    parts: int = 0
    parts_left: int = 0

    @property
    def undecided(self) -> int:
        """Number of undecided stops."""
        return self.total - self.decided


States = Mapping[str, str]
"""The state of every decided subject, and `waiting` for what waits for somebody other than the present user."""


def state_of(stop: Stop, states: States) -> str:
    """Return the state of a stop: `undecided` while any of it is, `waiting` while any of it waits for somebody else,
    `mixed` if its parts differ.
    """
    if len(stop.subjects) == 1:
        return states.get(stop.subjects[0], "undecided")
    found = {states.get(subject, "undecided") for subject in stop.subjects}
    if "undecided" in found or not found:
        return "undecided"
    if "waiting" in found:
        return "waiting"
    return found.pop() if len(found) == 1 else "mixed"


def walk(
    stops: Sequence[Stop],
    here: int,
    states: States,
    url: Callable[[int], str],
    *,
    address: str,
    list_url: str,
    summary_url: str,
) -> Queue:
    """Compute the position of a page. here: its index among the stops, -1 for before the first. url: of a stop."""
    if isinstance(stops, SingleStops):  # as `state_of`, without a call for each of what may be very many
        found = [states.get(subject, "undecided") for subject in stops.subjects]
    else:
        found = [state_of(stop, states) for stop in stops]
    open_at = [at for at, state in enumerate(found) if state == "undecided"]
    left_at = [at for at, state in enumerate(found) if state in ("undecided", "waiting")]

    def at_url(at: int | None) -> str:
        return url(at) if at is not None and 0 <= at < len(stops) else ""

    mine = set((stops[here].says or stops[here].subjects)[:1]) - {""} if here >= 0 else set()
    behind = bisect_right(open_at, here)
    others = (at for at in chain(open_at[behind:], open_at[:behind]) if at != here)
    skip = next((at for at in others if not mine.issuperset(stops[at].says or stops[at].subjects)), None)
    before = bisect_left(open_at, here)
    back = open_at[before - 1] if before else None
    return Queue(
        address=address,
        list_url=list_url,
        summary_url=summary_url,
        place=here + 1,
        total=len(stops),
        decided=len(stops) - len(left_at),
        waiting=len(left_at) - len(open_at),
        tests_left=len(_tests_of(stops, left_at) - {""}),
        next_url=at_url(here + 1),
        previous_url=at_url(here - 1),
        skip_url=at_url(skip),
        back_url=at_url(back),
        after_url=at_url(skip) or summary_url,
        tape=tuple(_cells(found, here, url)),
        tape_each=_each(len(stops)),
        tape_width=str(min(len(stops), CELLS) * CELL),
    )


def _tests_of(stops: Sequence[Stop], places: Sequence[int]) -> set[str]:
    if isinstance(stops, SingleStops):
        return set(map(stops.tests.__getitem__, places))
    return set(chain.from_iterable([stops[at].tests for at in places]))


def _each(total: int) -> int:
    return max(1, -(-total // CELLS))


def _cells(states: Sequence[str], here: int, url: Callable[[int], str]) -> Iterator[WalkCell]:
    """Yield the cells of the drawn queue, over a width of 1,000. states: of all stops."""
    each = _each(len(states))
    cells = -(-len(states) // each)
    step = 1000 / max(cells, 1)
    for number in range(cells):
        some = states[number * each : (number + 1) * each]
        found = set(some)
        state = found.pop() if len(found) == 1 else "mixed"
        first = number * each
        title = f"{first + 1}" if each == 1 else f"{first + 1}–{first + len(some)}"
        yield WalkCell(
            f"{number * step:.2f}",
            f"{max(step - min(1.2, step * 0.2), 0.6):.2f}",
            url(first),
            state,
            first <= here < first + each,
            f"{title}: {_WORDS.get(state, 'some decided')}",
        )
