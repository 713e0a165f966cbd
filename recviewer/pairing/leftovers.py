"""Recordings without a partner after the assignment: older generations of a call, and the only remaining calls of a test."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from recviewer.pairing.calls import Call
from recviewer.pairing.fit import Likeness, is_one_format, is_one_kind

ADDED_BY_CLIENTS = frozenset({"parallel_tool_calls", "service_tier", "store", "stream", "stream_options"})
"""Parameters that clients and servers add by themselves: recordings that differ only in these are of one call."""

Two = tuple[int, int]
Broken = frozenset[Two]
"""Pairs of indexes that a reviewer declared not to be one call."""

Members = tuple[tuple[int, ...], tuple[int, ...]]
Calls = Mapping[int, Call]


def is_generation(one: Call, other: Call) -> bool:
    """Tell whether two recordings of one side are of the same call of a test, made at different times.

    They have equal requests at the same turn, except for what nobody wrote by hand: ids, earlier answers, and
    parameters added by clients. Calls in a file with several exchanges are never generations of each other.
    """
    if one.file or other.file:
        return False
    if one.test is not other.test or one.turn != other.turn or one.asked != other.asked or not is_one_kind(one, other):
        return False
    if not one.test.id and one.model != other.model:
        return False
    if [turn.role for turn in one.turns] != [turn.role for turn in other.turns]:
        return False
    both = one.facts.keys() & other.facts.keys()
    only_one = one.facts.keys() ^ other.facts.keys()
    return only_one <= ADDED_BY_CLIENTS and all(one.facts[key] == other.facts[key] for key in both - ADDED_BY_CLIENTS)


def groups_of(
    pairs: Sequence[Two], old: Sequence[Call], new: Sequence[Call], broken: Broken, likeness: Likeness
) -> dict[int, Members]:
    """Return, by index of a pair, the unpaired recordings of the same call: its older or newer generations."""
    taken, given = {one for one, _ in pairs}, {one for _, one in pairs}
    extra: dict[int, tuple[list[int], list[int]]] = {}
    for side, calls in enumerate((old, new)):
        by_test: dict[str, list[int]] = {}
        for number, pair in enumerate(pairs):
            by_test.setdefault(calls[pair[side]].test.id, []).append(number)
        for place, call in enumerate(calls):
            if place in (given if side else taken):
                continue
            numbers = [
                number
                for number in by_test.get(call.test.id, ())
                if is_generation(call, calls[pairs[number][side]])
                and not _is_parted(side, place, pairs[number], extra.get(number), broken)
            ]
            if numbers:
                number = max(numbers, key=lambda one: (likeness.alike(call, calls[pairs[one][side]]), -one))
                extra.setdefault(number, ([], []))[side].append(place)
    return {place: (tuple(olds), tuple(news)) for place, (olds, news) in sorted(extra.items())}


def _is_parted(side: int, place: int, pair: Two, members: tuple[list[int], list[int]] | None, broken: Broken) -> bool:
    """Tell whether a reviewer separated a recording from one on the other side of a group."""
    others = (pair[1 - side], *(members[1 - side] if members else ()))
    return any(((other, place) if side else (place, other)) in broken for other in others)


def stacks_of(left: Calls, newest: Mapping[int, bool]) -> list[tuple[int, ...]]:
    """Return the unpaired recordings of one call of a test, newest generation first.

    newest: by index, whether today's recorder would give the file this name. A stack has at least two.
    """
    made: list[list[int]] = []
    by_test: dict[tuple[str, bytes, int], list[list[int]]] = {}
    for place in sorted(left, key=lambda place: (not newest[place], -len(left[place].facts), place)):
        call = left[place]
        if not call.test.id:
            continue
        near = by_test.setdefault((call.test.id, call.asked, call.turn), [])
        stack = next((stack for stack in near if is_generation(left[stack[0]], call)), None)
        if stack is None:
            stack = []
            near.append(stack)
            made.append(stack)
        stack.append(place)
    return [tuple(stack) for stack in made if len(stack) > 1]


def only_ones(
    old: Calls, new: Calls, successors: Collection[tuple[str, str]], asked: Collection[tuple[str, str]]
) -> Iterator[Two]:
    """Yield pairs of a test's only unpaired calls, one on each side: probably one call whose request was rewritten.

    If no test is known, a file with several exchanges takes its place.

    old, new: unpaired calls. successors: tests with two ids; of these only requests without text are paired, such as
    lists of models. asked: tests' parameters with the provider of their chats; among lists of models of several
    providers, that provider's is chosen. If several calls remain, equal parameters are paired first.
    """
    after = dict(iter(successors))
    taken: set[int] = set()
    given: set[int] = set()
    for is_same_facts in (True, False):
        left: dict[object, tuple[list[int], list[int]]] = {}
        for side, calls in enumerate((old, new)):
            for place, call in calls.items():
                if (call.test.id or call.file) and place not in (given if side else taken):
                    test = call.test.id if side or call.turns else after.get(call.test.id, call.test.id)
                    facts = frozenset(call.facts.items()) if is_same_facts else None
                    key = (test or call.file, call.endpoint, call.turn, len(call.turns), facts)
                    left.setdefault(key, ([], []))[side].append(place)
        for olds, news in left.values():
            if len(news) != 1:
                continue
            places = [place for place in olds if is_one_format(old[place], new[news[0]])]
            if len(places) > 1 and not new[news[0]].turns:
                places = [place for place in places if (old[place].test.parameters, old[place].site) in asked] or places
            if len(places) == 1:
                taken.add(places[0])
                given.add(news[0])
                yield places[0], news[0]
