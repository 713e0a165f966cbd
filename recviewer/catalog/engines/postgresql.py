r"""PostgreSQL: words in a tsvector built by recviewer, and phrases in the folded text beside it.

Words are split and folded by `folding`, as on SQLite, so that a search finds the same on both. PostgreSQL's own parser
knows one language at a time, and its positions end at 16,383. So the tsvector holds words without positions and selects
the rows that may match; the match itself is decided on `folded`: the four texts, each as ` word word `, separated by
line ends so that no phrase runs from one text into the next. A tsvector holds 1 MB of words of up to 2,046 bytes:
longer words are stored by their beginning, and if a text has too many words, `is_whole` is false and the folded text
decides.
"""

from __future__ import annotations

import hashlib
import json as plain_json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from recviewer.catalog.engines import TABLE, Sql, Wanted
from recviewer.catalog.folding import MARK, folded

KEY = "id"

WORD_SIGNS = 500
"""Maximum length of a word in the tsvector in characters: at most 2,000 bytes."""

VECTOR_BYTES = 900_000
"""Maximum size of a tsvector, with a margin."""


def create() -> list[str]:
    return [
        f"CREATE TABLE {TABLE} (id bigint PRIMARY KEY, asked text NOT NULL, answered text NOT NULL, "
        'folded text COLLATE "C" NOT NULL, words tsvector NOT NULL, is_whole boolean NOT NULL)',
        f"CREATE INDEX {TABLE}_index ON {TABLE} USING gin (words)",
        f"CREATE INDEX {TABLE}_rest ON {TABLE} (id) WHERE NOT is_whole",
    ]


def insert(cursor: CursorWrapper, words: Sequence[tuple[Any, ...]]) -> None:
    cursor.executemany(
        f"INSERT INTO {TABLE} (id, asked, answered, folded, words, is_whole) "
        "VALUES (%s, %s, %s, %s, array_to_tsvector(%s::text[]), %s) ON CONFLICT (id) DO UPDATE SET "
        "asked = excluded.asked, answered = excluded.answered, folded = excluded.folded, words = excluded.words, "
        "is_whole = excluded.is_whole",
        [(id, texts[0], texts[1], *_indexed(texts)) for id, *texts in words],
    )


def _indexed(texts: Sequence[str]) -> tuple[str, list[str], bool]:
    """Return texts in their searched form, the words for the index, and whether it holds all of them."""
    words = [_words(text) for text in texts]
    distinct = sorted({word[:WORD_SIGNS] for word in chain.from_iterable(words)})
    is_whole = sum(len(word.encode()) for word in distinct) <= VECTOR_BYTES
    return "\n".join(f" {' '.join(some)} " for some in words), distinct if is_whole else [], is_whole


def _words(text: str) -> list[str]:
    return folded(text).replace(MARK, "").split()


def delete(cursor: CursorWrapper, ids: Iterable[int]) -> None:
    cursor.execute(f"DELETE FROM {TABLE} WHERE id = ANY(%s)", [list(ids)])


def holding(wanted: tuple[Wanted, ...], unwanted: tuple[Wanted, ...]) -> Sql:
    phrases = [phrase for one in wanted if (phrase := _Phrase(one)).words]
    others = [phrase for one in unwanted if (phrase := _Phrase(one)).words]
    if not phrases:
        return f"SELECT id FROM {TABLE} WHERE false", []
    conditions, params = ["(words @@ %s::tsquery OR NOT is_whole)"], [" & ".join(one.query for one in phrases)]
    for one in phrases:
        conditions.append("(is_whole OR strpos(folded, %s) > 0)" if one.is_certain else "strpos(folded, %s) > 0")
        params.append(one.stretch)
    for one in others:
        holds = "strpos(folded, %s) > 0"
        conditions.append(f"NOT CASE WHEN is_whole THEN words @@ %s::tsquery{_and(one, holds)} ELSE {holds} END")
        params += [one.query, *([] if one.is_certain else [one.stretch]), one.stretch]
    return f"SELECT id FROM {TABLE} WHERE {' AND '.join(conditions)}", params


def _and(one: _Phrase, holds: str) -> str:
    return "" if one.is_certain else f" AND {holds}"


class _Phrase:
    """A word or phrase in the form that the index uses.

    query: the rows that may contain it, as a tsquery. is_certain: all of them do. stretch: its form in the folded text.
    """

    def __init__(self, one: Wanted) -> None:
        self.words = _words(one.text)
        self.is_certain = len(self.words) == 1 and len(self.words[0]) < WORD_SIGNS
        self.stretch = f" {' '.join(self.words)}{' ' if one.is_whole else ''}"
        terms = [_term(word, is_whole=True) for word in self.words[:-1]]
        terms += [_term(word, is_whole=one.is_whole) for word in self.words[-1:]]
        self.query = " & ".join(terms)


def _term(word: str, *, is_whole: bool) -> str:
    quoted = word[:WORD_SIGNS].replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'" if is_whole else f"'{quoted}':*"


def scanned(text: str) -> Sql:
    like = "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"
    holds = """(asked COLLATE "C" ILIKE %s OR answered COLLATE "C" ILIKE %s)"""
    return f"SELECT id FROM {TABLE} WHERE {holds}", [like, like]


def listed(ids: str) -> Sql:
    return "SELECT unnest(%s::bigint[])", [plain_json.loads(ids)]


def json(text: str) -> object:
    from psycopg.types.json import Jsonb

    return Jsonb(plain_json.loads(text))


def _number(name: str) -> int:
    """Return a name as the key of an advisory lock: a 64-bit number, separate for each database."""
    return int.from_bytes(hashlib.sha256(f"recviewer {name}".encode()).digest()[:8], "big", signed=True)


def only_writer(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_number(name)])


@contextmanager
def lean() -> Iterator[None]:
    """Do nothing, because the rows are written in another process (the server)."""
    yield


@contextmanager
def only_one(name: str) -> Iterator[bool]:
    """Hold a session-level advisory lock, which is released with the connection even if the process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_number(name)])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_number(name)])


def size() -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])
