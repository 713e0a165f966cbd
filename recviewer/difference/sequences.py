"""The longest common subsequence of two sequences, exact and bounded, by a bit-parallel algorithm.

A row of the dynamic programming table is one integer, so a cell costs one bit of memory and 1/64 of a machine
operation. The algorithm is Hyyrö's (2004); the backtracking is that of rapidfuzz.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import TypeAlias

CELLS = 200_000_000
"""Most cells of the table in one comparison: 25 MB, and about a tenth of a second."""

Run: TypeAlias = tuple[int, int, int]
"""A common run: its start in the first sequence, its start in the second, and its length."""


def common(first: Sequence[Hashable], second: Sequence[Hashable], *, cells: int | None = None) -> list[Run] | None:
    """Return the longest common subsequence as runs, in order; None if that would cost too much.

    Common prefixes and suffixes, and items of only one sequence, are removed first, so that long sequences with few
    changes, and those with little in common, are cheap.
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
    """Return common runs of two sequences, in order; not always the longest possible.

    If the exact algorithm is too expensive, items that occur exactly once in both serve as anchors. Gaps between
    anchors are compared exactly while that is cheap, and then window by window.
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
"""Gaps up to this length are compared without counting the cost."""


def _by_window(first: Sequence[Hashable], second: Sequence[Hashable], cells: int) -> list[Run]:
    """Return the common runs of consecutive windows, each starting after the last match of the previous one.

    The window size is chosen so that all windows together cost about `cells`.
    """
    width = cells // max(len(first), len(second))
    if width < _CHEAP:
        return []
    runs: list[Run] = []
    at = there = 0
    while at < len(first) and there < len(second):
        found = common(first[at : at + width], second[there : there + width], cells=width * width) or []
        most = width * 3 // 4  # matches near the end of a window may be better after it
        kept = [run for run in found if run[0] < most and run[1] < most]
        for place, other, length in kept:
            _extend(runs, (at + place, there + other, length))
        ends = (kept[-1][0] + kept[-1][2], kept[-1][1] + kept[-1][2]) if kept else (0, 0)
        at, there = at + max(ends[0], width // 2), there + max(ends[1], width // 2)
    return runs


def _landmarks(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the positions of items that occur once in both sequences, as many as can be kept in order."""
    counts, others = Counter(first), Counter(second)
    there = {item: place for place, item in enumerate(second) if others[item] == 1}
    pairs = [(place, there[item]) for place, item in enumerate(first) if counts[item] == 1 and item in there]
    return _rising(pairs)


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return a longest subsequence of pairs that increases on both sides; the pairs already increase on the first."""
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
    """Return the positions, between common prefix and suffix, whose item also occurs there in the other sequence."""
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
    """Add a run, merged with the last one if it is adjacent."""
    if runs:
        at, there, length = runs[-1]
        if at + length == run[0] and there + length == run[1]:
            runs[-1] = (at, there, length + run[2])
            return
    runs.append(run)


def _pairs(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the positions of the common elements, in order."""
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
    """Backtrack through the rows from the last corner: the length grew where a bit is not set."""
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
