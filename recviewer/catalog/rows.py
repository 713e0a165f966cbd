"""Writing and reading the catalog's rows in bulk: the one place with SQL for it.

Plain SQL through `executemany` is three times as fast as model instances, and an indexing run is nothing but this. The
statements are understood by SQLite and PostgreSQL alike, but for the full-text table, which is in `search`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, TypeAlias

from django.db import connection, transaction

from recviewer.catalog import search
from recviewer.catalog.summary import Done, Summary, suite_of
from recviewer.store.scan import FileStamp

Known: TypeAlias = tuple[int, int, int, int, str]
"""What a row says of its file: id, size, mtime_ns, inode, reader."""

TABLE = "catalog_recording"
PLACE = ("id", "path", "raw_path", "folder", "suite", "size", "mtime_ns", "inode", "indexed_at")
MEANING = Summary._fields[:-2]
COLUMNS = (*PLACE, *MEANING)
_UPDATED = [f"{name} = excluded.{name}" for name in COLUMNS if name != "id"]
_UPSERT = (
    f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))}) "
    f"ON CONFLICT (id) DO UPDATE SET {', '.join(_UPDATED)}"
)


def known() -> dict[str, Known]:
    """Return, by key, what the rows say of their files."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT path, id, size, mtime_ns, inode, reader FROM {TABLE}")
        return {row[0]: row[1:] for row in cursor.fetchall()}


def places(keys: Collection[str]) -> dict[str, tuple[int, bytes]]:
    """Return, by key, the id and the raw path of those rows that are there."""
    found = {}
    wanted = list(keys)
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), 500):
            some = wanted[start : start + 500]
            marks = ", ".join(["%s"] * len(some))
            cursor.execute(f"SELECT path, id, raw_path FROM {TABLE} WHERE path IN ({marks})", some)
            for path, id, raw in cursor.fetchall():
                found[path] = (id, path.encode() if raw is None else bytes(raw))
    return found


def delete(ids: list[int]) -> None:
    """Delete rows and their words. Call it inside a transaction."""
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {TABLE} WHERE id = %s", [(id,) for id in ids])
        search.delete(cursor, ids)


def set_provenance(values: list[tuple[int | None, str, int]]) -> None:
    """Set commit and replay state. values: (commit id, state, recording id). Call it inside a transaction."""
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {TABLE} SET commit_id = %s, replay = %s WHERE id = %s", values)


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
            values.append((id, *_place(done.key, stamp, now), *summary[:-2]))
            words.append((id, summary.asked_words, summary.answered_words, summary.test_name, summary.model))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(_UPSERT, values)
            search.insert(cursor, words)


def _place(key: str, stamp: FileStamp, now: datetime) -> tuple[Any, ...]:
    raw = None if key.encode("utf-8", "surrogatepass") == stamp.raw else stamp.raw
    folder = key.rpartition("/")[0]
    return (key, raw, folder, suite_of(key), stamp.size, stamp.mtime_ns, stamp.inode, now)
