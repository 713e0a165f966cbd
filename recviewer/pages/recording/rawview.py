"""The file's own text with line numbers: long blocks are folded, long lines cut, each with the amount left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from recviewer.pages.text import highlight
from recviewer.pages.text.folds import fitting, weight_of

BLOCK = 100
"""Maximum number of lines of a block that is not folded."""

WINDOW = 400
"""Lines shown at once."""

LOOKS = 16
"""How often a text may be searched for the ends of its blocks; after that they are not folded any more."""

DEPTH = 20
"""Maximum nesting of long blocks that is searched for one line."""

SHORT = 300
"""A file with at most this many lines is shown whole."""

LINE = 1_200
"""Characters of a line that are shown; for longer lines the number of further ones is given."""

PIECE = 40_000
"""Characters of a long line that are shown at once when it is opened, if their markup fits."""

LEAP = 1 << 16
"""Number of characters in which line ends are counted at once."""

ROOM = 500_000
"""Budget of markup in characters for the lines of a window."""


@dataclass(frozen=True, slots=True)
class RawLine:
    """One line. indent: its leading spaces, for the hanging indent. left: number of characters left out.

    chunk: the number of the chunk that begins here, 0 if none does.
    """

    number: int
    html: SafeString
    indent: int
    left: int = 0
    chunk: int = 0


@dataclass(frozen=True, slots=True)
class RawFold:
    """Lines that are folded, from first to last. size: of their text in bytes."""

    first: int
    last: int
    size: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class RawView:
    """What the raw view shows. rows: lines and gaps. jumps: (word, line, address) of the landmarks.

    is_part: the lines are those of one exchange of the file.
    """

    rows: tuple[RawLine | RawFold, ...]
    count: int
    jumps: tuple[tuple[str, str], ...]
    first: int
    last: int
    is_window: bool
    is_part: bool = False


class Source:
    """A file's text. Lines are found by searching for line ends, so that a window only costs its own length."""

    def __init__(self, data: bytes) -> None:
        """Decode the bytes. Bytes that are not UTF-8 stay recognisable (they are marked when shown)."""
        self.text = data.decode("utf-8", "surrogateescape")
        if self.text.endswith("\n"):
            self.text = self.text[:-1]
        self.count = self.text.count("\n") + 1 if data else 0
        self._closing: dict[int, int] = {}
        self._left = LOOKS * len(self.text)

    def start_of(self, number: int) -> int:
        """Return the offset of a line."""
        return self.line_behind(0, number - 1)

    def line_behind(self, at: int, more: int) -> int:
        """Return the offset of the line that is a number of lines after an offset; whole stretches are counted at once."""
        while more > LEAP and at + LEAP < len(self.text):
            inside = self.text.count("\n", at, at + LEAP)
            if inside >= more:
                break
            at, more = at + LEAP, more - inside
        for _ in range(more):
            at = self.text.index("\n", at) + 1
        return at

    def end_of(self, at: int) -> int:
        """Return the end of the line at an offset."""
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end

    def block_at(self, at: int, end: int) -> int:
        """Return the offset of the line that closes the block which a line opens; -1 for none, or after too many
        searches.

        Recorders indent: the closing bracket is in the column of the line that opened the block. at, end: of the line.
        """
        if at in self._closing:
            return self._closing[at]
        closing = {"{": "}", "[": "]"}.get(self.text[end - 1 : end])
        if closing is None or self._left < 0:
            return -1
        line = self.text[at:end]
        indent = line[: len(line) - len(line.lstrip())]
        found = self.text.find(f"\n{indent}{closing}", end)
        self._left -= (found if found >= 0 else len(self.text)) - end
        self._closing[at] = found + 1 if found >= 0 else -1
        return self._closing[at]


@dataclass(frozen=True, slots=True)
class RawLines:
    """A line to show, or lines to fold. at, end: its offsets in the text. first, last: its numbers."""

    first: int
    last: int
    at: int
    end: int
    is_gap: bool = False


def whole(source: Source) -> RawView:
    """Show a file from its start: short files whole, others with long blocks folded."""
    spans = _outline(source, 1, source.count, folds=source.count > SHORT)
    return RawView(tuple(_rows(source, spans)), source.count, tuple(_jumps(source)), 1, source.count, is_window=False)


def window(source: Source, first: int, last: int) -> RawView:
    """Show some lines; what exceeds a window becomes gaps."""
    first = max(1, min(first, source.count))
    last = max(first, min(last, source.count))
    rows = tuple(_rows(source, _outline(source, first, last)))
    return RawView(rows, source.count, tuple(_jumps(source)), first, last, is_window=True)


