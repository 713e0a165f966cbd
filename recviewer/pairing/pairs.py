"""Which removed recording each added one replaces: the same call, re-recorded under another file name.

A file is named by the hash of its request, so any change of the request makes git see one file deleted and another
added. Pairs are searched among calls of the same format, by test, conversation and parameters; the model, ids, host and
file name may all have changed. The best total assignment is chosen, not the first match.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from recviewer.pairing.calls import Call, Calls, models_of
from recviewer.pairing.candidates import Candidates, candidates
from recviewer.pairing.fit import Likeness, facts, is_one_provider
from recviewer.pairing.leftovers import Broken, Members, groups_of, only_ones, stacks_of
from recviewer.pairing.matching import best
from recviewer.pairing.pair import How, Pair, Sure
from recviewer.pairing.sides import Side
from recviewer.pairing.successors import KeptRecording, Successor, second, standing_of
from recviewer.replay.names import ReplayState

Unchanged = Callable[[Collection[str]], Collection[KeptRecording] | None]
"""A callback, called only if needed, with the tests in question: returns their unchanged recordings; None if unknown."""


def all_changed(tests: Collection[str]) -> Collection[KeptRecording]:
    """The default callback: no test has unchanged recordings."""
    return ()


NOT_LOOKED_AT = "; whether the old test is still there, and the new one was before, is not known"


@dataclass(frozen=True, slots=True)
class Choice:
    """A reviewer's decision on two recordings, each given by path and blob: they are of one call, or they are not."""

    old_path: str
    old_blob: str
    new_path: str
    new_blob: str
    is_pair: bool


@dataclass(frozen=True, slots=True)
class Pairing:
    """The result.

    groups: by pair, the indexes of further old and new recordings of the same call. stacks: indexes of unpaired old
    recordings of one call, newest generation first.
    """

    pairs: tuple[Pair, ...]
    groups: dict[int, Members]
    stacks: tuple[tuple[int, ...], ...] = ()


def pair(
    deleted: Sequence[Side], added: Sequence[Side], choices: Sequence[Choice] = (), unchanged: Unchanged = all_changed
) -> Pairing:
    """Pair deleted recordings with the added ones that replace them. The result does not depend on the order of the
    input.

    choices: of reviewers, in order; later ones win. Those on recordings that are not given are ignored. unchanged:
    returns the other recordings of tests, which exist on both sides.
    """
    olds, news = (sorted(range(len(sides)), key=lambda place: _key(sides[place])) for sides in (deleted, added))
    found = _paired([deleted[place] for place in olds], [added[place] for place in news], choices, unchanged)
    return Pairing(
        tuple([replace(one, old=olds[one.old], new=news[one.new]) for one in found.pairs]),
        {
            place: (tuple(sorted(olds[one] for one in gone)), tuple(sorted(news[one] for one in come)))
            for place, (gone, come) in found.groups.items()
        },
        tuple([tuple([olds[one] for one in stack]) for stack in found.stacks]),
    )


def _key(side: Side) -> tuple[bytes, str]:
    return side.raw, side.blob


def _paired(deleted: Sequence[Side], added: Sequence[Side], choices: Sequence[Choice], unchanged: Unchanged) -> Pairing:
    chosen, broken = _chosen(deleted, added, choices)
    pairs = [Pair(old, new, How.HAND, Sure.CERTAIN, 1.0, "paired by a reviewer") for old, new in sorted(chosen.items())]
    pairs += _equal_bytes(deleted, added, chosen, broken)
    calls, likeness = Calls(models_of(side.exchange for side in (*deleted, *added))), Likeness()
    old = [calls.call_of(side) for side in deleted]
    new = [calls.call_of(side) for side in added]
    others = _asked(old, new, unchanged)
    found = candidates(*_left(old, new, pairs), standing_of(old, new, others or ()), likeness)
    for two in broken:
        found.fits.pop(two, None)
    told = list(_told(old, new, found, likeness))
    pairs += told if others is not None else map(_less_sure, told)
    asked = {(call.test.parameters, call.site) for call in old if call.turns}
    for place, other in only_ones(*_left(old, new, pairs), found.successors, asked):
        if (place, other) not in broken:
            pairs.append(_guessed(place, other, old[place], new[other], likeness))
    groups = groups_of([(one.old, one.new) for one in pairs], old, new, broken, likeness)
    folded = {place for olds, _ in groups.values() for place in olds}
    left = {place: call for place, call in _left(old, new, pairs)[0].items() if place not in folded}
    newest = {place: deleted[place].meaning.replay.state is ReplayState.CURRENT for place in left}
    return Pairing(tuple(pairs), groups, tuple(stacks_of(left, newest)))


