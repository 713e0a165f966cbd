"""Embeddings that differ only by rounding: the only harmless difference that depends on a distance instead of a path."""

from __future__ import annotations

import math
from collections.abc import Sequence

from recviewer.exchange.harmless import NEAR
from recviewer.exchange.model import Exchange, Vector


def are_near(old: Exchange, new: Exchange) -> bool:
    """Tell whether both have equally many embeddings of equal lengths that differ only by rounding."""
    if len(old.exhibits) != len(new.exhibits) or not old.exhibits:
        return False
    for was, now in zip(old.exhibits, new.exhibits, strict=True):
        if not isinstance(was, Vector) or not isinstance(now, Vector):
            return False
        if (was.index, was.encoding, len(was.values)) != (now.index, now.encoding, len(now.values)):
            return False
        if was.values != now.values and not distance(was.values, now.values) <= NEAR:
            return False
    return True


def distances(old: Exchange, new: Exchange) -> tuple[int, float]:
    """Return how many embeddings differ, and the largest distance. Both sides have equally many."""
    pairs = zip(old.exhibits, new.exhibits, strict=True)
    found = [
        distance(was.values, now.values)
        for was, now in pairs
        if isinstance(was, Vector) and isinstance(now, Vector) and was.values != now.values
    ]
    return len(found), max(found, default=0.0)


def distance(old: Sequence[float], new: Sequence[float]) -> float:
    """Return 1 − cosine of two vectors of equal length, 0 or more; infinite if a component is not finite, or one is
    zero.

    A different Euclidean norm counts as a distance too: a scaled embedding is another one.
    """
    first, second = math.hypot(*old), math.hypot(*new)
    if not first or not second or not math.isfinite(first) or not math.isfinite(second):
        return math.inf
    cosine = math.fsum(float(was) * float(now) for was, now in zip(old, new, strict=True)) / (first * second)
    scale = abs(first - second) / max(first, second)
    return max(0.0, 1 - cosine, 0.0 if scale <= SCALE else math.inf)


SCALE = 1e-3
"""Relative difference of the norms of two embeddings that rounding may cause."""
