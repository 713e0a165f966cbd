"""Mistakes in a query, and suggested corrections, each with its number of results."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from recviewer.catalog.filters import FILTERS, canonical
from recviewer.catalog.value_words import VERDICT_WORDS
from recviewer.language.reading import Slip, parse
from recviewer.language.tree import Span, Term, leaves
from recviewer.pages.recordings.facets import narrowed
from recviewer.pages.recordings.list_state import ListState
from recviewer.review import narrowing
from recviewer.review.narrowing import LANGUAGE, Asked

NEAREST = 3
"""Maximum number of values suggested instead of an unknown one."""

Place: TypeAlias = Span | Term
"""The place of a piece: a range of the query, or a filter in the URL."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggested query. line: the changed part; url: of the list; count: its results."""

    line: str
    url: str
    count: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """A piece that was not understood, or not as it was typed.

    said: what is wrong, as the rest of a sentence that begins with the piece. offers: the nearest first.
    """

    piece: str
    said: str
    offers: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Mending:
    """mistakes: in the order of the query. whole: corrects all at once, if there are several."""

    mistakes: tuple[Mistake, ...] = ()
    whole: Suggestion | None = None
    as_words: Suggestion | None = None


def with_no_filters(mending: Mending, words: str) -> Mending:
    """Add what was taken for words although it looks like a filter, where nothing was found."""
    more = [
        Mistake(piece, f"was looked for as a word: {name}: is not a filter.")
        for piece, name in narrowing.no_filters(words)
    ]
    return replace(mending, mistakes=(*mending.mistakes, *more))


def mending_of(typed: ListState, asked: Asked) -> Mending:
    """Find the mistakes. typed: the URL's state; asked: the parsed query."""
    wrong = [*_of_address(typed), *_of_line(asked)]
    mender = _Mender(typed, asked, {one.place: one.near[0].said for one in wrong if one.near})
    mistakes = [Mistake(one.piece, one.said, mender.offers(one)) for one in wrong]
    sentences = narrowing.on_remarks([remark for remark in asked.remarks if remark.slip is not Slip.NAME])
    as_read = (mender.offer({}),) if sentences and not wrong else ()
    mistakes += [Mistake("", sentence, as_read) for sentence in sentences]
    can_all = len(wrong) > 1 and all(one.near for one in wrong)
    return Mending(tuple(mistakes), mender.offer(mender.mended) if can_all else None, mender.as_words(wrong))


class _Wrong(NamedTuple):
    """A piece that was not understood, with its place and the nearest values."""

    place: Place
    piece: str
    said: str
    near: list[Term]


def _of_address(typed: ListState) -> Iterator[_Wrong]:
    for term in typed.terms:
        if narrowing.fault(term):
            yield _Wrong(term, term.said, _about(term), nearest(term))


def _of_line(asked: Asked) -> Iterator[_Wrong]:
    for leaf in leaves(parse(asked.line, LANGUAGE).tree):
        if isinstance(leaf, Term) and narrowing.fault(leaf):
            yield _Wrong(leaf.at, asked.line[slice(*leaf.at)], _about(leaf), nearest(leaf))
    for remark, name, near in narrowing.misnamed(asked.remarks):
        term = Term(near, LANGUAGE.meant(near, remark.piece.partition(":")[2]), remark.piece.startswith("-"))
        said = f"was looked for as a word: {name}: is not a filter."
        yield _Wrong(remark.at, remark.piece, said, nearest(term) if narrowing.fault(term) else [term])


def _about(term: Term) -> str:
    return narrowing.fault(term).removeprefix(term.said).strip()


class _Mender:
    """Builds corrected queries. mended: the nearest value for each wrong piece, by its place."""

    def __init__(self, typed: ListState, asked: Asked, mended: dict[Place, str]) -> None:
        self.typed, self.asked, self.mended = typed, asked, mended

    def offer(self, changes: Mapping[Place, str], line: str = "") -> Suggestion:
        """Return a suggestion with some pieces replaced. line: its label; "" for the whole query."""
        text = self.asked.line
        for place in sorted((place for place in changes if not isinstance(place, Term)), reverse=True):
            text = text[: place[0]] + changes[place] + text[place[1] :]
        kept = tuple(term for term in self.typed.terms if term not in changes)
        typed = " ".join((*(changes[term] for term in self.typed.terms if term in changes), text))
        state = replace(self.typed, words="", terms=kept, page=1, cut=(), left_out=0).with_asked(narrowing.read(typed))
        return Suggestion(line or state.line, state.address(), narrowed(state).count())

    def offers(self, one: _Wrong) -> tuple[Suggestion, ...]:
        """Return suggestions for a piece; the other mistakes are corrected along with it."""
        return tuple(self.offer(self.mended | {one.place: term.said}, term.said) for term in one.near)

    def as_words(self, wrong: list[_Wrong]) -> Suggestion | None:
        """Return the query that searches for the pieces as words, None if that cannot be written."""
        if not wrong or any('"' in one.piece for one in wrong):
            return None
        lines = {one.place: f'{"-" * one.piece.startswith("-")}"{one.piece.removeprefix("-")}"' for one in wrong}
        return self.offer(lines, " ".join(lines.values()))


def nearest(term: Term) -> list[Term]:
    """Return filters of the same name that are nearest to an invalid or unknown value; best first."""
    return [Term(term.key, value, term.is_negative) for value in _near_values(term)]


def _near_values(term: Term) -> list[str]:
    one = FILTERS.get(term.key)
    words = one.words if one else VERDICT_WORDS if term.key == "state" else {}
    if words:
        known = {name.casefold(): value for value, name in words.items()} | {value: value for value in words}
        close = difflib.get_close_matches(term.value.casefold(), known, NEAREST, 0.6)
        return list(dict.fromkeys(canonical(words, known[name]) for name in close))
    if narrowing.fault(term):
        return [one.example.partition(":")[2]] if one is not None and term.key != "hash" else []
    return narrowing.close(term.value, narrowing.known_values(term.key))[:NEAREST]
