"""The words of a difference on a page: pieces, with long unchanged stretches folded. Nothing is left out.

What is too much for a page at once is in a fold with the next pieces, which is fetched when it is opened. All pieces,
folded or not, concatenate to both texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from recviewer.difference.words import Op, Span, WordDiff, count_words
from recviewer.pages.templatetags.words import counted, size
from recviewer.pages.text.folds import INLINE_BYTES, PIECE, PLAIN, Fold, Folds, fitting
from recviewer.pages.text.marks import marked

CONTEXT = 80
"""Characters of an unchanged stretch beside a change."""

LEAST_HIDDEN = 120
"""Minimum length of a folded stretch."""

ITEM = 40_000
"""Budget of markup in characters for one text at first."""

EVERYTHING = 500_000
"""The same for all texts of a page that shows them completely."""

GAP = 200_000
"""Markup in characters of an opened unchanged stretch; a longer one is split."""

NEXT = 100_000
"""Markup in characters of the rest of a text when it is opened."""

BLOCK_WORDS = 12
"""Number of words from which a change is set as a block: not struck through, with a sign before it."""


SAME_TEXT, REST = "difference/_same_text.html", "difference/_laid_out.html"
CUT = frozenset({SAME_TEXT, REST})
"""Templates of folds with a part of a text."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A literal stretch of text.

    op: same, gone or new. is_block: too long to be struck through. is_apart: all of one side, on lines of its own.
    """

    op: str
    text: str
    is_block: bool = False
    is_apart: bool = False

    @property
    def is_white(self) -> bool:
        """Tell whether it only changes white space, which is shown as marks."""
        return self.op != Op.SAME and self.text.isspace()

    @property
    def shown(self) -> str:
        """The text with invisible white space as signs; if it is the same, the text itself."""
        if self.op == Op.SAME:
            return self.text
        if self.is_white:
            return "".join(_WHITE.get(mark, f"U+{ord(mark):04X}") for mark in self.text)
        return _AT_THE_EDGE.sub(lambda found: found[0].replace(" ", "·").replace("\n", "⏎\n"), self.text)


_WHITE = {" ": "·", "\t": "⇥", "\n": "⏎\n"}
_AT_THE_EDGE = re.compile(r"\A\n+|\n+\Z|(?<=[^ ]) {1,200}(?=\n)")


@dataclass(frozen=True, slots=True)
class TextGap:
    """A folded unchanged stretch. fold: its body is the text. text: the same, for assembling the whole."""

    fold: Fold
    text: str

    @property
    def is_lines(self) -> bool:
        """Tell whether it consists of whole lines, and so takes a line of its own."""
        return "\n" in self.text


Shown: TypeAlias = Piece | TextGap


@dataclass(frozen=True, slots=True)
class TextRow:
    """Old and new side by side. over: an unchanged stretch that is folded over both; then there is nothing else."""

    old: tuple[Piece, ...] = ()
    new: tuple[Piece, ...] = ()
    over: tuple[TextGap, ...] = ()


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A text to show. rows: the same pieces side by side, if requested. rest: what did not fit."""

    pieces: tuple[Shown, ...]
    rows: tuple[TextRow, ...] = ()
    rest: Fold | None = None


@dataclass(slots=True)
class Room:
    """The remaining budget of markup. twice: unchanged text is in two columns. everything: no limit, and no folds.

    folds_old: an old text of which hardly a word was kept is folded, and so is removed reasoning: both with their size.
    """

    left: int
    twice: bool = False
    everything: bool = False
    folds_old: bool = False

    def portion(self, limit: int) -> Room:
        """Give a part of the budget to one text."""
        return replace(self, left=max(400, min(limit, self.left)))


def laid_out(diff: WordDiff, folds: Folds, name: str, room: Room, *, context: int = CONTEXT) -> LaidOut:
    """Lay out a compared text. name: unique in the page. room: of the page, which is reduced."""
    atoms = list(_atoms(diff.spans, context, folds_all=not room.everything))
    own = room.portion(EVERYTHING if room.everything else ITEM)
    before = own.left
    made = _fitted(atoms, folds, name, own, 1)
    room.left -= before - own.left
    folds.spend(before - own.left)
    return made


@dataclass(frozen=True, slots=True)
class _Hidden:
    text: str


_Atom: TypeAlias = Piece | _Hidden


def _atoms(spans: Sequence[Span], context: int, *, folds_all: bool) -> Iterator[_Atom]:
    """Yield the pieces of a text; long unchanged ones are split in three."""
    last = len(spans) - 1
    is_apart = all(span.op is not Op.SAME for span in spans)
    for place, span in enumerate(spans):
        if span.op is not Op.SAME:
            is_block = _is_block(span.text)
            yield Piece(span.op.value, span.text, is_block, is_apart and is_block)
            continue
        start = 0 if place == 0 and last else _behind_a_word(span.text, context)
        end = len(span.text) if place == last and last else _before_a_word(span.text, context)
        if not folds_all or end - start < min(LEAST_HIDDEN, 2 * context):
            yield Piece(span.op.value, span.text)
            continue
        yield Piece(span.op.value, span.text[:start])
        yield from _hidden(span.text, start, end)
        yield Piece(span.op.value, span.text[end:])


