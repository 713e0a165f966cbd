"""The assignment between two sets with the highest total score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

EXACT = 120
"""Size of the smaller side of a component up to which the assignment is exact."""

Fits = Mapping[tuple[int, int], float]
"""Scores by (first, second) index; missing pairs do not fit."""


def best(fits: Fits) -> list[tuple[int, int]]:
    """Return the pairs with the highest sum of scores; each member is in at most one pair. All scores are positive.

    Candidates form independent components. A small one is solved exactly by the Hungarian algorithm, a large one
    greedily with improving swaps.
    """
    made: list[tuple[int, int]] = []
    for rows, columns in _components(fits):
        if min(len(rows), len(columns)) <= EXACT:
            made += _assigned(fits, rows, columns)
        else:
            made += _improved(fits, _greedy(fits, rows))
    return sorted(made)


def _components(fits: Fits) -> Iterator[tuple[list[int], list[int]]]:
    right: dict[int, list[int]] = {}
    left: dict[int, list[int]] = {}
    for row, column in sorted(fits):
        right.setdefault(row, []).append(column)
        left.setdefault(column, []).append(row)
    seen: set[int] = set()
    for start in right:
        if start in seen:
            continue
        rows, columns, waiting = {start}, set(), [start]
        while waiting:
            for column in right[waiting.pop()]:
                if column not in columns:
                    columns.add(column)
                    new = [row for row in left[column] if row not in rows]
                    rows.update(new)
                    waiting += new
        seen |= rows
        yield sorted(rows), sorted(columns)


def _assigned(fits: Fits, rows: list[int], columns: list[int]) -> list[tuple[int, int]]:
    if len(rows) == 1 or len(columns) == 1:
        found = max(
            ((row, column) for row in rows for column in columns if (row, column) in fits), key=fits.__getitem__
        )
        return [found]
    if len(rows) > len(columns):
        swapped = {(column, row): fits[row, column] for row in rows for column in columns if (row, column) in fits}
        return [(row, column) for column, row in _assigned(swapped, columns, rows)]
    costs = [[-fits.get((row, column), 0.0) for column in columns] for row in rows]
    pairs = [(rows[row], columns[column]) for row, column in _hungarian(costs)]
    return [pair for pair in pairs if pair in fits]


def _hungarian(costs: list[list[float]]) -> list[tuple[int, int]]:
    """Return the cheapest assignment of every row to a distinct column; there are at least as many columns as rows.

    Potentials and shortest augmenting paths (Jonker and Volgenant); O(rows² × columns).
    """
    height, width = len(costs), len(costs[0])
    infinity = float("inf")
    row_potential, column_potential = [0.0] * (height + 1), [0.0] * (width + 1)
    row_of = [0] * (width + 1)
    for row in range(1, height + 1):
        row_of[0] = row
        column = 0
        least, came_from, used = [infinity] * (width + 1), [0] * (width + 1), [False] * (width + 1)
        while row_of[column]:
            used[column] = True
            here, step, following = row_of[column], infinity, 0
            line, potential = costs[here - 1], row_potential[here]
            for other in range(1, width + 1):
                if used[other]:
                    continue
                reduced = line[other - 1] - potential - column_potential[other]
                if reduced < least[other]:
                    least[other], came_from[other] = reduced, column
                if least[other] < step:
                    step, following = least[other], other
            for other in range(width + 1):
                if used[other]:
                    row_potential[row_of[other]] += step
                    column_potential[other] -= step
                else:
                    least[other] -= step
            column = following
        while column:
            row_of[column] = row_of[came_from[column]]
            column = came_from[column]
    return [(row_of[column] - 1, column - 1) for column in range(1, width + 1) if row_of[column]]


def _greedy(fits: Fits, rows: list[int]) -> dict[int, int]:
    inside = frozenset(rows)
    taken: set[int] = set()
    made: dict[int, int] = {}
    for (row, column), _ in sorted(fits.items(), key=lambda item: (-item[1], item[0])):
        if row in inside and row not in made and column not in taken:
            made[row] = column
            taken.add(column)
    return made


def _improved(fits: Fits, chosen: dict[int, int]) -> list[tuple[int, int]]:
    """Let an unassigned row take another row's column, if that row has an alternative and the total score rises."""
    by_row: dict[int, list[int]] = {}
    for row, column in fits:
        by_row.setdefault(row, []).append(column)
    holder = {column: row for row, column in chosen.items()}
    for row in sorted(by_row.keys() & _component_of(by_row, chosen) - chosen.keys()):
        best_gain, move = 0.0, (0, 0, 0)
        for column in by_row[row]:
            other = holder.get(column)
            if other is None:
                continue
            for second in by_row[other]:
                gain = fits[row, column] + fits[other, second] - fits[other, column]
                if second not in holder and gain > best_gain:
                    best_gain, move = gain, (column, other, second)
        if best_gain > 0:
            column, other, second = move
            chosen[row], chosen[other] = column, second
            holder[column], holder[second] = row, other
    return sorted(chosen.items())


def _component_of(by_row: dict[int, list[int]], chosen: dict[int, int]) -> set[int]:
    """Return the rows that share a column with a chosen one."""
    columns = set(chosen.values())
    return {row for row, found in by_row.items() if not columns.isdisjoint(found)}