def _asked(old: Sequence[Call], new: Sequence[Call], unchanged: Unchanged) -> Collection[KeptRecording] | None:
    """Return the unchanged recordings of the tests that exist on one side only and may be one test under two ids."""
    were, are = {call.test.id for call in old}, {call.test.id for call in new}
    gone = [call for call in old if call.test.id not in are]
    fresh = [call for call in new if call.test.id not in were]
    marks = {mark for call in gone for mark in _marks(call)} & {mark for call in fresh for mark in _marks(call)}
    tests = {call.test.id for call in (*gone, *fresh) if call.test.id and not marks.isdisjoint(_marks(call))}
    return unchanged(tests) if tests else ()


def _marks(call: Call) -> tuple[object, ...]:
    """Return the features by which a test may be found under another id: its function, and its requests."""
    return tuple([mark for mark in (call.test.function, call.asked) if mark])


def _less_sure(one: Pair) -> Pair:
    """Downgrade a pair of two tests to possible, because it is unknown whether the old test still exists."""
    return one if one.how is How.TEST else replace(one, sure=Sure.POSSIBLE, why=one.why + NOT_LOOKED_AT)


def _left(old: Sequence[Call], new: Sequence[Call], pairs: Sequence[Pair]) -> tuple[dict[int, Call], dict[int, Call]]:
    """Return the unpaired calls, by index."""
    taken, given = {one.old for one in pairs}, {one.new for one in pairs}
    return (
        {place: call for place, call in enumerate(old) if place not in taken},
        {place: call for place, call in enumerate(new) if place not in given},
    )


def _chosen(deleted: Sequence[Side], added: Sequence[Side], choices: Sequence[Choice]) -> tuple[dict[int, int], Broken]:
    """Return the pairs made by reviewers, by index of the old recording, and the pairs they broke."""
    olds = {(side.path, side.blob): place for place, side in enumerate(deleted)}
    news = {(side.path, side.blob): place for place, side in enumerate(added)}
    chosen: dict[int, int] = {}
    broken: set[tuple[int, int]] = set()
    for choice in choices:
        old = olds.get((choice.old_path, choice.old_blob))
        new = news.get((choice.new_path, choice.new_blob))
        if old is None or new is None:
            continue
        if choice.is_pair:
            chosen = {one: other for one, other in chosen.items() if one != old and other != new} | {old: new}
            broken.discard((old, new))
        else:
            if chosen.get(old) == new:
                del chosen[old]
            broken.add((old, new))
    return chosen, frozenset(broken)


def _equal_bytes(
    deleted: Sequence[Side], added: Sequence[Side], chosen: dict[int, int], broken: Broken
) -> Iterator[Pair]:
    """Yield pairs with equal bytes; of several, those with equal names or in the nearest folders first."""
    waiting: dict[str, list[int]] = {}
    for place, side in enumerate(deleted):
        if side.blob and place not in chosen:
            waiting.setdefault(side.blob, []).append(place)
    given = set(chosen.values())
    for place, side in enumerate(added):
        places = [old for old in waiting.get(side.blob, ()) if (old, place) not in broken]
        if places and place not in given:
            closest = max(places, key=lambda old: (deleted[old].name == side.name, _shared(deleted[old].raw, side.raw)))
            waiting[side.blob].remove(closest)
            yield Pair(closest, place, How.BYTES, Sure.CERTAIN, 1.0, "the same bytes under another name")


def _shared(old: bytes, new: bytes) -> int:
    """Return how many leading folders two paths share."""
    same = takewhile(lambda two: two[0] == two[1], zip(old.split(b"/")[:-1], new.split(b"/")[:-1], strict=False))
    return sum(1 for _ in same)


