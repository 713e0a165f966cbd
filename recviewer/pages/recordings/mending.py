"""What is wrong in what was typed, and the lines that were perhaps meant, each with what it would find."""

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
"""Values that are offered in place of one that is not there."""

Place: TypeAlias = Span | Term
"""Where a piece stands: in the line, or as a filter of the address."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another line for the box. line: what changes; url: leads to it; count: recordings that it finds."""

    line: str
    url: str
    count: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """A piece that was not understood, or not as it was typed. said: what is wrong, the rest of a sentence
    that begins with the piece. offers: the nearest
    first.
    """

    piece: str
    said: str
    offers: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Mending:
    """mistakes: in the order of the line. whole: mends all at once, where it is more than one offer."""

    mistakes: tuple[Mistake, ...] = ()
    whole: Suggestion | None = None
    as_words: Suggestion | None = None


def mending_of(typed: ListState, asked: Asked) -> Mending:
    """Look at what was asked for. typed: the address; asked: what its line was read as."""
    wrong = [*_of_address(typed), *_of_line(asked)]
    mender = _Mender(typed, asked, {one.place: one.near[0].said for one in wrong if one.near})
    mistakes = [Mistake(one.piece, one.said, mender.offers(one)) for one in wrong]
    sentences = narrowing.on_remarks([remark for remark in asked.remarks if remark.slip is not Slip.NAME])
    as_read = (mender.offer({}),) if sentences and not wrong else ()
    mistakes += [Mistake("", sentence, as_read) for sentence in sentences]
    can_all = len(wrong) > 1 and all(one.near for one in wrong)
    return Mending(tuple(mistakes), mender.offer(mender.mended) if can_all else None, mender.as_words(wrong))


class _Wrong(NamedTuple):
    """A piece that was not understood, where it stands, and what is close to it."""

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
        said = f"was looked for as a word: {name}: is no filter."
        yield _Wrong(remark.at, remark.piece, said, nearest(term) if narrowing.fault(term) else [term])


def _about(term: Term) -> str:
    return narrowing.fault(term).removeprefix(term.said).strip()


class _Mender:
    """Makes the lines. mended: what is nearest to each piece that is wrong, by its place."""

    def __init__(self, typed: ListState, asked: Asked, mended: dict[Place, str]) -> None:
        self.typed, self.asked, self.mended = typed, asked, mended

    def offer(self, changes: Mapping[Place, str], line: str = "") -> Suggestion:
        """Return what is found where pieces read otherwise. line: what to call it; "" for the whole."""
        text = self.asked.line
        for place in sorted((place for place in changes if not isinstance(place, Term)), reverse=True):
            text = text[: place[0]] + changes[place] + text[place[1] :]
        kept = tuple(term for term in self.typed.terms if term not in changes)
        typed = " ".join((*(changes[term] for term in self.typed.terms if term in changes), text))
        state = replace(self.typed, words="", terms=kept, page=1, cut=(), left_out=0).with_asked(narrowing.read(typed))
        return Suggestion(line or state.line, state.address(), narrowed(state).count())

    def offers(self, one: _Wrong) -> tuple[Suggestion, ...]:
        """Return what may stand in place of a piece; the others are mended along."""
        return tuple(self.offer(self.mended | {one.place: term.said}, term.said) for term in one.near)

    def as_words(self, wrong: list[_Wrong]) -> Suggestion | None:
        """Return the line that looks for the pieces as words, None where that cannot be written."""
        if not wrong or any('"' in one.piece for one in wrong):
            return None
        lines = {one.place: f'{"-" * one.piece.startswith("-")}"{one.piece.removeprefix("-")}"' for one in wrong}
        return self.offer(lines, " ".join(lines.values()))


def nearest(term: Term) -> list[Term]:
    """Return filters of the same name that are close to one that makes no sense, or that nothing has; best first."""
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
