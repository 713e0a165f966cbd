"""The values of all recordings, column by column, as the facets count them."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from itertools import compress
from typing import Any

from django.db import connection

from recviewer.catalog import tree_findings
from recviewer.catalog.amounts import MOST
from recviewer.catalog.models import Commit, Recording
from recviewer.catalog.own_findings import SMELLS, found_on
from recviewer.catalog.rows import TABLE
from recviewer.catalog.usage_words import NEVER

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
_NAMES = ", ".join([_COLUMNS.get(key, key) for key in FACETS])
_SPANS = {
    "size": ((0, 999), (1_000, 9_999), (10_000, 99_999), (100_000, MOST)),
    "chunks": ((0, 0), (1, 10), (11, 50), (51, 200), (201, MOST)),
}


def _span(ends: tuple[int, int]) -> str:
    return f"{ends[0]}..{'' if ends[1] == MOST else ends[1]}"


SPANS = {key: tuple(map(_span, spans)) for key, spans in _SPANS.items()}
"""The values of numeric facets, smallest first."""


FETCHED = 2_000
"""Rows fetched at once."""

FEW = 16
"""A mask of fewer than one in so many recordings is made by looking up each; of more, by one pass over all."""


class Columns:
    """The values of all recordings. sorts: the distinct combinations of values of all facets.

    known: the values of each facet. ids, sizes, sort_of: of each recording, by its index. lineage: the same object as
    long as the same recordings have the same indexes, whatever was added behind them.

    For a facet in `SEVERAL`, a value is the whole set that one recording has.
    """

    def __init__(self) -> None:
        self.ids, self.sizes, self.sort_of = array("q"), array("q"), array("l")
        self._numbers: dict[tuple[str, ...], int] = {}
        self.lineage = object()
        for ids, sizes, values in _read():
            self.ids.extend(ids)
            self.sizes.extend(sizes)
            self.sort_of.extend([self._numbers.setdefault(one, len(self._numbers)) for one in values])
        self._sum_up()

    def after(self, run: int) -> Columns | None:
        """Return the columns with the rows that later runs have written.

        None if they all have to be read, because rows were deleted. run: the last one whose rows are in these columns.
        """
        made = copy(self)
        made.ids, made.sizes, made.sort_of = self.ids[:], self.sizes[:], self.sort_of[:]
        made._numbers = dict(self._numbers)
        for ids, sizes, values in _read(run):
            for id, size, one in zip(ids, sizes, values, strict=True):
                sort = made._numbers.setdefault(one, len(made._numbers))
                place = made.place_of(id)
                if place is not None:
                    made.sizes[place], made.sort_of[place] = size, sort
                elif made.ids and id < made.ids[-1]:
                    return None
                else:
                    made.ids.append(id)
                    made.sizes.append(size)
                    made.sort_of.append(sort)
        if len(made) != Recording.objects.count():
            return None
        made._sum_up()
        return made

    def _sum_up(self) -> None:
        self.sorts = tuple(self._numbers)
        self.all = int.from_bytes(b"\1" * len(self), "little")
        self._whole = self._summed(self.sort_of, self.sizes)
        present = zip(*[values for values, _, _ in self._whole], strict=True) if self._whole else ([()] * len(FACETS))
        self.known = {
            key: SPANS.get(key) or tuple(sorted(set(column))) for key, column in zip(FACETS, present, strict=True)
        }
        self.known["streamed"] = STREAMED

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


def _read(run: int = -1) -> Iterator[tuple[Sequence[int], Sequence[int], Iterable[tuple[str, ...]]]]:
    """Yield ids, sizes and values of recordings, in batches by id. run: only what later runs have written."""
    commits = {id: (f"{at:%Y-%m}", author) for id, at, author in Commit.objects.values_list("id", "at", "author")}
    told = {None: ("", "")} | commits
    noticed: Mapping[int, Iterable[str]] | None = None
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {_NAMES} FROM {TABLE} WHERE run > %s ORDER BY id", [run])  # noqa: S608
        while some := cursor.fetchmany(FETCHED):
            ids, *columns = zip(*some, strict=True)
            by_facet: dict[str, Sequence[Any]] = dict(zip(FACETS, columns, strict=True))
            rows = map(found_on, by_facet["outcome"], by_facet["replay"], by_facet["kind"], by_facet["smell"])
            if noticed is None:
                noticed = tree_findings.names_by_id(SMELLS)
            by_facet["smell"] = _with_noticed(ids, list(rows), noticed)
            yield ids, by_facet["size"], _values(by_facet, told)


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