def part(source: Source, data: bytes, start: int, end: int) -> RawView:
    """Show the lines of one exchange of a file.

    source: the text of the file, with masks. data: its bytes, with as many lines. start, end: offsets of the exchange.
    """
    first = data.count(b"\n", 0, start) + 1
    shown = window(source, first, first + data.count(b"\n", start, end))
    return replace(shown, jumps=(), is_part=True)


def with_chunks(shown: RawView, lines: Sequence[tuple[int, int]]) -> RawView:
    """Return a view whose lines say which chunk begins on them. lines: see `chunklines`."""
    begins = {first: number for number, (first, _) in enumerate(lines, 1)}
    if not begins:
        return shown
    rows = [replace(row, chunk=begins.get(row.number, 0)) if isinstance(row, RawLine) else row for row in shown.rows]
    return replace(shown, rows=tuple(rows))


def long_line(source: Source, number: int, start: int) -> tuple[SafeString, int, int]:
    """Return a piece of a long line as HTML, its end, and how many characters follow it."""
    if not 1 <= number <= source.count:
        return SafeString(""), start, 0
    at = source.start_of(number)
    line = source.text[at : source.end_of(at)]
    piece = line[start : start + PIECE]
    piece = piece[: fitting(piece, ROOM)]
    return highlight.lines([piece])[0], start + len(piece), max(0, len(line) - start - len(piece))


def _outline(source: Source, first: int, last: int, *, folds: bool = True) -> Iterator[RawLines]:
    """Yield lines to show and gaps, at most a window of lines."""
    if not source.count:
        return
    text, number, shown, room = source.text, first, 0, ROOM
    at = source.start_of(first)
    while number <= last:
        end = source.end_of(at)
        room -= 240 + weight_of(text[at : min(end, at + LINE * 6 // 5)])
        if shown >= WINDOW or (shown and room < 0):
            yield RawLines(number, last, at, source.end_of(source.line_behind(at, last - number)), is_gap=True)
            return
        yield RawLines(number, number, at, end)
        shown += 1
        closes = source.block_at(at, end) if folds and number != first else -1
        inside = text.count("\n", end, closes) - 1 if closes >= 0 else 0
        if inside > BLOCK and number + inside < last and _cost(source, end + 1, closes) > BLOCK:
            yield RawLines(number + 1, number + inside, end + 1, closes - 1, is_gap=True)
            number, at = number + inside + 1, closes
        else:
            number, at = number + 1, end + 1


def _cost(source: Source, at: int, closes: int, depth: int = 0) -> int:
    """Return how many lines a block takes when it is open and the long blocks in it are folded.

    depth: number of long blocks around it. Blocks with very many are not searched, because each search reads the whole
    block.
    """
    if depth > DEPTH:
        return BLOCK + 1
    total = 0
    while at < closes and total <= BLOCK:
        end = source.end_of(at)
        total += 1
        inner = source.block_at(at, end)
        if 0 <= inner < closes and source.text.count("\n", end, inner) - 1 > BLOCK:
            cost = _cost(source, end + 1, inner, depth + 1)
            total += cost if cost <= BLOCK else 1
            at = inner
        else:
            at = end + 1
    return total


def _rows(source: Source, spans: Iterable[RawLines]) -> Iterator[RawLine | RawFold]:
    run: list[RawLines] = []
    for span in spans:
        if not span.is_gap:
            run.append(span)
            continue
        yield from _lines(source, run)
        run = []
        yield RawFold(span.first, span.last, span.end - span.at)
    yield from _lines(source, run)


def _lines(source: Source, spans: list[RawLines]) -> Iterator[RawLine]:
    if not spans:
        return
    ends = [span.end if span.end - span.at <= LINE * 6 // 5 else span.at + LINE for span in spans]
    texts = [source.text[span.at : end] for span, end in zip(spans, ends, strict=True)]
    for span, end, text, html in zip(spans, ends, texts, highlight.lines(texts), strict=True):
        indent = len(text) - len(text.lstrip(" "))
        yield RawLine(span.first, html, min(indent - indent % 2, 48), span.end - end)


_LANDMARK = re.compile(r'^ {2,6}"(request|messages|tools|input|contents|response)": ', re.MULTILINE)


def _jumps(source: Source) -> Iterator[tuple[str, str]]:
    """Yield the landmarks near the top of the document, with their line numbers."""
    seen: set[str] = set()
    number, at = 1, 0
    for found in _LANDMARK.finditer(source.text):
        number += source.text.count("\n", at, found.start())
        at = found.start()
        if found[1] not in seen:
            seen.add(found[1])
            yield found[1], str(number)
        if found[1] == "response":
            return
