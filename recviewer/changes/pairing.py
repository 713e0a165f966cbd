"""Which deleted recording each added one replaces: the same call, recorded again under another file name.

A file is named by the hash of its request, so whatever moves the hash makes git see one file gone and another new. Pairs
are looked for among calls of the same format, by test, conversation and parameters; the model, ids, host and file name
may all have changed. The best overall assignment wins, not the first that fits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from recviewer.changes.calls import Call, call_of, conversation_fit, facts_fit, models_of, shared, test_fit
from recviewer.changes.matching import best
from recviewer.changes.sides import Side

LEAST = 0.6
"""Two recordings that fit less are no pair."""

ALIKE, ALIKE_UNEVEN = 0.4, 0.56
"""Conversations less alike than this are two calls; more is asked for where turns came or went, since a test's next
call holds the one before."""

GROUP = 0.8
"""One that is left over belongs to a pair's group when it fits one of the two that well."""

BLOCK = 40_000
"""Candidate pairs of one test function that are weighed each; of more, only those near each other in size."""

NEAR = 12
"""How many neighbours in size are weighed then, on each side."""


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
    models = models_of(side.exchange for side in (*deleted, *added))
    old = {place: call_of(side.exchange, side.path, models) for place, side in enumerate(deleted)}
    new = {place: call_of(side.exchange, side.path, models) for place, side in enumerate(added)}
    fits = _fits(
        {place: call for place, call in old.items() if place not in taken},
        {place: call for place, call in new.items() if place not in given},
    )
    for two in broken:
        fits.pop(two, None)
    pairs += _told(old, new, fits)
    return Pairing(tuple(pairs), _groups(pairs, fits, old, new, broken))


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


Fits = dict[tuple[int, int], float]


def _fits(old: dict[int, Call], new: dict[int, Call]) -> Fits:
    """Return how well the candidates fit. Those of one test function are weighed, and those that ask just the same."""
    functions, others = _by(old, "function"), _by(new, "function")
    fits: Fits = {}
    for function in functions.keys() & others.keys():
        for place, other in _candidates(functions[function], others[function], old, new):
            fit = fit_of(old[place], new[other])
            if fit >= LEAST:
                fits[place, other] = fit
    asked = _by(old, "asked")
    for other, call in new.items():
        for place in asked.get(call.asked, ()):
            if old[place].function == call.function or not call.turns:
                continue
            is_renamed = old[place].function not in others and call.function not in functions
            fit = _renamed_fit(old[place], call) if is_renamed else 0.0
            if fit >= LEAST:
                fits[place, other] = fit
    return fits


def _by(calls: dict[int, Call], name: str) -> dict[str | bytes, list[int]]:
    made: dict[str | bytes, list[int]] = {}
    for place, call in calls.items():
        made.setdefault(getattr(call, name), []).append(place)
    return made


def _candidates(
    places: list[int], others: list[int], old: dict[int, Call], new: dict[int, Call]
) -> Iterator[tuple[int, int]]:
    """Yield the pairs that are worth weighing: all, or of too many those that ask the same and those alike in size."""
    if len(places) * len(others) <= BLOCK:
        yield from ((place, other) for place in places for other in others)
        return
    seen: set[tuple[int, int]] = set()
    line = sorted([(_order(old[place]), 0, place) for place in places] + [(_order(new[one]), 1, one) for one in others])
    for at, (_, side, place) in enumerate(line):
        near = [(place, other) for _, its, other in line[max(0, at - NEAR) : at + NEAR + 1] if side == 0 and its == 1]
        seen.update(near)
    yield from sorted(seen)


def _order(call: Call) -> tuple[str, int, int]:
    return call.masked, len(call.turns), sum(turn.size for turn in call.turns)


def fit_of(old: Call, new: Call) -> float:
    """Return how well two recordings fit as one call recorded twice, 0 to 1."""
    if old.family != new.family and not (old.is_failure or new.is_failure):
        return 0.0
    conversation = conversation_fit(old, new)
    if conversation < (ALIKE if len(old.turns) == len(new.turns) else ALIKE_UNEVEN):
        return 0.0
    near = 0.02 if old.folder == new.folder else 0.0
    answer = 0.03 * shared(old.answer, old.answer_size, new.answer, new.answer_size)
    family = 1.0 if old.family == new.family else 0.8
    return family * (0.4 * test_fit(old, new) + 0.44 * conversation + 0.11 * facts_fit(old, new) + answer + near)


