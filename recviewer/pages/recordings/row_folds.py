"""Neighbours in the list that answer the same stand behind one line: how many, what differs, and how they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.safestring import SafeString

from recviewer.catalog.models import Recording
from recviewer.exchange.text import LINE
from recviewer.pages.recordings.telling_apart import RowPlace
from recviewer.pages.text.words_for import StateWord, state_of
from recviewer.review.filters import Stand
from recviewer.review.subjects import subject_of

LEAST = 3
"""Rows that a line may stand for: of fewer it would save less than two."""

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


def folded(
    recordings: Sequence[Recording],
    places: Sequence[RowPlace],
    rows: Sequence[SafeString],
    standings: Mapping[str, Stand],
) -> tuple[ListItem, ...]:
    """Return the rows of a page in order, runs of equal answers folded below the first of each. places: by test."""
    made: list[ListItem] = []
    begun = 0
    numbers: list[tuple[object, ...]] = []
    for number, (one, place) in enumerate(zip(recordings, places, strict=True)):
        begun = number if place.heading else begun
        numbers.append((begun, *_said(one, number)))
    for _, run in groupby(range(len(rows)), key=lambda at: numbers[at]):
        first, *others = run
        if len(others) < LEAST:
            made += [ListItem(rows[at]) for at in (first, *others)]
            continue
        told = [(recordings[at], places[at], rows[at]) for at in others]
        made.append(ListItem(rows[first], _fold(told, standings)))
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
