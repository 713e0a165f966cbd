"""The delta strip: one cell for each chunk of a stream, or for a few of them; always beside the same fact in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, zip_longest
from math import isqrt
from typing import NamedTuple

from recviewer.bounded.cache import Recent
from recviewer.catalog.content import Content
from recviewer.exchange.model import Chunk
from recviewer.exchange.text import words_of
from recviewer.formats.cut_chunks import SaidRun
from recviewer.formats.deltas import NOTHING, REASONING, TEXT, letter_of

CELLS = 250
"""Maximum number of cells; with more chunks a cell represents several."""

TAIL = 12
"""Chunks at the end of a long stream that may have cells of their own."""

SEAMS = 20_000
"""Maximum number of texts of a stream whose boundaries are shown."""

KEPT_CHUNKS = 100_000
"""Maximum number of chunks in all cached streams together."""

TALLEST = 24
WORDS = {
    "t": "text",
    "r": "reasoning",
    "c": "tool call",
    "x": "refusal",
    "p": "other content",
    "f": "finish",
    "u": "usage",
    "-": "empty",
}
CLASSES = {"t": "t", "r": "r", "c": "c", "x": "x", "p": "p", "f": "f", "u": "u", "-": "n"}
CAPTION_FROM = 0.11
"""Minimum share of the strip for a run with a caption."""


@dataclass(frozen=True, slots=True)
class Stream:
    """The needed data of a stream. marks: letter and number of characters of each chunk.

    texts, thoughts: (choice, chunk number, text) in order.
    """

    marks: tuple[tuple[str, int], ...]
    texts: tuple[tuple[int, int, str], ...]
    thoughts: tuple[tuple[int, int, str], ...]

    def pieces(self, choice: int) -> tuple[tuple[int, str], ...]:
        """Return the text of one choice by chunk; nothing if there are too many to be marked."""
        if len(self.texts) > SEAMS:
            return ()
        return tuple([(number, text) for at, number, text in self.texts if at == choice])


class Cell(NamedTuple):
    """first: number of its first chunk. height: 1 to 24."""

    letter: str
    first: int
    height: int


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive cells with one letter. caption: `text, 43 chunks`, "" if it does not fit."""

    kind: str
    cells: tuple[Cell, ...]
    caption: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A stream as a picture. per_cell: chunks for each cell. said: the same in words. is_packed: no gaps."""

    runs: tuple[Run, ...]
    chunks: int
    per_cell: int
    said: str
    is_packed: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A stream and its picture, cached together."""

    stream: Stream
    strip: Strip | None


def _weight(drawn: Drawn) -> int:
    """Return the weight of a stream in the cache, in chunks."""
    return len(drawn.stream.marks) + len(drawn.stream.texts) + len(drawn.stream.thoughts)


_kept = Recent[str, Drawn](32, weigh=_weight, limit=KEPT_CHUNKS, at_least=0)


def drawn(content: Content) -> Drawn:
    """Return what a recording's chunks add, and its picture, cached by content."""
    return _kept.made(content.blob, lambda: _drawn(content))


def _drawn(content: Content) -> Drawn:
    stream = stream_of(content.told.said())
    return Drawn(stream, strip_of(stream))


def stream_of(chunks: Iterable[Chunk | SaidRun]) -> Stream:
    """Return the needed data of chunks."""
    marks: list[tuple[str, int]] = []
    texts: list[tuple[int, int, str]] = []
    thoughts: list[tuple[int, int, str]] = []
    for chunk in chunks:
        if isinstance(chunk, SaidRun):
            letter, kind = (REASONING, thoughts) if chunk.is_thought else (TEXT, texts)
            marks += [(letter if text else NOTHING, len(text)) for text in chunk.texts]
            kind += [(chunk.choice, number, text) for number, text in enumerate(chunk.texts, chunk.first) if text]
            continue
        amount = 0
        for delta in chunk.deltas:
            if delta.text:
                texts.append((delta.choice, chunk.number, delta.text))
            if delta.reasoning:
                thoughts.append((delta.choice, chunk.number, delta.reasoning))
            amount += len(delta.text) + len(delta.reasoning) + len(delta.refusal)
            for call in delta.calls:
                amount += len(call.name) + len(call.arguments)
            amount += len(words_of(delta.parts)) if delta.parts else 0
        marks.append((letter_of(chunk), amount))
    return Stream(tuple(marks), tuple(texts), tuple(thoughts))


def strip_of(stream: Stream) -> Strip | None:
    """Draw a stream. None if there is none."""
    marks = stream.marks
    if not marks:
        return None
    per_cell = -(-len(marks) // CELLS)
    cells = _cells(marks, per_cell)
    return Strip(
        runs=tuple(_runs(cells, marks, per_cell)),
        chunks=len(marks),
        per_cell=per_cell,
        said=said_of([letter for letter, _ in marks]),
        is_packed=len(cells) > 60,
    )


def _cells(marks: tuple[tuple[str, int], ...], per_cell: int) -> list[Cell]:
    """Put chunks into cells. A finish or usage at the end has a cell of its own."""
    found = []
    tail = len(marks)
    while per_cell > 1 and tail > len(marks) - TAIL and marks[tail - 1][0] in "fu-":
        tail -= 1
    starts = [*range(0, tail, per_cell), *range(tail, len(marks))]
    letters, amounts = "".join([letter for letter, _ in marks]), [amount for _, amount in marks]
    for start, end in zip_longest(starts, starts[1:], fillvalue=len(marks)):
        group = letters[start:end]
        letter = group[0]
        if group.count(letter) * 2 < len(group):
            letter = max(dict.fromkeys(group), key=group.count)  # the first of equal ones
        found.append(Cell(letter, start + 1, _height(sum(amounts[start:end]) / len(group))))
    return found


def _height(characters: float) -> int:
    """Square root, so that a long fragment does not flatten the rest."""
    return max(3, min(TALLEST, 2 + isqrt(round(characters * 26))))


def _runs(cells: list[Cell], marks: tuple[tuple[str, int], ...], per_cell: int) -> Iterator[Run]:
    totals = Counter(letter for letter, _ in marks)
    groups = [(letter, tuple(group)) for letter, group in groupby(cells, key=lambda cell: cell.letter)]
    times = Counter(letter for letter, _ in groups)
    for letter, run in groups:
        caption = ""
        if letter in "trcxp" and len(run) / len(cells) >= CAPTION_FROM and len(run) > 4:
            number = totals[letter] if times[letter] == 1 else _count(run, marks, per_cell)
            caption = f"{WORDS[letter]}, {number:,}{' chunks' if letter == 't' else ''}"
        yield Run(CLASSES[letter], run, caption)


def _count(run: tuple[Cell, ...], marks: tuple[tuple[str, int], ...], per_cell: int) -> int:
    """Count the chunks of a run's letter in its cells."""
    group = marks[run[0].first - 1 : run[-1].first + per_cell - 1]
    return sum(1 for letter, _ in group if letter == run[0].letter)


def said_of(letters: list[str]) -> str:
    """Say what the chunks add, in order of first appearance: `text 43, tool call 7, finish, empty 2`."""
    counts = Counter(letter for letter in letters if letter != "-")
    counts["-"] = letters.count("-")
    named = [
        f"{WORDS[letter]} {counts[letter]:,}" if counts[letter] > 1 else WORDS[letter]
        for letter in counts
        if counts[letter]
    ]
    return ", ".join(named)
