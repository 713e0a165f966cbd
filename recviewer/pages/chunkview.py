"""The chunks of a stream as a table: what each one adds, and what it carries that the others do not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from recviewer.exchange.model import Chunk, Delta, ToolCall
from recviewer.exchange.text import words_of
from recviewer.formats.deltas import letter_of
from recviewer.pages.jsontext import compact
from recviewer.pages.strip import WORDS
from recviewer.pages.templatetags.words import CHUNK_WINDOW

WINDOW = CHUNK_WINDOW
NEARLY = 0.8
"""A key in at least this share of the chunks is named once above the table."""

SILENT = frozenset({"id", "object", "created", "model"})
"""Keys that every chunk of every provider has; nobody needs to be told."""


@dataclass(frozen=True, slots=True)
class ChunkRow:
    """One chunk. adds: (class, text). so_far: characters of text up to here, None where nothing was added."""

    number: int
    what: str
    adds: tuple[tuple[str, str], ...]
    so_far: int | None
    also: str
    size: int
    is_quiet: bool
    choice: int


@dataclass(frozen=True, slots=True)
class ChunkView:
    """A window of the chunks. common: `52 carry obfuscation`, … has_choices: more than one choice is streamed."""

    rows: tuple[ChunkRow, ...]
    count: int
    size: int
    first: int
    last: int
    common: tuple[str, ...]
    has_choices: bool

    @property
    def previous(self) -> int:
        """The first chunk of the window before, 0 where there is none."""
        return max(1, self.first - WINDOW) if self.first > 1 else 0

    @property
    def next(self) -> int:
        """The first chunk of the window after, 0 where there is none."""
        return self.last + 1 if self.last < self.count else 0

    @property
    def coming(self) -> int:
        """How many chunks the next window has."""
        return min(WINDOW, self.count - self.last)


def chunk_view(chunks: list[Chunk], first: int) -> ChunkView:
    """Lay out the window that holds a chunk. first: its number, or any number in its window."""
    start = (max(1, min(first, len(chunks) or 1)) - 1) // WINDOW * WINDOW
    carried: Counter[str] = Counter()
    for chunk in chunks:
        carried.update(set(map(_bare, chunk.extra)))
    nearly = max(2, int(len(chunks) * NEARLY))
    common = {key for key, times in carried.items() if times >= nearly}
    so_far: Counter[int] = Counter()
    for chunk in chunks[:start]:
        for delta in chunk.deltas:
            so_far[delta.choice] += len(delta.text)
    rows = tuple([_row(chunk, so_far, common) for chunk in chunks[start : start + WINDOW]])
    named = [f"{carried[key]:,} carry {key}" for key in sorted(common - SILENT, key=lambda key: -carried[key])]
    return ChunkView(
        rows=rows,
        count=len(chunks),
        size=sum(chunk.size_bytes for chunk in chunks),
        first=start + 1,
        last=start + len(rows),
        common=tuple(named),
        has_choices=len({delta.choice for chunk in chunks for delta in chunk.deltas}) > 1,
    )


@lru_cache(maxsize=512)
def _bare(key: str) -> str:
    """Return the key that a reader knows: `choices[1].logprobs.content` is `logprobs`."""
    names = [name.partition("[")[0] for name in key.split(".")]
    kept = [name for name in names if name not in ("choices", "delta", "candidates")]
    return kept[0] if kept else names[-1]


def _row(chunk: Chunk, so_far: Counter[int], common: set[str]) -> ChunkRow:
    adds: list[tuple[str, str]] = []
    total = None
    for delta in chunk.deltas:
        adds += _adds(delta)
        if delta.text:
            so_far[delta.choice] += len(delta.text)
            total = so_far[delta.choice]
    if chunk.usage:
        adds.append(("usage", compact({key: value for key, value in chunk.usage.items() if value is not None})))
    also = [_bare(key) for key in chunk.extra if _bare(key) not in common]
    return ChunkRow(
        number=chunk.number,
        what=_what(chunk),
        adds=tuple(adds),
        so_far=total,
        also=", ".join(dict.fromkeys(([chunk.event] if chunk.event else []) + also)),
        size=chunk.size_bytes,
        is_quiet=letter_of(chunk) in "-u",
        choice=chunk.deltas[0].choice if chunk.deltas else 0,
    )


def _what(chunk: Chunk) -> str:
    letter = letter_of(chunk)
    if letter != "-":
        return WORDS[letter]
    if not chunk.deltas:
        return "no choices"
    return "role only" if any(delta.role for delta in chunk.deltas) else "nothing"


def _adds(delta: Delta) -> list[tuple[str, str]]:
    found = []
    if delta.reasoning:
        found.append(("thought", delta.reasoning))
    if delta.text:
        found.append(("text", delta.text))
    if delta.refusal:
        found.append(("refusal", delta.refusal))
    for call in delta.calls:
        if call.name:
            found.append(("name", call.name))
        if call.arguments:
            found.append(("call", call.arguments))
    for part in delta.parts:
        found.append(("call" if isinstance(part, ToolCall) else "text", words_of((part,))))
    if delta.finish:
        found.append(("finish", delta.finish))
    if not found and delta.role:
        found.append(("role", delta.role))
    return found
