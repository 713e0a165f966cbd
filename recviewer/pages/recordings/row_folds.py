"""Neighbours in the list that ask the same say so once; those that answer the same besides stand behind one line.

The line says how many they are, what differs, and how they stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from django.utils.safestring import SafeString

from recviewer.catalog.models import Recording
from recviewer.exchange.text import LINE, AnswerKind
from recviewer.pages.recordings.telling_apart import RowPlace
from recviewer.pages.templatetags.words import counted
from recviewer.pages.text.words_for import StateWord, state_of
from recviewer.review.filters import Stand
from recviewer.review.subjects import subject_of

LEAST = 3
"""Rows that a line may stand for: of fewer it would save less than two."""

ANSWERS = {AnswerKind.TEXT, AnswerKind.CALL}

DIFFERENCES = 3
"""Values of what differs that stand in the line."""


@dataclass(frozen=True, slots=True)
class RowFold:
    """Rows behind a line. differs: what tells them apart; more: how many values of that do not stand there. is_cut: only the
    beginning of what was asked is the same, as far as it stands in a row. states: their words with how many each, undecided
    ones without anything odd left out.
    """

    rows: tuple[SafeString, ...]
    differs: tuple[str, ...]
    more: int
    is_cut: bool
    states: tuple[tuple[StateWord, int], ...]
    size: int


@dataclass(frozen=True, slots=True)
class ListItem:
    """A row of the list, and the fold below it with those that answer the same."""

    row: SafeString
    fold: RowFold | None = None


@dataclass(frozen=True, slots=True)
class Arranged:
    """The rows of a page before they are printed. runs: their numbers; all but the first are folded below it."""

    places: tuple[RowPlace, ...]
    runs: tuple[tuple[int, ...], ...]


def arranged(
    recordings: Sequence[Recording], places: Sequence[RowPlace], *, is_folding: bool, is_first: bool, is_last: bool
) -> Arranged:
    """Have each question of a page, in order of tests, said once, and fold runs of equal answers.

    is_folding: False where each row is to be seen. is_first, is_last: whether the page is: what a question at its end was
    answered may go on on another.
    """
    runs = tuple(_runs(recordings, places)) if is_folding else tuple([(at,) for at in range(len(places))])
    made = list(places)
    above = {run[0]: before[0] for before, run in pairwise(runs) if places[run[0]].is_again}
    above |= {at: before for run in runs for before, at in pairwise(run[1:])}
    for at, before in above.items():
        model = recordings[at].model
        if model and (model, recordings[at].host) == (recordings[before].model, recordings[before].host):
            made[at] = replace(made[at], is_model_again=True)
    lines = {run[0]: min(len(run), 2) for run in runs}
    begins = [at for at, place in enumerate(places) if not place.is_again]
    for first, end in pairwise([*begins, len(places)]):
        is_part = (first == 0 and not is_first) or (end == len(places) and not is_last)
        height = sum(lines.get(at, 0) for at in range(first, end))
        made[first] = replace(made[first], lines=height, told=_told(recordings[first:end], is_part=is_part))
    return Arranged(tuple(made), runs)


def _runs(recordings: Sequence[Recording], places: Sequence[RowPlace]) -> Iterator[tuple[int, ...]]:
    begun = 0
    numbers: list[tuple[object, ...]] = []
    for number, (one, place) in enumerate(zip(recordings, places, strict=True)):
        begun = number if place.heading else begun
        numbers.append((begun, *_said(one, number)))
    for _, run in groupby(range(len(places)), key=lambda at: numbers[at]):
        some = tuple(run)
        if len(some) > LEAST:
            yield some
        else:
            yield from [(at,) for at in some]


def _told(some: Sequence[Recording], *, is_part: bool) -> str:
    """Return how many answers a question has, "" for one."""
    if len(some) < 2:
        return ""
    here = " here" * is_part
    if len(some[0].asked) >= LINE:
        return f"{len(some):,}{here} that begin so"
    kinds = {one.answer_kind for one in some}
    noun = "error" if kinds == {AnswerKind.ERROR} else "answer" if kinds <= ANSWERS else "recording"
    return counted(len(some), noun) + here


def folded(
    recordings: Sequence[Recording],
    told: Arranged,
    rows: Sequence[SafeString],
    standings: Mapping[str, Stand],
) -> tuple[ListItem, ...]:
    """Return the rows of a page as they were arranged, now that they are printed."""
    made: list[ListItem] = []
    for first, *others in told.runs:
        some = [(recordings[at], told.places[at], rows[at]) for at in others]
        made.append(ListItem(rows[first], _fold(some, standings) if some else None))
    return tuple(made)


def _said(one: Recording, number: int) -> tuple[object, ...]:
    """Return what neighbours have to share; what may be cut off is shared by none."""
    if not one.asked or not 0 < len(one.answered) < LINE:
        return (number,)
    return one.asked, one.answered, one.answer_kind, one.outcome


def _fold(told: Sequence[tuple[Recording, RowPlace, SafeString]], standings: Mapping[str, Stand]) -> RowFold:
    pieces = dict.fromkeys(" · ".join(place.differs) for _, place, _ in told if place.differs)
    states = Counter(state_of(one, standings.get(subject_of(one))) for one, _, _ in told)
    return RowFold(
        tuple([row for _, _, row in told]),
        tuple(pieces)[:DIFFERENCES],
        max(0, len(pieces) - DIFFERENCES),
        len(told[0][0].asked) >= LINE,
        tuple([(state, count) for state, count in states.most_common() if state is not None]),
        sum(one.size for one, _, _ in told),
    )
