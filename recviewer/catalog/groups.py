"""Recordings of tests, grouped by everything that the sums over tests need, and cached in memory by index.

Summing a query needs no further query then: the indexes of its recordings are known (see `facets`), and the rest is
counting. At 30,000 recordings the groups take 6 MB.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator
from copy import copy
from datetime import datetime
from itertools import compress
from typing import NamedTuple

from django.db import connection

from recviewer.bounded.cache import Recent
from recviewer.catalog.columns import FETCHED, Columns
from recviewer.catalog.models import Commit
from recviewer.catalog.rows import TABLE
from recviewer.catalog.state import UpToDate


class OneGroup(NamedTuple):
    """The values that the recordings of a group share. test_id: None without a test.

    commit: the id of the last one that touched them. used_by: the names of runs that read them, see `usage`.
    """

    test_id: str | None
    kind: str
    model: str
    outcome: str
    replay: str
    commit: int | None
    used_by: str | None


class GroupSum(NamedTuple):
    """The sums of a group. recordings: how many; size: in bytes.

    last: when a commit last touched them, None if unknown.
    """

    alike: OneGroup
    recordings: int
    size: int
    last: datetime | None


_COLUMNS = ("test_id", "kind", "model", "outcome", "replay", "commit_id", "used_by")
_READ = f"SELECT id, {', '.join(_COLUMNS)} FROM {TABLE} WHERE run > %s ORDER BY id"  # noqa: S608 - names of ours


class TestGroups:
    """The groups of all recordings. found: the columns whose indexes they use."""

    __test__ = False

    def __init__(self, found: Columns) -> None:
        self._numbers: dict[OneGroup, int] = {OneGroup(None, "", "", "", "", None, None): 0}
        self._group_of = array("l", bytes(array("l").itemsize * len(found)))  # a deleted row belongs to no test
        self._put(found, -1)

    def after(self, run: int, found: Columns) -> TestGroups | None:
        """Return the groups with the rows that later runs have written, None if they all have to be read.

        run: the last one whose rows are in these groups. found: the columns of now.
        """
        if found.lineage is not self._found.lineage or len(self._numbers) > 2 * len(found) + 1:
            return None
        made = copy(self)
        more = bytes(array("l").itemsize * (len(found) - len(self._group_of)))
        made._numbers, made._group_of = dict(self._numbers), self._group_of + array("l", more)
        made._put(found, run)
        return made

    def _put(self, found: Columns, run: int) -> None:
        """Read what later runs than one have written."""
        self._found = found
        with connection.cursor() as cursor:
            cursor.execute(_READ, [run])
            while some := cursor.fetchmany(FETCHED):  # fetching all at once would leave holes of 15 MB in the heap
                for id, *alike in some:
                    place = found.place_of(id)
                    if place is not None:
                        self._group_of[place] = self._numbers.setdefault(OneGroup(*alike), len(self._numbers))
        self._groups = list(self._numbers)
        of_tests = [at for at, one in enumerate(self._groups) if one.test_id is not None]
        self._order = array("l", sorted(of_tests, key=lambda at: self._groups[at][:5]))
        self._times: dict[int, datetime] = dict(Commit.objects.values_list("id", "at"))

    def by_test(self, flags: bytes) -> dict[str, int]:
        """Return the number of recordings of each test. flags: which recordings count, by index."""
        found: dict[str, int] = {}
        for group, count in Counter(compress(self._group_of, flags)).items():
            test = self._groups[group].test_id
            if test is not None:
                found[test] = found.get(test, 0) + count
        return found

    def summed(self, flags: bytes) -> Iterator[GroupSum]:
        """Yield the groups of some recordings, test by test. flags: which recordings count, by index."""
        counts, sizes = [0] * len(self._groups), [0] * len(self._groups)
        some = zip(compress(self._group_of, flags), compress(self._found.sizes, flags), strict=True)
        for group, size in some:
            counts[group] += 1
            sizes[group] += size
        for at in self._order:
            if counts[at]:
                alike = self._groups[at]
                yield GroupSum(alike, counts[at], sizes[at], self._times.get(alike.commit or 0))


_kept = Recent[str, TestGroups](1, once=True, state_of=str)
_last = UpToDate[TestGroups]()


def groups_of(found: Columns, state: str) -> TestGroups:
    """Return the groups. state: the catalog's present state; "" disables caching."""

    def make() -> TestGroups:
        return _last.made(state, lambda: TestGroups(found), lambda last, run: last.after(run, found))

    return _kept.made(state, make) if state else make()
