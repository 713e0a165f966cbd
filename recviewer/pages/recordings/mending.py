"""Mistakes in a query, and suggested corrections, each with its number of results."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from recviewer.catalog.filters import FILTERS, canonical
from recviewer.catalog.models import Recording
from recviewer.catalog.value_words import VERDICT_WORDS
from recviewer.language.reading import Slip, parse
from recviewer.language.tree import Span, Term, Word, leaves
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


def where_nothing(mending: Mending, state: ListState) -> Mending:
    """Add what may be the cause where nothing was found: what looks like a filter, and words that may name something."""
    more = [
        Mistake(piece, f"was looked for as a word: {name}: is not a filter.")
        for piece, name in narrowing.no_filters(state.words)
    ]
    return replace(mending, mistakes=(*mending.mistakes, *more, *_named(state)))


NAMED_BY = ("model", "host", "provider", "suite", "tag")
"""Filters whose names are offered for a word that stands in no recording."""

WORDS, SHORTEST, ALIKE = 3, 4, 0.75
"""How many words are looked at, their minimum length, and how similar a name has to be."""


def _named(state: ListState) -> Iterator[Mistake]:
    """Yield words of the query that stand in no recording but are like a name: of a host, a model, a test."""
    leaves_here = leaves(parse(state.words, LANGUAGE).tree)
    plain = [one for one in leaves_here if isinstance(one, Word) and not (one.is_phrase or one.is_unwanted)]
    known: dict[str, set[str]] = {}
    for word in [one for one in plain if len(one.text) >= SHORTEST and ":" not in one.text][:WORDS]:
        if Recording.objects.filter(pk__in=narrowing.narrowed((), word.text)).exists():
            continue
        offers = tuple([_instead(state, word, term) for term in _named_like(word.text, known)])
        if offers:
            yield Mistake(word.text, "stands in no recording.", offers)


def _named_like(word: str, known: dict[str, set[str]]) -> Iterator[Term]:
    """Yield filters with a name that contains the word or is similar to it, at most two for each."""
    wanted = word.casefold()
    for key in NAMED_BY:
        names = known.setdefault(key, narrowing.known_values(key))
        inside = sorted((name for name in names if wanted in name.casefold()), key=len)
        yield from (Term(key, name) for name in (inside or difflib.get_close_matches(word, names, 2, ALIKE))[:2])
    tests = Recording.objects.exclude(test_name="").order_by().values_list("test_name", flat=True).distinct()
    pieces = {
        piece for name in tests for piece in name.casefold().partition("[")[0].split("_") if len(piece) >= SHORTEST
    }
    yield from (Term("test", piece) for piece in difflib.get_close_matches(wanted, pieces, 1, ALIKE))


def _instead(state: ListState, word: Word, term: Term) -> Suggestion:
    """Return the query with a filter in place of a word."""
    line = f"{state.words[: word.at[0]]}{term.said}{state.words[word.at[1] :]}"
    changed = replace(state, words="", page=1).with_asked(narrowing.read(line))
    return Suggestion(term.said, changed.address(), narrowed(changed).count())


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
