"""Writing and reading the catalog's rows in bulk: the one place with SQL for it.

Plain SQL through `executemany` is three times as fast as model instances, and an indexing run is nothing but this. The
statements are understood by SQLite and PostgreSQL alike, but for the full-text table, which is in `search`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeAlias

from django.db import connection

from recviewer.catalog import search

Known: TypeAlias = tuple[int, int, int, int, str]
"""What a row says of its file: id, size, mtime_ns, inode, reader."""

TABLE = "catalog_recording"


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
