"""The lines of two files as recorded, with added and removed ones.

Long equal runs are folded; one window is shown at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import TypeAlias

from recviewer.catalog import heavy
from recviewer.catalog.content import is_heavy
from recviewer.difference.behind_masks import ANOTHER
from recviewer.difference.sequences import Run
from recviewer.difference.words import shared_start
from recviewer.pages.difference.file_lines import FileLines, LinesCompared
from recviewer.pages.site.numbers import whole
from recviewer.pages.text.marks import marked
from recviewer.store.files import blob_id

CONTEXT = 3
"""Equal lines shown beside a change."""

LEAST_GAP = 4
"""Minimum number of equal lines in a fold."""

WINDOW = 500
"""Rows shown at once."""

ROOM = 110_000
"""Characters of text shown at once."""

LINE = 1_000
"""Characters of a line that are shown; longer lines are opened separately."""

BESIDE = 200
"""Characters of a long line before the change in it."""

PIECE = 40_000
"""Characters of a long line that are shown at once when it is opened."""

APART = 4 * 1024 * 1024
"""Size of both files from which a separate process compares them, however few values they contain."""


@dataclass(frozen=True, slots=True)
class LineText:
    """A line. before, changed, after: the change in it is between the two others.

    skipped, left: number of characters left out before and after. name: `-12` or `+14`, for opening a long one.
    """

    number: int
    name: str
    before: str
    changed: str = ""
    after: str = ""
    skipped: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row. op: same, gone, new, or both if an old line is beside a new one. old, new: None on the empty side.

    note: an invisible difference between the two.
    """

    op: str
    old: LineText | None
    new: LineText | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class RawGap:
    """Equal lines that are folded. query: opens them. first, last: in the new file."""

    first: int
    last: int
    query: str

    @property
    def count(self) -> int:
        """Number of lines."""
        return self.last - self.first + 1


Row: TypeAlias = RawRow | RawGap


@dataclass(frozen=True, slots=True)
class RawDiff:
    """A window of the comparison. removed, added: number of lines that differ.

    old_lines, new_lines: of the files, 0 for none. next_query: the following rows, "" at the end; left: how many lines
    among them differ. piece: an opened long line. is_side: old and new in two columns. unsought: number of lines that
    were not looked for in the other file. too_much: why there are none, as a clause.
    """

    rows: tuple[Row, ...] = ()
    removed: int = 0
    added: int = 0
    old_lines: int = 0
    new_lines: int = 0
    first: int = 0
    left: int = 0
    next_query: str = ""
    is_side: bool = False
    kept: str = ""
    piece: LinePiece | None = None
    unsought: int = 0
    too_much: str = ""


@dataclass(frozen=True, slots=True)
class LinePiece:
    """A part of a long line. next_query: the following part, "" at its end."""

    name: str
    start: int
    text: str
    left: int
    next_query: str


@dataclass(frozen=True, slots=True)
class RawQuery:
    """The parameters of the URL. kept: the rest of the query. opened: gaps, by their first line in the new file."""

    kept: str
    is_side: bool = False
    first: int = 0
    opened: frozenset[int] = frozenset()
    line: str = ""
    start: int = 0


def raw_diff(before: bytes | None, after: bytes | None, asked: RawQuery) -> RawDiff:
    """Compare two files line by line, with secrets masked. None: there is no such file.

    Two very large ones are compared by a separate process, which keeps the last ones.
    """
    held = before or b"", after or b""
    if sum(map(len, held)) <= APART and not any(is_heavy(data) for data in held):
        return diff_of(LinesCompared(*held), asked)
    try:
        return heavy.ask((LinesCompared,), held, [blob_id(data) for data in held], diff_of, asked)
    except heavy.TakesTooMuch as why:
        return RawDiff(is_side=asked.is_side, kept=asked.kept, too_much=str(why))


def diff_of(found: LinesCompared, asked: RawQuery) -> RawDiff:
    """Return the requested window of a comparison."""
    old, new, runs = found.old, found.new, found.runs
    same = sum(length for _, _, length in runs)
    rows = _rows(old, new, runs, asked)
    left = len(old) + len(new) - 2 * same - sum(_differing(row) for row in islice(rows, asked.first))
    shown: list[Row] = []
    room, is_more = ROOM, False
    for row in rows:
        if len(shown) >= WINDOW or (shown and room <= 0):
            is_more = True
            break
        left -= _differing(row)
        made = _made(row, found)
        room -= _weight(made)
        shown.append(made)
    following = asked.first + len(shown)
    return RawDiff(
        rows=tuple(shown),
        removed=len(old) - same,
        added=len(new) - same,
        old_lines=len(old),
        new_lines=len(new),
        first=asked.first,
        left=left,
        next_query=_query(asked, f"row={following}") if is_more else "",
        is_side=asked.is_side,
        kept=asked.kept,
        piece=_piece(old, new, asked) if asked.line else None,
        unsought=found.unsought,
    )


def _query(asked: RawQuery, *more: str) -> str:
    opened = [f"gap={first}" for first in sorted(asked.opened)]
    return "?" + "&".join([*([asked.kept] if asked.kept else []), *opened, *more])


