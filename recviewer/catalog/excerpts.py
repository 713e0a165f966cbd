"""Excerpts: a line of text around the words that were searched for, at a cost that does not depend on the length of the
text.

The running time of FTS5's own function (`snippet`) grows with the square of the number of hits. Here a text is read in
windows from its beginning until one contains a hit or the page's budget is used up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from recviewer.catalog.folding import GAP, MARK, folded

WINDOW = 16_000
"""Characters that are searched at once."""

FIRST = 2_600
"""Size of the first window if a single word is sought, which is enough for a frequent one."""

OVERLAP = 1_200
"""Characters that two windows share, so that a phrase across their border is found."""

BUDGET = 3_000_000
"""Characters that are searched for all texts of a page."""

_STRANGE_COST = 8
"""How much more a window costs that contains characters other than ASCII."""

BEFORE, LENGTH = 40, 120
"""Characters before the first hit, and of the whole excerpt."""

_HITS = 200
"""Hits of a window among which the position with most different words is chosen."""

Pieces: TypeAlias = tuple[tuple[str, bool], ...]
"""(text, is a hit), in order."""


class Excerpt(NamedTuple):
    """A line of a text. at: the offset of its first hit in the text."""

    pieces: Pieces
    at: int


class Looked:
    """The remaining budget of a page."""

    def __init__(self, budget: int = BUDGET) -> None:
        self.left = budget


@dataclass(frozen=True, slots=True)
class WantedWords:
    """The words to find, as one expression with a group for each word.

    may_go_on: for each, whether its last word may be longer. is_folded: whether the expression is for folded text.
    """

    found: re.Pattern[str]
    may_go_on: tuple[bool, ...]
    is_folded: bool = True

    def excerpt(self, text: str, looked: Looked) -> Excerpt | None:
        """Return a line of a text around its hits, None if none is found within the budget."""
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
        """Return how often the wanted words occur in a text."""
        return sum(1 for _ in self.found.finditer(folded(text) if self.is_folded else text))

    def _hits(self, window: str, start: int, *, is_last: bool) -> list[tuple[int, int, int]]:
        """Return (start, end, which word) of the first hits in a window, as offsets in the whole text."""
        made = folded(window) if self.is_folded else window
        from_ = made.find(GAP) + 1 or len(made) if start and self.is_folded else 0
        found: list[tuple[int, int, int]] = []
        for hit in self.found.finditer(made, from_):
            which = (hit.lastindex or 1) - 1
            if hit.end() == len(made) and not is_last and not self.may_go_on[which]:
                break  # the word continues beyond the window, and may be a different one
            found.append((start + hit.start(), start + hit.end(), which))
            is_enough = len(self.may_go_on) == 1 and found[-1][0] - found[0][0] > LENGTH  # no more of it is shown
            if is_enough or len(found) == _HITS:
                break
        return found


def wanted(phrases: Sequence[tuple[str, bool]]) -> WantedWords | None:
    """Return a matcher for phrases. phrases: (text, whether its last word may continue).

    None if they contain no word.
    """
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
    """Return a matcher for a text anywhere, as LIKE finds it: case is ignored in ASCII."""
    return WantedWords(re.compile(f"({re.escape(text)})", re.IGNORECASE | re.ASCII), (True,), is_folded=False)


def _whole(text: str, hits: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Extend the last hit beyond the window that cut it, as far as an excerpt can show."""
    start, end, which = hits[-1]
    rest = folded(text[end : end + LENGTH])
    return [*hits[:-1], (start, end + len((rest + GAP).partition(GAP)[0]), which)]


def _best(hits: Sequence[tuple[int, int, int]]) -> Sequence[tuple[int, int, int]]:
    """Return the hits from the position on where most different words are close together; the first such position."""
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
    """Return the text around hits, from the start of a word to the end of one, with `…` where it continues."""
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
