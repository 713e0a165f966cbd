"""Full-text search over requests and reassembled answers: what was typed, and what it finds.

The words stand in a table beside the recordings, written by the indexer (their text comes from files, so no trigger
could). How a database keeps and finds them is told in `engines`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

from recviewer.catalog import engines, excerpts
from recviewer.catalog.engines import TABLE, Wanted
from recviewer.catalog.excerpts import Looked
from recviewer.catalog.models import Recording
from recviewer.catalog.named import named
from recviewer.catalog.naming import clean
from recviewer.catalog.pasted import id_end
from recviewer.recent import Recent

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
    pieces: excerpts.Pieces


def insert(cursor: CursorWrapper, words: Sequence[tuple[Any, ...]]) -> None:
    """Store words, in place of those there may be. words: (id, asked, answered, test, model)."""
    engines.of(cursor.db.vendor).insert(cursor, words)


def delete(cursor: CursorWrapper, ids: Iterable[int]) -> None:
    """Drop the words of recordings."""
    engines.of(cursor.db.vendor).delete(cursor, ids)


def needs_scan(text: str) -> bool:
    """Tell whether words cannot be told apart by spaces, so that only a scan for the text finds it."""
    return _UNSPACED.search(text) is not None


class Token(NamedTuple):
    """A word, or a phrase in quotes, that a person typed. is_unwanted: `-` stands before it."""

    text: str
    is_unwanted: bool
    is_phrase: bool

    @property
    def wanted(self) -> Wanted:
        """The token as the database looks for it: a word also matches those that begin with it."""
        return Wanted(self.text, self.is_phrase)

    @property
    def names(self) -> Q | None:
        """The condition for recordings that the token names: see `named`. None for plain words and phrases."""
        return named(self.text) if not self.is_phrase or "::" in self.text else None


WORD_LIMIT = 20
"""Words and phrases of a query that are searched for."""

TEXT_LIMIT = 1_000
"""Characters of a query that are read: a test id with its parameters."""

_TOKEN = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')


def tokens(text: str) -> list[Token]:
    """Return what a person typed, word by word, each once, and no more than are searched for: `WORD_LIMIT`.

    A test id is one word, also where its parameters hold spaces.
    """
    return list(islice(_typed(text[:TEXT_LIMIT]), WORD_LIMIT))


def has_more(text: str) -> bool:
    """Tell whether a text holds more words than are searched for."""
    return next(islice(_typed(text[:TEXT_LIMIT]), WORD_LIMIT, None), None) is not None


def _typed(text: str) -> Iterator[Token]:
    text, place, seen = clean(text), 0, set[Token]()
    while token := _TOKEN.search(text, place):
        sign, phrase, word = token.groups()
        place = token.end()
        if word is not None:
            start = token.start(3)
            place = max(place, id_end(text, start))
            word = text[start:place]
        typed = (phrase if word is None else word).strip()
        if _SAYS.search(typed):
            found = Token(typed, bool(sign), word is None)
            if found not in seen:
                seen.add(found)
                yield found


class _Found(RawSQL):
    """The ids that the database's engine finds. by: a function of the engine; asked: its parameters."""

    def __init__(self, by: str, *asked: Any) -> None:
        super().__init__(by, asked)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Return the query as that engine understands it."""
        sql, params = getattr(engines.of(connection.vendor), self.sql)(*self.params)
        return f"({sql})", tuple(params)


def matching(recordings: QuerySet[Recording], text: str) -> QuerySet[Recording]:
    """Return the recordings whose words match what a person typed, or that it names. Nothing but signs matches nothing."""
    typed = tokens(text)
    if not typed:
        return recordings.none()
    is_scan = needs_scan(text)
    plain = [] if is_scan else [token for token in typed if token.names is None]
    wanted = tuple(token.wanted for token in plain if not token.is_unwanted)
    if wanted:
        recordings = recordings.filter(_matched(wanted, tuple(token.wanted for token in plain if token.is_unwanted)))
    for token in typed:
        if token not in plain or (not wanted and token.is_unwanted):
            condition = Q(pk__in=_Found("scanned", token.text)) if is_scan else _matched((token.wanted,))
            condition |= token.names or Q()
            recordings = recordings.exclude(condition) if token.is_unwanted else recordings.filter(condition)
    return recordings


_kept = Recent[tuple[str, str], str](16)


def known(text: str, state: str) -> Q:
    """Return the condition for what `matching` finds, searched for once for all queries of a page and those that follow.

    state: a name of the catalog's present state; "" keeps nothing.
    """

    def found() -> str:
        return json.dumps(list(matching(Recording.objects.order_by(), text).values_list("pk", flat=True)))

    return Q(pk__in=_Found("listed", _kept.made((state, text), found) if state else found()))


def _matched(wanted: tuple[Wanted, ...], unwanted: tuple[Wanted, ...] = ()) -> Q:
    return Q(pk__in=_Found("holding", wanted, unwanted))


def snippets(ids: Sequence[int], text: str) -> dict[int, Snippet]:
    """Return, by recording id, where the words were found. ids: those of one page.

    Left out are those that are named and hold none of the words, and words that stand too far back in long texts.
    """
    typed = [token for token in tokens(text) if not token.is_unwanted]
    if needs_scan(text):
        finds = [excerpts.scanning(token.text) for token in typed]
    else:
        all_at_once = excerpts.wanted([(token.text, not token.is_phrase) for token in typed])
        finds = [all_at_once] if all_at_once else []
    if not ids or not finds:
        return {}
    places, looked = ", ".join(["%s"] * len(ids)), Looked()
    key = engines.of(connection.vendor).KEY
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key}, answered, asked FROM {TABLE} WHERE {key} IN ({places})", list(ids))
        return {id: found for id, *both in cursor if (found := _found(finds, both, looked))}


def _found(finds: Sequence[excerpts.WantedWords], both: Sequence[str | None], looked: Looked) -> Snippet | None:
    for find in finds:
        for where, words in zip(("answered", "asked"), both, strict=True):
            pieces = find.excerpt(words or "", looked)
            if pieces:
                return Snippet(where, pieces)
    return None
