"""Which pairs of recordings are worth weighing: those of one test function, of a renamed one, or with the same question."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from recviewer.changes.calls import Call, letters
from recviewer.changes.likeness import Likeness, facts, is_one_kind, shared
from recviewer.changes.matching import best

LEAST = 0.6
"""Two recordings that fit less are no pair."""

BLOCK = 10_000
"""Candidate pairs of one test function that are weighed each; of more, only those near each other in size or rank."""

NEAR = 12
"""How many neighbours are weighed then, on each side."""

COMMON = 50
"""A question of more recordings than this, on either side, tells nothing about who asked it."""

Calls = Mapping[int, Call]
Fits = dict[tuple[int, int], float]


def fits_of(old: Calls, new: Calls, likeness: Likeness) -> Fits:
    """Return how well the candidates fit, by their places."""
    functions, others = _by(old, "function"), _by(new, "function")
    found: Fits = {}
    for function in sorted(functions.keys() & others.keys()):
        _weigh(found, _block(functions[function], others[function], old, new), old, new, likeness, 0.0)
    for (function, other), sure in _renamed(functions, others, old, new).items():
        _weigh(found, _block(functions[function], others[other], old, new), old, new, likeness, sure)
    for old_place, new_place in _with_one_question(old, new):
        if (old_place, new_place) in found:
            continue
        was, now = old[old_place], new[new_place]
        is_free = was.test.function not in others and now.test.function not in functions
        if not was.test.id or not now.test.id or is_free:
            fit = _strange(was, now, likeness)
            if fit >= LEAST:
                found[old_place, new_place] = fit
    return found


def _weigh(
    found: Fits, pairs: Iterator[tuple[int, int]], old: Calls, new: Calls, likeness: Likeness, renamed: float
) -> None:
    for place, other in pairs:
        fit = likeness.fit(old[place], new[other], renamed=renamed)
        if fit >= LEAST:
            found[place, other] = fit


def _strange(old: Call, new: Call, likeness: Likeness) -> float:
    """Return how well two recordings fit of which no common test is known."""
    if not is_one_kind(old, new):
        return 0.0
    conversation, alike = likeness.conversation(old, new), facts(old, new)
    if conversation < 0.9 or alike < 0.6:
        return 0.0
    near = 0.05 * (old.model == new.model) + 0.05 * likeness.turns(old.answer, new.answer)
    return 0.4 + 0.2 * conversation + 0.1 * alike + 0.1 * (old.test.parameters == new.test.parameters) + near


def _by(calls: Calls, name: str) -> dict[str, list[int]]:
    made: dict[str, list[int]] = {}
    for place, call in calls.items():
        made.setdefault(getattr(call.test, name), []).append(place)
    return made


def _with_one_question(old: Calls, new: Calls) -> Iterator[tuple[int, int]]:
    asked: dict[bytes, tuple[list[int], list[int]]] = {}
    for side, calls in enumerate((old, new)):
        for place, call in calls.items():
            if call.asked:
                asked.setdefault(call.asked, ([], []))[side].append(place)
    for places, others in asked.values():
        yield from _block(places, others, old, new)


def _renamed(
    functions: Mapping[str, Sequence[int]], others: Mapping[str, Sequence[int]], old: Calls, new: Calls
) -> dict[tuple[str, str], float]:
    """Return the test functions that have another name, with how sure that is.

    By the questions they share, the rarer the better, by their parameters and by their names.
    """
    gone = {name: [old[place] for place in functions[name]] for name in functions.keys() - others.keys() if name}
    come = {name: [new[place] for place in others[name]] for name in others.keys() - functions.keys() if name}
    askers: dict[bytes, tuple[set[str], set[str]]] = {}
    for side, those in enumerate((gone, come)):
        for name, calls in those.items():
            for call in calls:
                askers.setdefault(call.asked, (set(), set()))[side].add(name)
    names, fresh = sorted(gone), sorted(come)
    rows, columns = {name: row for row, name in enumerate(names)}, {name: column for column, name in enumerate(fresh)}
    scores: dict[tuple[int, int], float] = {}
    for question, (were, are) in askers.items():
        if question and len(were) * len(are) <= COMMON**2:
            for name, other in product(were, are):
                scores[rows[name], columns[other]] = 0.0
    for row, column in scores:
        was, now = gone[names[row]], come[fresh[column]]
        weights = {call.asked: 1 / sum(map(len, askers[call.asked])) for call in (*was, *now) if call.asked}
        asked = _overlap({call.asked for call in was}, {call.asked for call in now}, weights)
        parameters = {call.test.masked for call in was}, {call.test.masked for call in now}
        given = _overlap(*parameters, dict.fromkeys(parameters[0] | parameters[1], 1.0))
        scores[row, column] = 0.6 * asked + 0.2 * given + 0.2 * _spelled_alike(names[row], fresh[column])
    return {(names[row], fresh[column]): 0.8 + scores[row, column] / 5 for row, column in best(scores)}


def _overlap(old: set[Any], new: set[Any], weights: Mapping[Any, float]) -> float:
    every = sum([weights[one] for one in sorted(old | new) if one in weights])
    return sum([weights[one] for one in sorted(old & new) if one in weights]) / every if every else 0.0


def _spelled_alike(old: str, new: str) -> float:
    was, now = _words(old), _words(new)
    return shared(was, sum(was.values()), now, sum(now.values()))


def _words(function: str) -> dict[str, int]:
    return {word: size for word, size in letters(function.replace("_", " ")).items() if word != "test"}


def _block(places: list[int], others: list[int], old: Calls, new: Calls) -> Iterator[tuple[int, int]]:
    """Yield the pairs that are worth weighing: all, or of too many those near each other in size or in rank."""
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


def _order(call: Call) -> tuple[str, int]:
    return call.test.masked, sum(len(turn.text) for turn in call.turns)
