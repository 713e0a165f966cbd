"""A question in the list: shown once, with the first of its answers, and all others in a fold.

The fold says how many they are, what differs, and their states. Very many have a page of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from django.utils.safestring import SafeString

from recviewer.catalog.models import Recording
from recviewer.exchange.text import LINE, AnswerKind
from recviewer.pages.recordings.questions import OPEN, Question, QuestionPage, Shares, said_in, shares
from recviewer.pages.recordings.telling_apart import RowPlace
from recviewer.pages.templatetags.words import counted
from recviewer.pages.text.words_for import StateWord, state_of, verdict_of
from recviewer.review.filters import Stand
from recviewer.review.subjects import subject_of

LEAST = 3
"""Minimum number of rows in a fold: fewer would save less than two lines."""

ANSWERS = {AnswerKind.TEXT, AnswerKind.CALL}

DIFFERENCES = 3
"""Number of differing values in the label of a fold."""


@dataclass(frozen=True, slots=True)
class RowFold:
    """A fold of answers. rows: none if they have a page of their own: url.

    differs: what tells them apart; more: number of further values. same: how many answer the same as one of those
    above. is_cut: only the beginning of the question is the same, as far as a row shows it. states: their words with
    the number of each, without ordinary undecided ones; undecided: number of those, 0 if all are.
    """

    count: int
    rows: tuple[SafeString, ...] = ()
    differs: tuple[str, ...] = ()
    more: int = 0
    same: int = 0
    is_cut: bool = False
    states: tuple[tuple[StateWord, int], ...] = ()
    undecided: int = 0
    size: int = 0
    url: str = ""

    @property
    def others(self) -> int:
        """Number of answers that differ from those above."""
        return self.count - self.same

    @property
    def said(self) -> str:
        """How the answers compare with those above: `3 answer the same, 5 otherwise`."""
        words = "other answers"
        if self.same:
            some = f"{self.same:,} {'answers' if self.same == 1 else 'answer'} the same, {self.others:,} otherwise"
            words = some if self.others else "answer the same"
        return f"{words}, asked with the same beginning" if self.is_cut else words


@dataclass(frozen=True, slots=True)
class ListItem:
    """A row of the list, and the fold below it with further answers to its question."""

    row: SafeString
    fold: RowFold | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A question of a page, by its row numbers. left: number of its recordings that are not on the page.

    same: how many of these answer the same as one that is shown. at: the index of its first recording in the list.
    """

    shown: tuple[int, ...]
    folded: tuple[int, ...] = ()
    left: int = 0
    same: int = 0
    at: int = 0


@dataclass(frozen=True, slots=True)
class Arranged:
    """The rows of a page before they are rendered, grouped by question."""

    places: tuple[RowPlace, ...]
    blocks: tuple[Block, ...]


def arranged(
    recordings: Sequence[Recording],
    places: Sequence[RowPlace],
    questions: QuestionPage | None,
    *,
    is_first: bool,
    is_last: bool,
) -> Arranged:
    """Show each question of a page once, and fold most of its answers if it has many.

    questions: None if each row is to be seen. is_first, is_last: whether the page is: the answers to a question at its
    end may continue on another page, unless pages contain whole questions.
    """
    question_of = {id: one for one in questions.questions for id in one.ids} if questions else {}
    begins = [at for at, place in enumerate(places) if not place.is_again]
    made = list(places)
    blocks: list[Block] = []
    for first, end in pairwise([*begins, len(places)]):
        some = recordings[first:end]
        question = question_of.get(some[0].pk)
        block = _block(first, recordings, places, end, question) if question else Block(tuple(range(first, end)))
        for before, at in pairwise(block.shown + block.folded):
            if _is_same_model(recordings[before], recordings[at]):
                made[at] = replace(made[at], is_model_again=True)
        if block.folded:  # the rows that are left look different
            for at in block.shown:
                made[at] = replace(made[at], values=())
        is_part = not question and ((first == 0 and not is_first) or (end == len(places) and not is_last))
        height = len(block.shown) + bool(block.folded or block.left)
        told = _told(some, len(block.shown) + len(block.folded) + block.left, is_part=is_part)
        made[first] = replace(made[first], lines=height, told=told)
        blocks.append(block)
    return Arranged(tuple(made), tuple(blocks))


def _is_same_model(one: Recording, other: Recording) -> bool:
    return bool(one.model) and (one.model, one.host) == (other.model, other.host)


