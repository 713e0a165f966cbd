"""Which models a file has, drawn as a row of cells; those of several files are aligned."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from recviewer.replay.lists import JoinedModel

WIDTH, HEIGHT = 640, 14
"""Units of a strip."""

CELL = 16
"""Maximum width of a cell; with many models cells are narrower."""

MOST = 320
"""Maximum number of cells; with more models several share a cell."""


@dataclass(frozen=True, slots=True)
class HostStrips:
    """A strip: SVG paths of the models in a file. listed, needed, old: by their state; apart: below them."""

    listed: str
    needed: str
    old: str
    apart: str
    width: int = WIDTH
    height: int = HEIGHT


class Strips:
    """The strips of one host. models: all of the host, in the order of the cells.

    counts: number of recordings that ask for each.
    """

    def __init__(self, models: Sequence[JoinedModel], counts: Mapping[str, int]) -> None:
        self._models, self._counts = models, counts
        self._share = -(-max(1, len(models)) // MOST)
        cells = -(-max(1, len(models)) // self._share)
        self._step = min(CELL, WIDTH // cells)

    def of(self, has: Collection[str]) -> HostStrips:
        """Return the strip of a file. has: the ids that it lists."""
        found: dict[str, list[str]] = {"listed": [], "needed": [], "old": [], "apart": []}
        for place in range(0, len(self._models), self._share):
            some = [one for one in self._models[place : place + self._share] if one.id in has]
            if not some:
                continue
            x, wide = place // self._share * self._step, max(1, self._step - 1)
            found[self._kind(some)].append(f"M{x} 0h{wide}v9h-{wide}z")
            if any(one.apart for one in some):
                found["apart"].append(f"M{x} 11h{wide}v3h-{wide}z")
        listed, needed, old, apart = map("".join, found.values())
        return HostStrips(listed, needed, old, apart)

    def _kind(self, some: Sequence[JoinedModel]) -> str:
        """Return the kind of a cell: the worst of the models that share it."""
        gone = [one for one in some if not one.is_listed]
        if not gone:
            return "listed"
        return "needed" if any(self._counts.get(one.id, 0) for one in gone) else "old"
