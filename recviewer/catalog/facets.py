"""The counts beside the list: how many of the matching recordings have each value of each facet.

The values of all recordings are kept in memory, column by column, while nothing is indexed. A query yields the ids that
match; the rest is counting. So each facet can show what the others leave (choosing `chat` does not make `genai`
vanish), and a choice in it costs no query. At 30,000 recordings the columns take 1 MB.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from django.core.exceptions import EmptyResultSet
from django.db import connection

from recviewer.bounded.cache import Recent, Shared
from recviewer.catalog.columns import FACETS, SEVERAL, SPANS, STREAMED, Columns
from recviewer.catalog.filters import FILTERS, Recordings
from recviewer.catalog.state import UpToDate
from recviewer.catalog.usage_words import is_by_name
from recviewer.language.tree import Term

_MONTH = re.compile(r"(?:\d{4}-\d{2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Counts:
    """by_facet: for each facet, (value, count), largest first, but spans in their order; values without recordings have
    count zero.
    """

    total: int
    size_bytes: int
    by_facet: dict[str, list[tuple[str, int]]]


_columns = Recent[str, Columns](1, once=True, state_of=str)
_last = UpToDate[Columns]()
_now = Shared[Columns]()
"""While something is being indexed."""


def columns(state: str) -> Columns:
    """Return the columns. state: the catalog's present state; "" disables caching."""

    def make() -> Columns:
        return _last.made(state, Columns, Columns.after)

    return _columns.made(state, make) if state else _now.made(make)


_masks = Recent[tuple[object, ...], int](64, state_of=itemgetter(0))


def mask_of(found: Columns, make: Callable[[], Recordings], *, key: tuple[object, ...] | None) -> int:
    """Return the mask of a query. make: builds the query; it is only called if there is no cached result.

    key: the catalog's state, then a name of the query; None disables caching.
    """

    def ask() -> int:
        try:
            sql, params = make().order_by().values_list("pk").query.sql_with_params()
        except EmptyResultSet:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return found.mask([row[0] for row in cursor.fetchall()])

    return ask() if key is None else _masks.made(key, ask)


def facet_of(term: Term) -> str:
    """Return the facet whose column answers a term, "" if the database has to."""
    if term.key == "is" and term.value == "streamed":
        return "streamed"
    if term.key in SPANS:
        return term.key if term.value in SPANS[term.key] else ""
    if term.key == "month":
        return term.key if _MONTH.fullmatch(term.value) else ""
    if term.key == "used" and not is_by_name(term.value):
        return ""
    return term.key if term.key in FACETS else ""


def _is_alone(term: Term) -> bool:
    """Tell whether a term narrows the result independently of other terms."""
    return term.is_negative or (term.key in FILTERS and FILTERS[term.key].narrows(term.value))


def beyond(terms: Iterable[Term]) -> list[Term]:
    """Return the terms that the columns do not answer. Either all alternatives of a filter are answered, or none."""
    every = list(terms)
    torn = {term.key for term in every if not facet_of(term) and not _is_alone(term)}
    return [term for term in every if not facet_of(term) or term.key in torn]


def counts(found: Columns, base: int, terms: Sequence[Term]) -> Counts:
    """Count what a query and the terms of facets leave. Each facet is counted under the terms of all others.

    base: the mask of what the words and the remaining terms leave.
    """
    passing = _passing(found, terms)
    totals = [dict.fromkeys(found.known[key], 0) for key in FACETS]
    numbered = list(enumerate(totals))
    total = size = 0
    for values, count, bytes_ in found.summed(base):
        misses = [at for at, passed in passing if values[at] not in passed]
        if not misses:
            total += count
            size += bytes_
            for at, sums in numbered:
                sums[values[at]] += count
        elif len(misses) == 1:
            totals[misses[0]][values[misses[0]]] += count
    return Counts(total, size, {key: _ordered(key, sums) for key, sums in zip(FACETS, totals, strict=True)})


def _passing(found: Columns, terms: Sequence[Term]) -> list[tuple[int, set[str]]]:
    """Return the values that pass the terms of facets: (index of the facet, values) for each facet with terms."""
    others = set(beyond(terms))
    chosen: dict[str, list[Term]] = {}
    for term in terms:
        if term not in others:
            chosen.setdefault(facet_of(term), []).append(term)
    return [
        (FACETS.index(key), {value for value in found.known[key] if _passes(key, value, some)})
        for key, some in chosen.items()
    ]


_orders = Recent[tuple[str, tuple[str, ...]], Sequence[int]](12, once=True, state_of=itemgetter(0))
"""The indexes of all recordings in an order; 240 kB at 30,000 recordings."""


def page_of(
    found: Columns, base: int, terms: Sequence[Term], order: tuple[str, ...], span: slice, *, state: str
) -> list[int]:
    """Return the ids of a slice of the recordings that a query leaves, in an order.

    base, terms: as for `counts`. order: columns of the database. state: the catalog's present state, not "".
    """
    places = _orders.made((state, order), lambda: found.places(order))
    passes = _sorts_passing(found, terms)
    flags, sort_of = base.to_bytes(len(found), "little"), found.sort_of
    chosen = (place for place in places if flags[place] and passes[sort_of[place]])
    return [found.ids[place] for place in islice(chosen, span.start, span.stop)]


def flags_of(found: Columns, base: int, terms: Sequence[Term]) -> bytes:
    """Return the recordings that a query leaves, as one byte for each index. base, terms: as for `counts`."""
    flags = base.to_bytes(len(found), "little")
    passes = _sorts_passing(found, terms)
    return (
        flags if all(passes) else bytes([flag & passes[sort] for flag, sort in zip(flags, found.sort_of, strict=True)])
    )


def _sorts_passing(found: Columns, terms: Sequence[Term]) -> list[bool]:
    """Return, for each combination of values, whether it passes the terms of facets."""
    passing = _passing(found, terms)
    return [all(values[at] in passed for at, passed in passing) for values in found.sorts]


def _ordered(key: str, sums: dict[str, int]) -> list[tuple[str, int]]:
    if key in SEVERAL:
        sums = _one_by_one(sums)
    return list(sums.items()) if key in SPANS else sorted(sums.items(), key=lambda item: (-item[1], item[0]))


def _one_by_one(sums: Mapping[str, int]) -> dict[str, int]:
    """Split sums by sets of values into sums by single value; "" counts recordings without any."""
    found: dict[str, int] = {}
    for several, count in sums.items():
        for value in several.split() or [""]:
            found[value] = found.get(value, 0) + count
    return found


def _passes(key: str, value: str, terms: Sequence[Term]) -> bool:
    if key == "streamed":
        return all((value == STREAMED[0]) != term.is_negative for term in terms)
    holds = FILTERS[key].holds
    if any(term.is_negative and holds(term.value, value) for term in terms):
        return False
    wanted = [term.value for term in terms if not term.is_negative]
    together = all if key in SEVERAL else any
    return not wanted or together(holds(one, value) for one in wanted)
