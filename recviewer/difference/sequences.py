"""The longest common subsequence of two sequences, exact and bounded: rows of bits instead of a table of numbers.

One row of the table is one integer, so a cell costs a bit of memory and a sixty-fourth of a machine operation. The
method is that of Hyyrö (2004); the way back is the one that rapidfuzz takes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import TypeAlias

CELLS = 200_000_000
"""Cells of the table that one comparison may have: 25 MB, and about a tenth of a second."""

Run: TypeAlias = tuple[int, int, int]
"""An equal stretch: where it begins in the first sequence, where in the second, and how long it is."""


def common(first: Sequence[Hashable], second: Sequence[Hashable], *, cells: int | None = None) -> list[Run] | None:
    """Return the stretches that two sequences have in common, in order; None where that would cost too much.

    What both begin and end with is set aside first, and so is what only one of them has: long sequences with a small
    change, and those that share little, cost little.
    """
    start = _shared(first, second)
    end = _shared_end(first, second, start)
    places = _also_in(first, second, start, end)
    others = _also_in(second, first, start, end)
    if len(places) * len(others) > (CELLS if cells is None else cells):
        return None
    runs: list[Run] = [(0, 0, start)] if start else []
    for place, other in _pairs([first[place] for place in places], [second[other] for other in others]):
        _append(runs, places[place], others[other])
    if end:
        _extend(runs, (len(first) - end, len(second) - end, end))
    return runs


def nearly_common(first: Sequence[Hashable], second: Sequence[Hashable], *, cells: int) -> list[Run]:
    """Return stretches that two sequences have in common, in order; not always the longest.

    Where the exact way would cost too much, what stands just once in both leads through them. What lies between is
    compared exactly as long as it is cheap, and then window by window.
    """
    exact = common(first, second, cells=cells)
    if exact is not None:
        return exact
    runs: list[Run] = []
    at = there = 0
    for place, other in [*_landmarks(first, second), (len(first), len(second))]:
        if place > at and other > there:
            gap, beside = first[at:place], second[there:other]
            found = common(gap, beside, cells=cells)
            if found is None:
                found, cells = _by_window(gap, beside, cells), 0
            elif min(len(gap), len(beside)) > _CHEAP:
                cells = max(0, cells - len(gap) * len(beside))
            for begin, across, length in found:
                _extend(runs, (at + begin, there + across, length))
        if place < len(first):
            _append(runs, place, other)
        at, there = place + 1, other + 1
    return runs


_CHEAP = 64
"""Gaps up to this length are compared without counting what they cost."""


def _by_window(first: Sequence[Hashable], second: Sequence[Hashable], cells: int) -> list[Run]:
    """Return what windows of both have in common, each window beginning behind what the last one found.

    A window is as large as lets all of them together cost about `cells`.
    """
    width = cells // max(len(first), len(second))
    if width < _CHEAP:
        return []
    runs: list[Run] = []
    at = there = 0
    while at < len(first) and there < len(second):
        found = common(first[at : at + width], second[there : there + width], cells=width * width) or []
        most = width * 3 // 4  # what is found near the end of a window may be better matched by what follows
        kept = [run for run in found if run[0] < most and run[1] < most]
        for place, other, length in kept:
            _extend(runs, (at + place, there + other, length))
        ends = (kept[-1][0] + kept[-1][2], kept[-1][1] + kept[-1][2]) if kept else (0, 0)
        at, there = at + max(ends[0], width // 2), there + max(ends[1], width // 2)
    return runs


def _landmarks(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the places of what stands once in both, as many as keep their order."""
    counts, others = Counter(first), Counter(second)
    there = {item: place for place, item in enumerate(second) if others[item] == 1}
    pairs = [(place, there[item]) for place, item in enumerate(first) if counts[item] == 1 and item in there]
    return _rising(pairs)


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return a longest run of pairs that rises on both sides; the pairs rise on the first side already."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, other) in enumerate(pairs):
        place = bisect_left(ends, other)
        ends[place : place + 1] = [other]
        last[place : place + 1] = [number]
        before.append(last[place - 1] if place else -1)
    found = []
    number = last[-1] if last else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    found.reverse()
    return found


def _also_in(mine: Sequence[Hashable], theirs: Sequence[Hashable], start: int, end: int) -> list[int]:
    """Return the places between both ends whose item the other sequence has between its ends too."""
    known = set(theirs[start : len(theirs) - end])
    return [place for place in range(start, len(mine) - end) if mine[place] in known]


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
        if match:
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
        while line and not rows[line - 1] & bit:
            line -= 1
        column -= 1
        found.append((column, line))
    found.reverse()
    return found
