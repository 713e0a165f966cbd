"""The difference of two texts, in words. The result contains every character of both: nothing is trimmed or normalized.

Texts are split into words, numbers, single characters and white space. The longest common subsequence is exact up to a
size; larger texts are compared by line first and by word only inside changed lines; if even that is too expensive,
whole lines are replaced and the result says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from recviewer.difference.sequences import CELLS, Run, common, nearly_common
from recviewer.difference.spelling import spell

LETTERS = 4
"""A common span with fewer letters and digits than this between two changes is shown as changed on both sides."""

LEAST = 0.3
"""Below this similarity a word diff does not help: the old text is shown as a block, then the new one."""

HELD = 0.7
"""A word diff still helps if this share of the shorter text is in the longer one: something was added around it."""

SPELLED_MOST = 20
"""Most changes that are spelled out; the others are counted."""

_SIGN = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_LETTER = rf"[^\W\d_{_SIGN}]"
_WORD = rf"{_LETTER}+(?:[\u0300-\u036f]+{_LETTER}*)*"
_FIGURE = r"\d+(?:[.,:]\d+)*"

_TOKEN = re.compile(rf"{_WORD}|[^\S\n]+|{_FIGURE}|\n|[{_SIGN}]|.")
_COUNTED = re.compile(rf"{_WORD}|{_FIGURE}|[{_SIGN}]")

_MARKS = ".,;:!?\u3001\u3002\uff0c"
_CLAUSE = re.compile(rf"[^\n]{{24}}[^\n{_MARKS}]{{0,200}}[{_MARKS}]*[^\S\n]*\n*|[^\n]*\n+|[^\n]+")
"""Lines, and the clauses of long lines."""

LONG = 60_000
"""Total characters of both texts from which lines are compared before words."""

_WORD_CELLS = CELLS // 2
_LINE_CELLS = CELLS // 4
_LINES = 120_000
"""Most lines of both texts together that are compared at all."""

_INSIDE = 200_000
"""Most characters of changed lines that are compared by word; the rest is compared by line."""


class Op(StrEnum):
    """What happened to a span of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


class Grain(StrEnum):
    """The granularity of a comparison.

    words: by word. lines: by line, at least in part, because the texts are long. block: too different for a word diff;
    the old text is followed by the new one.
    """

    WORDS = "words"
    LINES = "lines"
    BLOCK = "block"


_OTHER = {Op.GONE: Op.NEW, Op.NEW: Op.GONE, Op.SAME: Op.SAME}


@dataclass(frozen=True, slots=True)
class Span:
    """A span of text. Gone spans precede new ones."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class Count:
    """Numbers of words and characters."""

    words: int = 0
    characters: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.words + other.words, self.characters + other.characters)


@dataclass(frozen=True, slots=True)
class WordDiff:
    """Two texts as one sequence of spans.

    similarity: the share of characters in equal spans; if lines were compared, the share of common words in any order.
    1.0 for equal texts. removed, added: counted from the spans. spelled: descriptions of short changes, such as `–
    U+2013 en dash → - U+002D hyphen-minus`. unspelled: number of further short changes.
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
        """The complete old text."""
        return "".join([span.text for span in self.spans if span.op is not Op.NEW])

    @property
    def new(self) -> str:
        """The complete new text."""
        return "".join([span.text for span in self.spans if span.op is not Op.GONE])

    @property
    def is_same(self) -> bool:
        """Tell whether the texts are equal."""
        return all(span.op is Op.SAME for span in self.spans)


def words(old: str, new: str) -> WordDiff:
    """Compare two texts. `words(new, old)` gives the same spans, swapped."""
    if old == new:
        return WordDiff((Span(Op.SAME, old),) if old else (), Grain.WORDS, 1.0, Count(), Count())
    if not old or not new:
        return _finished([Span(Op.GONE, old) if old else Span(Op.NEW, new)], Grain.WORDS, 0.0)
    if new < old:  # compute one direction only, so that both give the same result
        pieces, grain = _compared(new, old)
        spans = _tight(_ordered((_OTHER[op], text) for op, text in pieces))
    else:
        pieces, grain = _compared(old, new)
        spans = _tight(_ordered(pieces))
    if grain is Grain.LINES:
        return _finished(spans, grain, similarity(old, new))
    same = sum(len(span.text) for span in spans if span.op is Op.SAME)
    alike = 2 * same / (len(old) + len(new))
    if alike < LEAST and same < HELD * min(len(old), len(new)):
        grain, spans = Grain.BLOCK, [Span(Op.GONE, old), Span(Op.NEW, new)]
    return _finished(spans, grain, alike)


