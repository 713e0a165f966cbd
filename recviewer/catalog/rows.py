"""Reading and deleting the catalog's rows in bulk, in plain SQL as in `writer`, which inserts them.

SQLite and PostgreSQL both understand the statements. Those for the full-text table are in `engines`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from django.db import connection

from recviewer.catalog import engines

Known: TypeAlias = tuple[int, int, int, int, str, str]
"""The row of a file: id, size, mtime_ns, inode, reader, key."""

FILES = "catalog_file"
TABLE = "catalog_recording"
USAGE = ("reads", "used_by", "uses")
"""Columns of what runs of the suite say, which are set separately: see `usage`."""
MOST = 500
"""Maximum number of values in an SQL list."""
FETCHED = 1_000
"""Rows fetched at once."""


def known() -> Iterator[Known]:
    """Yield the rows of files in batches: those of 30,000 take 50 MB, and a web worker asks every second."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, size, mtime_ns, inode, reader, path FROM {FILES}")
        while some := cursor.fetchmany(FETCHED):
            yield from some


def non_recordings() -> set[str]:
    """Return the keys of files that are not recordings, although they are among them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT path FROM {FILES} AS file WHERE NOT EXISTS (SELECT 1 FROM {TABLE} WHERE file_id = file.id)"
        )
        return {row[0] for row in cursor.fetchall()}


def places(keys: Collection[str]) -> dict[str, tuple[int, bytes]]:
    """Return, by key, the id and the raw path of those files that have a row."""
    found = {}
    for path, id, raw in _chosen("path, id, raw_path", FILES, "path", list(keys)):
        found[path] = (id, path.encode() if raw is None else bytes(raw))
    return found


def recordings_of(ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Return, by the id of a file, the ids of its recordings by key."""
    found: dict[int, dict[str, int]] = {}
    for file, path, id in _chosen("file_id, path, id", TABLE, "file_id", list(ids)):
        found.setdefault(file, {})[path] = id
    return found


def contents(sizes: Collection[int]) -> Iterator[tuple[int, int, str, str, str]]:
    """Yield id, size, blob, reader and key of files of certain sizes, and of others if there are many sizes."""
    columns = "id, size, blob, reader, path"
    if len(sizes) <= MOST:
        yield from _chosen(columns, FILES, "size", list(sizes))
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {FILES}")
        while some := cursor.fetchmany(FETCHED):
            yield from some


def blobs(ids: Collection[int]) -> Iterator[tuple[int, str, str]]:
    """Yield the id, blob and reader of files."""
    yield from _chosen("id, blob, reader", FILES, "id", list(ids))


def meanings(ids: Collection[int], columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Yield, for each recording of some files, the id of the file, its words (None if missing), its size, and the
    named columns.
    """
    key = engines.of(connection.vendor).KEY
    names = ", ".join([f"one.{name}" for name in columns])
    both = f"{TABLE} AS one LEFT JOIN {engines.TABLE} AS words ON words.{key} = one.id"
    yield from _chosen(f"one.file_id, words.asked, words.answered, one.size, {names}", both, "one.file_id", list(ids))


def restate(versions: Mapping[str, str]) -> None:
    """Replace the readers of files by others that would read them the same."""
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {FILES} SET reader = %s WHERE reader = %s", [(new, old) for old, new in versions.items()]
        )


def last_id(table: str = TABLE) -> int:
    """Return the highest id of a table, by default that of recordings; 0 if it is empty."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MAX(id) FROM {table}")
        return cursor.fetchone()[0] or 0


def _chosen(columns: str, table: str, by: str, values: Sequence[str] | Sequence[int]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        for start in range(0, len(values), MOST):
            some = values[start : start + MOST]
            marks = ", ".join(["%s"] * len(some))
            cursor.execute(f"SELECT {columns} FROM {table} WHERE {by} IN ({marks})", some)
            yield from cursor.fetchall()


def delete(ids: Collection[int]) -> None:
    """Delete the rows of files, with their recordings and words. Call it inside a transaction."""
    delete_recordings([id for rows in recordings_of(ids).values() for id in rows.values()])
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {FILES} WHERE id = %s", [(id,) for id in ids])


def delete_recordings(ids: Sequence[int]) -> None:
    """Delete the rows of recordings and their words. Call it inside a transaction."""
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {TABLE} WHERE id = %s", [(id,) for id in ids])
        engines.of(connection.vendor).delete(cursor, ids)


def set_usage(values: list[tuple[int | None, str | None, str | None, int]]) -> None:
    """Store what runs say. values: reads, used_by, uses, recording id. Call it inside a transaction."""
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {TABLE} SET reads = %s, used_by = %s, uses = %s WHERE id = %s", values)


def set_provenance(values: list[tuple[int | None, str, int]]) -> None:
    """Store commit and replay state. values: (commit id, state, recording id). Call it inside a transaction."""
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {TABLE} SET commit_id = %s, replay = %s WHERE id = %s", values)