def _hidden(text: str, start: int, end: int) -> Iterator[_Hidden]:
    """Yield a stretch of a text in parts that can be opened one by one."""
    while start < end:
        part = text[start : min(end, start + PIECE)]
        part = part[: fitting(part, GAP)]
        yield _Hidden(part)
        start += len(part)


def _behind_a_word(text: str, context: int) -> int:
    """Return the end of the visible beginning of a stretch: after a line or word, near the wanted length."""
    line = text.find("\n", context // 2, context * 2)
    if line >= 0:
        return line + 1
    space = text.find(" ", context * 3 // 4, context * 2)
    return space if space >= 0 else min(context, len(text))


def _before_a_word(text: str, context: int) -> int:
    size = len(text)
    line = text.rfind("\n", max(0, size - context * 2), max(0, size - context // 2))
    if line >= 0:
        return line + 1
    space = text.rfind(" ", max(0, size - context * 2), max(0, size - context * 3 // 4))
    return space + 1 if space >= 0 else max(0, size - context)


def _is_block(text: str) -> bool:
    return "\n" in text.strip("\n") or count_words(text[:2_000]) > BLOCK_WORDS


def _fitted(atoms: Sequence[_Atom], folds: Folds, name: str, room: Room, number: int) -> LaidOut:
    pieces: list[Shown] = []
    for place, atom in enumerate(atoms):
        if isinstance(atom, _Hidden) and (room.left > PLAIN or not place):
            pieces.append(_gap(atom, folds, f"{name}.{number}-{place}", room))
            room.left -= PLAIN
            continue
        if isinstance(atom, _Hidden):
            return LaidOut(tuple(pieces), _rows(pieces, room), _rest(atoms[place:], folds, name, room, number))
        if not atom.text:
            continue
        cost = _cost(atom, room)
        if cost <= room.left:
            room.left -= cost
            pieces.append(atom)
            continue
        end = max(0, len(atom.text) * room.left // cost)
        room.left = 0
        if end:
            pieces.append(replace(atom, text=atom.text[:end]))
        left = [replace(atom, text=atom.text[end:]), *atoms[place + 1 :]]
        return LaidOut(tuple(pieces), _rows(pieces, room), _rest(left, folds, name, room, number))
    return LaidOut(tuple(pieces), _rows(pieces, room))


def _cost(piece: Piece, room: Room) -> int:
    """Return the markup of a piece in characters.

    Invisible characters take much, so long texts are estimated by a sample.
    """
    sample = piece.text[:4_000]
    weight = len(marked(sample)) * len(piece.text) // len(sample) + 12
    return weight * 2 if room.twice and piece.op == Op.SAME else weight


def _gap(hidden: _Hidden, folds: Folds, name: str, room: Room) -> TextGap:
    """Fold an unchanged stretch. It is in the page if it is short and fits."""
    many = count_words(hidden.text)
    lines = hidden.text.count("\n")
    fits = len(hidden.text) <= INLINE_BYTES and room.left > 2 * len(hidden.text)
    fold = folds.fold(
        name,
        counted(many, "word") if many else counted(len(hidden.text), "character"),
        detail=f"in {counted(lines, 'line')}" if lines > 1 else "",
        size=size(len(hidden.text.encode("utf-8", "surrogatepass"))),
        template=SAME_TEXT,
        make=lambda: hidden.text,
        weight=0 if fits else 1 << 30,
    )
    if fits:
        room.left -= len(hidden.text)
    return TextGap(fold, hidden.text)


def _rest(atoms: Sequence[_Atom], folds: Folds, name: str, room: Room, number: int) -> Fold:
    changed = sum(isinstance(atom, Piece) and atom.op != Op.SAME for atom in atoms)
    much = sum(len(atom.text) for atom in atoms)
    return folds.fold(
        f"{name}.{number + 1}",
        "the rest",
        detail=f"of it {counted(changed, 'change')}",
        size=counted(much, "character"),
        template=REST,
        make=lambda: _further(atoms, folds, name, room.twice, number + 1),
        weight=1 << 30,
    )


def _further(atoms: Sequence[_Atom], folds: Folds, name: str, twice: bool, number: int) -> LaidOut:
    room = Room(min(NEXT, max(folds.room, 400)), twice)
    before = room.left
    made = _fitted(atoms, folds, name, room, number)
    folds.spend(before - room.left)
    return made


def _rows(pieces: Sequence[Shown], room: Room) -> tuple[TextRow, ...]:
    """Put pieces side by side: a row ends with each common line, so that unchanged text stays level."""
    if not room.twice:
        return ()
    rows: list[TextRow] = []
    old: list[Piece] = []
    new: list[Piece] = []

    def close() -> None:
        if old or new:
            rows.append(TextRow(tuple(old), tuple(new)))
            old.clear()
            new.clear()

    for piece in pieces:
        if isinstance(piece, TextGap):
            close()
            rows.append(TextRow(over=(piece,)))
            continue
        for text in piece.text.splitlines(keepends=True) if piece.op == Op.SAME else (piece.text,):
            part = replace(piece, text=text)
            if piece.op != Op.NEW:
                old.append(part)
            if piece.op != Op.GONE:
                new.append(part)
            if piece.op == Op.SAME and text.endswith("\n"):
                close()
    close()
    return tuple(rows)
