"""The counts beside the list: how many of the matching recordings have each value of each facet.

The values of all recordings are kept in memory, column by column, while nothing is indexed. A query yields the ids that
match; the rest is counting. So each facet can show what the others leave (choosing `chat` does not make `genai`
vanish), and a choice in it costs no query. At 30,000 recordings the columns take 1 MB.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, islice
from operator import itemgetter
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from recviewer.bounded.cache import Recent, Shared
from recviewer.catalog import tree_findings
from recviewer.catalog.amounts import MOST
from recviewer.catalog.filters import FILTERS, Recordings
from recviewer.catalog.models import Commit, Recording
from recviewer.catalog.own_findings import SMELLS, found_on
from recviewer.catalog.rows import TABLE
from recviewer.catalog.usage_words import NEVER, is_by_name
from recviewer.language.tree import Term

FACETS = (
    "suite", "kind", "outcome", "model", "provider", "host", "file", "streamed", "size", "chunks", "finish", "replay",
    "smell", "used", "month", "author", "recorder",
)  # fmt: skip
"""In the order in which they are listed beside the list."""

STREAMED = ("yes", "no")
SEVERAL = frozenset({"smell", "used"})
"""Facets of which a recording may have several values; a column stores them as one text, separated by spaces."""

_COLUMNS = {
    "file": "test_file",
    "streamed": "streaming",
    "smell": "leaked",
    "used": "used_by",
    "month": "commit_id",
    "author": "commit_id",
}
_SPANS = {
    "size": ((0, 999), (1_000, 9_999), (10_000, 99_999), (100_000, MOST)),
    "chunks": ((0, 0), (1, 10), (11, 50), (51, 200), (201, MOST)),
}
_MONTH = re.compile(r"(?:\d{4}-\d{2})?", re.ASCII)


def _span(ends: tuple[int, int]) -> str:
    return f"{ends[0]}..{'' if ends[1] == MOST else ends[1]}"


SPANS = {key: tuple(map(_span, spans)) for key, spans in _SPANS.items()}
"""The values of numeric facets, smallest first."""


@dataclass(frozen=True, slots=True)
class Counts:
    """by_facet: for each facet, (value, count), largest first, but spans in their order; values without recordings have
    count zero.
    """

    total: int
    size_bytes: int
    by_facet: dict[str, list[tuple[str, int]]]


FETCHED = 2_000
"""Rows fetched at once."""

FEW = 16
"""A mask of fewer than one in so many recordings is made by looking up each; of more, by one pass over all."""


class Columns:
    """The values of all recordings. sorts: the distinct combinations of values of all facets.

    known: the values of each facet. ids, sizes, sort_of: of each recording, by its index.

    For a facet in `SEVERAL`, a value is the whole set that one recording has.
    """

    def __init__(self) -> None:
        names = [_COLUMNS.get(key, key) for key in FACETS]
        commits = {id: (f"{at:%Y-%m}", author) for id, at, author in Commit.objects.values_list("id", "at", "author")}
        told = {None: ("", "")} | commits
        names_by_id = tree_findings.names_by_id(SMELLS)
        ids, sizes, sort_of = array("q"), array("q"), array("l")
        sorts: dict[tuple[str, ...], int] = {}
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id, {', '.join(names)} FROM {TABLE} ORDER BY id")  # noqa: S608 - names of ours
            while some := cursor.fetchmany(FETCHED):
                own, *columns = zip(*some, strict=True)
                by_facet: dict[str, Sequence[Any]] = dict(zip(FACETS, columns, strict=True))
                ids.extend(own)
                sizes.extend(by_facet["size"])
                rows = map(found_on, by_facet["outcome"], by_facet["replay"], by_facet["kind"], by_facet["smell"])
                by_facet["smell"] = _with_noticed(own, list(rows), names_by_id)
                values = _values(by_facet, told)
                sort_of.extend([sorts.setdefault(one, len(sorts)) for one in values])
        self.ids: Sequence[int] = ids
        self.sizes: Sequence[int] = sizes
        self.sort_of: Sequence[int] = sort_of
        self.sorts = tuple(sorts)
        known = zip(*sorts, strict=True) if sorts else ([()] * len(FACETS))
        self.known = {
            key: SPANS.get(key) or tuple(sorted(set(column))) for key, column in zip(FACETS, known, strict=True)
        }
        self.known["streamed"] = STREAMED
        self.all = int.from_bytes(b"\1" * len(ids), "little")
        self._whole = self._summed(sort_of, sizes)

    def __len__(self) -> int:
        return len(self.ids)

    def places(self, order: tuple[str, ...]) -> Sequence[int]:
        """Return the indexes of all recordings in an order of the database."""
        rows = Recording.objects.order_by(*order).values_list("pk", flat=True)
        places = dict(zip(self.ids, range(len(self.ids)), strict=True))  # 3 MB at 30,000: not worth keeping
        return array("l", [place for id in rows if (place := places.get(id)) is not None])

    def place_of(self, id: int) -> int | None:
        """Return the index of a recording, or None if it was written later."""
        place = bisect_left(self.ids, id)
        return place if place < len(self.ids) and self.ids[place] == id else None

    def mask(self, ids: Iterable[int]) -> int:
        """Return recordings as a mask: an integer with one byte for each recording. ids: of the recordings."""
        wanted = set(ids)
        if len(wanted) * FEW > len(self.ids):
            return int.from_bytes(bytes(map(wanted.__contains__, self.ids)), "little")
        flags = bytearray(len(self.ids))
        for id in wanted:
            if (place := self.place_of(id)) is not None:
                flags[place] = 1
        return int.from_bytes(flags, "little")

    def summed(self, mask: int) -> list[tuple[tuple[str, ...], int, int]]:
        """Return which combinations of values the recordings of a mask have, with the number of recordings and their
        bytes.
        """
        if mask == self.all:
            return self._whole
        flags = mask.to_bytes(len(self.ids), "little")
        return self._summed(list(compress(self.sort_of, flags)), compress(self.sizes, flags))

    def _summed(self, some: Sequence[int], sizes: Iterable[int]) -> list[tuple[tuple[str, ...], int, int]]:
        bytes_of: dict[int, int] = {}
        for sort, size in zip(some, sizes, strict=True):
            bytes_of[sort] = bytes_of.get(sort, 0) + size
        return [(self.sorts[sort], count, bytes_of[sort]) for sort, count in Counter(some).items()]

    def sums_of(self, key: str, mask: int, *, is_size: bool) -> dict[str, int]:
        """Return each value of a facet with the number, or the bytes, of recordings of a mask."""
        at, found = FACETS.index(key), dict.fromkeys(self.known[key], 0)
        for values, count, size in self.summed(mask):
            found[values[at]] += size if is_size else count
        return found


def _values(
    by_facet: dict[str, Sequence[Any]], told: Mapping[int | None, tuple[str, str]]
) -> Iterator[tuple[str, ...]]:
    """Yield the values of all facets of some recordings.

    by_facet: values from the database and from findings. told: month and author of each commit.
    """
    made = by_facet | {
        "month": [told[id][0] for id in by_facet["month"]],
        "author": [told[id][1] for id in by_facet["author"]],
        "streamed": [STREAMED[not value] for value in by_facet["streamed"]],
        "used": [NEVER if one == "" else (one or "").strip() for one in by_facet["used"]],
    }
    for key, names in SPANS.items():
        ends = [end for _, end in _SPANS[key]]
        made[key] = [names[bisect_left(ends, number)] for number in by_facet[key]]
    return zip(*made.values(), strict=True)


def _with_noticed(ids: Sequence[int], found: list[str], names: Mapping[int, Iterable[str]]) -> list[str]:
    """Add the findings of the whole-tree check to those of each recording. names: the former, by recording id."""
    if not names:
        return found
    return [
        " ".join(sorted({*one.split(), *more})) if (more := names.get(id)) else one
        for id, one in zip(ids, found, strict=True)
    ]


_columns = Recent[str, Columns](1, once=True, state_of=str)
_now = Shared[Columns]()
"""While something is being indexed."""


def columns(state: str) -> Columns:
    """Return the columns. state: the catalog's present state; "" disables caching."""
    return _columns.made(state, Columns) if state else _now.made(Columns)


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
