"""Distinguishes a reader of all files (a backup, git, an editor's search) from a test suite.

A suite reads what its tests request, and processes it. Whoever opens nine of ten recordings once each in a short time
is reading all of them: faster than any suite, or fast and in directory order.
"""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import pairwise

LEAST = 10
"""Smallest number of recordings for which a reader of all files can be detected."""

SHARE = 0.9
SECONDS_EACH, SECONDS_EACH_UNORDERED = 0.002, 0.0003
"""Seconds per recording below which a reader is not a suite: in directory order, and in any order."""

IN_ORDER = 0.7
"""Share of opens that directly follow the previous one in directory order, for a reader in that order."""

LONGEST_SECONDS = 60.0
PAUSE_SECONDS = 0.5
"""A pause after which a reader is considered to have ended."""

MOST_KEPT = 1_000_000


@dataclass(slots=True)
class Sweep:
    """A reader of all files. began, ended: seconds since the epoch. files: what it opened, by path."""

    began: float
    ended: float
    files: set[bytes] = field(default_factory=set)


class Sweeps:
    """Examines each open to detect readers of all files. files: all existing ones. root: their tree, for its directory
    order.

    is_ours: tells whether our own processes opened such files, which is not a sweep.
    """

    def __init__(self, root: bytes, files: Collection[bytes], is_ours: Callable[[set[bytes]], bool]) -> None:
        self._root, self._files, self._is_ours = root, files, is_ours
        count = len(self._files)
        self._seconds = min(LONGEST_SECONDS, max(SECONDS_EACH * count, 0.02))
        self._wanted = max(SHARE * count, LEAST)
        self._recent = deque[tuple[float, bytes]]()
        self._times: dict[bytes, int] = {}
        self._now: Sweep | None = None
        self.found: list[Sweep] = []

    def opened(self, raw: bytes, at: float) -> None:
        """Process one open; they must be in order."""
        if raw not in self._files:
            return
        if self._now is not None:
            if at - self._now.ended > PAUSE_SECONDS:
                self._now = None
            elif raw not in self._now.files:
                self._now.files.add(raw)
                self._now.ended = at
                return
            else:
                return
        self._recent.append((at, raw))
        self._times[raw] = self._times.get(raw, 0) + 1
        while self._recent and (at - self._recent[0][0] > self._seconds or len(self._recent) > MOST_KEPT):
            _, left = self._recent.popleft()
            self._times[left] -= 1
            if not self._times[left]:
                del self._times[left]
        if len(self._times) >= self._wanted:
            self._look(at)

    def _look(self, at: float) -> None:
        """Decide whether the recently opened files, nearly all there are, were a sweep."""
        began, files = self._recent[0][0], set(self._times)
        is_fast = at - began <= SECONDS_EACH_UNORDERED * len(files)
        if (is_fast or self._is_in_order()) and not self._is_ours(files):
            self._now = Sweep(began, at, files)
            self.found.append(self._now)
        self._recent.clear()
        self._times.clear()

    def _is_in_order(self) -> bool:
        opened = list(dict.fromkeys(raw for _, raw in self._recent))
        pairs = list(pairwise(opened))
        folders = {_folder(raw) for raw in opened}
        place = _places(self._root, folders)
        within = [pair for pair in pairs if _folder(pair[0]) == _folder(pair[1])]
        by_name = sum(first < then for first, then in within)
        as_listed = sum(place.get(first, -1) < place.get(then, -1) for first, then in within)
        is_by_folder = len(pairs) - len(within) <= 2 * len(folders)
        return is_by_folder and max(by_name, as_listed) >= IN_ORDER * len(within)


def _folder(raw: bytes) -> bytes:
    return raw.rpartition(b"/")[0]


def _places(root: bytes, folders: Collection[bytes]) -> dict[bytes, int]:
    """Return the position of each file of some folders in directory order."""
    found: dict[bytes, int] = {}
    for folder in folders:
        with contextlib.suppress(OSError):
            names = os.listdir(os.path.join(root, folder))
            found |= {os.path.join(folder, name): place for place, name in enumerate(names)}
    return found
