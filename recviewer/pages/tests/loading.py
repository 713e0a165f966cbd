"""The recordings of one test, read and put in their places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from django.db.models import QuerySet

from recviewer.bounded.cache import Recent
from recviewer.catalog import content as contents
from recviewer.catalog import heavy
from recviewer.catalog.models import Recording
from recviewer.catalog.prepared import prepared
from recviewer.formats.reading import Matching
from recviewer.pages.text.test_ids import asked_for, in_address, is_digest
from recviewer.recorders.registry import matching_of, recorder_of
from recviewer.store.refusals import Refusal
from recviewer.threads.entries import entry_of
from recviewer.threads.model import Entry, Threads
from recviewer.threads.threads import threads_of

MOST, MOST_BYTES = 1_000, 24 * 1024 * 1024
"""Maximum number of recordings of a test that its page reads, and of their bytes; further ones are named but not read.
"""

KEPT, KEPT_BYTES = 6, 8 * 1024 * 1024
"""Maximum number of parsed tests in the cache, and of the bytes of their files."""


class UnreadRow(NamedTuple):
    """A recording that is not read because of the limit, with what is shown about it."""

    path: str
    size: int
    replay: str
    test_id: str | None


@dataclass(frozen=True, slots=True)
class Loaded:
    """A test, or a file of several recordings; then `file` is its key, and test_id that of the test that all share,
    else "".

    rows: by key. stale: keys of those that changed since they were indexed. left: those not read. matching: how the
    recorder of the first finds it at replay, None if unknown.
    """

    test_id: str
    threads: Threads
    rows: dict[str, Recording]
    stale: frozenset[str]
    left: tuple[UnreadRow, ...]
    file: str = ""
    matching: Matching | None = None

    @property
    def is_one_file(self) -> bool:
        """Tell whether all are in one file, whose order is theirs."""
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
    matching: Matching | None = None


_kept = Recent[tuple[tuple[str, str, str], ...], _Read](
    KEPT, weigh=lambda read: read.size, limit=KEPT_BYTES, at_least=0
)


def test_named(given: str) -> str | None:
    """Return the test id for a URL, None if no recording has such a test."""
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
    every = Recording.objects.select_related("commit").filter(test_id=test_id)
    return every.order_by("turns", "asked_length", "path")[:MOST]


@prepared
def _of_file(key: str) -> QuerySet[Recording]:
    return Recording.objects.select_related("commit").filter(file__path=key).exclude(part="").order_by("place")[:MOST]


def _beyond(first: Sequence[Recording], **where: str) -> list[UnreadRow]:
    """Return those after the first of a test or a file, which may be very many."""
    if len(first) < MOST:
        return []
    order = ("place",) if "file__path" in where else ("turns", "asked_length", "path")
    every = Recording.objects.filter(**where)
    if "file__path" in where:
        every = every.exclude(part="")
    return [UnreadRow(*row) for row in every.order_by(*order).values_list(*UnreadRow._fields)[MOST:]]


def load(test_id: str) -> Loaded:
    """Read the recordings of a test."""
    first = _of_test(test_id)[:MOST]
    return _loaded(first, _beyond(first, test_id=test_id), test_id)


def load_file(key: str) -> Loaded | None:
    """Read the recordings of a file, None if no file of several has the key."""
    first = _of_file(key)[:MOST]
    more = _beyond(first, file__path=key)
    tests = {row.test_id or "" for row in first} | {one.test_id or "" for one in more}
    return _loaded(first, more, tests.pop() if len(tests) == 1 else "", key) if first else None


def _is_one_file(rows: Sequence[Recording]) -> bool:
    return len(rows) > 1 and bool(rows[0].part) and len({row.file_path for row in rows}) == 1


def _loaded(first: Sequence[Recording], more: Sequence[UnreadRow], test_id: str, file: str = "") -> Loaded:
    taken, size = 0, 0
    for row in first:
        size += row.size
        if size > MOST_BYTES and taken:
            break
        taken += 1
    rows = first[:taken]
    left = (*[UnreadRow(row.path, row.size, row.replay, row.test_id) for row in first[taken:]], *more)
    key = tuple([(row.path, row.blob, row.replay) for row in rows])
    read = _kept.get(key)
    if read is None:
        read = _read(rows)
        if not read.stale:
            _kept.put(key, read)
    return Loaded(test_id, read.threads, {row.path: row for row in rows}, read.stale, left, file, read.matching)


def _read(rows: Sequence[Recording]) -> _Read:
    loader, entries, stale = contents.Loader(), [], set()
    for row, (blob, entry) in zip(rows, _entries(rows, loader), strict=True):
        if blob != row.blob:
            stale.add(row.path)
        entries.append(entry)
    is_one = _is_one_file(rows)
    matching = _matching(rows[0], loader) if is_one else None
    return _Read(threads_of(entries, in_order=is_one), frozenset(stale), sum(row.size for row in rows), matching)


def _matching(row: Recording, loader: contents.Loader) -> Matching | None:
    """Return how a recording in a file of many is found at replay; None if its file cannot be read.

    For a very large one its beginning is enough.
    """
    try:
        whole = loader.heavy_file(row)
        if whole is None:
            return loader.load(row).reading.matching
        plain = contents.plain_of(whole.data)
        recorder = recorder_of(whole.name, plain)
        return matching_of(recorder, plain) if recorder else None
    except (Refusal, heavy.TakesTooMuch):
        return None


_Asked = tuple[str, str, str, str]
"""The arguments for the entry of an exchange: its part, its key, whether replay finds it, and its position."""


def _entries(rows: Sequence[Recording], loader: contents.Loader) -> Iterator[tuple[str, Entry]]:
    """Yield the blob and the entry of each; those of a very large file are made where it is parsed."""
    for _, some in groupby(rows, key=lambda row: row.file_path if row.part else row.path):
        beside = list(some)
        asked = [(row.part, row.path, row.replay, _order(row)) for row in beside]
        try:
            whole = loader.heavy_file(beside[0])
            if whole is not None:
                yield from heavy.of_file(whole, entries_in, asked)
                continue
            yield from [_entry(loader.load(row), one) for row, one in zip(beside, asked, strict=True)]
        except (Refusal, heavy.TakesTooMuch) as why:
            yield from [_entry(contents.missing(str(why)), one) for one in asked]


def entries_in(opened: contents.Opened, asked: Sequence[_Asked]) -> list[tuple[str, Entry]]:
    """Return the blob and the entry of some exchanges of a file."""
    return [_entry(opened.content(one[0]), one) for one in asked]


def _entry(content: contents.Content, asked: _Asked) -> tuple[str, Entry]:
    _, key, replay, order = asked
    return content.blob, entry_of(key, content.reading, replay, order)


def _order(row: Recording) -> str:
    return f"{row.file_path}/{row.place:06d}" if row.part else ""
