"""Print measurements as a table: our value, the yardstick's, their ratio, the goal, and whether it was reached."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One comparison. ours, yardstick: in `unit`. goal: the ratio not to exceed, None if there is no goal.

    at_least: whether the goal is a ratio to reach rather than one not to exceed.
    """

    what: str
    ours: float
    yardstick: float | None = None
    against: str = ""
    goal: float | None = None
    unit: str = "ms"
    at_least: bool = False

    @property
    def ratio(self) -> float | None:
        """Ours divided by the yardstick; with `at_least`, the yardstick divided by ours."""
        if not self.yardstick or not self.ours:
            return None
        return self.yardstick / self.ours if self.at_least else self.ours / self.yardstick

    @property
    def word(self) -> str:
        """Whether the goal was reached."""
        if self.goal is None or self.ratio is None:
            return ""
        reached = self.ratio >= self.goal if self.at_least else self.ratio <= self.goal
        return "reached" if reached else "OVER" if not self.at_least else "UNDER"


HEADS = ("what", "ours", "yardstick", "ratio", "goal", "", "against")


def printed(title: str, lines: Sequence[Line]) -> str:
    """Return lines as text in columns, under a title."""
    cells = [HEADS, *(_cells(line) for line in lines)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(HEADS))]
    text = [f"\n{title}"]
    for row in cells:
        padded = [
            cell.ljust(width) if place in (0, 5, 6) else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        text.append("  ".join(padded).rstrip())
    return "\n".join(text)


def _cells(line: Line) -> tuple[str, ...]:
    sign = "≥" if line.at_least else "≤"
    return (
        line.what,
        _amount(line.ours, line.unit),
        "" if line.yardstick is None else _amount(line.yardstick, line.unit),
        "" if line.ratio is None else f"{line.ratio:.2f}",
        "" if line.goal is None else f"{sign} {line.goal:g}",
        line.word,
        line.against,
    )


def _amount(value: float, unit: str) -> str:
    return f"{value:,.{1 if value < 100 else 0}f} {unit}"


def median(values: Sequence[float]) -> float:
    """Return the middle value."""
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """Return the value that 95 in 100 do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]


def spread(values: Sequence[float]) -> float:
    """Return the difference of the largest and the smallest value, divided by the median."""
    return (max(values) - min(values)) / median(values)
