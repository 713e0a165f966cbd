"""The recordings that a reviewer may pair one with: those of the other side of a range, most likely first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from recviewer.changes.overview import Overview
from recviewer.pairing.calls import Call, Calls, models_of
from recviewer.pairing.fit import Likeness, facts
from recviewer.pairing.sides import Side

MOST = 60
"""Most partners returned."""


class Partner(NamedTuple):
    """A recording of the other side. fit: score, 0 to 1. is_taken: it is in another pair."""

    side: Side
    fit: float
    is_taken: bool


def partners(found: Overview, side: Side, *, is_new: bool) -> list[Partner]:
    """Return the possible partners of a recording, most likely first. is_new: whether `side` is on the new side."""
    others = [(one, is_taken) for one, is_taken in _others(found, is_new=is_new) if one.raw != side.raw and one.blob]
    calls = Calls(models_of(one.exchange for one in (side, *(one for one, _ in others))))
    likeness = Likeness()
    mine = calls.call_of(side)
    ranked = [Partner(one, _fit(likeness, mine, calls.call_of(one)), is_taken) for one, is_taken in others]
    ranked.sort(key=lambda one: (-one.fit, one.is_taken, one.side.path))
    return ranked[:MOST]


def _others(found: Overview, *, is_new: bool) -> Iterator[tuple[Side, bool]]:
    """Yield the recordings on the other side that are not tied to their path, with whether they are in a pair."""
    for change in found.changes:
        other = change.old if is_new else change.new
        is_tied = change.old is not None and change.new is not None and change.old.raw == change.new.raw
        if other is not None and not is_tied:
            yield other, change.old is not None and change.new is not None


def _fit(likeness: Likeness, one: Call, other: Call) -> float:
    """Score two calls without the thresholds of pairing, because a reviewer may see what pairing does not."""
    family = 1.0 if one.family == other.family else 0.3
    test, conversation = likeness.test(one.test, other.test), likeness.conversation(one, other)
    return family * (0.35 * test + 0.5 * conversation + 0.15 * facts(one, other))
