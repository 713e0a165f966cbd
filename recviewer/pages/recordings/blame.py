"""Why a list is short: filters whose values make no sense, and the one that leaves out most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from recviewer.pages.recordings.facets import narrowed
from recviewer.pages.recordings.listing import ListState
from recviewer.review import narrowing


@dataclass(frozen=True, slots=True)
class Blame:
    """Which filter leaves out most, where nothing matches. left: how many match without it."""

    said: str
    left: int
    url: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A filter whose value makes no sense. said: a sentence. url: drops the filter."""

    said: str
    url: str


def faults_of(state: ListState) -> Iterable[Fault]:
    """Yield the filters whose values make no sense."""
    for term in state.terms:
        said_of_it = narrowing.fault(term)
        if said_of_it:
            yield Fault(said_of_it, state.without(term).address())
    for term in narrowing.terms_in(state.words):
        said_of_it = narrowing.fault(term)
        if said_of_it:
            yield Fault(said_of_it, replace(state, words="", page=1).address())


def blame_of(state: ListState) -> Blame | None:
    """Find the filter without which most would be left, None where that would not help.

    Where two parts of the query each leave nothing by themselves, no one filter is to blame: nothing more is counted then.
    """
    kinds = [replace(state, terms=terms, words="", page=1) for terms in narrowing.parts(state.terms)]
    kinds += [replace(state, terms=(), page=1)] if state.words else []
    barren = [part for part in kinds if not narrowed(part).exists()]
    best: tuple[int, str, ListState] | None = None
    for part in (barren or kinds) if len(barren) < 2 else ():
        if len(part.terms) > 1:
            continue  # without one of several alternatives even less is left
        name = part.terms[0].said if part.terms else f"“{state.words}”"
        other = state.without(part.terms[0]) if part.terms else replace(state, words="", page=1)
        left = narrowed(other).count()
        if left > (best[0] if best else 0):
            best = (left, name, other)
    return Blame(best[1], best[0], best[2].address()) if best else None
