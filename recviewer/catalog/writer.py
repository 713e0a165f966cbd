"""Writing rows in bulk.

Plain SQL through `executemany` is three times as fast as model instances, and an indexing run is nothing but this. The
statement is understood by SQLite and PostgreSQL alike.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from recviewer.catalog import search
from recviewer.catalog.jobs import Done
from recviewer.catalog.naming import suite_of
from recviewer.catalog.rows import TABLE, Known
from recviewer.catalog.summary import Summary
from recviewer.store.scan import FileStamp

PLACE = ("id", "path", "raw_path", "folder", "suite", "size", "mtime_ns", "inode", "indexed_at")
MEANING = Summary._fields[:-2]
COLUMNS = (*PLACE, *MEANING)
_UPDATED = [f"{name} = excluded.{name}" for name in COLUMNS if name != "id"]
INSERT = f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"
_UPSERT = f"{INSERT} ON CONFLICT (id) DO UPDATE SET {', '.join(_UPDATED)}"


class Writer:
    """Writes rows, giving new ones ids of their own: only one run writes at a time.

    known: the rows there are.
    """

    def __init__(self, known: dict[str, Known]) -> None:
        self._ids = {key: row[0] for key, row in known.items()}
        self._next = max(self._ids.values(), default=0) + 1

    def write(self, found: list[tuple[Done, FileStamp]]) -> None:
        """Insert or update a row for each file that was read, and its words, in one transaction."""
        if not found:
            return
        now = datetime.now(UTC)
        values, words = [], []
        for done, stamp in found:
            summary = done.summary
            assert summary is not None
            id = self._ids.get(done.key)
            if id is None:
                id = self._ids[done.key] = self._next
                self._next += 1
            values.append(values_of(id, done.key, stamp, now, summary))
            words.append(words_of(id, summary))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(_UPSERT, values)
            search.insert(cursor, words)


def values_of(id: int, key: str, stamp: FileStamp, now: datetime | str, summary: Summary) -> tuple[Any, ...]:
    """Return a row's values, in the order of `COLUMNS`."""
    return (id, *_place(key, stamp, now), *summary[:-2])


def words_of(id: int, summary: Summary) -> tuple[Any, ...]:
    """Return a row's words, as `search.insert` takes them."""
    return (id, summary.asked_words, summary.answered_words, summary.test_name, summary.model)


def _place(key: str, stamp: FileStamp, now: datetime | str) -> tuple[Any, ...]:
    raw = None if key.encode("utf-8", "surrogatepass") == stamp.raw else stamp.raw
    folder = key.rpartition("/")[0]
    return (key, raw, folder, suite_of(key), stamp.size, stamp.mtime_ns, stamp.inode, now)
