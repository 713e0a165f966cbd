"""Queries on recordings that are in no index: a few rows at a time in an in-memory database.

The same SQL is run as for the catalog, so that a query means the same on files alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django.db.utils import ConnectionHandler

from recviewer.catalog import rows
from recviewer.catalog.engines import TABLE as WORDS
from recviewer.catalog.engines import sqlite
from recviewer.catalog.filters import Recordings
from recviewer.catalog.rows import TABLE
from recviewer.catalog.summary import Summary
from recviewer.catalog.writer import COLUMNS, INSERT, values_of, words_of
from recviewer.configuration.databases import SQLITE
from recviewer.store.scan import FileStamp


class Lone(NamedTuple):
    """A recording that is in no index. key: of its file. size: of the file, in bytes.

    usage: what runs say, see `usage`.
    """

    key: str
    size: int
    summary: Summary
    usage: tuple[int | None, str | None, str | None] = (None, None, None)


class Alone:
    """An in-memory database with the catalog's table and its words. Use `opened`."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._cursor = raw.cursor(SQLiteCursorWrapper)
        self._dialect = ConnectionHandler({"default": {"ENGINE": SQLITE}})["default"]  # is never connected
        columns = ", ".join(name for name in (*COLUMNS, "commit_id", *rows.USAGE) if name != "id")
        self._cursor.execute(f"CREATE TABLE {TABLE} (id INTEGER PRIMARY KEY, {columns})")
        for statement in sqlite.create():
            self._cursor.execute(statement)

    def matching(self, some: Sequence[Lone], wanted: Recordings) -> list[bool]:
        """Tell, for each recording, whether a query matches it.

        wanted: the query, which is not run on the configured database.
        """
        try:
            sql, params = wanted.order_by().values_list("pk").query.get_compiler(connection=self._dialect).as_sql()
        except EmptyResultSet:
            return [False] * len(some)
        now = datetime.now(UTC).isoformat()
        stamps = [FileStamp(one.key, one.key.encode("utf-8", "surrogatepass"), one.size, 0, 0) for one in some]
        values = [
            values_of(id, id, one.key, stamp, now, 0, one.summary) for id, (one, stamp) in _numbered(some, stamps)
        ]
        words = [words_of(id, one.summary) for id, (one, _) in _numbered(some, stamps)]
        self._cursor.execute(f"DELETE FROM {TABLE}")
        self._cursor.execute(f"DELETE FROM {WORDS}")
        self._cursor.executemany(INSERT, values)
        told = [(*one.usage, id) for id, (one, _) in _numbered(some, stamps) if one.usage[2]]
        self._cursor.executemany(f"UPDATE {TABLE} SET reads = %s, used_by = %s, uses = %s WHERE id = %s", told)
        sqlite.insert(self._cursor, words)
        self._cursor.execute(sql, params)
        found = {row[0] for row in self._cursor.fetchall()}
        return [id in found for id, _ in _numbered(some, stamps)]


def _numbered(some: Sequence[Lone], stamps: Sequence[FileStamp]) -> Iterator[tuple[int, tuple[Lone, FileStamp]]]:
    return enumerate(zip(some, stamps, strict=True), 1)


@contextmanager
def opened() -> Iterator[Alone]:
    """Yield an in-memory database, closed at the end."""
    with closing(sqlite3.connect(":memory:")) as raw:
        yield Alone(raw)
