"""The masked lines of two files, and which are the same as recorded; with little more memory than the files take."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from recviewer.difference.sequences import Run, nearly_common
from recviewer.secrets.raw import shown

LEAP = 1 << 16
"""Bytes in which line ends are counted at once."""

STRIDE = 1 << 20
"""Bytes of two files that are compared at once."""

CELLS = 60_000_000

MOST = 1_000_000
"""Number of lines of both files, between their common prefix and suffix, up to which each is looked for in the other
file.
"""


class FileLines:
    """The lines of a file, found on demand without keeping a list."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._end = len(data) - data.endswith(b"\n")
        self._count = count_of(data)
        counts = [data.count(b"\n", at, min(at + LEAP, self._end)) for at in range(0, self._end, LEAP)]
        self._before = list(accumulate(counts, initial=0))
        self._leap: tuple[int, list[int]] = (-1, [])

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int) -> str:
        """Return a line without its end. Bytes that are not UTF-8 stay recognisable."""
        start = self._start_of(place)
        end = self._data.find(b"\n", start, self._end)
        return self._data[start : self._end if end < 0 else end].decode("utf-8", "surrogateescape")

    def _start_of(self, place: int) -> int:
        if not place:
            return 0
        leap = bisect_left(self._before, place) - 1
        if self._leap[0] != leap:
            self._leap = leap, self._ends_in(leap * LEAP)
        return self._leap[1][place - self._before[leap] - 1] + 1

    def _ends_in(self, at: int) -> list[int]:
        """Return the line ends in a block."""
        end = min(at + LEAP, self._end)
        sizes = [len(piece) + 1 for piece in self._data[at:end].split(b"\n")[:-1]]
        return [place - 1 for place in accumulate(sizes, initial=at)][1:]


class LinesCompared:
    """Two files line by line. old, new: masked. runs: what is the same, as it was recorded.

    unsought: number of lines that were not looked for in the other file, because there are too many.
    """

    def __init__(self, before: bytes, after: bytes) -> None:
        """Take the bytes of both, empty if there is no such file."""
        self.runs, self.unsought = _runs(before, after)
        self.old, self._old = _masked(before)
        self.new, self._new = (self.old, self._old) if before == after else _masked(after)
        if any(len(lines) != count_of(data) for lines, data in ((self.old, before), (self.new, after))):
            self.runs, self.unsought = (
                [],
                len(self.old) + len(self.new),
            )  # it is unknown which mask belongs to which line

    def hides_another(self, place: int, other: int) -> bool:
        """Tell whether an old and a new line look the same but differ: they contain different secrets with equal masks."""
        return self._old[place] != self._new[other] and self.old[place] == self.new[other]


def _masked(data: bytes) -> tuple[FileLines, FileLines]:
    """Return the lines of a file masked, and as they were recorded."""
    recorded = FileLines(data)
    masked = shown(data) if data else data
    return (recorded if masked == data else FileLines(masked)), recorded


def count_of(data: bytes) -> int:
    """Return the number of lines of a file."""
    return data.count(b"\n", 0, len(data) - data.endswith(b"\n")) + 1 if data else 0


def _runs(before: bytes, after: bytes) -> tuple[list[Run], int]:
    if not before or not after:
        return [], 0
    old, new = (data if data.endswith(b"\n") else data + b"\n" for data in (before, after))
    start = old.rfind(b"\n", 0, _shared(old, new)) + 1
    first = old.count(b"\n", 0, start)
    end = _whole_lines(old, new, start, _shared_end(old, new, start))
    last = old.count(b"\n", len(old) - end)
    gone, came = old.count(b"\n", start, len(old) - end), new.count(b"\n", start, len(new) - end)
    is_sought = gone + came <= MOST
    found = nearly_common(_split(old, start, end), _split(new, start, end), cells=CELLS) if is_sought else []
    runs = [(0, 0, first)] if first else []
    runs += [(first + place, first + other, length) for place, other, length in found]
    if last:
        runs.append((first + gone, first + came, last))
    return runs, 0 if is_sought or not gone or not came else gone + came


def _split(data: bytes, start: int, end: int) -> Sequence[bytes]:
    return data[start : len(data) - end].split(b"\n")[:-1]


def _shared(old: bytes, new: bytes) -> int:
    """Return the length of the common prefix of two files."""
    most = min(len(old), len(new))
    at, size = 0, STRIDE
    while at < most and size:
        end = min(at + size, most)
        if old[at:end] == new[at:end]:
            at = end
        else:
            size //= 2
    return at


def _shared_end(old: bytes, new: bytes, start: int) -> int:
    """Return the length of the common suffix of two files after their common prefix. start: length of the prefix."""
    most = min(len(old), len(new)) - start
    at, size = 0, STRIDE
    while at < most and size:
        end = min(at + size, most)
        if old[len(old) - end : len(old) - at] == new[len(new) - end : len(new) - at]:
            at = end
        else:
            size //= 2
    return at


def _whole_lines(old: bytes, new: bytes, start: int, end: int) -> int:
    """Return how many bytes of a common suffix are whole lines in both."""
    places = [len(data) - end for data in (old, new)]
    if all(place == start or data[place - 1 : place] == b"\n" for data, place in zip((old, new), places, strict=True)):
        return end
    return len(old) - old.index(b"\n", places[0]) - 1
