"""The list grouped by question: recordings of one test function with the same question.

A page of the list contains whole questions. For one with many answers it contains the first, a few that are unlike the
others, and the number of all.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import accumulate, compress, islice
from operator import itemgetter
from typing import NamedTuple

from django.db import connection

from recviewer.bounded.cache import Recent
from recviewer.catalog import facets
from recviewer.catalog.columns import FETCHED, Columns
from recviewer.catalog.models import Recording
from recviewer.catalog.own_findings import LOST
from recviewer.catalog.rows import TABLE
from recviewer.catalog.state import UpToDate
from recviewer.exchange.text import LINE
from recviewer.pages.recordings.list_state import DEFAULT_SORT, SORTS, ListState
from recviewer.pages.text.test_ids import parse
from recviewer.review import narrowing
from recviewer.review.subjects import chunked

HELD = 12
"""Maximum number of answers of a question that are all on its page."""

OPEN = 3
"""Answers of a question that are not folded."""

SAMPLE = 6
"""Answers among which these are chosen if a question has more than `HELD`."""


class Shares(NamedTuple):
    """How common an answer is among those to a question. The smaller, the rarer.

    of_kind: number of answers of the same kind and outcome, such as errors. alike: number of answers with the same text;
    one that is empty or may be cut off counts as different from all others.
    """

    of_kind: int
    alike: int


def said_in(answered: str, number: int) -> str | int:
    """Return by what an answer is the same as another: its text; for one that is empty or may be cut off, the number."""
    return answered if 0 < len(answered) < LINE else number


def shares(kinds: Sequence[object], answers: Sequence[object]) -> list[Shares]:
    """Return how common each answer to a question is. kinds, answers: equal where two have the same, one for each."""
    of_kind, alike = Counter(kinds), Counter(answers)
    return [Shares(of_kind[kind], alike[said]) for kind, said in zip(kinds, answers, strict=True)]


def _sample(answers: Sequence[object], common: Sequence[Shares]) -> list[int]:
    """Return the numbers, in order, of the first answer and of those that are rarest, each answer once."""
    firsts = {said: at for at, said in reversed(list(enumerate(answers)))}
    rare = sorted(firsts.values(), key=lambda at: (at > 0, common[at], at))
    return sorted(rare[:SAMPLE])


def _room(count: int) -> int:
    return count if count <= HELD else OPEN


@dataclass(frozen=True, slots=True)
class Question:
    """A question on a page. ids: of its recordings, or of a sample of many. count: of all.

    at: the index of the first in the list. common: how common the answer of each in a sample is; () for all recordings.
    """

    ids: tuple[int, ...]
    count: int
    at: int
    common: tuple[Shares, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """The questions of a page. first: the number of its first one, from 1. total: of questions; pages: of pages."""

    questions: tuple[Question, ...]
    first: int
    total: int
    page: int
    pages: int

    @property
    def last(self) -> int:
        """The number of the last question, 0 for none."""
        return self.first + len(self.questions) - 1


_FUNCTION = 40
"""Bits below the number of a function: for the question, and for whether replay finds the recording."""

_ORDER = SORTS[DEFAULT_SORT].columns
_READ = (
    f"SELECT id, test_id, asked, replay FROM {TABLE} WHERE run > %s "  # noqa: S608 - names of ours
    f"ORDER BY {', '.join(_ORDER)}"
)


class QuestionOrder:
    """All recordings, grouped by question. places: indexes in `columns`. numbers: of the question of each.

    Functions are in order of tests, and a question is at its first recording; its recordings that replay cannot find
    come last. Of tests, functions and questions only hashes are kept, by index: their texts would take 20 MB.
    """

    def __init__(self, columns: Columns) -> None:
        self._lineage = columns.lineage
        self._tests, self._functions, self._asked, self._lost = (_zeros(len(columns)) for _ in range(4))
        self._in_order: Sequence[int] = self._put(columns, -1)
        self._number()

    def after(self, run: int, columns: Columns) -> QuestionOrder | None:
        """Return the order with the rows that later runs have written, None if they all have to be read.

        run: the last one whose rows are in this order. columns: those of now.
        """
        if columns.lineage is not self._lineage:
            return None
        more = len(columns) - len(self._tests)
        made = copy(self)
        made._tests, made._functions = self._tests + _zeros(more), self._functions + _zeros(more)
        made._asked, made._lost = self._asked + _zeros(more), self._lost + _zeros(more)
        made._put(columns, run)
        if made._tests != self._tests:
            made._in_order = columns.places(_ORDER)
        made._number()
        return made

    def _put(self, columns: Columns, run: int) -> Sequence[int]:
        """Read what later runs than one have written, and return the indexes in order."""
        places = array("l")
        hashes: dict[str | None, tuple[int, int]] = {}
        with connection.cursor() as cursor:
            cursor.execute(_READ, [run])
            while some := cursor.fetchmany(FETCHED):
                for id, test_id, asked, replay in some:
                    place = columns.place_of(id)
                    if place is None:
                        continue
                    places.append(place)
                    test = hashes.get(test_id)
                    if test is None:
                        parsed = parse(test_id or "")
                        test = hashes[test_id] = hash((test_id,)), hash(parsed.file + parsed.function)
                    self._tests[place], self._functions[place] = test
                    self._asked[place] = hash((asked,)) | 1 if asked else id << 1
                    self._lost[place] = replay in LOST
        return places

    def _number(self) -> None:
        """Number the questions, and put the recordings in their order."""
        functions = list(map(self._functions.__getitem__, self._in_order))
        pairs = list(zip(functions, map(self._asked.__getitem__, self._in_order), strict=True))
        function_numbers = {one: at for at, one in enumerate(dict.fromkeys(functions))}
        numbers = {one: at for at, one in enumerate(dict.fromkeys(pairs))}
        lost = map(self._lost.__getitem__, self._in_order)
        ranks = [
            function_numbers[pair[0]] << _FUNCTION | numbers[pair] << 1 | one
            for pair, one in zip(pairs, lost, strict=True)
        ]
        order = sorted(range(len(ranks)), key=ranks.__getitem__)
        self.places: Sequence[int] = array("l", map(self._in_order.__getitem__, order))
        self.numbers: Sequence[int] = array("q", [ranks[at] >> 1 for at in order])


def _zeros(count: int) -> array[int]:
    return array("q", bytes(8 * count))


_orders = Recent[str, QuestionOrder](1, once=True, state_of=str)
"""By the catalog's state; 1.4 MB at 30,000 recordings."""
_last_order = UpToDate[QuestionOrder]()


