"""Small drawings in lists: only numbers, so that a template can write them as SVG attributes."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

MINI_WIDTH = 56
_LETTERS = {"t": "text", "c": "call", "r": "reasoning", "x": "text", "p": "text"}


@dataclass(frozen=True, slots=True)
class MiniCell:
    """One run of chunks. kind: text, call or reasoning. x and width in px, as text for attributes."""

    kind: str
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Mini:
    """A stream as a bar: its length grows with the logarithm of the number of chunks."""

    width: str
    cells: tuple[MiniCell, ...]


def mini_strip(runs: str) -> Mini | None:
    """Draw the runs of a stream (`r12 t43 c7`). None if there is too little to see."""
    found = [(_LETTERS[letter], int(count)) for letter, count in re.findall(r"([tcrxp])(\d+)", runs)]
    total = sum(count for _, count in found)
    if total < 4:
        return None
    merged: list[tuple[str, int]] = []
    for kind, count in found:
        if merged and merged[-1][0] == kind:
            merged[-1] = (kind, merged[-1][1] + count)
        else:
            merged.append((kind, count))
    width = min(MINI_WIDTH, round(4 + 8.4 * math.log(total)))
    x, cells = 0.0, []
    for kind, count in merged:
        span = width * count / total
        if span >= 0.4:
            cells.append(MiniCell(kind, f"{x:.1f}", f"{max(span - 0.6, 1):.1f}"))
        x += span
    return Mini(str(width), tuple(cells))
