"""The counts beside the list, rendered, and the recordings that a list's query string selects."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import compress
from operator import itemgetter
from sys import getsizeof

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from recviewer.bounded.cache import Recent
from recviewer.catalog import facets
from recviewer.catalog.columns import Columns
from recviewer.catalog.facets import Counts
from recviewer.catalog.filters import Recordings
from recviewer.catalog.prepared import prepared
from recviewer.catalog.state import stable_state
from recviewer.language.tree import Term
from recviewer.pages.recordings.facet_markup import LISTED, YES, facets_html
from recviewer.pages.recordings.list_state import ListState
from recviewer.review import filters as said
from recviewer.review import narrowing, standing
from recviewer.review.models import Note
from recviewer.review.said import condition
from recviewer.review.said import people as people_of

_printed = Recent[Hashable, SafeString](200, weigh=getsizeof, limit=2_000_000)
"""The key contains everything that the markup of a facet depends on."""


def narrowed(state: ListState, terms: Iterable[Term] | None = None, stable: str | None = None) -> Recordings:
    """Return the recordings that match a state, or other terms with its words.

    stable: the result of `catalog.state.stable_state`, if the caller has it.
    """
    if stable is None:
        stable = stable_state() if state.words else ""
    return narrowing.narrowed(state.terms if terms is None else terms, state.words, state=stable)


_whole = Recent[str, Counts](2)
_left = Recent[tuple[object, ...], Counts](64, state_of=itemgetter(0))


def whole_counts(columns: Columns, stable: str) -> Counts:
    """Return the counts of the whole tree."""

    def make() -> Counts:
        return facets.counts(columns, columns.all, ())

    return _whole.made(stable, make) if stable else make()


def counts_of(
    state: ListState, stable: str, *, is_faulty: bool, known: tuple[Columns, int] | None = None
) -> tuple[Counts, Counts]:
    """Return the counts of the whole tree and of what matches a state; an invalid state matches nothing.

    known: the result of `columns_left`, if the caller has it.
    """
    columns = known[0] if known else facets.columns(stable)
    whole = whole_counts(columns, stable)
    if not state.terms and not state.words:
        return whole, whole

    def left() -> Counts:
        base = 0 if is_faulty else known[1] if known else _base(columns, state, stable)
        return facets.counts(columns, base, state.terms)

    if not stable or narrowing.holds_said(state.terms, state.words):
        return whole, left()
    return whole, _left.made((stable, state.terms, state.words), left)


def _base(columns: Columns, state: ListState, stable: str) -> int:
    """Return the recordings that match the words and the filters that columns do not answer."""
    beyond = facets.beyond(state.terms)
    if not beyond and not state.words:
        return columns.all
    is_kept = stable and not narrowing.holds_said(beyond, state.words)
    key = (stable, state.words, tuple(beyond)) if is_kept else None
    return facets.mask_of(columns, lambda: narrowed(state, beyond, stable), key=key)


def page_of(state: ListState, stable: str, order: tuple[str, ...], span: slice) -> list[int] | None:
    """Return the ids of the recordings of a page, in order; None if only the database can tell.

    order: columns of the database. span: the slice of the results. This avoids sorting the hits of a search anew for
    each page, and fetching what is not shown.
    """
    if not stable or narrowing.holds_said(state.terms, state.words):
        return None
    columns, left = columns_left(state, stable)
    return facets.page_of(columns, left, state.terms, order, span, state=stable)


def columns_left(state: ListState, stable: str) -> tuple[Columns, int]:
    """Return the columns, and the recordings that match the words and the filters that columns do not answer."""
    columns = facets.columns(stable)
    return columns, _base(columns, state, stable)


def flags_of(state: ListState, stable: str) -> tuple[Columns, bytes]:
    """Return the columns, and the recordings that match a state, as one byte for each index."""
    columns, left = columns_left(state, stable)
    return columns, facets.flags_of(columns, left, state.terms)


_VERDICTS = ("undecided", "approved", "rejected", "delete")


def _verdicts(counts: Mapping[str, int]) -> tuple[str, ...]:
    return (*_VERDICTS, said.OLDER_RULE) if said.OLDER_RULE in counts else _VERDICTS


FEW = 500
"""Recordings up to which counts are made by their ids."""


def few_ids(state: ListState, terms: Sequence[Term], total: int, stable: str) -> list[int] | None:
    """Return the ids of the recordings that match terms, with the words of a state; None for many, or if only the
    database can tell.

    total: how many match all of the state.
    """
    if total > FEW or not stable or narrowing.holds_said(terms, state.words):
        return None
    columns, flags = flags_of(replace(state, terms=tuple(terms)), stable)
    ids = list(compress(columns.ids, flags))
    return ids if len(ids) <= FEW else None


_counts = Recent[Hashable, tuple[tuple[object, ...], dict[str, int]]](64)
"""By catalog, filters and words: the state of decisions when they were counted, and the counts."""


def verdict_counts(state: ListState, total: int, stable: str) -> dict[str, int]:
    """Return how many recordings have each verdict, whatever verdict is filtered for, and how many wait under an older
    rule.

    They are counted once while nothing is indexed; later decisions are added. total: how many recordings match the
    filters.
    """
    without_state = [term for term in state.terms if term.key != "state"]
    whole = total if len(without_state) == len(state.terms) else None
    if not stable or narrowing.holds_said(without_state, state.words):
        plain = narrowed(state, without_state, stable)
        return said.verdict_counts(plain, total=whole) | {said.OLDER_RULE: said.count_older(plain)}
    key, now = (stable, tuple(without_state), state.words), standing.state()
    then, known = _counts.get(key) or ((), None)
    if known is not None and then == now:
        return known
    found = None
    if known is not None:
        found = said.counts_since(narrowed(state, without_state, stable), known, then, now)
    if found is None:
        ids = few_ids(state, without_state, total, stable)
        if ids is None:
            found = said.verdict_counts(narrowed(state, without_state, stable), total=whole)
        else:
            found = said.verdict_counts_of(ids)
    older = said.count_older(narrowed(state, without_state, stable)) if said.is_any_older() else 0
    found = found | {said.OLDER_RULE: older}
    if standing.state() == now:  # otherwise they may include a later verdict, which would be added a second time
        _counts.put(key, (now, found))
    return found


def printed_facets(state: ListState, counted: Counts, stable: str) -> SafeString:
    """Return the counts beside the list, rendered. stable: as in `narrowed`."""
    verdicts = dict(verdict_counts(state, counted.total, stable))  # cached counts must not be changed
    is_asked = any(term.key == "state" and term.value == said.OLDER_RULE for term in state.terms)
    if not verdicts[said.OLDER_RULE] and not is_asked:
        del verdicts[said.OLDER_RULE]
    shown = [(value, verdicts.get(value, 0)) for value in _verdicts(verdicts)]
    said_of = {"state": shown} | _said_counts(state, counted.total, stable)
    whole = replace(state, page=1)
    key = (whole, repr(said_of), repr(counted))

    def make() -> SafeString:
        groups = {"state": said_of["state"]} | counted.by_facet | {key: said_of[key] for key in ("by", "tag", "note")}
        if not counted.total:  # a column of zeros helps nobody; the active filters are in the box
            groups = {key: counts for key, counts in groups.items() if any(count for _, count in counts)}
        return facets_html(whole, groups)

    return _printed.made(key, make)


_said = Recent[Hashable, dict[str, list[tuple[str, int]]]](64)
"""By catalog, state of what people said, filters and words: the counts of tags, reviewers and notes."""


def _said_counts(state: ListState, total: int, stable: str) -> dict[str, list[tuple[str, int]]]:
    """Return how many recordings have each tag, reviewer and note, cached while nothing is said or indexed."""

    def count() -> dict[str, list[tuple[str, int]]]:
        ids = few_ids(state, state.terms, total, stable)
        counts = said.tag_counts(_without(state, stable, "tag")) if ids is None else said.tag_counts_of(ids)
        tags = [(label.name, count) for label, count in counts]
        return {"tag": tags, "by": _reviewers(state, stable), "note": _notes(state, stable)}

    if not stable or narrowing.holds_said(state.terms, state.words):
        return count()
    return _said.made((stable, standing.state(), state.terms, state.words), count)


def _without(state: ListState, stable: str, key: str) -> Recordings:
    """Return the recordings without the filter of one facet on what people said."""
    own = YES.get(key, Term(key, ""))
    kept = [term for term in state.terms if (term.key, term.value) != (own.key, own.value or term.value)]
    return narrowed(state, kept, stable)


def _reviewers(state: ListState, stable: str) -> list[tuple[str, int]]:
    people = sorted(set(people_of()))
    if len(people) < 2:
        return []
    plain = _without(state, stable, "by")
    counts = [(name, plain.filter(condition(Term("by", name))).count()) for name in people[:LISTED]]
    return sorted(counts, key=lambda one: (-one[1], one[0]))


@prepared
def _any_note() -> QuerySet[Note, int]:
    return Note.objects.filter(withdrawn_at=None).values_list("pk", flat=True)[:1]


def _notes(state: ListState, stable: str) -> list[tuple[str, int]]:
    if not _any_note():
        return []
    plain = _without(state, stable, "note")
    noted = plain.filter(condition(YES["note"])).count()
    return [("yes", noted), ("no", plain.count() - noted)]