def _order_of(columns: Columns, stable: str) -> QuestionOrder:
    def make() -> QuestionOrder:
        return _last_order.made(stable, lambda: QuestionOrder(columns), lambda last, run: last.after(run, columns))

    return _orders.made(stable, make) if stable else make()


_counted = Recent[tuple[object, ...], Sequence[int]](16, state_of=itemgetter(0))
"""160 kB each at 20,000 questions."""


_chosen = Recent[tuple[str, tuple[int, ...]], tuple[tuple[int, Shares], ...]](32, state_of=itemgetter(0))
"""The sample of each question with many answers; 8 kB each at 1,000 answers."""


def _chosen_of(ids: Sequence[int]) -> tuple[tuple[int, Shares], ...]:
    """Return the sample of a question with many answers: the id of each, and how common it is."""
    rows: dict[int, tuple[str, str, str]] = {}
    for some in chunked(ids):
        found = Recording.objects.filter(pk__in=some).values_list("pk", "answered", "answer_kind", "outcome")
        rows.update({pk: (answered, kind, outcome) for pk, answered, kind, outcome in found})
    told = [rows.get(id, ("", "", "")) for id in ids]
    kinds = [one[1:] for one in told]
    answers = [(said_in(one[0], id), *one[1:]) for id, one in zip(ids, told, strict=True)]
    common = shares(kinds, answers)
    return tuple([(ids[at], common[at]) for at in _sample(answers, common)])


@dataclass(frozen=True, slots=True)
class Questions:
    """The recordings that match a state, grouped by question. flags: which indexes of the columns these are.

    stable: as in `facets.narrowed`.
    """

    columns: Columns
    order: QuestionOrder
    flags: bytes
    counts: Sequence[int]
    stable: str = ""

    def ids(self, start: int, stop: int) -> list[int]:
        """Return the ids of a slice."""
        return [self.columns.ids[place] for place in self._places(start, stop)]

    def _places(self, start: int, stop: int) -> list[int]:
        flags = self.flags
        return list(islice((place for place in self.order.places if flags[place]), start, stop))

    def question(self, number: int) -> Question:
        """Return a question by its number, from 0."""
        at = sum(self.counts[:number])
        return self._question(self._places(at, at + self.counts[number]), at)

    def _question(self, places: Sequence[int], at: int) -> Question:
        """Return the question of some recordings. places: indexes in `columns`. at: the index of the first in the list."""
        ids = tuple([self.columns.ids[place] for place in places])
        if len(places) <= HELD:
            return Question(ids, len(ids), at)
        chosen = _chosen.made((self.stable, ids), lambda: _chosen_of(ids)) if self.stable else _chosen_of(ids)
        return Question(tuple([id for id, _ in chosen]), len(ids), at, tuple([common for _, common in chosen]))

    def page(self, number: int, size: int) -> QuestionPage:
        """Return a page, or the last one.

        size: number of recordings for which it has room; it always contains one question.
        """
        firsts = list(self._firsts(size))
        number = max(1, min(number, len(firsts)))
        if not firsts:
            return QuestionPage((), 1, 0, 1, 1)
        first = firsts[number - 1]
        end = firsts[number] if number < len(firsts) else len(self.counts)
        start = sum(self.counts[:first])
        places = self._places(start, start + sum(self.counts[first:end]))
        made, at = [], 0
        for count in self.counts[first:end]:
            made.append(self._question(places[at : at + count], start + at))
            at += count
        return QuestionPage(tuple(made), first + 1, len(self.counts), number, len(firsts))

    def question_at(self, at: int) -> tuple[int, int]:
        """Return the number, from 0, of the question at an index of the list, and the index of its first recording."""
        ends = list(accumulate(self.counts))
        number = bisect_right(ends, at)
        return number, ends[number] - self.counts[number]

    def page_of(self, number: int, size: int) -> int:
        """Return the page with a question."""
        return bisect_right(list(self._firsts(size)), number)

    def _firsts(self, size: int) -> Iterator[int]:
        """Yield the number of the first question of each page."""
        room = 0
        for number, count in enumerate(self.counts):
            room -= _room(count)
            if room < 0 or number == 0:
                yield number
                room = size - _room(count)


def questions_of(state: ListState, stable: str, left: tuple[Columns, int]) -> Questions:
    """Return the recordings of a state without words, grouped by question.

    stable: as in `facets.narrowed`. left: the result of `facets.columns_left`.
    """
    columns, base = left
    order = _order_of(columns, stable)
    flags = facets.flags_of(columns, base, state.terms)

    def count() -> Sequence[int]:
        chosen = bytes(map(flags.__getitem__, order.places))
        return array("l", Counter(compress(order.numbers, chosen)).values())

    if not stable or narrowing.holds_said(state.terms, state.words):
        return Questions(columns, order, flags, count(), stable)
    return Questions(columns, order, flags, _counted.made((stable, state.terms), count), stable)
