"""The file's own text with line numbers: long blocks folded, long lines cut, each with how much is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString

from recviewer.pages import highlight

BLOCK = 100
"""Lines of a block that stand open."""

WINDOW = 400
"""Lines that are shown at once."""

SHORT = 300
"""A file of up to so many lines is shown whole."""

LINE = 1_200
"""Characters of a line that are shown; longer lines say how many more there are."""

PIECE = 40_000
"""Characters of a long line that are shown at once when it is opened."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. indent: its leading spaces, for the hanging indent. left: characters that were left out."""

    number: int
    html: SafeString
    indent: int
    left: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """Lines that are folded, from first to last. size: of their text in bytes."""

    first: int
    last: int
    size: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Source:
    """A file's text by lines. ends_at: for each line that opens a block, the line that closes it."""

    lines: list[str]
    ends_at: dict[int, int]


@dataclass(frozen=True, slots=True)
class RawView:
    """What the raw view shows. rows: lines and gaps. jumps: (word, line, address) of the landmarks."""

    rows: tuple[Line | Gap, ...]
    count: int
    jumps: tuple[tuple[str, str], ...]
    first: int
    last: int
    is_window: bool


def source_of(data: bytes) -> Source:
    """Take a file's text apart. Bytes that are not UTF-8 stay recognisable (they are marked when shown)."""
    text = data.decode("utf-8", "surrogateescape")
    lines = text.split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    return Source(lines, _blocks(lines))


def _blocks(lines: list[str]) -> dict[int, int]:
    """Return where blocks end, by their first line (from 1). Only for text with one token a line, as recorders write."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for number, line in enumerate(lines, 1):
        last = line[-1:]
        if last == "," or last == "\r":
            last = line.rstrip(",\r")[-1:]
        if last in ("{", "["):
            first = line.lstrip()[:1]
            if first in ("}", "]") and opened:
                ends[opened.pop()] = number
            opened.append(number)
        elif last in ("}", "]") and line.lstrip()[:1] in ("}", "]") and opened:
            ends[opened.pop()] = number
    return ends


def whole(source: Source) -> RawView:
    """Show a file from its start: short files whole, others with long blocks folded."""
    count = len(source.lines)
    rows = list(range(1, count + 1)) if count <= SHORT else list(_outline(source, 1, count))
    return RawView(tuple(_rows(source, rows)), count, tuple(_jumps(source)), 1, count, is_window=False)


def window(source: Source, first: int, last: int) -> RawView:
    """Show some lines; what is more than a window becomes gaps."""
    count = len(source.lines)
    first = max(1, min(first, count))
    last = max(first, min(last, count))
    rows = list(_outline(source, first, last))
    return RawView(tuple(_rows(source, rows)), count, tuple(_jumps(source)), first, last, is_window=True)


def long_line(source: Source, number: int, start: int) -> tuple[SafeString, int]:
    """Return a piece of a long line as HTML, and how many characters follow it."""
    if not 1 <= number <= len(source.lines):
        return SafeString(""), 0
    line = source.lines[number - 1]
    piece = line[max(0, start) : max(0, start) + PIECE]
    return highlight.lines([piece])[0], max(0, len(line) - start - len(piece))


def _outline(source: Source, first: int, last: int) -> Iterator[int | tuple[int, int]]:
    """Yield line numbers to show, and (first, last) of gaps, at most a window of lines."""
    costs: dict[int, int] = {}
    shown = 0
    number = first
    while number <= last:
        if shown >= WINDOW:
            yield (number, last)
            return
        end = source.ends_at.get(number, number)
        yield number
        shown += 1
        if number != first and end - number > BLOCK and end <= last and _cost(source, number, costs) > BLOCK:
            yield (number + 1, end - 1)
            number = end
        else:
            number += 1


def _cost(source: Source, start: int, costs: dict[int, int]) -> int:
    """Return how many lines a block takes when it is open and long blocks in it are folded as they would be."""
    known = costs.get(start)
    if known is not None:
        return known
    end = source.ends_at[start]
    total, number = 0, start + 1
    while number < end and total <= BLOCK:
        inner = source.ends_at.get(number, number)
        if inner - number > BLOCK and inner < end:
            cost = _cost(source, number, costs)
            total += 2 + (cost if cost <= BLOCK else 1)
            number = inner + 1
        else:
            total += 1
            number += 1
    costs[start] = total
    return total


def _rows(source: Source, rows: list[int] | list[int | tuple[int, int]]) -> Iterator[Line | Gap]:
    run: list[int] = []
    for row in rows:
        if isinstance(row, int):
            run.append(row)
            continue
        yield from _lines(source, run)
        run = []
        first, last = row
        yield Gap(first, last, sum(len(line) + 1 for line in source.lines[first - 1 : last]))
    yield from _lines(source, run)


def _lines(source: Source, numbers: list[int]) -> Iterator[Line]:
    texts = [source.lines[number - 1] for number in numbers]
    cut = [text if len(text) <= LINE * 6 // 5 else text[:LINE] for text in texts]
    for number, text, shown, html in zip(numbers, texts, cut, highlight.lines(cut) if cut else [], strict=True):
        indent = len(shown) - len(shown.lstrip(" "))
        yield Line(number, html, min(indent - indent % 2, 48), len(text) - len(shown))


LANDMARKS = ("test_id", "request", "messages", "tools", "input", "response", "body", "id_normalization_mapping")


def _jumps(source: Source) -> Iterator[tuple[str, str]]:
    """Yield the landmarks near the top of the document, with the address of their line."""
    seen: set[str] = set()
    for number, line in enumerate(source.lines, 1):
        if not line.startswith("  ") or line.startswith("        "):
            continue
        key = line.lstrip()[1:].partition('"')[0]
        if key in LANDMARKS and key not in seen and line.lstrip().startswith('"'):
            seen.add(key)
            yield key, str(number)
