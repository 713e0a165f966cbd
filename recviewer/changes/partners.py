"""Which recordings a reviewer may want to pair one with: all of the other side of a range, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from recviewer.changes.calls import Call, call_of, conversation_fit, facts_fit, models_of, test_fit
from recviewer.changes.overview import Overview
from recviewer.changes.sides import Side

MOST = 60
"""Candidates that are returned."""


class Candidate(NamedTuple):
    """A recording of the other side. fit: how well it fits, 0 to 1. is_taken: it is in another pair now."""

    side: Side
    fit: float
    is_taken: bool


def candidates(found: Overview, side: Side, *, is_new: bool) -> list[Candidate]:
    """Return what one side of a range can be paired with, likeliest first. is_new: whether `side` is on the new side."""
    others = list(_others(found, is_new=is_new))
    models = models_of(one.exchange for one, _ in [(side, False), *others])
    mine = call_of(side.exchange, side.path, models)
    ranked = [
        Candidate(one, _fit(mine, call_of(one.exchange, one.path, models)), is_taken)
        for one, is_taken in others
        if one.raw != side.raw and one.blob
    ]
    ranked.sort(key=lambda one: (-one.fit, one.is_taken, one.side.path))
    return ranked[:MOST]


def _others(found: Overview, *, is_new: bool) -> Iterator[tuple[Side, bool]]:
    """Yield what lies on the other side and is not tied to its path, with whether it is in a pair."""
    for change in found.changes:
        other = change.old if is_new else change.new
        is_tied = change.old is not None and change.new is not None and change.old.raw == change.new.raw
        if other is not None and not is_tied:
            yield other, change.old is not None and change.new is not None


def _fit(one: Call, other: Call) -> float:
    family = 1.0 if one.family == other.family else 0.3
    return family * (0.35 * test_fit(one, other) + 0.5 * conversation_fit(one, other) + 0.15 * facts_fit(one, other))
