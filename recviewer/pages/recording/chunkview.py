"""The chunks of a stream as a table: what each one adds, and which keys it has that the others do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from recviewer.exchange.model import Chunk, Delta, ToolCall
from recviewer.exchange.text import words_of
from recviewer.formats.deltas import letter_of
from recviewer.pages.recording.strip import WORDS
from recviewer.pages.templatetags.words import CHUNK_WINDOW, counted
from recviewer.pages.text.jsontext import compact
from recviewer.pages.text.marks import marked
from recviewer.pages.text.texts import shortened

WINDOW = CHUNK_WINDOW
ROOM = 500_000
"""Budget of markup in characters for what the chunks of a window add."""

TEXT, LITTLE = 4_000, 60
"""Maximum length of what a chunk adds; the second is for when the budget is used up."""

ADDS = 12
"""Maximum number of things shown that a chunk adds."""

NAMED = 20
"""Keys that are named above the table."""

ALSO = 400
"""Maximum length of the names of a chunk's other keys."""

NEARLY = 0.8
"""A key in at least this share of the chunks is named only once, above the table."""

SILENT = frozenset({"id", "object", "created", "model"})
"""Keys that the chunks of every provider have; they are not mentioned."""


@dataclass(frozen=True, slots=True)
class ChunkRow:
    """One chunk. adds: (class, text). so_far: characters of text up to here, None if nothing was added.

    lines: the first and the last of the file that contain it, None if the file does not show them clearly.
    """

    number: int
    what: str
    adds: tuple[tuple[str, str], ...]
    so_far: int | None
    also: str
    size: int
    is_quiet: bool
    choice: int
    lines: tuple[int, int] | None = None


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
        """The first chunk of the previous window, 0 if there is none."""
        return max(1, self.first - WINDOW) if self.first > 1 else 0

    @property
    def next(self) -> int:
        """The first chunk of the next window, 0 if there is none."""
        return self.last + 1 if self.last < self.count else 0

    @property
    def coming(self) -> int:
        """Number of chunks in the next window."""
        return min(WINDOW, self.count - self.last)


def chunk_view(chunks: Iterable[Chunk], count: int, first: int, lines: Sequence[tuple[int, int]] = ()) -> ChunkView:
    """Lay out the window with a chunk, in one pass that keeps no other chunks.

    count: number of all chunks. first: its number, or any number in its window. lines: see `chunklines`.
    """
    start = (max(1, min(first, count or 1)) - 1) // WINDOW * WINDOW
    carried: Counter[str] = Counter()
    so_far: Counter[int] = Counter()
    choices: set[int] = set()
    window: list[Chunk] = []
    size = 0
    for place, chunk in enumerate(chunks):
        carried.update(set(map(_bare, chunk.extra)))
        size += chunk.size_bytes
        choices.update(delta.choice for delta in chunk.deltas)
        if place < start:
            for delta in chunk.deltas:
                so_far[delta.choice] += len(delta.text)
        elif place < start + WINDOW:
            window.append(chunk)
    nearly = max(2, int(count * NEARLY))
    common = {key for key, times in carried.items() if times >= nearly}
    room = [ROOM]
    rows = tuple([_row(chunk, so_far, common, room) for chunk in window])
    if lines:
        rows = tuple([replace(row, lines=lines[start + at]) for at, row in enumerate(rows)])
    keys = sorted(common - SILENT, key=lambda key: (-carried[key], key))
    named = [f"{carried[key]:,} carry {shortened(key, 60)}" for key in keys[:NAMED]]
    named += [f"and {len(keys) - NAMED:,} more keys"] if len(keys) > NAMED else []
    return ChunkView(
        rows=rows,
        count=count,
        size=size,
        first=start + 1,
        last=start + len(rows),
        common=tuple(named),
        has_choices=len(choices) > 1,
    )


def _bare(key: str) -> str:
    """Return the key that readers know: `choices[1].logprobs.content` is `logprobs`."""
    return _known_bare(key) if len(key) < 200 else _last_of(key)


@lru_cache(maxsize=512)
def _known_bare(key: str) -> str:
    return _last_of(key)


def _last_of(key: str) -> str:
    names = [name.partition("[")[0] for name in key.split(".")]
    kept = [name for name in names if name not in ("choices", "delta", "candidates")]
    return kept[0] if kept else names[-1]


def _row(chunk: Chunk, so_far: Counter[int], common: set[str], room: list[int]) -> ChunkRow:
    adds: list[tuple[str, str]] = []
    total = None
    for delta in chunk.deltas:
        if len(adds) <= ADDS:
            adds += _adds(delta)
        if delta.text:
            so_far[delta.choice] += len(delta.text)
            total = so_far[delta.choice]
    if chunk.usage:
        told = {key: value for key, value in chunk.usage.items() if value is not None}
        adds.append(("usage", compact(told, TEXT)))
    also = [_bare(key) for key in chunk.extra if _bare(key) not in common]
    return ChunkRow(
        number=chunk.number,
        what=_what(chunk),
        adds=tuple(_fitted(adds, len(chunk.deltas), room)),
        so_far=total,
        also=", ".join(dict.fromkeys(([chunk.event] if chunk.event else []) + also))[:ALSO],
        size=chunk.size_bytes,
        is_quiet=letter_of(chunk) in "-u",
        choice=chunk.deltas[0].choice if chunk.deltas else 0,
    )


def _fitted(adds: list[tuple[str, str]], deltas: int, room: list[int]) -> Iterator[tuple[str, str]]:
    """Yield what a chunk adds, cut to the budget. room: remaining budget, which is reduced."""
    for place, (kind, text) in enumerate(adds):
        if place == ADDS:
            yield "role", f"… and more, from {counted(deltas, 'choice')}"
            return
        most = TEXT if room[0] > 0 else LITTLE
        shown = text[:most]
        room[0] -= 2 * len(marked(shown)) + 40
        yield kind, shown if len(shown) == len(text) else f"{shown}… {len(text) - most:,} more characters"


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
