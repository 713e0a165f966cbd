r"""Text that PostgreSQL rejects, and what its tables need in order to behave as SQLite's.

PostgreSQL cannot store U+0000. Recordings contain it, and a test name with one differs from the name without. So U+0000
is escaped as two characters of which the first is U+10FFFF, which Unicode assigns to nobody, and unescaped when read;
U+10FFFF itself is escaped too. In JSON, which is `jsonb`, lone surrogates are rejected as well and are escaped in the
same way.
"""

from __future__ import annotations

import re
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

SIGN = "\U0010ffff"
_WRITTEN = {SIGN: f"{SIGN}1", "\0": f"{SIGN}0"}
_TO_WRITE = re.compile(f"[\0{SIGN}]")
_TO_READ = re.compile(f"{SIGN}(?:([01])|s([0-9a-f]{{4}}))")
_ESCAPES = re.compile(
    r"\\(?:(u0000)|(udbff\\udfff)|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u([dD][89a-fA-F][0-9a-fA-F]{2})|.)"
    + f"|{SIGN}",
    re.IGNORECASE,
)
_SIGN_ESCAPED = r"\udbff\udfff"


def written(text: str) -> str:
    """Escape a text for PostgreSQL."""
    return _TO_WRITE.sub(lambda found: _WRITTEN[found[0]], text) if "\0" in text or SIGN in text else text


def read(text: str) -> str:
    """Reverse `written`."""
    return _TO_READ.sub(lambda found: "\0" if found[1] == "0" else SIGN, text) if SIGN in text else text


def json_written(text: str) -> str:
    """Escape a JSON document for PostgreSQL."""
    return _ESCAPES.sub(_escape, text) if "\\" in text or SIGN in text else text


def _escape(found: re.Match[str]) -> str:
    nul, sign, lone = found.groups()
    if nul:
        return f"{_SIGN_ESCAPED}0"
    if lone:
        return f"{_SIGN_ESCAPED}s{lone.lower()}"
    return f"{_SIGN_ESCAPED}1" if sign or found[0] == SIGN else found[0]


def json_read(text: str) -> str:
    """Reverse `json_written`."""
    return _TO_READ.sub(_unescape, text) if SIGN in text else text


def _unescape(found: re.Match[str]) -> str:
    if found[2]:
        return f"\\u{found[2]}"
    return r"\u0000" if found[1] == "0" else SIGN


def adapt(connection: BaseDatabaseWrapper) -> None:
    """Make a connection escape and unescape text. Called for each new connection."""
    from psycopg.types.json import Jsonb, JsonbDumper
    from psycopg.types.string import StrDumperUnknown, TextLoader

    class Text(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(written(obj))

    class Json(JsonbDumper):
        def dump(self, obj: Any) -> Any:
            made = super().dump(obj)
            return None if made is None else json_written(bytes(made).decode()).encode()

    class Loaded(TextLoader):
        def load(self, data: Any) -> Any:
            return read(bytes(data).decode())

    class LoadedJson(TextLoader):
        def load(self, data: Any) -> Any:
            return json_read(bytes(data).decode())

    adapters = connection.connection.adapters
    adapters.register_dumper(str, Text)
    adapters.register_dumper(Jsonb, Json)
    for name in ("text", "varchar"):
        adapters.register_loader(name, Loaded)
    adapters.register_loader("jsonb", LoadedJson)


_OURS = r"^(catalog|review|pages)\_"

_UNSORTED = """
SELECT c.oid::regclass::text, a.attname, format_type(a.atttypid, NULL)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_collation k ON k.oid = a.attcollation
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relname ~ %s
AND a.attnum > 0 AND NOT a.attisdropped AND (k.collname <> 'C' OR a.atttypmod >= 0) ORDER BY 1, a.attnum
"""
"""Text columns whose collation is that of a language, or whose length is limited."""

_NARROW = """
SELECT c.oid::regclass::text, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relname ~ %s
AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'int4'::regtype ORDER BY 1, a.attnum
"""
"""32-bit integer columns."""

_IN_FEW_WORDS = ("event_actor", "decision_origin")
"""Indexes of columns with few distinct texts: hash indexes on them are slower than no index."""

_BY_FIRST = {"decision_latest": "fingerprint"}
"""Indexes whose first column has a limited length and selects few rows, so it is the only key of the tree."""

_LIMITED = """
SELECT i.indexrelid::regclass::text, i.indrelid::regclass::text, o.conname, i.indisunique,
ARRAY(SELECT a.attname FROM unnest(i.indkey) WITH ORDINALITY AS k (n, place) JOIN pg_attribute a
ON a.attrelid = i.indrelid AND a.attnum = k.n ORDER BY k.place),
ARRAY(SELECT a.atttypid = 'text'::regtype FROM unnest(i.indkey) WITH ORDINALITY AS k (n, place) JOIN pg_attribute a
ON a.attrelid = i.indrelid AND a.attnum = k.n ORDER BY k.place), c.relname
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
JOIN pg_class t ON t.oid = i.indrelid LEFT JOIN pg_constraint o ON o.conindid = i.indexrelid AND o.contype IN ('u', 'p')
WHERE m.amname = 'btree' AND c.relnamespace = current_schema()::regnamespace AND t.relname ~ %s
ORDER BY 1
"""
"""B-tree indexes, whose entries may not be longer than 2,704 bytes: names, columns, and which columns are text of any
length.
"""


def fit(connection: BaseDatabaseWrapper) -> None:
    """Set up what recviewer's tables need beside what Django creates. Runs after each migration and is idempotent.

    Text is in code point order, as on SQLite, and of any length: limits are enforced where text comes in. Integers have
    64 bits. An index over text of any length is a hash index, which finds equal values and serves no order.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LIMITED, [_OURS])
        for index, table, constraint, is_unique, columns, are_text, name in cursor.fetchall():
            if any(are_text):
                _hash(cursor, index, table, constraint, is_unique, columns, are_text, name)
        cursor.execute(_UNSORTED, [_OURS])
        _alter(cursor, [(table, f'"{column}" TYPE {type} COLLATE "C"') for table, column, type in cursor.fetchall()])
        cursor.execute(_NARROW, [_OURS])
        _alter(cursor, [(table, f'"{column}" TYPE bigint') for table, column in cursor.fetchall()])


def _alter(cursor: Any, columns: list[tuple[str, str]]) -> None:
    for table in dict.fromkeys(table for table, _ in columns):
        changes = ", ".join(f"ALTER COLUMN {change}" for other, change in columns if other == table)
        cursor.execute(f"ALTER TABLE {table} {changes}")


def _hash(
    cursor: Any,
    index: str,
    table: str,
    constraint: str | None,
    is_unique: bool,
    columns: list[str],
    are_text: list[bool],
    name: str,
) -> None:
    """Replace a B-tree index by a hash index of the same name; drop one that would only serve an order."""
    cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}" if constraint else f"DROP INDEX {index}")
    if is_unique:
        # each part is hashed separately, so that two different lists never become one
        parts = [f'md5("{column}"::text)' for column in columns]
        whole = f'"{columns[0]}"' if len(columns) == 1 else f"({' || '.join(parts)})"
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING hash ({whole} WITH =)")
    elif name in _BY_FIRST:
        cursor.execute(f'CREATE INDEX {name} ON {table} ("{_BY_FIRST[name]}")')
    elif are_text[0] and len(columns) <= 2 and not name.endswith("_like") and name not in _IN_FEW_WORDS:
        cursor.execute(f'CREATE INDEX {name} ON {table} USING hash ("{columns[0]}")')
