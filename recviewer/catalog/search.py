"""Full-text search over requests and reassembled answers.

The words are in a table beside the recordings, written by the indexer (their text comes from files, so a trigger could
not do it). `engines` has how each database stores and finds them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

from recviewer.bounded.cache import Recent
from recviewer.catalog import engines, excerpts
from recviewer.catalog.by_name import named
from recviewer.catalog.engines import TABLE, Wanted
from recviewer.catalog.excerpts import Looked
from recviewer.catalog.models import Recording
from recviewer.catalog.naming import clean
from recviewer.catalog.rows import TABLE as RECORDINGS
from recviewer.exchange.searched import sort_at
from recviewer.language.reading import UNSPACED, Language, parse
from recviewer.language.tree import All, Either, Leaf, Not, Term, Tree, Word, leaves


@dataclass(frozen=True, slots=True)
class Snippet:
    """Where a recording matched. where: `asked` or `answered`. pieces: (text, is a hit) in order.

    sort: the kind of text, one of `exchange.searched.SORT_WORDS`, "" if unknown.
    """

    where: str
    pieces: excerpts.Pieces
    sort: str = ""


WORD_LIMIT = 20
"""Maximum number of words and phrases of a query that are searched for."""

TEXT_LIMIT = 1_000
"""Maximum length of a query in characters; enough for a test id with its parameters."""

ENDS = ("+", "#", "!", "?", ",", ";")
"""Signs at the end of a word after which no more letters of it follow."""

PLAIN = Language((), lambda key, value: True)
"""Words alone, without filters."""


def needs_scan(word: Word) -> bool:
    """Tell whether a word belongs to a script without spaces, so that only a scan of the text finds it."""
    return UNSPACED.search(word.text) is not None


def names_of(word: Word) -> Q | None:
    """Return the condition for recordings that a word names (see `by_name`), None for plain words and phrases."""
    return named(word.text) if not word.is_phrase or "::" in word.text else None


def _read(text: str) -> Tree | None:
    return parse(clean(text[:TEXT_LIMIT]), PLAIN).tree


def tokens(text: str) -> list[Word]:
    """Split a query into distinct words. A test id is one word, even if its parameters contain spaces."""
    found = leaves(_read(text))
    return list(dict.fromkeys(leaf for leaf in found if isinstance(leaf, Word)))


class _Found(RawSQL):
    """The ids that the database's engine finds. by: a function of the engine; asked: its parameters."""

    def __init__(self, by: str, *asked: Any) -> None:
        super().__init__(by, asked)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL for this database engine."""
        sql, params = getattr(engines.of(connection.vendor), self.sql)(*self.params)
        return f"({sql})", tuple(params)


def _no_filter(term: Term) -> Q:
    raise TypeError(f"{term.said} is not a word")


def condition(tree: Tree, of_term: Callable[[Term], Q] = _no_filter) -> Q:
    """Return the condition for a tree. of_term: the condition of a filter, ignoring its sign."""
    match tree:
        case Word() | Term():
            return _of_leaves([tree], of_term)
        case Not():
            return ~condition(tree.of, of_term)
        case Either():
            found = Q()
            for part in tree.of:
                found |= condition(part, of_term)
            return found
        case All():
            found = _of_leaves([part for part in tree.of if isinstance(part, (Word, Term))], of_term)
            for part in tree.of:
                if not isinstance(part, (Word, Term)):
                    found &= condition(part, of_term)
            return found


def _of_leaves(some: Sequence[Leaf], of_term: Callable[[Term], Q]) -> Q:
    """Return the condition that all leaves match; those in the word index are one query."""
    plain = [one for one in some if isinstance(one, Word) and not needs_scan(one) and names_of(one) is None]
    wanted = tuple(_wanted(one) for one in plain if not one.is_unwanted)
    found = Q()
    if wanted:
        found &= Q(pk__in=_Found("holding", wanted, tuple(_wanted(one) for one in plain if one.is_unwanted)))
    for one in some:
        if isinstance(one, Term):
            found &= ~of_term(one) if one.is_negative else of_term(one)
        elif one not in plain or not wanted:
            found &= ~_of_word(one) if one.is_unwanted else _of_word(one)
    return found


def _of_word(word: Word) -> Q:
    if needs_scan(word):
        found = Q(pk__in=_Found("scanned", clean(word.text)))
    else:
        found = Q(pk__in=_Found("holding", (_wanted(word),), ()))
    return found | (names_of(word) or Q())


def is_whole(word: Word) -> bool:
    """Tell whether longer words with this prefix do not match: of a phrase, and of what ends in a sign, as `C++` does."""
    return word.is_phrase or word.text.endswith(ENDS)


def _wanted(word: Word) -> Wanted:
    return Wanted(clean(word.text), is_whole(word))


def matching(recordings: QuerySet[Recording], text: str) -> QuerySet[Recording]:
    """Return the recordings whose words match a query, or that it names.

    A query without letters or digits matches nothing.
    """
    tree = _read(text)
    return recordings.none() if tree is None else recordings.filter(condition(tree))


_kept = Recent[tuple[str, str], str](16)


def known(text: str, state: str, make: Callable[[], Q]) -> Q:
    """Return the condition for the result of a search, computed once for all queries of a page and later ones.

    make: builds the condition. state: the catalog's present state; "" disables caching.
    """

    def found() -> str:
        return json.dumps(list(Recording.objects.order_by().filter(make()).values_list("pk", flat=True)))

    return Q(pk__in=_Found("listed", _kept.made((state, text), found) if state else found()))


def snippets(ids: Sequence[int], words: Iterable[Word]) -> dict[int, Snippet]:
    """Return, by recording id, where words were found. ids: those of one page.

    Omits recordings that the query only names, and words too far back in long texts.
    """
    some = [(clean(word.text), not is_whole(word), needs_scan(word)) for word in words if not word.is_unwanted]
    all_at_once = excerpts.wanted([(text, may_go_on) for text, may_go_on, is_scan in some if not is_scan])
    finds = [all_at_once] if all_at_once else []
    finds += [excerpts.scanning(text) for text, _, is_scan in some if is_scan]
    if not ids or not finds:
        return {}
    places, looked = ", ".join(["%s"] * len(ids)), Looked()
    key = engines.of(connection.vendor).KEY
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT said.{key}, said.answered, said.asked, its.answered_sorts, its.asked_sorts FROM {TABLE} said "
            f"JOIN {RECORDINGS} its ON its.id = said.{key} WHERE said.{key} IN ({places})",
            list(ids),
        )
        return {id: found for id, *both in cursor if (found := _found(finds, both[:2], both[2:], looked))}


def _found(
    finds: Sequence[excerpts.WantedWords], both: Sequence[str | None], sorts: Sequence[str], looked: Looked
) -> Snippet | None:
    for find in finds:
        for where, words, stretches in zip(("answered", "asked"), both, sorts, strict=True):
            found = find.excerpt(words or "", looked)
            if found:
                return Snippet(where, found.pieces, sort_at(stretches, found.at))
    return None
