"""SQLite: an FTS5 table (https://sqlite.org/fts5.html), whose rowid is the recording's id.

Transactions begin IMMEDIATE (see `settings`), so the current one is the only writer.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from django.db import connection
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django.db.backends.utils import CursorWrapper

from recviewer.catalog.engines import TABLE, Sql, Wanted
from recviewer.catalog.folding import TOKENIZER

KEY = "rowid"
MANY_ROWS = 2_000
"""Number of rows written by one action from which on the page cache is freed afterwards."""
ACT_KIB = 4096
"""Size limit in KiB of the page cache during an action; pages beyond it are written to the write-ahead log early."""


def create() -> list[str]:
    return [f"CREATE VIRTUAL TABLE {TABLE} USING fts5(asked, answered, test, model, tokenize = '{TOKENIZER}')"]


def insert(cursor: CursorWrapper | SQLiteCursorWrapper, words: Sequence[tuple[Any, ...]]) -> None:
    cursor.executemany(
        f"INSERT OR REPLACE INTO {TABLE} (rowid, asked, answered, test, model) VALUES (%s, %s, %s, %s, %s)", words
    )


def delete(cursor: CursorWrapper, ids: Iterable[int]) -> None:
    cursor.executemany(f"DELETE FROM {TABLE} WHERE rowid = %s", [(id,) for id in ids])


def holding(wanted: tuple[Wanted, ...], unwanted: tuple[Wanted, ...]) -> Sql:
    return f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s", [expression(wanted, unwanted)]


def expression(wanted: Sequence[Wanted], unwanted: Sequence[Wanted]) -> str:
    """Return the FTS5 expression. What was typed is quoted, so that nothing in it is syntax."""
    found = " AND ".join(map(_quoted, wanted))
    return f"({found}) NOT ({' OR '.join(map(_quoted, unwanted))})" if unwanted else found


def _quoted(one: Wanted) -> str:
    quoted = '"' + one.text.replace('"', '""') + '"'
    return quoted if one.is_whole else quoted + " *"


def scanned(text: str) -> Sql:
    like = "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"
    return rf"SELECT rowid FROM {TABLE} WHERE (asked LIKE %s ESCAPE '\' OR answered LIKE %s ESCAPE '\')", [like, like]


def listed(ids: str) -> Sql:
    return "SELECT value FROM json_each(%s)", [ids]


def json(text: str) -> object:
    return text


def only_writer(name: str) -> None:
    """Do nothing: see above."""


@contextmanager
def lean() -> Iterator[None]:
    """Limit the page cache of this thread's connection to `ACT_KIB` while the block runs.

    After a block that wrote at least `MANY_ROWS` rows the cache is freed, too.
    """
    connection.ensure_connection()
    opened = connection.connection
    before = opened.total_changes
    with connection.wrap_database_errors:
        (pages,) = opened.execute("PRAGMA cache_size").fetchone()
        opened.execute(f"PRAGMA cache_size = -{ACT_KIB}")
    try:
        yield
    finally:
        if connection.connection is opened:
            with suppress(sqlite3.Error):  # what went wrong before is what counts
                opened.execute(f"PRAGMA cache_size = {pages}")
                if opened.total_changes - before >= MANY_ROWS:
                    opened.execute("PRAGMA shrink_memory")


@contextmanager
def only_one(name: str) -> Iterator[bool]:
    yield True


def size() -> int | None:
    return None
