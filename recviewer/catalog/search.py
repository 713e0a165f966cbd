"""Full-text search over requests and reassembled answers: the one place that knows the database's engine for it.

SQLite: an FTS5 table beside the recordings, its rowid being the recording's id, written by the indexer (its text comes
from files, so no trigger could). PostgreSQL follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from recviewer.catalog.models import Recording
from recviewer.catalog.naming import clean

TABLE = "catalog_words"
COLUMNS = ("asked", "answered", "test", "model")
CREATE = f"CREATE VIRTUAL TABLE {TABLE} USING fts5({', '.join(COLUMNS)}, tokenize = 'unicode61')"
DROP = f"DROP TABLE IF EXISTS {TABLE}"

MARK_START, MARK_END = "\x02", "\x03"
"""Around a hit in a snippet; neither occurs in the stored words, which were cleaned of control characters like them."""

_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f]")


@dataclass(frozen=True, slots=True)
class Snippet:
    """Where a recording matched. where: `asked` or `answered`. pieces: (text, is a hit) in order."""

    where: str
    pieces: tuple[tuple[str, bool], ...]


def insert(cursor: CursorWrapper, words: Sequence[tuple[Any, ...]]) -> None:
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


def _tokens(text: str) -> Iterator[tuple[bool, str, bool]]:
    """Yield (is to be left out, the words, is a quoted phrase) of what a person typed."""
    for sign, phrase, word in re.findall(r'(-?)(?:"([^"]*)"?|(\S+))', clean(text)):
        token = (phrase or word).strip()
        if re.search(r"[^\W_]", token):
            yield bool(sign), token, bool(phrase)


def expression(text: str) -> str:
    """Return the FTS5 expression for what a person typed: words in any order, quoted phrases, `-word` to leave out.

    Each word also matches longer words that begin with it. Every token is quoted, so nothing typed is syntax.
    Returns "" where nothing is left to search for.
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    for is_unwanted, token, is_phrase in _tokens(text):
        quoted = '"' + token.replace('"', '""') + '"'
        (unwanted if is_unwanted else wanted).append(quoted if is_phrase else quoted + " *")
    if not wanted:
        return ""
    found = " AND ".join(wanted)
    return f"({found}) NOT ({' OR '.join(unwanted)})" if unwanted else found


def matching(recordings: QuerySet[Recording], text: str) -> QuerySet[Recording]:
    """Return the recordings whose words match what a person typed."""
    if needs_scan(text):
        return _containing(recordings, text)
    found = expression(text)
    if not found:
        return recordings.none()
    return recordings.filter(pk__in=RawSQL(f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s", [found]))


def _containing(recordings: QuerySet[Recording], text: str) -> QuerySet[Recording]:
    holds = r"(asked LIKE %s ESCAPE '\' OR answered LIKE %s ESCAPE '\')"
    for is_unwanted, token, _ in _tokens(text):
        like = "%" + re.sub(r"([\\%_])", r"\\\1", token) + "%"
        found = RawSQL(f"SELECT rowid FROM {TABLE} WHERE {holds}", [like, like])
        recordings = recordings.exclude(pk__in=found) if is_unwanted else recordings.filter(pk__in=found)
    return recordings


def snippets(ids: Sequence[int], text: str) -> dict[int, Snippet]:
    """Return, by recording id, where the words were found. ids: those of one page."""
    if not ids:
        return {}
    if needs_scan(text):
        return _scanned(ids, text)
    found = expression(text)
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
    wanted = [token.lower() for is_unwanted, token, _ in _tokens(text) if not is_unwanted]
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