_Plain: TypeAlias = tuple[str, int, int] | RawGap
"""An operation on a line, and its indexes in both files, -1 for none; or a gap.

Lines that replaced each other share a row.
"""


def _rows(old: FileLines, new: FileLines, runs: Sequence[Run], asked: RawQuery) -> Iterator[_Plain]:
    at = there = 0
    for place, other, length in [*runs, (len(old), len(new), 0)]:
        yield from _changed(range(at, place), range(there, other), is_side=asked.is_side)
        yield from _equal(place, other, length, len(old), asked)
        at, there = place + length, other + length


def _differing(row: _Plain) -> int:
    """Return how many differing lines a row shows."""
    return 0 if isinstance(row, RawGap) else {"same": 0, "both": 2}.get(row[0], 1)


def _changed(gone: range, fresh: range, *, is_side: bool) -> Iterator[_Plain]:
    if is_side:
        for place, other in zip_longest(gone, fresh, fillvalue=-1):
            yield "both" if min(place, other) >= 0 else "gone" if other < 0 else "new", place, other
        return
    are_even = len(gone) == len(fresh)
    yield from (("gone", place, fresh[step] if are_even else -1) for step, place in enumerate(gone))
    yield from (("new", gone[step] if are_even else -1, other) for step, other in enumerate(fresh))


def _equal(place: int, other: int, length: int, total: int, asked: RawQuery) -> Iterator[_Plain]:
    head = CONTEXT if place or other else 0
    tail = CONTEXT if place + length < total or not length else 0
    hidden = length - head - tail
    if hidden < LEAST_GAP or other + head + 1 in asked.opened:
        yield from (("same", place + step, other + step) for step in range(length))
        return
    yield from (("same", place + step, other + step) for step in range(head))
    first = other + head + 1
    last = first + hidden - 1
    opened = RawQuery(asked.kept, asked.is_side, asked.first, asked.opened | {first})
    start = [f"row={asked.first}"] if asked.first else []
    yield RawGap(first, last, _query(opened, *start))
    yield from (("same", place + step, other + step) for step in range(length - tail, length))


def _made(row: _Plain, found: LinesCompared) -> Row:
    old, new = found.old, found.new
    if isinstance(row, RawGap):
        return row
    op, place, other = row
    if op == "same":
        return RawRow(op, _text(old[place], place, "-"), _text(new[other], other, "+"))
    if place < 0 or other < 0:
        before = _text(old[place], place, "-") if place >= 0 else None
        return RawRow(op, before, _text(new[other], other, "+") if other >= 0 else None)
    before, after = _beside(old[place], new[other], place, other)
    if op == "gone":
        return RawRow(op, before, None)
    return RawRow(op, before if op == "both" else None, after, ANOTHER if found.hides_another(place, other) else "")


def _text(line: str, place: int, sign: str) -> LineText:
    return LineText(place + 1, f"{sign}{place + 1}", line[:LINE], left=max(0, len(line) - LINE))


def _beside(old: str, new: str, place: int, other: int) -> tuple[LineText, LineText]:
    """Mark the change between two lines: the words between their common prefix and suffix."""
    most = min(len(old), len(new))
    start = shared_start(old, new, most)
    while start and old[start - 1].isalnum():
        start -= 1
    end = shared_start(old[::-1], new[::-1], most - start)
    while end and old[-end].isalnum():
        end -= 1
    return _parted(old, place, "-", start, end), _parted(new, other, "+", start, end)


def _parted(line: str, place: int, sign: str, start: int, end: int) -> LineText:
    """Return a line in three parts; of a long one the text around the change."""
    stop = len(line) - end
    skipped = max(0, start - BESIDE) if len(line) > LINE else 0
    last = min(len(line), skipped + LINE)
    return LineText(
        place + 1,
        f"{sign}{place + 1}",
        line[skipped:start],
        line[start : min(stop, last)],
        line[stop:last] if stop < last else "",
        skipped,
        len(line) - last,
    )


def _weight(row: Row) -> int:
    """Return the markup of a row in characters."""
    if isinstance(row, RawGap):
        return 300
    texts = [row.old] if row.op == "same" else [row.old, row.new]
    return sum(180 + len(marked(text.before + text.changed + text.after)) for text in texts if text)


def _piece(old: FileLines, new: FileLines, asked: RawQuery) -> LinePiece | None:
    """Return the requested part of a long line. asked.line: `-12` or `+14`."""
    lines = {"-": old, "+": new}.get(asked.line[:1])
    number = whole(asked.line[1:])
    if lines is None or not 1 <= number <= len(lines):
        return None
    line = lines[number - 1]
    text = line[asked.start : asked.start + PIECE]
    left = max(0, len(line) - asked.start - len(text))
    sign = "%2B" if asked.line[:1] == "+" else "-"
    following = _query(asked, f"line={sign}{number}", f"at={asked.start + len(text)}") if left else ""
    return LinePiece(asked.line, asked.start, text, left, following)
