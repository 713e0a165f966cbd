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
    """A test, or a file of several recordings; then `file` is its key, and test_id that of the test that all have, else "".

    rows: by key. stale: keys of those whose bytes are not those that were indexed. left: those not read.
    """

    test_id: str
    threads: Threads
    rows: dict[str, Recording]
    stale: frozenset[str]
    left: tuple[Recording, ...]
    file: str = ""

    @property
    def is_one_file(self) -> bool:
        """Tell whether all stand in one file, whose order is theirs."""
        return _is_one_file(tuple(self.rows.values()))

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
    return _loaded(_of_test(test_id), test_id)


def load_file(key: str) -> Loaded | None:
    """Read the recordings of a file, None where no file of several has the key."""
    every = list(Recording.objects.select_related("commit").filter(file__path=key).exclude(part="").order_by("place"))
    tests = {row.test_id or "" for row in every}
    return _loaded(every, tests.pop() if len(tests) == 1 else "", key) if every else None


def _is_one_file(rows: Sequence[Recording]) -> bool:
    return len(rows) > 1 and bool(rows[0].part) and len({row.file_path for row in rows}) == 1


def _loaded(every: Sequence[Recording], test_id: str, file: str = "") -> Loaded:
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
    return Loaded(test_id, read.threads, {row.path: row for row in rows}, read.stale, tuple(left), file)


def _read(rows: Sequence[Recording]) -> _Read:
    entries, stale = [], set()
    for row in rows:
        try:
            content = contents.load(row)
        except Refusal as refusal:
            content = contents.missing(str(refusal))
        if content.blob != row.blob:
            stale.add(row.path)
        order = f"{row.file_path}/{row.place:06d}" if row.part else ""
        entries.append(entry_of(row.path, content.reading, row.replay, order))
    return _Read(threads_of(entries, in_order=_is_one_file(rows)), frozenset(stale), sum(row.size for row in rows))
