"""SQLite: an FTS5 table (https://sqlite.org/fts5.html), whose rowid is the recording's id.

Transactions begin IMMEDIATE (see `settings`), so the current one is the only writer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django.db.backends.utils import CursorWrapper

from recviewer.catalog.engines import TABLE, Sql, Wanted
from recviewer.catalog.folding import TOKENIZER

KEY = "rowid"
MANY_ROWS = 2_000
"""Number of rows written by one action from which on its cached pages are freed."""


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
    """Free the connection's page cache, which may hold up to `cache_size` of the settings in each thread."""
    connection.ensure_connection()
    before = connection.connection.total_changes
    yield
    if connection.connection is not None and connection.connection.total_changes - before >= MANY_ROWS:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA shrink_memory")


@contextmanager
def only_one(name: str) -> Iterator[bool]:
    yield True


def size() -> int | None:
    return None
