"""Which recordings a reviewer may want to pair one with: all of the other side of a range, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from recviewer.changes.overview import Overview
from recviewer.pairing.calls import Call, Calls, models_of
from recviewer.pairing.fit import Likeness, facts
from recviewer.pairing.sides import Side

MOST = 60
"""Partners that are returned."""


class Partner(NamedTuple):
    """A recording of the other side. fit: how well it fits, 0 to 1. is_taken: it is in another pair now."""

    side: Side
    fit: float
    is_taken: bool


def partners(found: Overview, side: Side, *, is_new: bool) -> list[Partner]:
    """Return what one side of a range can be paired with, likeliest first. is_new: whether `side` is on the new side."""
    others = [(one, is_taken) for one, is_taken in _others(found, is_new=is_new) if one.raw != side.raw and one.blob]
    calls = Calls(models_of(one.exchange for one in (side, *(one for one, _ in others))))
    likeness = Likeness()
    mine = calls.call_of(side)
    ranked = [Partner(one, _fit(likeness, mine, calls.call_of(one)), is_taken) for one, is_taken in others]
    ranked.sort(key=lambda one: (-one.fit, one.is_taken, one.side.path))
    return ranked[:MOST]


def _others(found: Overview, *, is_new: bool) -> Iterator[tuple[Side, bool]]:
    """Yield what lies on the other side and is not tied to its path, with whether it is in a pair."""
    for change in found.changes:
        other = change.old if is_new else change.new
        is_tied = change.old is not None and change.new is not None and change.old.raw == change.new.raw
        if other is not None and not is_tied:
            yield other, change.old is not None and change.new is not None


def _fit(likeness: Likeness, one: Call, other: Call) -> float:
    """Weigh two calls without the thresholds of the pairing: a reviewer may see what it does not."""
    family = 1.0 if one.family == other.family else 0.3
    test, conversation = likeness.test(one.test, other.test), likeness.conversation(one, other)
    return family * (0.35 * test + 0.5 * conversation + 0.15 * facts(one, other))
