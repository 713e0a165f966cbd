"""Which new tests replaced which removed ones: the same test under another id."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, NamedTuple

from recviewer.pairing.calls import Call, letters
from recviewer.pairing.fit import Likeness, shared
from recviewer.pairing.matching import best

COMMON = 50
"""A request of more tests than this, on either side, does not identify a test."""

LEAST = 0.45
"""Tests of one function with a lower similarity are different tests."""

Calls = Mapping[int, Call]


class KeptRecording(NamedTuple):
    """An unchanged recording. endpoint: the last part of its endpoint; "" if unknown."""

    test: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class TestsThere:
    """The recordings of tests on each side of a range, changed or not.

    By endpoint: a remaining list of models does not mean that a test still chats.
    """

    before: frozenset[KeptRecording]
    after: frozenset[KeptRecording]

    def is_gone(self, old: Call) -> bool:
        """Tell whether the head has no recording of this kind for the test."""
        return not self.after & _kinds(old)

    def is_fresh(self, new: Call) -> bool:
        """Tell whether the base had no recording of this kind for the test."""
        return not self.before & _kinds(new)


def _kinds(call: Call) -> frozenset[KeptRecording]:
    return frozenset({KeptRecording(call.test.id, call.endpoint), KeptRecording(call.test.id, "")})


def standing_of(old: Iterable[Call], new: Iterable[Call], kept: Collection[KeptRecording]) -> TestsThere:
    """Return the recordings on each side. kept: those that are on both."""
    rest = frozenset(kept)
    before, after = ({KeptRecording(call.test.id, call.endpoint) for call in calls} for calls in (old, new))
    return TestsThere(rest | before, rest | after)


@dataclass(frozen=True, slots=True)
class Successor:
    """A test that replaced another.

    renamed: certainty that its function was renamed, 0 if it has the same name. lead: how far it is ahead of the next
    candidate of either side; 0 also if other tests of the old function still exist.
    """

    renamed: float
    lead: float


Successors = dict[tuple[str, str], Successor]
_Tests = dict[str, list[Call]]


def successors(old: Calls, new: Calls, standing: TestsThere, likeness: Likeness) -> Successors:
    """Return by (old id, new id) which new test replaced which removed one; each has at most one."""
    gone = _tests(call for call in old.values() if call.test.id and standing.is_gone(call))
    fresh = _tests(call for call in new.values() if call.test.id and standing.is_fresh(call))
    were, are = _by_function(gone), _by_function(fresh)
    found: Successors = {}
    for function in sorted(were.keys() & are.keys()):
        found |= _matched(were[function], are[function], 0.0, likeness)
    before, after = (_functions(side) for side in (standing.before, standing.after))
    taken, given = {test for test, _ in found}, {test for _, test in found}
    lost = _less(were, taken)
    come = {name: tests for name, tests in _less(are, given).items() if name not in before}
    for (name, other), sure in _renamed(lost, come).items():
        in_part = name in after
        for two, told in _matched(lost[name], come[other], sure, likeness).items():
            found[two] = replace(told, lead=0.0) if in_part else told
    return found


def _less(functions: Mapping[str, _Tests], known: Collection[str]) -> dict[str, _Tests]:
    """Return the tests that are not yet matched, by function."""
    left = {
        name: {test: calls for test, calls in tests.items() if test not in known} for name, tests in functions.items()
    }
    return {name: tests for name, tests in left.items() if tests}


def _tests(calls: Iterable[Call]) -> _Tests:
    made: _Tests = {}
    for call in calls:
        made.setdefault(call.test.id, []).append(call)
    return made


def _by_function(tests: _Tests) -> dict[str, _Tests]:
    made: dict[str, _Tests] = {}
    for test, calls in tests.items():
        made.setdefault(calls[0].test.function, {})[test] = calls
    return made


def _functions(kept: Iterable[KeptRecording]) -> frozenset[str]:
    return frozenset(one.test.partition("[")[0].rpartition("::")[2] for one in kept)


def _matched(old: _Tests, new: _Tests, renamed: float, likeness: Likeness) -> Successors:
    """Match the tests of one function with those of another."""
    were, are = sorted(old), sorted(new)
    scores: dict[tuple[int, int], float] = {}
    for row, column in product(range(len(were)), range(len(are))):
        score = _alike(old[were[row]], new[are[column]], likeness)
        if score >= LEAST:
            scores[row, column] = score
    rows: dict[int, list[float]] = {}
    columns: dict[int, list[float]] = {}
    for (row, column), score in scores.items():
        rows.setdefault(row, []).append(score)
        columns.setdefault(column, []).append(score)
    found: Successors = {}
    for row, column in best(scores):
        score = scores[row, column]
        lead = score - max(second(rows[row], score), second(columns[column], score))
        found[were[row], are[column]] = Successor(renamed, lead)
    return found


def second(scores: list[float], score: float) -> float:
    """Return the best of the other scores, if one is `score`; 0 if there is no other."""
    rest = sorted(scores, reverse=True)
    rest.remove(score)
    return rest[0] if rest else 0.0


def _alike(old: Sequence[Call], new: Sequence[Call], likeness: Likeness) -> float:
    """Return the similarity of two tests by their parameters, requests, and providers."""
    was, now = old[0].test, new[0].test
    same = likeness.parameters(was, now)
    parameters = 0.8 + 0.2 * same if was.masked == now.masked else 0.9 * same
    asked, other = {call.asked for call in old if call.asked}, {call.asked for call in new if call.asked}
    share = 2 * len(asked & other) / (len(asked) + len(other)) if asked or other else parameters
    is_one_model = bool({call.model for call in old if call.model} & {call.model for call in new})
    return 0.5 * parameters + 0.4 * share + 0.05 * is_one_model + 0.05 * (was.file == now.file)


def _renamed(gone: Mapping[str, _Tests], come: Mapping[str, _Tests]) -> dict[tuple[str, str], float]:
    """Return the renamed test functions, with certainty.

    By shared requests (rare ones weigh more), parameters and names.
    """
    were = {name: [call for calls in tests.values() for call in calls] for name, tests in gone.items()}
    are = {name: [call for calls in tests.values() for call in calls] for name, tests in come.items()}
    askers: dict[bytes, tuple[set[str], set[str]]] = {}
    for side, those in enumerate((were, are)):
        for name, calls in those.items():
            for call in calls:
                askers.setdefault(call.asked, (set(), set()))[side].add(name)
    names, fresh = sorted(were), sorted(are)
    rows, columns = {name: row for row, name in enumerate(names)}, {name: column for column, name in enumerate(fresh)}
    scores: dict[tuple[int, int], float] = {}
    for question, (askers_old, askers_new) in askers.items():
        if question and len(askers_old) * len(askers_new) <= COMMON**2:
            for name, other in product(askers_old, askers_new):
                scores[rows[name], columns[other]] = 0.0
    for row, column in scores:
        was, now = were[names[row]], are[fresh[column]]
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
