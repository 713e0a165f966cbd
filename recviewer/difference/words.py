"""What changed between two texts, in words. Every character of both is in the result: nothing is trimmed or folded.

Texts are cut into words, numbers, single signs and white space, all kept to the letter. The longest common
subsequence is exact up to a size; beyond it, lines are compared first and words only inside what changed, and where even
that is too much, whole lines stand against each other and the result says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from recviewer.difference.sequences import CELLS, Run, common

LETTERS = 4
"""An equal stretch with fewer letters and digits than this between two changes is shown as changed on both sides."""

LEAST = 0.3
"""Below this similarity words stop helping: the old text as a block, then the new one."""

SPELLED = 3
"""Changes of so many characters or fewer are spelled out."""

SPELLED_MOST = 20
"""So many changes are spelled out at most; the rest are counted."""

_TOKEN = re.compile(
    "\n"
    r"|[^\S\n]+"
    r"|\d+(?:[.,:]\d+)*"
    "|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
    "|(?:[^\\W\\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff][\u0300-\u036f]*)+"
    "|."
)

_COUNTED = re.compile(
    r"\d+(?:[.,:]\d+)*"
    "|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
    "|(?:[^\\W\\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff][\u0300-\u036f]*)+"
)


class Op(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


class Grain(StrEnum):
    """How finely two texts were compared.

    words: word by word. lines: line by line, at least in part, for there was too much of it. block: too different for
    words to help; the old text stands against the new one.
    """

    WORDS = "words"
    LINES = "lines"
    BLOCK = "block"


_OTHER = {Op.GONE: Op.NEW, Op.NEW: Op.GONE, Op.SAME: Op.SAME}


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text. What is gone stands before what is new."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many words and characters."""

    words: int = 0
    characters: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.words + other.words, self.characters + other.characters)


@dataclass(frozen=True, slots=True)
class WordDiff:
    """Two texts as one sequence of pieces.

    similarity: the share of characters that both have in what is shown as equal; where lines were compared, the share
    of words that both have, in whatever order. 1.0 for equal texts. removed, added: counted on what is shown.
    spelled: short changes in words, such as `– U+2013 en dash → - U+002D hyphen-minus`. unspelled: how many more.
    """

    spans: tuple[Span, ...]
    grain: Grain
    similarity: float
    removed: Count
    added: Count
    spelled: tuple[str, ...] = ()
    unspelled: int = 0

    @property
    def old(self) -> str:
        """The old text, to the letter."""
        return "".join([span.text for span in self.spans if span.op is not Op.NEW])

    @property
    def new(self) -> str:
        """The new text, to the letter."""
        return "".join([span.text for span in self.spans if span.op is not Op.GONE])

    @property
    def is_same(self) -> bool:
        """Tell whether nothing changed."""
        return all(span.op is Op.SAME for span in self.spans)

    def mirrored(self) -> WordDiff:
        """Return what the comparison the other way round gives."""
        spans = _ordered((_OTHER[span.op], span.text) for span in self.spans)
        return _finished(spans, self.grain, self.similarity)


def words(old: str, new: str) -> WordDiff:
    """Compare two texts. The same pieces come out, swapped, for `words(new, old)`."""
    if old == new:
        return WordDiff((Span(Op.SAME, old),) if old else (), Grain.WORDS, 1.0, Count(), Count())
    if new < old:  # one of the two ways is worked out, so that both say the same
        pieces, grain = _compared(new, old)
        spans = _ordered((_OTHER[op], text) for op, text in _without_crumbs(pieces))
    else:
        pieces, grain = _compared(old, new)
        spans = _ordered(_without_crumbs(pieces))
    if grain is Grain.LINES:
        return _finished(spans, grain, similarity(old, new))
    alike = 2 * sum(len(span.text) for span in spans if span.op is Op.SAME) / (len(old) + len(new))
    if alike < LEAST and old and new:
        grain, spans = Grain.BLOCK, [Span(Op.GONE, old), Span(Op.NEW, new)]
    return _finished(spans, grain, alike)


def apply(diff: WordDiff, old: str) -> str:
    """Return the new text, made from the old one and the shown changes. Raises ValueError if it is not the old one."""
    made, place = [], 0
    for span in diff.spans:
        if span.op is Op.NEW:
            made.append(span.text)
            continue
        if not old.startswith(span.text, place):
            raise ValueError(f"the text differs from the compared one at character {place:,}")
        place += len(span.text)
        if span.op is Op.SAME:
            made.append(span.text)
    if place != len(old):
        raise ValueError(f"the text is longer than the compared one, which ends at character {place:,}")
    return "".join(made)


def tokens(text: str) -> list[str]:
    """Cut a text into words, numbers, signs and white space; joined, they are the text."""
    return _TOKEN.findall(text)


def count_words(text: str) -> int:
    """Return how many words and numbers a text has."""
    return len(_COUNTED.findall(text))


def similarity(old: str, new: str) -> float:
    """Return how alike two texts are by their words alone, whatever their order: an upper bound, in linear time."""
    if old == new:
        return 1.0
    first, second = Counter(tokens(old)), Counter(tokens(new))
    shared = sum(len(token) * min(count, second[token]) for token, count in first.items() if token in second)
    return 2 * shared / (len(old) + len(new))


_Piece = tuple[Op, str]


def _compared(old: str, new: str) -> tuple[list[_Piece], Grain]:
    first, second = tokens(old), tokens(new)
    runs = common(first, second)
    if runs is not None:
        return list(_pieces(first, second, runs)), Grain.WORDS
    return _by_line(old.splitlines(keepends=True), new.splitlines(keepends=True))


