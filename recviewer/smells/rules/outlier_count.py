"""A test with many more recordings than the same test with other parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from recviewer.exchange.amounts import counted
from recviewer.pairing.sides import Side
from recviewer.replay.names import ReplayState
from recviewer.smells.model import About, Among, Explained, Held, Needs, Noted, Rule, Severity, Surroundings
from recviewer.smells.notes import by, function_of, is_own_file

_LEAST = 12
"""Fewer recordings are never too many."""

_FOUND = (ReplayState.CURRENT, ReplayState.UNVERIFIABLE)
_TIMES = 4
_SIBLINGS = 2


def _note(side: Side) -> str:
    return "1" if is_own_file(side) and side.test_id else ""


def _find(some: Sequence[Noted], around: Surroundings) -> Iterator[tuple[int, Held]]:
    """The finding is on the first recording of the test."""
    tests = by(some, lambda one: one.test_id)
    functions: dict[str, list[str]] = {}
    for test_id in tests:
        functions.setdefault(function_of(test_id), []).append(test_id)
    for siblings in functions.values():
        for test_id in siblings:
            others = [len(tests[one]) for one in siblings if one != test_id]
            count = len(tests[test_id])
            if count < _LEAST or len(others) < _SIBLINGS or count < _TIMES * median(others):
                continue
            missed = sum(some[place].replay not in _FOUND for place in tests[test_id])
            says = f"its test has {counted(count, 'recording')}; with other parameters it has {median(others):g}"
            says += f", and replay does not find {missed:,} of them" if missed else ""
            yield tests[test_id][0], Held(Severity.AMBER, "many", fault="many", says=says)


RULE = Rule(
    "outlier-count",
    "its test has many more recordings than its siblings",
    Explained(
        what=f"A test with {_LEAST} recordings or more, and {_TIMES} times as many as the same function has with other "
        "parameters "
        "(the median of at least two). The finding is on the first of its recordings.",
        why="Most are generations that stayed, or a loop that nobody meant.",
        example="28 recordings of a search, where its siblings have 3.",
        fix="Look at the page of the test which of them replay finds, and delete the others.",
        mistaken="A provider or model that takes more steps for the same.",
        measured="13, 0 and 0; all were read, and 12 are right: one model takes more steps. 8 more in the later tree of "
        "OGX; all are right.",
        right={Severity.AMBER: (18, 19)},
    ),
    among=Among(_note, _find),
    needs=Needs.TREE,
    about=About.PLACE,
)
