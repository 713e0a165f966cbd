"""The counts beside the list.

One query groups the recordings by all facet columns at once; everything else is adding up in Python. So each facet can
show what the other facets leave (choosing `chat` does not make `genai` vanish), and a filter costs no further query.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from django.db.models import Count, Sum

from recviewer.catalog.filters import FACETS, FILTERS, Recordings
from recviewer.language.tree import Term
from recviewer.recent import Recent

Combination: TypeAlias = tuple[tuple[str, ...], int, int]
"""The values of the facet columns, how many recordings have them, and their bytes."""


@dataclass(frozen=True, slots=True)
class Counts:
    """by_facet: for each facet, (value, count) with the largest first; zero counts of known values are kept."""

    total: int
    size_bytes: int
    by_facet: dict[str, list[tuple[str, int]]]


KEPT_ROWS = 40_000
"""Combinations of all answers together that are kept; the last answer is kept whatever its length."""

_cache = Recent[Hashable, list[Combination]](64, weigh=len, limit=KEPT_ROWS)


def combinations(recordings: Recordings, *, key: Hashable) -> list[Combination]:
    """Group recordings by all facet columns.

    key: names the catalog's state and the query, so that the answer can be kept; None keeps nothing.
    """
    return _grouped(recordings) if key is None else _cache.made(key, lambda: _grouped(recordings))


def _grouped(recordings: Recordings) -> list[Combination]:
    rows = recordings.order_by().values_list(*FACETS).annotate(count=Count("pk"), bytes=Sum("size"))
    return [(tuple(row[:-2]), row[-2], row[-1] or 0) for row in rows]


def counts(found: Sequence[Combination], terms: Sequence[Term]) -> Counts:
    """Add up combinations under the facet terms. Each facet is counted under the terms of all others."""
    chosen = {key: [term for term in terms if term.key == key] for key in FACETS}
    totals: dict[str, dict[str, int]] = {key: {} for key in FACETS}
    total = size = 0
    for values, count, size_bytes in found:
        misses = [key for key, value in zip(FACETS, values, strict=True) if not _passes(key, value, chosen[key])]
        if not misses:
            total += count
            size += size_bytes
        for key, value in zip(FACETS, values, strict=True):
            counted = count if not misses or misses == [key] else 0
            totals[key][value] = totals[key].get(value, 0) + counted
    by_facet = {key: sorted(values.items(), key=lambda item: (-item[1], item[0])) for key, values in totals.items()}
    return Counts(total, size, by_facet)


def _passes(key: str, value: str, terms: Sequence[Term]) -> bool:
    holds = FILTERS[key].holds
    if any(term.is_negative and holds(term.value, value) for term in terms):
        return False
    wanted = [term.value for term in terms if not term.is_negative]
    return not wanted or any(holds(one, value) for one in wanted)


def without_facets(terms: Sequence[Term]) -> list[Term]:
    """Return the terms that the combinations do not answer."""
    return [term for term in terms if term.key in FILTERS and not FILTERS[term.key].is_facet]
