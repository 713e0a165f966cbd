"""Which deleted recording each added one replaces: the same call, recorded again under another file name.

A file is named by the hash of its request, so whatever moves the hash makes git see one file gone and another new. Pairs
are looked for among calls of the same format, by test, conversation and parameters; the model, ids, host and file name
may all have changed. The best overall assignment wins, not the first that fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from recviewer.changes.calls import Call, Calls, models_of
from recviewer.changes.candidates import Fits, fits_of
from recviewer.changes.likeness import Likeness, is_one_kind
from recviewer.changes.matching import best
from recviewer.changes.sides import Side

GROUP = 0.8
"""One that is left over belongs to a pair's group when it fits one of the two that well."""


class How(StrEnum):
    """How a pair was found. Part of the public contract.

    path: the same path. bytes: the same bytes at another path. test: the same test, and a similar request.
    parameters: the same test function, whose parameters (the model, most often) changed. request: the test has another
    name, but the request is the same. hand: a reviewer said so.
    """

    PATH = "path"
    BYTES = "bytes"
    TEST = "test"
    PARAMETERS = "parameters"
    REQUEST = "request"
    HAND = "hand"


class Sure(StrEnum):
    """How sure a pair is: nothing else comes into question, it fits best by far, or it is the best guess."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two recordings of one call, by their places in the two lists.

    fit: 0 to 1. why: a clause for a person, such as `the same test, request 98 % alike`.
    """

    old: int
    new: int
    how: How
    sure: Sure
    fit: float
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A reviewer's word on two recordings, each a path and a blob: they are of one call, or they are not."""

    old_path: str
    old_blob: str
    new_path: str
    new_blob: str
    is_pair: bool


@dataclass(frozen=True, slots=True)
class Pairing:
    """What was found. groups: by pair, the places of further old and new recordings of the same call."""

    pairs: tuple[Pair, ...]
    groups: dict[int, tuple[tuple[int, ...], tuple[int, ...]]]


def pair(deleted: Sequence[Side], added: Sequence[Side], choices: Sequence[Choice] = ()) -> Pairing:
    """Pair deleted recordings with the added ones that replace them.

    choices: of reviewers, in order; a later one wins over an earlier. Those on recordings that are not here say nothing.
    """
    if not deleted or not added:
        return Pairing((), {})
    chosen, broken = _chosen(deleted, added, choices)
    pairs = [Pair(old, new, How.HAND, Sure.CERTAIN, 1.0, "paired by a reviewer") for old, new in sorted(chosen.items())]
    pairs += _equal_bytes(deleted, added, chosen, broken)
    taken, given = {one.old for one in pairs}, {one.new for one in pairs}
    calls = Calls(models_of(side.exchange for side in (*deleted, *added)))
    old = {place: calls.call_of(side.exchange, side.path) for place, side in enumerate(deleted)}
    new = {place: calls.call_of(side.exchange, side.path) for place, side in enumerate(added)}
    likeness = Likeness()
    fits = fits_of(
        {place: call for place, call in old.items() if place not in taken},
        {place: call for place, call in new.items() if place not in given},
        likeness,
    )
    for two in broken:
        fits.pop(two, None)
    pairs += _told(old, new, fits, likeness)
    pairs += _only_ones(pairs, old, new, broken, likeness)
    return Pairing(tuple(pairs), _groups(pairs, fits, old, new, broken, likeness))


Broken = set[tuple[int, int]]
"""Places of recordings that a reviewer said are not of one call."""


def _chosen(deleted: Sequence[Side], added: Sequence[Side], choices: Sequence[Choice]) -> tuple[dict[int, int], Broken]:
    """Return what reviewers paired, by the old one's place, and what they broke."""
    olds = {(side.path, side.blob): place for place, side in enumerate(deleted)}
    news = {(side.path, side.blob): place for place, side in enumerate(added)}
    chosen: dict[int, int] = {}
    broken: Broken = set()
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
    return chosen, broken


def _equal_bytes(
    deleted: Sequence[Side], added: Sequence[Side], chosen: dict[int, int], broken: Broken
) -> Iterator[Pair]:
    """Yield what was only renamed; of several equal ones, those in the nearest folders first."""
    waiting: dict[str, list[int]] = {}
    for place, side in enumerate(deleted):
        if side.blob and place not in chosen:
            waiting.setdefault(side.blob, []).append(place)
    given = set(chosen.values())
    for place, side in enumerate(added):
        places = [old for old in waiting.get(side.blob, ()) if (old, place) not in broken]
        if places and place not in given:
            closest = max(places, key=lambda old: (deleted[old].name == side.name, deleted[old].raw[:1]))
            waiting[side.blob].remove(closest)
            yield Pair(closest, place, How.BYTES, Sure.CERTAIN, 1.0, "the same bytes under another name")


