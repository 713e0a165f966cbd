"""The order *best match* of a search: hits in the question first, then in the answer, then deeper."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import starmap
from operator import itemgetter

from recviewer.bounded.cache import Recent
from recviewer.catalog.folding import MARK, folded
from recviewer.catalog.naming import clean
from recviewer.catalog.search import is_whole, needs_scan
from recviewer.language.tree import Term, Word
from recviewer.pages.recordings.facets import narrowed
from recviewer.pages.recordings.list_state import DEFAULT_SORT, SORTS, ListState
from recviewer.review import narrowing

_orders = Recent[tuple[str, str, tuple[Term, ...]], tuple[int, ...]](8, once=True, state_of=itemgetter(0))


def in_order(state: ListState, stable: str) -> tuple[int, ...]:
    """Return the ids of all results of a search. stable: as in `facets.narrowed`.

    The rank follows what the list shows: all words in the question, all in the answer, all in either, or somewhere
    beyond; then short lines before long ones, and lines of equal length in order of tests.
    """
    if not stable or narrowing.holds_said(state.terms, state.words):
        return _ranked(state, stable)
    return _orders.made((stable, state.words, state.terms), lambda: _ranked(state, stable))


def _ranked(state: ListState, stable: str) -> tuple[int, ...]:
    rows = narrowed(state, None, stable).order_by(*SORTS[DEFAULT_SORT].columns).values_list("pk", "asked", "answered")
    words = [word for word in narrowing.wanted_in(state.words) if not word.is_unwanted]
    wanted = [_looked_for(word) for word in words]
    if not wanted:
        return tuple([pk for pk, *_ in rows])
    ranks = starmap(lambda pk, asked, answered: (*rank(wanted, asked, answered), pk), rows)
    return tuple([pk for *_, pk in sorted(ranks, key=lambda one: one[:2])])


def _looked_for(word: Word) -> str:
    """Return the form in which a word is looked for in a line.

    Unless it is a phrase, it is a prefix; in scripts without spaces it may be anywhere.
    """
    text = _bare(word.text)
    return text if needs_scan(word) else f" {text} " if is_whole(word) else f" {text}"


def _bare(text: str) -> str:
    return " ".join(folded(clean(text)).replace(MARK, "").split())


def rank(wanted: Sequence[str], asked: str, answered: str) -> tuple[int, int]:
    """Return the rank of two lines, 0 for the best, and the length of the lines with the words.

    wanted: words in the form in which they are looked for in a line with spaces around each word.
    """
    question, answer = f" {_bare(asked)} ", f" {_bare(answered)} "
    in_question, in_answer = ([one in line for one in wanted] for line in (question, answer))
    if all(in_question):
        return 0, len(asked)
    if all(in_answer):
        return 1, len(answered)
    if all(map(max, in_question, in_answer)):
        return 2, len(asked) + len(answered)
    return 3, len(asked) + len(answered)
