"""Full-text search over requests and reassembled answers: the one place that knows the database's engine for it.

SQLite: an FTS5 table beside the recordings, its rowid being the recording's id, written by the indexer (its text comes
from files, so no trigger could). PostgreSQL follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from recviewer.catalog.models import Recording
from recviewer.catalog.named import named
from recviewer.catalog.naming import clean
from recviewer.catalog.pasted import id_end

TABLE = "catalog_words"
COLUMNS = ("asked", "answered", "test", "model")
CREATE = f"CREATE VIRTUAL TABLE {TABLE} USING fts5({', '.join(COLUMNS)}, tokenize = 'unicode61')"
DROP = f"DROP TABLE IF EXISTS {TABLE}"

MARK_START, MARK_END = "\x02", "\x03"
"""Around a hit in a snippet; neither occurs in the stored words, which were cleaned of control characters like them."""

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f"
    "\u2600-\u27bf\U0001f000-\U0001faff]"
)
"""Signs of languages without spaces, and pictures, which no index of words holds."""

_SAYS = re.compile(rf"[^\W_]|{_UNSPACED.pattern}")
"""What makes a token more than signs."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """Where a recording matched. where: `asked` or `answered`. pieces: (text, is a hit) in order."""

    where: str
    pieces: tuple[tuple[str, bool], ...]


def insert(cursor: CursorWrapper | SQLiteCursorWrapper, words: Sequence[tuple[Any, ...]]) -> None:
    """Store words, in place of those there may be. words: (id, asked, answered, test, model)."""
    cursor.executemany(
        f"INSERT OR REPLACE INTO {TABLE} (rowid, {', '.join(COLUMNS)}) VALUES (%s, %s, %s, %s, %s)", words
    )


def delete(cursor: CursorWrapper, ids: Iterable[int]) -> None:
    """Drop the words of recordings."""
    cursor.executemany(f"DELETE FROM {TABLE} WHERE rowid = %s", [(id,) for id in ids])


def clear(cursor: CursorWrapper) -> None:
    """Drop all words."""
    cursor.execute(f"DELETE FROM {TABLE}")


def needs_scan(text: str) -> bool:
    """Tell whether words cannot be told apart by spaces, so that only a scan for the text finds it."""
    return _UNSPACED.search(text) is not None


class Token(NamedTuple):
    """A word, or a phrase in quotes, that a person typed. is_unwanted: `-` stands before it."""

    text: str
    is_unwanted: bool
    is_phrase: bool

    @property
    def expression(self) -> str:
        """The token for FTS5: in quotes, so that nothing typed is syntax. A word also matches those that begin with it."""
        quoted = '"' + self.text.replace('"', '""') + '"'
        return quoted if self.is_phrase else quoted + " *"

    @property
    def names(self) -> Q | None:
        """The condition for recordings that the token names: see `named`. None for plain words and phrases."""
        return named(self.text) if not self.is_phrase or "::" in self.text else None


_TOKEN = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')


def tokens(text: str) -> list[Token]:
    """Return what a person typed, word by word. A test id is one word, also where its parameters hold spaces."""
    text, place, found = clean(text), 0, []
    while token := _TOKEN.search(text, place):
        sign, phrase, word = token.groups()
        place = token.end()
        if word is not None:
            start = token.start(3)
            place = max(place, id_end(text, start))
            word = text[start:place]
        typed = (phrase if word is None else word).strip()
        if _SAYS.search(typed):
            found.append(Token(typed, bool(sign), word is None))
    return found


def expression(text: str) -> str:
    """Return the FTS5 expression for what a person typed: words in any order, quoted phrases, `-word` to leave out.

    Returns "" where no word is left to search for.
    """
    return _expression(tokens(text))


def _expression(typed: Sequence[Token]) -> str:
    wanted = [token.expression for token in typed if not token.is_unwanted]
    unwanted = [token.expression for token in typed if token.is_unwanted]
    if not wanted:
        return ""
    found = " AND ".join(wanted)
    return f"({found}) NOT ({' OR '.join(unwanted)})" if unwanted else found


def matching(recordings: QuerySet[Recording], text: str) -> QuerySet[Recording]:
    """Return the recordings whose words match what a person typed, or that it names. Nothing but signs matches nothing."""
    typed = tokens(text)
    if not typed:
        return recordings.none()
    is_scan = needs_scan(text)
    plain = [] if is_scan else [token for token in typed if token.names is None]
    found = _expression(plain)
    if found:
        recordings = recordings.filter(_matched(found))
    for token in typed:
        if token not in plain or (not found and token.is_unwanted):
            condition = _containing(token) if is_scan else _matched(token.expression)
            condition |= token.names or Q()
            recordings = recordings.exclude(condition) if token.is_unwanted else recordings.filter(condition)
    return recordings


def _matched(found: str) -> Q:
    return Q(pk__in=RawSQL(f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s", [found]))


def _containing(token: Token) -> Q:
    like = "%" + re.sub(r"([\\%_])", r"\\\1", token.text) + "%"
    holds = r"(asked LIKE %s ESCAPE '\' OR answered LIKE %s ESCAPE '\')"
    return Q(pk__in=RawSQL(f"SELECT rowid FROM {TABLE} WHERE {holds}", [like, like]))


def snippets(ids: Sequence[int], text: str) -> dict[int, Snippet]:
    """Return, by recording id, where the words were found. ids: those of one page."""
    if not ids:
        return {}
    if needs_scan(text):
        return _scanned(ids, text)
    typed = tokens(text)
    found = _expression(typed)
    if any(token.names is not None for token in typed):  # what is named need not hold the words: show what there is
        found = " OR ".join(token.expression for token in typed if not token.is_unwanted)
    if not found:
        return {}
    parts = ", ".join(f"snippet({TABLE}, {column}, '{MARK_START}', '{MARK_END}', '…', 14)" for column in (0, 1))
    places = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT rowid, {parts} FROM {TABLE} WHERE {TABLE} MATCH %s AND rowid IN ({places})", [found, *ids]
        )
        return {id: _snippet(asked or "", answered or "") for id, asked, answered in cursor.fetchall()}


def _snippet(asked: str, answered: str) -> Snippet:
    where, text = ("answered", answered) if MARK_START in answered else ("asked", asked)
    return Snippet(where, _pieces(text if MARK_START in text else ""))


def _pieces(text: str) -> tuple[tuple[str, bool], ...]:
    pieces = []
    for piece in re.split(f"({MARK_START}[^{MARK_END}]*{MARK_END})", text):
        if piece:
            hit = piece.startswith(MARK_START)
            pieces.append((piece.strip(MARK_START + MARK_END) if hit else piece, hit))
    return tuple(pieces)


def _scanned(ids: Sequence[int], text: str) -> dict[int, Snippet]:
    places = ", ".join(["%s"] * len(ids))
    wanted = [token.text.lower() for token in tokens(text) if not token.is_unwanted]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT rowid, answered, asked FROM {TABLE} WHERE rowid IN ({places})", list(ids))
        found = {}
        for id, *both in cursor.fetchall():
            spots = (
                (where, words, words.lower().find(token), len(token))
                for token in wanted
                for where, words in zip(("answered", "asked"), both, strict=True)
            )
            spot = next((spot for spot in spots if spot[2] >= 0), None)
            if spot is not None:
                where, words, start, length = spot
                end = start + length
                pieces = (
                    (words[max(0, start - 40) : start], False),
                    (words[start:end], True),
                    (words[end : end + 60], False),
                )
                found[id] = Snippet(where, pieces)
        return found