def _by_line(first: list[str], second: list[str]) -> tuple[list[_Piece], Grain]:
    """Compare lines, then words inside the lines that changed, as long as that is cheap."""
    runs = common(first, second)
    if runs is None:
        return [(Op.GONE, "".join(first)), (Op.NEW, "".join(second))], Grain.LINES
    left = CELLS
    made: list[_Piece] = []
    grain = Grain.WORDS
    for gone, new, same in _gaps(first, second, runs):
        inner_first, inner_second = tokens("".join(gone)), tokens("".join(new))
        cost = len(inner_first) * len(inner_second)
        inner = common(inner_first, inner_second) if cost <= left else None
        if inner is None:
            grain = Grain.LINES
            made += [(Op.GONE, "".join(gone)), (Op.NEW, "".join(new))]
        else:
            left -= cost
            made += _pieces(inner_first, inner_second, inner)
        made.append((Op.SAME, "".join(same)))
    return made, grain


def _pieces(first: Sequence[str], second: Sequence[str], runs: Sequence[Run]) -> Iterator[_Piece]:
    for gone, new, same in _gaps(first, second, runs):
        yield Op.GONE, "".join(gone)
        yield Op.NEW, "".join(new)
        yield Op.SAME, "".join(same)


def _gaps(
    first: Sequence[str], second: Sequence[str], runs: Sequence[Run]
) -> Iterator[tuple[Sequence[str], Sequence[str], Sequence[str]]]:
    """Yield (gone, new, then the same) until both sequences are used up."""
    at = there = 0
    for place, other, length in runs:
        yield first[at:place], second[there:other], first[place : place + length]
        at, there = place + length, other + length
    if at < len(first) or there < len(second):
        yield first[at:], second[there:], first[:0]


def _without_crumbs(pieces: Sequence[_Piece]) -> Iterator[_Piece]:
    """Yield the pieces, those equal ones as gone and new that are too short to be read between two changes."""
    kept = [piece for piece in pieces if piece[1]]
    for place, (op, text) in enumerate(kept):
        is_between = 0 < place < len(kept) - 1
        if op is Op.SAME and is_between and _is_crumb(text) and _is_wordy(kept, place):
            yield Op.GONE, text
            yield Op.NEW, text
        else:
            yield op, text


def _is_crumb(text: str) -> bool:
    return len(text) <= 2 * LETTERS and "\n" not in text and sum(map(str.isalnum, text)) < LETTERS


def _is_wordy(pieces: Sequence[_Piece], place: int) -> bool:
    """Tell whether one of the changes around a piece has letters: two changed signs are clearer left apart."""
    around = [text for op, text in (*pieces[max(0, place - 2) : place], *pieces[place + 1 : place + 3])]
    return any(mark.isalpha() for text in around for mark in text[:200])


def _ordered(pieces: Iterator[_Piece]) -> list[Span]:
    """Join neighbours, and put what is gone before what is new."""
    made: list[Span] = []
    gone: list[str] = []
    new: list[str] = []
    same: list[str] = []

    def changed() -> None:
        made.extend(Span(op, text) for op, text in ((Op.GONE, "".join(gone)), (Op.NEW, "".join(new))) if text)
        gone.clear()
        new.clear()

    for op, text in pieces:
        if op is Op.SAME:
            if text:
                changed()
                same.append(text)
            continue
        if same and text:
            made.append(Span(Op.SAME, "".join(same)))
            same.clear()
        (gone if op is Op.GONE else new).append(text)
    changed()
    if same:
        made.append(Span(Op.SAME, "".join(same)))
    return made


def _finished(spans: list[Span], grain: Grain, similarity: float) -> WordDiff:
    removed, added = _counted(spans, Op.GONE), _counted(spans, Op.NEW)
    told = [told for gone, new in _changes(spans) if (told := spell(gone, new))]
    return WordDiff(
        tuple(spans), grain, similarity, removed, added, tuple(told[:SPELLED_MOST]), max(0, len(told) - SPELLED_MOST)
    )


def _counted(spans: Sequence[Span], op: Op) -> Count:
    texts = [span.text for span in spans if span.op is op]
    return Count(sum(count_words(text) for text in texts), sum(map(len, texts)))


def _changes(spans: Sequence[Span]) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(spans):
        span = spans[place]
        place += 1
        if span.op is Op.NEW:
            yield "", span.text
        elif span.op is Op.GONE:
            follows = place < len(spans) and spans[place].op is Op.NEW
            yield span.text, spans[place].text if follows else ""
            place += follows


_NAMES = {"\n": "line feed", "\r": "carriage return", "\t": "tab", "\0": "null", "\x1b": "escape", "\x7f": "delete"}


def spell(gone: str, new: str) -> str:
    """Return a short change spelled out, "" for one that is longer than three characters on either side.

    Letters and digits of ASCII stand for themselves: `12 → 13`. Everything else is named.
    """
    if max(len(gone), len(new)) > SPELLED:
        return ""
    left, right = _spelled(gone), _spelled(new)
    if gone and new:
        return f"{left} → {right}"
    return f"{left} gone" if gone else f"{right} new"


def _spelled(text: str) -> str:
    if text.isascii() and text.isalnum():
        return text
    return ", ".join(_named(mark) for mark in text)


def _named(mark: str) -> str:
    code = f"U+{ord(mark):04X}"
    name = _NAMES.get(mark) or unicodedata.name(mark, "").lower()
    shown = f"{mark} " if mark.isprintable() and not mark.isspace() and not unicodedata.combining(mark) else ""
    return f"{shown}{code} {name}".rstrip()
