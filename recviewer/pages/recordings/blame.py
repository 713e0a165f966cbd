"""Why a search finds nothing: names that no recording has, the filter that excludes most, those that never match
together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from recviewer.language.tree import Term
from recviewer.pages.recordings.facets import narrowed
from recviewer.pages.recordings.list_state import ListState
from recviewer.pages.recordings.mending import Suggestion, nearest
from recviewer.review import narrowing

SHOWN = 6
"""Maximum number of parts of a query that are counted separately; of more, only the one that excludes most is
determined.
"""


@dataclass(frozen=True, slots=True)
class QueryPart:
    """A part of a query. said: as it is typed. alone: its own results; left: the results without it."""

    said: str
    alone: int
    left: int
    url: str


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A filter with a name that no recording has. offers: the nearest names, with the number of recordings for each."""

    term: Term
    offers: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Blame:
    """Why nothing is found.

    worst: the part without which most is found, None if removing a single one does not help. parts: each part, if they
    are few. strangers: pairs of parts that never match together. is_mended: unknown names were replaced by the nearest
    ones in all of these.
    """

    unknown: tuple[UnknownName, ...]
    is_mended: bool
    worst: QueryPart | None
    parts: tuple[QueryPart, ...]
    strangers: tuple[tuple[str, str], ...]


def blame_of(state: ListState) -> Blame:
    """Find out why a state finds nothing, although there are recordings."""
    unknown = tuple(_unknown(state))
    near = {one.term: nearest(one.term)[0] for one in unknown if one.offers}
    state = replace(state, terms=tuple(near.get(term, term) for term in state.terms))
    kinds = [replace(state, terms=terms, words="", page=1) for terms in narrowing.parts(state.terms)]
    kinds += [replace(state, terms=(), page=1)] if state.words else []
    parts = [_part(state, kind) for kind in kinds[:SHOWN]] if len(kinds) > 1 else []
    if near and narrowed(state).exists():
        return Blame(unknown, True, None, (), ())
    helpful = [part for part in parts if part.left]
    if len(kinds) > SHOWN:
        helpful += [part for part in (_part(state, kind) for kind in kinds[SHOWN:]) if part.left]
    strangers: Iterable[tuple[str, str]] = ()
    if not helpful and 2 < len(kinds) <= SHOWN and all(part.alone for part in parts):
        strangers = _never_meeting(kinds)
    worst = max(helpful, key=lambda part: part.left, default=None)
    return Blame(unknown, bool(near), worst, tuple(parts), tuple(strangers))


def _part(state: ListState, kind: ListState) -> QueryPart:
    if kind.terms:
        other = replace(state, terms=tuple(term for term in state.terms if term not in kind.terms), page=1)
    else:
        other = replace(state, words="", page=1)
    return QueryPart(kind.line, narrowed(kind).count(), narrowed(other).count(), other.address())


def _never_meeting(kinds: Sequence[ListState]) -> Iterable[tuple[str, str]]:
    for one, other in combinations(kinds, 2):
        both = replace(one, terms=(*one.terms, *other.terms), words=one.words or other.words)
        if not narrowed(both).exists():
            yield one.line, other.line


def _unknown(state: ListState) -> Iterable[UnknownName]:
    for term in state.terms:
        if narrowing.is_unknown(term):
            yield UnknownName(term, tuple(_offer(state, term, near) for near in nearest(term)))


def _offer(state: ListState, term: Term, near: Term) -> Suggestion:
    """Suggest a name instead of an unknown one, with its number of recordings."""
    other = replace(state, terms=tuple(near if one == term else one for one in state.terms), page=1)
    return Suggestion(near.value, other.address(), narrowed(ListState(terms=(near,))).count())
