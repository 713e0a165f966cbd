"""How the full-text index reads characters: which are parts of words, and which count as the same (`É` as `e`).

SQLite's tokenizer has tables of its own, which differ from Python's and between versions. So each character that occurs
is tested once, by indexing it between two letters in an in-memory database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from contextlib import closing
from threading import Lock

GAP = " "
"""Represents every character that separates words."""

MARK = "\u0300"
"""Represents every combining character, which belongs to the letter before it and is ignored."""

TOKENIZER = "unicode61"

_ASCII = "".join(chr(code).lower() if chr(code).isalnum() else GAP for code in range(128))
_known: dict[int, str] = dict(enumerate(_ASCII))
_lock = Lock()


def folded(text: str) -> str:
    """Return a text as the index reads it, character by character, so that offsets are the same as in the text.

    Letters and digits without case and accents; GAP for separators; MARK for combining characters.
    """
    if text.isascii():
        return text.translate(_ASCII)
    strange = [sign for sign in set(text) if ord(sign) not in _known]
    if strange:
        _learn(strange)
    made = text.translate(_known)
    if MARK in made:
        if made[0] == MARK:
            made = GAP + made[1:]
        while GAP + MARK in made:  # there is no letter before it to belong to
            made = made.replace(GAP + MARK, GAP + GAP)
    return made


def _learn(signs: Collection[str]) -> None:
    """Ask the index how it reads some characters."""
    with closing(sqlite3.connect(":memory:")) as raw:
        raw.execute(f"CREATE VIRTUAL TABLE seen USING fts5(sign, tokenize = '{TOKENIZER}')")
        raw.execute("CREATE VIRTUAL TABLE words USING fts5vocab(seen, 'instance')")
        askable = [sign for sign in signs if not "\ud800" <= sign <= "\udfff"]
        raw.executemany(
            "INSERT INTO seen (rowid, sign) VALUES (?, ?)", [(ord(sign) + 1, f"a{sign}b") for sign in askable]
        )
        read = {doc - 1: term for doc, term in raw.execute('SELECT doc, term FROM words ORDER BY doc, "offset" DESC')}
    with _lock:
        for sign in signs:
            term = read.get(ord(sign), "a")
            _known[ord(sign)] = GAP if term == "a" else MARK if term == "ab" else term[1:-1]