def _renamed_fit(old: Call, new: Call) -> float:
    """Return how well two recordings fit whose tests have different names: the request must speak for itself."""
    if old.family != new.family and not (old.is_failure or new.is_failure):
        return 0.0
    conversation, facts = conversation_fit(old, new), facts_fit(old, new)
    if conversation < 0.9 or facts < 0.8:
        return 0.0
    parameters = 1.0 if old.parameters == new.parameters else 0.0
    names = shared(*_bag_of(old.function), *_bag_of(new.function))
    return 0.4 + 0.2 * conversation + 0.1 * facts + 0.1 * parameters + 0.1 * names


def _bag_of(function: str) -> tuple[Counter[str], int]:
    words = [word for word in function.split("_") if word not in ("", "test")]
    return Counter(words), sum(map(len, words))


def _told(old: dict[int, Call], new: dict[int, Call], fits: Fits) -> Iterator[Pair]:
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
        conversation = conversation_fit(old[place], new[other])
        is_renamed = old[place].test != new[other].test
        sure = _sure(how, conversation, fit, ahead, is_renamed=is_renamed)
        yield Pair(place, other, how, sure, round(fit, 4), _why(how, old[place], new[other], conversation))


def _second(fits: list[float], fit: float) -> float:
    rest = sorted(fits, reverse=True)
    rest.remove(fit)
    return rest[0] if rest else 0.0


def _how(old: Call, new: Call) -> How:
    if old.test == new.test:
        return How.TEST if old.test else How.REQUEST
    return How.PARAMETERS if old.function == new.function and old.test and new.test else How.REQUEST


def _sure(how: How, conversation: float, fit: float, ahead: float, *, is_renamed: bool) -> Sure:
    """Say how sure a pair is. ahead: how much better it fits than the next candidate of either.

    is_renamed: the tests have different names, where no name is none.
    """
    if how is How.REQUEST:
        return Sure.LIKELY if fit >= (0.8 if is_renamed else 0.75) - 1e-9 and ahead > 0 else Sure.POSSIBLE
    if conversation >= 0.9 and ahead >= 0.02:
        return Sure.CERTAIN
    if (ahead >= 0 and conversation >= 0.7) or (ahead >= 0.1 and conversation >= ALIKE_UNEVEN):
        return Sure.LIKELY
    return Sure.POSSIBLE


def _why(how: How, old: Call, new: Call, conversation: float) -> str:
    tests = {
        How.TEST: "the same test",
        How.PARAMETERS: "the same test with other parameters",
        How.REQUEST: "another test" if old.test and new.test else "no test is known",
    }
    if how is How.PARAMETERS and old.masked == new.masked:
        tests[how] = "the same test but for the model's name"
    if not old.turns and not new.turns:
        return f"{tests[how]}, a request without words"
    turns = "" if len(old.turns) == len(new.turns) else f", {len(old.turns)} turns became {len(new.turns)}"
    share = "the same conversation" if conversation >= 0.9995 else f"conversation {conversation * 100:.0f} % alike"
    return f"{tests[how]}, {share}{turns}"


def _groups(
    pairs: Sequence[Pair], fits: Fits, old: dict[int, Call], new: dict[int, Call], broken: Broken
) -> dict[int, tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return, by place of a pair, what is left over but is just as well a recording of its call."""
    by_old = {one.old: place for place, one in enumerate(pairs)}
    by_new = {one.new: place for place, one in enumerate(pairs)}
    extra: dict[int, tuple[list[int], list[int]]] = {}
    given: tuple[set[int], set[int]] = (set(), set())
    for (place, other), fit in sorted(fits.items(), key=lambda item: (-item[1], item[0])):
        if fit < GROUP or (place in by_old) == (other in by_new):
            continue
        if conversation_fit(old[place], new[other]) < 0.95:
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