def as_seen(recordings: Sequence[Recording], places: Sequence[RowPlace], question: Question) -> list[int]:
    """Return the ids of a question's recordings in the order of a page: those that are not folded first.

    recordings: those of its ids.
    """
    block = _block(0, recordings, places, len(recordings), question)
    return [recordings[at].pk for at in block.shown + block.folded]


def _block(
    first: int, recordings: Sequence[Recording], places: Sequence[RowPlace], end: int, question: Question
) -> Block:
    """Return which rows of a question, from the first on, are not folded."""
    some = recordings[first:end]
    answers = [_said(one, at) for at, one in enumerate(some)]
    common = question.common or shares([(one.answer_kind, one.outcome) for one in some], answers)
    opened = _opened(answers, common, places[first:end])
    shown = tuple([first + at for at in opened])
    folded = tuple([at for at in range(first, end) if at not in shown])
    if question.common:
        same = sum(common[at].alike - 1 for at in opened)
        return Block(shown, left=question.count - len(shown), same=same, at=question.at)
    return Block(shown, folded) if len(folded) >= LEAST else Block(tuple(range(first, end)))


def _opened(answers: Sequence[object], common: Sequence[Shares], places: Sequence[RowPlace]) -> list[int]:
    """Return the numbers of the answers that are not folded: the first, then the rarest, no two that are the same.

    Of equally rare ones, those with other parameters come first.
    """
    opened: list[int] = []
    left = list(range(len(answers)))
    words, parameters = set[object](), set[object]()
    while left and len(opened) < OPEN:
        at = min(left, key=lambda at: (at > 0, common[at], places[at].differs in parameters, at))
        opened.append(at)
        words.add(answers[at])
        parameters.add(places[at].differs)
        left = [one for one in left if answers[one] not in words]
    return sorted(opened)


def _told(some: Sequence[Recording], count: int, *, is_part: bool) -> str:
    """Return how many answers a question has, "" for one. some: of its recordings; count: all."""
    if count < 2:
        return ""
    here = " here" * is_part
    if len(some[0].asked) >= LINE:
        return f"{count:,}{here} that begin so"
    if count > len(some):
        return f"{count:,} recordings"
    kinds = {one.answer_kind for one in some}
    noun = "error" if kinds == {AnswerKind.ERROR} else "answer" if kinds <= ANSWERS else "recording"
    return counted(count, noun) + here


def folded(
    recordings: Sequence[Recording],
    told: Arranged,
    rows: Sequence[SafeString],
    standings: Mapping[str, Stand],
    alone: Callable[[int, int], str],
) -> tuple[ListItem, ...]:
    """Return the arranged rows of a page, now that they are rendered.

    alone: returns the URL of the list with a row for each recording, for an index and the id of the first recording
    there.
    """
    made: list[ListItem] = []
    for block in told.blocks:
        fold = None
        if block.folded:
            fold = _fold(block, recordings, told.places, rows, standings)
        elif block.left:
            first = recordings[block.shown[0]]
            fold = RowFold(block.left, same=block.same, is_cut=len(first.asked) >= LINE, url=alone(block.at, first.pk))
        made += [ListItem(rows[at]) for at in block.shown[:-1]]
        made.append(ListItem(rows[block.shown[-1]], fold))
    return tuple(made)


def _said(one: Recording, number: int) -> tuple[object, ...]:
    """Return what neighbours have to share; text that may be cut off counts as different."""
    if not one.asked:
        return (number,)
    return one.asked, said_in(one.answered, number), one.answer_kind, one.outcome


def _fold(
    block: Block,
    recordings: Sequence[Recording],
    places: Sequence[RowPlace],
    rows: Sequence[SafeString],
    standings: Mapping[str, Stand],
) -> RowFold:
    some = [recordings[at] for at in block.folded]
    pieces = dict.fromkeys(" · ".join(places[at].differs) for at in block.folded if places[at].differs)
    stands = [standings.get(subject_of(one)) for one in some]
    states = Counter(map(state_of, some, stands))
    undecided = len([stand for stand in stands if verdict_of(stand) is None])
    open_ones = {_said(recordings[at], at) for at in block.shown}
    return RowFold(
        len(some),
        tuple([rows[at] for at in block.folded]),
        tuple(pieces)[:DIFFERENCES],
        max(0, len(pieces) - DIFFERENCES),
        len([at for at in block.folded if _said(recordings[at], at) in open_ones]),
        len(some[0].asked) >= LINE,
        tuple([(state, count) for state, count in states.most_common() if state is not None]),
        undecided if undecided < len(some) else 0,
        sum(one.size for one in some),
    )
