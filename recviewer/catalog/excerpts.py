"""Where words stand in a text: a line of it around what was searched for, at a cost that the text does not decide.

FTS5 has a function for this (`snippet`), whose time grows with the square of how often the words occur. Here a text is
read in windows, from its beginning, until one holds a hit or what may be read for one page is used up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from recviewer.catalog.folding import GAP, MARK, folded

WINDOW = 16_000
"""Characters that are looked through at once."""

FIRST = 2_600
"""Characters that are looked through first where one word alone is sought: of a frequent one no more is needed."""

OVERLAP = 1_200
"""Characters that two windows share, so that a phrase is found that lies across their border."""

BUDGET = 3_000_000
"""Characters that are looked through for all texts of a page."""

_STRANGE_COST = 8
"""How much more a window costs that has more than ASCII."""

BEFORE, LENGTH = 40, 120
"""Characters before the first hit, and of the whole excerpt."""

_HITS = 200
"""Hits of a window from which the place with most different words is chosen."""

Pieces: TypeAlias = tuple[tuple[str, bool], ...]
"""(text, is a hit), in order."""


class Excerpt(NamedTuple):
    """A line of a text. at: where its first hit stands in the text."""

    pieces: Pieces
    at: int


class Looked:
    """What may still be looked through for a page."""

    def __init__(self, budget: int = BUDGET) -> None:
        self.left = budget


@dataclass(frozen=True, slots=True)
class WantedWords:
    """What is looked for, as one expression with a group for each word.

    may_go_on: of each, whether the word it ends in may be longer. is_folded: whether the expression is for folded text.
    """

    found: re.Pattern[str]
    may_go_on: tuple[bool, ...]
    is_folded: bool = True

    def excerpt(self, text: str, looked: Looked) -> Excerpt | None:
        """Return a line of a text around its hits, None where none is found in what may be looked through."""
        start, size = 0, FIRST if len(self.may_go_on) == 1 else WINDOW
        while start < len(text):
            if looked.left <= 0:
                return None
            window = text[start : start + size]
            looked.left -= len(window) if window.isascii() else len(window) * _STRANGE_COST
            is_last = start + size >= len(text)
            hits = self._hits(window, start, is_last=is_last)
            if hits:
                shown = _best(hits if is_last or not self.is_folded else _whole(text, hits))
                return Excerpt(_cut(text, shown), shown[0][0])
            if is_last:
                break
            start, size = start + size - OVERLAP, WINDOW
        return None

    def count(self, text: str) -> int:
        """Return how often what is looked for stands in a text."""
        return sum(1 for _ in self.found.finditer(folded(text) if self.is_folded else text))

    def _hits(self, window: str, start: int, *, is_last: bool) -> list[tuple[int, int, int]]:
        """Return (start, end, which word) of the first hits in a window, as places of the whole text."""
        made = folded(window) if self.is_folded else window
        from_ = made.find(GAP) + 1 or len(made) if start and self.is_folded else 0
        found: list[tuple[int, int, int]] = []
        for hit in self.found.finditer(made, from_):
            which = (hit.lastindex or 1) - 1
            if hit.end() == len(made) and not is_last and not self.may_go_on[which]:
                break  # the word goes on behind the window, and may be another
            found.append((start + hit.start(), start + hit.end(), which))
            is_enough = len(self.may_go_on) == 1 and found[-1][0] - found[0][0] > LENGTH  # no more of it is shown
            if is_enough or len(found) == _HITS:
                break
        return found


def wanted(phrases: Sequence[tuple[str, bool]]) -> WantedWords | None:
    """Return what finds phrases. phrases: (text, whether its last word may go on). None where no word is in them."""
    made, may_go_on = [], []
    for text, is_beginning in phrases:
        words = folded(text).replace(MARK, "").split(GAP)
        letters = [f"{MARK}*".join(map(re.escape, word)) + f"{MARK}*" for word in words if word]
        if letters:
            made.append(f"({f'{GAP}+'.join(letters)}{f'[^{GAP}]*' if is_beginning else f'(?![^{GAP}])'})")
            may_go_on.append(is_beginning)
    if not made:
        return None
    return WantedWords(re.compile(f"(?<![^{GAP}])(?:{'|'.join(made)})"), tuple(may_go_on))


def scanning(text: str) -> WantedWords:
    """Return what finds a text wherever it stands, as LIKE does: upper and lower case are one in ASCII."""
    return WantedWords(re.compile(f"({re.escape(text)})", re.IGNORECASE | re.ASCII), (True,), is_folded=False)


def _whole(text: str, hits: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Return hits whose last one goes on, where a window cut it, as far as an excerpt can show."""
    start, end, which = hits[-1]
    rest = folded(text[end : end + LENGTH])
    return [*hits[:-1], (start, end + len((rest + GAP).partition(GAP)[0]), which)]


def _best(hits: Sequence[tuple[int, int, int]]) -> Sequence[tuple[int, int, int]]:
    """Return the hits from the place on where most different words stand together; the first of such places."""
    best, most, end = 0, 0, 0
    inside: dict[int, int] = {}
    for place, (start, _, word) in enumerate(hits):
        while end < len(hits) and (end <= place or hits[end][1] - start <= LENGTH - BEFORE):
            inside[hits[end][2]] = inside.get(hits[end][2], 0) + 1
            end += 1
        if len(inside) > most:
            best, most = place, len(inside)
        inside[word] -= 1
        if not inside[word]:
            del inside[word]
    return hits[best:]


def _cut(text: str, hits: Sequence[tuple[int, int, int]]) -> Pieces:
    """Return the text around hits, from the beginning of a word to the end of one, `…` where it goes on."""
    first = hits[0][0]
    start = max(0, first - BEFORE)
    if start:
        gap = re.compile(r"\s").search(text, start, first)
        start = gap.end() if gap else start
    stop = min(len(text), max(start + LENGTH, min(hits[0][1], first + LENGTH)))
    if stop < len(text):
        stop = (
            max(text.rfind(" ", first + 1, stop), stop - 20) if text.rfind(" ", first + 1, stop) > hits[0][1] else stop
        )
    return tuple(_pieces(text, hits, start, stop))


def _pieces(text: str, hits: Sequence[tuple[int, int, int]], start: int, stop: int) -> Iterator[tuple[str, bool]]:
    place, lead = start, "…" if start else ""
    for begin, end, _ in hits:
        if begin >= stop:
            break
        before = lead + text[place:begin]
        if before:
            yield before, False
        lead = ""
        place = min(end, stop)
        yield text[begin:place], True
    rest = text[place:stop] + ("…" if stop < len(text) else "")
    if rest:
        yield rest, False
