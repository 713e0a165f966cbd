"""Saved searches beside the list: each with its present number of results, and the form to save the list."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from recviewer.bounded.cache import Recent
from recviewer.catalog.prepared import prepared
from recviewer.catalog.state import stable_state
from recviewer.pages.recordings.facets import counts_of, narrowed
from recviewer.pages.recordings.list_state import DEFAULT_SORT, SORTS, ListState
from recviewer.review import narrowing
from recviewer.review.models import AuditEvent, SavedSearch

SHOWN = 8
"""Searches beside the list; the page of all has the others."""


@dataclass(frozen=True, slots=True)
class SavedLine:
    """One saved search. url: of the list. count: its present number of results, None if it is invalid.

    query, sort: its content.
    """

    name: str
    query: str
    sort: str
    author: str
    url: str
    count: int | None
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class SavedRail:
    """The saved searches beside the list. left: how many more there are.

    query, sort: of the present list, "" if unfiltered. is_saved: it has a name already. near: a saved search with fewer
    filters, and how many fewer.
    """

    lines: tuple[SavedLine, ...]
    left: int
    query: str
    sort: str
    is_saved: bool
    near: SavedLine | None
    more: int


def sort_of(state: ListState) -> str:
    """Return the saved form of a list's order: "" for the default."""
    return "" if state.sort == DEFAULT_SORT else state.sort


def state_of(search: SavedSearch) -> ListState:
    """Return the list of a search."""
    sort = search.sort if search.sort in SORTS else DEFAULT_SORT
    return ListState(sort=sort).with_asked(narrowing.read(search.query))


def line_of(search: SavedSearch, stable: str) -> SavedLine:
    """Return a search with its results. stable: as in `facets.narrowed`."""
    state = state_of(search)
    return SavedLine(search.name, search.query, search.sort, search.author, state.address(), _count(state, stable))


def lines_of(searches: Sequence[SavedSearch]) -> tuple[SavedLine, ...]:
    """Return searches with the results of each."""
    stable = stable_state()
    return tuple([line_of(one, stable) for one in searches])


@prepared
def _all() -> QuerySet[SavedSearch]:
    return SavedSearch.objects.order_by("folded")


def rail_of(state: ListState, stable: str) -> SavedRail:
    """Return what stands beside a list."""
    every = list(_all())
    asked = replace(state, page=1)
    states = [state_of(one) for one in every]
    same = [at for at, one in enumerate(states) if _key(one) == _key(asked)]
    near = max(
        (at for at, one in enumerate(states) if _is_less(one, asked)),
        key=lambda at: len(states[at].terms),
        default=None,
    )
    shown = list(range(len(every)))[:SHOWN]
    shown += [at for at in (*same, near) if at is not None and at not in shown]
    lines = {at: replace(line_of(every[at], stable), is_current=at in same) for at in shown}
    more = 0 if near is None else len(asked.terms) - len(states[near].terms)
    return SavedRail(
        lines=tuple(lines.values()),
        left=len(every) - len(lines),
        query="" if _is_faulty(asked) else asked.line,
        sort=sort_of(asked),
        is_saved=bool(same),
        near=None if near is None or same else lines[near],
        more=more,
    )


def _key(state: ListState) -> Hashable:
    return frozenset(state.terms), state.words, state.sort


def _is_less(one: ListState, other: ListState) -> bool:
    return bool(one.line) and (one.words, one.sort) == (other.words, other.sort) and set(one.terms) < set(other.terms)


def _is_faulty(state: ListState) -> bool:
    return any(map(narrowing.fault, (*state.terms, *narrowing.terms_in(state.words))))


_counts = Recent[Hashable, int](256)


@prepared
def _last_event() -> QuerySet[AuditEvent, int]:
    return AuditEvent.objects.order_by("-pk").values_list("pk", flat=True)[:1]


def _count(state: ListState, stable: str) -> int | None:
    """Return the number of results of a search.

    What people said is counted again after each action, whatever it was.
    """
    if _is_faulty(state):
        return None
    if not narrowing.holds_said(state.terms, state.words):
        return counts_of(state, stable, is_faulty=False)[1].total
    if not stable:
        return narrowed(state, None, stable).count()
    key = (stable, next(iter(_last_event()), 0), state.terms, state.words)
    return _counts.made(key, lambda: narrowed(state, None, stable).count())