def _told(old: dict[int, Call], new: dict[int, Call], fits: Fits, likeness: Likeness) -> Iterator[Pair]:
    """Yield the best assignment, each pair with how it was found and how far the next candidate is behind."""
    rivals_old: dict[int, list[float]] = {}
    rivals_new: dict[int, list[float]] = {}
    for (place, other), fit in fits.items():
        rivals_old.setdefault(place, []).append(fit)
        rivals_new.setdefault(other, []).append(fit)
    for place, other in best(fits):
        fit = fits[place, other]
        ahead = fit - max(_second(rivals_old[place], fit), _second(rivals_new[other], fit))
        how = _how(old[place], new[other])
        conversation = likeness.conversation(old[place], new[other])
        is_renamed = old[place].test is not new[other].test
        sure = _sure(how, conversation, fit, ahead, is_renamed=is_renamed)
        if how is How.REQUEST and not old[place].turns:
            sure = Sure.POSSIBLE
        yield Pair(place, other, how, sure, round(fit, 4), _why(how, old[place], new[other], conversation))


def _only_ones(
    pairs: Sequence[Pair], old: dict[int, Call], new: dict[int, Call], broken: Broken, likeness: Likeness
) -> Iterator[Pair]:
    """Yield what is left of a test's calls where it is one on each side: asked in wholly other words, it seems."""
    left: dict[tuple[str, str, str], tuple[list[int], list[int]]] = {}
    taken = ({one.old for one in pairs}, {one.new for one in pairs})
    for side, calls in enumerate((old, new)):
        for place, call in calls.items():
            if call.test.id and place not in taken[side]:
                key = (call.test.function, call.test.masked, call.endpoint)
                left.setdefault(key, ([], []))[side].append(place)
    for olds, news in left.values():
        if len(olds) == len(news) == 1:
            place, other = olds[0], news[0]
            was, now = old[place], new[other]
            if (place, other) not in broken and is_one_kind(was, now) and len(was.turns) == len(now.turns):
                how, conversation = _how(was, now), likeness.conversation(was, now)
                fit = round(0.4 + 0.2 * conversation, 4)
                yield Pair(
                    place, other, how, Sure.POSSIBLE, fit, f"{_why(how, was, now, conversation)}, the only call left"
                )


def _second(fits: list[float], fit: float) -> float:
    rest = sorted(fits, reverse=True)
    rest.remove(fit)
    return rest[0] if rest else 0.0


def _how(old: Call, new: Call) -> How:
    if old.test is new.test:
        return How.TEST if old.test.id else How.REQUEST
    return How.PARAMETERS if old.test.function == new.test.function != "" else How.REQUEST


def _sure(how: How, conversation: float, fit: float, ahead: float, *, is_renamed: bool) -> Sure:
    """Say how sure a pair is. ahead: how much better it fits than the next candidate of either.

    is_renamed: the tests have different names, where no name is none.
    """
    if how is How.REQUEST:
        return Sure.LIKELY if fit >= (0.8 if is_renamed else 0.75) - 1e-9 and ahead > 0 else Sure.POSSIBLE
    if conversation >= 0.9 and ahead >= 0.02:
        return Sure.CERTAIN
    if (ahead >= 0 and conversation >= 0.7) or (ahead >= 0.1 and conversation >= 0.5):
        return Sure.LIKELY
    return Sure.POSSIBLE


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
    turns = "" if len(old.turns) == len(new.turns) else f", {len(old.turns)} turns became {len(new.turns)}"
    share = "the same conversation" if conversation >= 0.9995 else f"conversation {conversation * 100:.0f} % alike"
    return f"{tests[how]}, {share}{turns}"


def _groups(
    pairs: Sequence[Pair], fits: Fits, old: dict[int, Call], new: dict[int, Call], broken: Broken, likeness: Likeness
) -> dict[int, tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return, by place of a pair, what is left over but is just as well a recording of its call."""
    by_old = {one.old: place for place, one in enumerate(pairs)}
    by_new = {one.new: place for place, one in enumerate(pairs)}
    extra: dict[int, tuple[list[int], list[int]]] = {}
    given: tuple[set[int], set[int]] = (set(), set())
    for (place, other), fit in sorted(fits.items(), key=lambda item: (-item[1], item[0])):
        if fit < GROUP or (place in by_old) == (other in by_new):
            continue
        if likeness.conversation(old[place], new[other]) < 0.95:
            continue
        side, one = (1, other) if place in by_old else (0, place)
        members = extra.setdefault(by_old[place] if side else by_new[other], ([], []))
        is_parted = any(((two, one) if side else (one, two)) in broken for two in members[1 - side])
        if one not in given[side] and not is_parted:
            members[side].append(one)
            given[side].add(one)
    return {
        place: (tuple(sorted(olds)), tuple(sorted(news)))
        for place, (olds, news) in sorted(extra.items())
        if olds or news
    }