def _told(old: Sequence[Call], new: Sequence[Call], found: Candidates, likeness: Likeness) -> Iterator[Pair]:
    """Yield the best assignment, each pair with how it was matched and its lead over the next candidate."""
    rivals_old: dict[int, list[float]] = {}
    rivals_new: dict[int, list[float]] = {}
    for (place, other), fit in found.fits.items():
        rivals_old.setdefault(place, []).append(fit)
        rivals_new.setdefault(other, []).append(fit)
    for place, other in best(found.fits):
        was, now, fit = old[place], new[other], found.fits[place, other]
        ahead = fit - max(second(rivals_old[place], fit), second(rivals_new[other], fit))
        how, conversation = _how(was, now), likeness.conversation(was, now)
        successor = found.successor(was, now)
        if successor is not None:
            sure = _sure_of_successor(was, now, conversation, ahead, successor)
        elif how is How.TEST:
            sure = _sure_of_test(was, now, conversation, ahead)
        else:
            sure = _sure_of_request(was, now, conversation, ahead)
        yield Pair(place, other, how, sure, round(fit, 4), _why(how, was, now, conversation))


def _guessed(place: int, other: int, old: Call, new: Call, likeness: Likeness) -> Pair:
    how, conversation = _how(old, new), likeness.conversation(old, new)
    reason = "the only call left" if is_one_provider(old, new) else "another provider's"
    why = f"{_why(how, old, new, conversation)}, {reason}"
    return Pair(place, other, how, Sure.POSSIBLE, round(0.4 + 0.2 * conversation, 4), why)


def _how(old: Call, new: Call) -> How:
    if old.test is new.test:
        return How.TEST if old.test.id else How.REQUEST
    return How.PARAMETERS if old.test.function == new.test.function != "" else How.REQUEST


def _sure_of_test(old: Call, new: Call, conversation: float, ahead: float) -> Sure:
    """Return how certain a pair of one test is. ahead: its lead in score over the next candidate of either side."""
    if old.turn != new.turn:
        return Sure.LIKELY if conversation >= 0.8 and ahead >= 0.02 else Sure.POSSIBLE
    if conversation >= 0.9 and ahead >= 0.02:
        return Sure.CERTAIN
    if (ahead >= 0 and conversation >= 0.7) or (ahead >= 0.1 and conversation >= 0.5):
        return Sure.LIKELY
    return Sure.POSSIBLE


def _sure_of_successor(old: Call, new: Call, conversation: float, ahead: float, successor: Successor) -> Sure:
    """Return how certain a pair of tests with different ids is: there must be no other plausible test."""
    if conversation < 0.9 or ahead < 0 or successor.lead < 0.03 or old.turn != new.turn:
        return Sure.POSSIBLE
    if old.test.masked != new.test.masked and (not old.turns or (old.model != new.model and old.site != new.site)):
        return Sure.POSSIBLE
    if successor.renamed:
        return Sure.LIKELY if old.turns and ahead > 0 else Sure.POSSIBLE
    return Sure.CERTAIN if ahead >= 0.02 else Sure.LIKELY


def _sure_of_request(old: Call, new: Call, conversation: float, ahead: float) -> Sure:
    """Return how certain a pair without a known test is. Without text there is no evidence for it."""
    if old.file and old.file == new.file and old.turns:
        is_one = conversation >= 0.9 and ahead >= 0 and old.turn == new.turn
        return Sure.LIKELY if is_one else Sure.POSSIBLE
    is_alike = conversation >= 0.9 and facts(old, new) >= 0.75
    return Sure.LIKELY if old.turns and is_alike and ahead > 0 else Sure.POSSIBLE


def _why(how: How, old: Call, new: Call, conversation: float) -> str:
    tests = {
        How.TEST: "the same test",
        How.PARAMETERS: "the same test with other parameters",
        How.REQUEST: "another test" if old.test.id and new.test.id else "no test is known",
    }
    if how is How.PARAMETERS and old.test.masked == new.test.masked:
        tests[how] = "the same test but for the model's name"
    if not old.turns and not new.turns:
        return f"{tests[how]}, a request without words"
    if how is How.REQUEST and old.file and old.file == new.file:
        tests[how] = "the same file"
    turns = "" if len(old.turns) == len(new.turns) else f", {len(old.turns)} turns became {len(new.turns)}"
    share = "the same conversation" if conversation >= 0.9995 else f"conversation {conversation * 100:.0f} % alike"
    return f"{tests[how]}, {share}{turns}"
