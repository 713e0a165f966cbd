"""Many patterns of paths, as in `.recviewer/reviewers`, matched at once: each folder is looked at once for all of them."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

MOST_FOLDERS = 2_000
"""Most folders that are remembered."""


class PathPattern(NamedTuple):
    """A pattern. parts: its steps from the top, `**` for any number of folders; () for every path.

    is_folder: it matches only what is below it.
    """

    parts: tuple[str, ...]
    is_folder: bool = False


class _Reached(NamedTuple):
    """How far the patterns are after a folder. fitting: those that match it. open: (pattern, next part) of the others."""

    fitting: frozenset[int]
    open: tuple[tuple[int, int], ...]


class PathPatterns:
    """Patterns in order. Not thread-safe in what it remembers, but never wrong."""

    def __init__(self, patterns: Sequence[PathPattern]) -> None:
        self._patterns = patterns
        self._like = {part: _like(part) for one in patterns for part in one.parts if part != "**"}
        self._folders: dict[str, _Reached] = {}
        self._start = self._reached((at, 0) for at in range(len(patterns)))

    def fitting(self, path: str) -> list[int]:
        """Return the indexes of the patterns that match a file, or a folder that contains it, in order."""
        folder, _, name = path.rpartition("/")
        above = self._after(folder)
        last = self._reached(self._stepped(above, name))
        ends = [at for at in last.fitting if not self._patterns[at].is_folder]
        return sorted({*above.fitting, *ends})

    def _after(self, folder: str) -> _Reached:
        """Return how far the patterns are after a folder, "" for the top."""
        reached = self._start
        if not folder:
            return reached
        steps = folder.split("/")
        for end in range(1, len(steps) + 1):
            so_far = "/".join(steps[:end])
            known = self._folders.get(so_far)
            if known is None:
                stepped = self._reached(self._stepped(reached, steps[end - 1]))
                known = _Reached(reached.fitting | stepped.fitting, stepped.open)
                if len(self._folders) >= MOST_FOLDERS:
                    self._folders = {}
                self._folders[so_far] = known
            reached = known
        return reached

    def _stepped(self, reached: _Reached, step: str) -> Iterable[tuple[int, int]]:
        """Yield how far the patterns are that go on with a step."""
        for at, part in reached.open:
            name = self._patterns[at].parts[part]
            if name == "**":
                yield at, part
            elif self._like[name](step):
                yield at, part + 1

    def _reached(self, places: Iterable[tuple[int, int]]) -> _Reached:
        """Return the places with those that need no step, since `**` also matches nothing."""
        fitting: set[int] = set()
        found: dict[tuple[int, int], None] = {}
        for at, part in places:
            parts = self._patterns[at].parts
            while part < len(parts) and (at, part) not in found:
                found[at, part] = None
                if parts[part] != "**":
                    break
                part += 1
            if part == len(parts):
                fitting.add(at)
        return _Reached(frozenset(fitting), tuple([place for place in found if place[0] not in fitting]))


def _like(part: str) -> Callable[[str], object]:
    """Return a test whether a step is like a part of a pattern."""
    if "*" not in part and "?" not in part:
        return part.__eq__
    return re.compile(fnmatch.translate(part)).match
