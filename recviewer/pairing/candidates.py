"""Selects the pairs of recordings to be scored: those of one test, of a test and its successor, or without a test."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from recviewer.pairing.calls import Call
from recviewer.pairing.fit import Likeness, facts, is_one_kind
from recviewer.pairing.successors import Successor, Successors, TestsThere, successors

LEAST = 0.6
"""Recordings with a lower score are not paired."""

BLOCK = 10_000
"""Most candidate pairs of one test that are all scored; with more, only neighbours by size or rank."""

NEAR = 12
"""How many neighbours on each side are scored then."""

SAME_WORDS, SAME_PARAMETERS = 0.8, 0.6
"""Required similarities of texts and of parameters where no test is known."""

OF_ONE_FILE = 0.18
"""Difference of `Likeness.fit` between equal tests and unknown tests."""

Calls = Mapping[int, Call]
Fits = dict[tuple[int, int], float]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The scores of candidates by their indexes, and which tests replaced which."""

    fits: Fits
    successors: Successors

    def successor(self, old: Call, new: Call) -> Successor | None:
        """Return how one test succeeds another, None if it does not."""
        return self.successors.get((old.test.id, new.test.id))


def candidates(old: Calls, new: Calls, standing: TestsThere, likeness: Likeness) -> Candidates:
    """Score the candidate pairs.

    A test that exists on both sides is paired only with itself. Two ids can be one test only if the old one is gone and
    the new one did not exist before. If no test is known, calls may be paired whose files have both lost and gained
    calls.
    """
    tests, others = _by_test(old), _by_test(new)
    fits: Fits = {}
    for test in sorted(tests.keys() & others.keys() - {""}):
        _weigh(fits, _block(tests[test], others[test], old, new), old, new, likeness, 0.0)
    found = successors(old, new, standing, likeness)
    for (test, other), told in found.items():
        gone = [place for place in tests[test] if standing.is_gone(old[place])]
        fresh = [place for place in others[other] if standing.is_fresh(new[place])]
        _weigh(fits, _block(gone, fresh, old, new), old, new, likeness, told.renamed)
    standing_files = {call.file for call in old.values()} & {call.file for call in new.values()} - {""}
    for place, other_place in _without_test(old, new, standing):
        files = {old[place].file, new[other_place].file}
        if len(files) > 1 and files <= standing_files:
            continue
        fit = _strange(old[place], new[other_place], likeness)
        if fit >= LEAST:
            fits[place, other_place] = fit
    return Candidates(fits, found)


def _weigh(
    fits: Fits, pairs: Iterator[tuple[int, int]], old: Calls, new: Calls, likeness: Likeness, renamed: float
) -> None:
    for place, other in pairs:
        fit = likeness.fit(old[place], new[other], renamed=renamed)
        if fit >= LEAST:
            fits[place, other] = fit


def _strange(old: Call, new: Call, likeness: Likeness) -> float:
    """Return the score of two recordings without a common test: they must be of one kind and model.

    If both are in the same file with several exchanges, that counts as much as a common test.
    """
    if old.file and old.file == new.file:
        fit = likeness.fit(old, new)
        return fit + OF_ONE_FILE if fit else 0.0
    if old.model != new.model or not is_one_kind(old, new):
        return 0.0
    conversation, alike = likeness.conversation(old, new), facts(old, new)
    if conversation < SAME_WORDS or alike < SAME_PARAMETERS:
        return 0.0
    near = 0.05 * (alike == 1.0) + 0.05 * (old.site == new.site) + 0.05 * likeness.turns(old.answer, new.answer)
    return 0.4 + 0.2 * conversation + 0.1 * alike + 0.1 * (old.test.parameters == new.test.parameters) + near


def _by_test(calls: Calls) -> dict[str, list[int]]:
    made: dict[str, list[int]] = {}
    for place, call in calls.items():
        made.setdefault(call.test.id, []).append(place)
    return made


def _without_test(old: Calls, new: Calls, standing: TestsThere) -> Iterator[tuple[int, int]]:
    """Yield pairs of one kind and model without a known test, and pairs with equal requests of which one has a test.

    That test must be gone, or new.
    """
    kinds: _Sorted = {}
    askers: _Sorted = {}
    for side, calls in enumerate((old, new)):
        is_alone = standing.is_fresh if side else standing.is_gone
        for place, call in calls.items():
            if not call.test.id:
                key = (call.family, call.endpoint, call.model, call.turn)
                kinds.setdefault(key, ([], []))[side].append(place)
                if call.file:
                    kinds.setdefault((call.file, call.endpoint), ([], []))[side].append(place)
            if call.asked and (not call.test.id or is_alone(call)):
                askers.setdefault((call.asked, call.model, call.turn), ([], []))[side].append(place)
    for places, others in kinds.values():
        yield from _block(places, others, old, new)
    for places, others in askers.values():
        for place, other in _block(places, others, old, new):
            if bool(old[place].test.id) != bool(new[other].test.id):
                yield place, other


_Sorted = dict[tuple[object, ...], tuple[list[int], list[int]]]


def _block(places: list[int], others: list[int], old: Calls, new: Calls) -> Iterator[tuple[int, int]]:
    """Yield the pairs to be scored: all, or if there are too many, neighbours by size or rank."""
    if len(places) * len(others) <= BLOCK:
        yield from ((place, other) for place in places for other in others)
        return
    olds, news = (
        sorted((_order(old[place]), place) for place in places),
        sorted((_order(new[one]), one) for one in others),
    )
    seen: set[tuple[int, int]] = set()
    ordered = [order for order, _ in news]
    for rank, (order, place) in enumerate(olds):
        for at in (bisect_left(ordered, order), rank * len(news) // len(olds)):
            seen.update((place, other) for _, other in news[max(0, at - NEAR) : at + NEAR + 1])
    yield from sorted(seen)


def _order(call: Call) -> tuple[int, int]:
    return call.turn, sum(len(turn.text) for turn in call.turns)