def tokens(text: str) -> list[str]:
    """Split a text into words, numbers, signs and white space; joined, they are the text."""
    return _TOKEN.findall(text)


def count_words(text: str) -> int:
    """Return the number of words and numbers in a text; for long ASCII texts, of fields separated by white space."""
    if len(text) > 10_000 and text.isascii():
        return len(text.split())
    return len(_COUNTED.findall(text))


def similarity(old: str, new: str) -> float:
    """Return the similarity of two texts from their words in any order, in linear time.

    An upper bound; for long texts an estimate from fields separated by white space.
    """
    if old == new:
        return 1.0
    cut = tokens if len(old) + len(new) <= LONG else str.split
    first, second = Counter(cut(old)), Counter(cut(new))
    shared = sum(len(token) * min(count, second[token]) for token, count in first.items() if token in second)
    total = sum(len(token) * count for bag in (first, second) for token, count in bag.items())
    return min(2 * shared / total, 1.0) if total else 0.0


_Piece = tuple[Op, str]


def _compared(old: str, new: str) -> tuple[Iterator[_Piece], Grain]:
    if len(old) + len(new) <= LONG:
        first, second = tokens(old), tokens(new)
        runs = common(first, second, cells=_WORD_CELLS)
        if runs is not None:
            return _pieces(first, second, _runs_without_crumbs(first, second, runs)), Grain.WORDS
    start, end = _shared_ends(old, new)
    made, grain = _by_line(old[start : len(old) - end], new[start : len(new) - end])
    return _without_crumbs([(Op.SAME, old[:start]), *made, (Op.SAME, old[len(old) - end :])]), grain


def _shared_ends(old: str, new: str) -> tuple[int, int]:
    """Return the lengths of the common prefix and suffix, cut back to nearby white space."""
    start = shared_start(old, new, min(len(old), len(new)))
    space = max(old.rfind(" ", max(0, start - 100), start), old.rfind("\n", max(0, start - 100), start))
    start = space + 1 if space >= 0 else start
    most = min(len(old), len(new)) - start
    end = shared_start(old[::-1], new[::-1], most)
    at = len(old) - end
    found = [place for mark in " \n" if (place := old.find(mark, at, at + 100)) >= 0]
    return start, len(old) - min(found) if found and end else end


def shared_start(first: str, second: str, most: int) -> int:
    """Return the length of the common prefix of two texts, at most `most`."""
    done, step = 0, 1 << 14
    while step:
        while done + step <= most and first.startswith(second[done : done + step], done):
            done += step
        step >>= 1
    return done


def _by_line(old: str, new: str) -> tuple[list[_Piece], Grain]:
    """Compare lines and clauses, then words inside changed ones, as long as that is cheap."""
    first, second = _CLAUSE.findall(old), _CLAUSE.findall(new)
    runs = nearly_common(first, second, cells=_LINE_CELLS) if len(first) + len(second) <= _LINES else []
    cells, characters = _WORD_CELLS, _INSIDE
    made: list[_Piece] = []
    grain = Grain.WORDS
    for gone, new_lines, same in _gaps(first, second, runs):
        before, after = "".join(gone), "".join(new_lines)
        inner: list[_Piece] | None = None
        if len(before) + len(after) <= characters:
            characters -= len(before) + len(after)
            inner, cost = _inside(before, after, cells)
            cells -= cost
        if inner is None:
            grain = Grain.LINES
        made += inner or [(Op.GONE, before), (Op.NEW, after)]
        made.append((Op.SAME, "".join(same)))
    return made, grain


def _inside(old: str, new: str, cells: int) -> tuple[list[_Piece] | None, int]:
    """Compare the words of changed lines; return None if too expensive. Also return the cost."""
    if not old or not new:
        return [(Op.GONE, old), (Op.NEW, new)], 0
    first, second = tokens(old), tokens(new)
    runs = common(first, second, cells=cells)
    if runs is None:
        return None, 0
    return list(_pieces(first, second, runs)), len(first) * len(second)


def _pieces(first: Sequence[str], second: Sequence[str], runs: Sequence[Run]) -> Iterator[_Piece]:
    for gone, new, same in _gaps(first, second, runs):
        yield Op.GONE, "".join(gone)
        yield Op.NEW, "".join(new)
        yield Op.SAME, "".join(same)


