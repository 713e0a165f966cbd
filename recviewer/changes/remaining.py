"""What the best assignment leaves over: further recordings of a paired call, and calls that are a test's only ones left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from recviewer.changes.calls import Call
from recviewer.changes.candidates import Fits
from recviewer.changes.likeness import Likeness, is_one_kind

GROUP, ALIKE = 0.8, 0.95
"""One that is left over belongs to a pair's group when it is of the same test as its fellow there, asks the same, and
fits the other one that well, in a conversation so alike."""

Two = tuple[int, int]
Broken = frozenset[Two]
"""Places of recordings that a reviewer said are not of one call."""

Members = tuple[tuple[int, ...], tuple[int, ...]]


def groups_of(
    pairs: Sequence[Two], fits: Fits, old: Sequence[Call], new: Sequence[Call], broken: Broken, likeness: Likeness
) -> dict[int, Members]:
    """Return, by place of a pair, what is left over but is just as well a recording of its call."""
    by_old = {one: place for place, (one, _) in enumerate(pairs)}
    by_new = {one: place for place, (_, one) in enumerate(pairs)}
    extra: dict[int, tuple[list[int], list[int]]] = {}
    given: tuple[set[int], set[int]] = (set(), set())
    for (place, other), fit in sorted(fits.items(), key=lambda item: (-item[1], item[0])):
        if fit < GROUP or (place in by_old) == (other in by_new):
            continue
        side, one = (1, other) if place in by_old else (0, place)
        number = by_old[place] if side else by_new[other]
        fellow = new[pairs[number][1]] if side else old[pairs[number][0]]
        mine = new[other] if side else old[place]
        if mine.test is not fellow.test or mine.asked != fellow.asked:
            continue
        if likeness.conversation(old[place], new[other]) < ALIKE:
            continue
        members = extra.setdefault(number, ([], []))
        is_parted = any(((two, one) if side else (one, two)) in broken for two in members[1 - side])
        if one not in given[side] and not is_parted:
            members[side].append(one)
            given[side].add(one)
    told = {place: (tuple(sorted(olds)), tuple(sorted(news))) for place, (olds, news) in sorted(extra.items())}
    return {place: members for place, members in told.items() if any(members)}


def only_ones(old: Mapping[int, Call], new: Mapping[int, Call]) -> Iterator[Two]:
    """Yield the two that are left of a test's calls, where it is one on each side: asked in other words, it seems.

    old, new: what is left over. Several of them go by their parameters first.
    """
    taken: set[int] = set()
    given: set[int] = set()
    for is_same_facts in (True, False):
        left: dict[object, tuple[list[int], list[int]]] = {}
        for side, calls in enumerate((old, new)):
            for place, call in calls.items():
                if call.test.id and place not in (given if side else taken):
                    facts = frozenset(call.facts.items()) if is_same_facts else None
                    key = (call.test.function, call.test.masked, call.endpoint, len(call.turns), facts)
                    left.setdefault(key, ([], []))[side].append(place)
        for olds, news in left.values():
            if len(olds) == len(news) == 1 and is_one_kind(old[olds[0]], new[news[0]]):
                taken.add(olds[0])
                given.add(news[0])
                yield olds[0], news[0]
