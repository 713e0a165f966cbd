"""The recordings of one test, read and put in their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from recviewer.catalog import content as contents
from recviewer.catalog.models import Recording
from recviewer.catalog.prepared import prepared
from recviewer.pages.text.test_ids import asked_for, in_address, is_digest
from recviewer.recent import Recent
from recviewer.store.refusals import Refusal
from recviewer.threads.entries import entry_of
from recviewer.threads.model import Threads
from recviewer.threads.threads import threads_of

MOST, MOST_BYTES = 1_000, 24 * 1024 * 1024
"""Recordings of a test that its page reads, and their bytes; the rest is named and not read."""

KEPT, KEPT_BYTES = 6, 8 * 1024 * 1024
"""Tests that are kept in memory as they were read, and bytes of their files."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A test. rows: by key. stale: keys of those whose bytes are not those that were indexed. left: those not read."""

    test_id: str
    threads: Threads
    rows: dict[str, Recording]
    stale: frozenset[str]
    left: tuple[Recording, ...]

    @property
    def size(self) -> int:
        """Bytes of all its recordings."""
        return sum(row.size for row in self.rows.values()) + sum(row.size for row in self.left)

    @property
    def count(self) -> int:
        """How many recordings it has."""
        return len(self.rows) + len(self.left)


@dataclass(frozen=True, slots=True)
class _Read:
    threads: Threads
    stale: frozenset[str]
    size: int


_kept = Recent[tuple[tuple[str, str, str], ...], _Read](
    KEPT, weigh=lambda read: read.size, limit=KEPT_BYTES, at_least=0
)


def test_named(given: str) -> str | None:
    """Return the id that an address means, None where no recording is of such a test."""
    if _any_of(given):
        return given
    if not is_digest(given):
        return None
    ids = Recording.objects.filter(test_id__isnull=False).order_by().values_list("test_id", flat=True).distinct()
    return next((one for one in ids if one is not None and given in (in_address(one), asked_for(one))), None)


@prepared
def _any_of(test_id: str) -> QuerySet[Recording, int]:
    return Recording.objects.filter(test_id=test_id).values_list("pk", flat=True)[:1]


@prepared
def _of_test(test_id: str) -> QuerySet[Recording]:
    return Recording.objects.select_related("commit").filter(test_id=test_id).order_by("turns", "asked_length", "path")


def load(test_id: str) -> Loaded:
    """Read the recordings of a test."""
    every = _of_test(test_id)
    taken, size = 0, 0
    for row in every[:MOST]:
        size += row.size
        if size > MOST_BYTES and taken:
            break
        taken += 1
    rows, left = every[:taken], every[taken:]
    key = tuple([(row.path, row.blob, row.replay) for row in rows])
    read = _kept.get(key)
    if read is None:
        read = _read(rows)
        if not read.stale:
            _kept.put(key, read)
    return Loaded(test_id, read.threads, {row.path: row for row in rows}, read.stale, tuple(left))


def _read(rows: Sequence[Recording]) -> _Read:
    entries, stale = [], set()
    for row in rows:
        try:
            content = contents.load(row)
        except Refusal as refusal:
            content = contents.missing(str(refusal))
        if content.blob != row.blob:
            stale.add(row.path)
        entries.append(entry_of(row.path, content.reading, row.replay))
    return _Read(threads_of(entries), frozenset(stale), sum(row.size for row in rows))