def _gaps(
    first: Sequence[str], second: Sequence[str], runs: Sequence[Run]
) -> Iterator[tuple[Sequence[str], Sequence[str], Sequence[str]]]:
    """Yield (gone, new, same) token sequences until both sequences are used up."""
    at = there = 0
    for place, other, length in runs:
        yield first[at:place], second[there:other], first[place : place + length]
        at, there = place + length, other + length
    if at < len(first) or there < len(second):
        yield first[at:], second[there:], first[:0]


def _without_crumbs(pieces: Sequence[_Piece]) -> Iterator[_Piece]:
    """Yield the pieces, with equal pieces that are too short to be readable between changes turned into gone and new
    ones.

    If no surrounding change has letters they stay: separate changes of single signs are clearer.
    """
    kept = [piece for piece in pieces if piece[1]]
    for place, (op, text) in enumerate(kept):
        around = (text for _, text in (*kept[max(0, place - 2) : place], *kept[place + 1 : place + 3]))
        if op is Op.SAME and 0 < place < len(kept) - 1 and _is_crumb(text) and any(map(_is_wordy, around)):
            yield Op.GONE, text
            yield Op.NEW, text
        else:
            yield op, text


def _runs_without_crumbs(first: Sequence[str], second: Sequence[str], runs: Sequence[Run]) -> list[Run]:
    """Remove the runs that `_without_crumbs` would dissolve, before texts are joined."""
    edged = [(0, 0, 0), *runs, (len(first), len(second), 0)]
    made = []
    for (at, there, before), run, (end, stop, after) in zip(edged, runs, edged[2:], strict=False):
        place, other, length = run
        if length <= 2 * LETTERS and _is_crumb("".join(first[place : place + length])):
            left = first[at + before : place], second[there + before : other], first[at : at + before]
            right = first[place + length : end], second[other + length : stop], first[end : end + after]
            if any(left) and any(right) and (_are_wordy(left) or _are_wordy(right)):
                continue
        made.append(run)
    return made


def _are_wordy(pieces: tuple[Sequence[str], ...]) -> bool:
    """Tell whether one of the first two non-empty pieces, given as tokens, contains letters."""
    there = [piece for piece in pieces if piece][:2]
    return any(piece[0].isalpha() or _is_wordy("".join(piece[:200])) for piece in there)


def _is_crumb(text: str) -> bool:
    if len(text) > 2 * LETTERS or "\n" in text:
        return False
    return len(text) < LETTERS or sum(map(str.isalnum, text)) < LETTERS


def _is_wordy(text: str) -> bool:
    return any(map(str.isalpha, text[:200]))


def _ordered(pieces: Iterator[_Piece]) -> list[Span]:
    """Merge adjacent pieces, and put gone text before new text."""
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
                if gone or new:
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


def _tight(spans: list[Span]) -> list[Span]:
    """Move common prefixes and suffixes of a change's two sides to the equal neighbours."""
    made: list[tuple[Op, str]] = []
    done = 0
    for place, follows in enumerate(spans[1:]):
        span = spans[place]
        if span.op is Op.GONE and follows.op is Op.NEW and _may_share(span.text, follows.text):
            made += [(one.op, one.text) for one in spans[done:place]]
            made += _cut_ends(tokens(span.text), tokens(follows.text))
            done = place + 2
    return _ordered(iter([*made, *[(one.op, one.text) for one in spans[done:]]])) if done else spans


_TIGHT = 20_000


def _may_share(gone: str, new: str) -> bool:
    """Tell whether two texts share a prefix or suffix, and are short enough to be compared."""
    return (gone[0] == new[0] or gone[-1] == new[-1]) and len(gone) + len(new) <= _TIGHT


def _cut_ends(gone: list[str], new: list[str]) -> Iterator[_Piece]:
    most = min(len(gone), len(new))
    start = end = 0
    while start < most and gone[start] == new[start]:
        start += 1
    while end < most - start and gone[-1 - end] == new[-1 - end]:
        end += 1
    yield Op.SAME, "".join(gone[:start])
    yield Op.GONE, "".join(gone[start : len(gone) - end])
    yield Op.NEW, "".join(new[start : len(new) - end])
    yield Op.SAME, "".join(gone[len(gone) - end :])


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
