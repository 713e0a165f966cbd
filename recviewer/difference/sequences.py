"""The longest common subsequence of two sequences, exact and bounded: rows of bits instead of a table of numbers.

One row of the table is one integer, so a cell costs a bit of memory and a sixty-fourth of a machine operation. The
method is that of Hyyrö (2004); the way back is the one that rapidfuzz takes.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeAlias

CELLS = 200_000_000
"""Cells of the table that one comparison may have: 25 MB, and about a tenth of a second."""

Run: TypeAlias = tuple[int, int, int]
"""An equal stretch: where it begins in the first sequence, where in the second, and how long it is."""


def common(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[Run] | None:
    """Return the stretches that two sequences have in common, in order; None where that would cost too much.

    What both begin and end with is set aside first, so long sequences with a small change cost little.
    """
    start = _shared(first, second)
    end = _shared_end(first, second, start)
    middle_first, middle_second = first[start : len(first) - end], second[start : len(second) - end]
    if len(middle_first) * len(middle_second) > CELLS:
        return None
    runs: list[Run] = [(0, 0, start)] if start else []
    for place, other in _pairs(middle_first, middle_second):
        _append(runs, start + place, start + other)
    if end:
        _extend(runs, (len(first) - end, len(second) - end, end))
    return runs


def _shared(first: Sequence[Hashable], second: Sequence[Hashable]) -> int:
    most = min(len(first), len(second))
    place = 0
    while place < most and first[place] == second[place]:
        place += 1
    return place


def _shared_end(first: Sequence[Hashable], second: Sequence[Hashable], start: int) -> int:
    most = min(len(first), len(second)) - start
    place = 0
    while place < most and first[-1 - place] == second[-1 - place]:
        place += 1
    return place


def _append(runs: list[Run], place: int, other: int) -> None:
    _extend(runs, (place, other, 1))


def _extend(runs: list[Run], run: Run) -> None:
    """Add a stretch, joined to the last one where nothing is between them."""
    if runs:
        at, there, length = runs[-1]
        if at + length == run[0] and there + length == run[1]:
            runs[-1] = (at, there, length + run[2])
            return
    runs.append(run)


def _pairs(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the places of the common elements, in order."""
    if not first or not second:
        return []
    places: dict[Hashable, int] = {}
    for number, item in enumerate(first):
        places[item] = places.get(item, 0) | 1 << number
    full = (1 << len(first)) - 1
    row, rows = full, []
    for item in second:
        match = row & places.get(item, 0)
        row = ((row + match) | (row - match)) & full
        rows.append(row)
    return _back(rows, len(first))


def _back(rows: list[int], width: int) -> list[tuple[int, int]]:
    """Follow the rows from the last corner to the first: a bit that is not set is where the length grew."""
    found = []
    column, line = width, len(rows)
    while column and line:
        bit = 1 << (column - 1)
        if rows[line - 1] & bit:
            column -= 1
            continue
        line -= 1
        if line and not rows[line - 1] & bit:
            continue
        column -= 1
        found.append((column, line))
    found.reverse()
    return found
