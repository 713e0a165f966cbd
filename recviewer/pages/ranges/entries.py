"""The left column of a queue: the items around the present one, by class and by test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from recviewer.changes.items import Item
from recviewer.changes.model import Change
from recviewer.difference.model import Churn
from recviewer.exchange.amounts import counted
from recviewer.pages.difference.difference import Link
from recviewer.pages.ranges.filter import RangeFilter
from recviewer.pages.ranges.queue import ShownRange
from recviewer.pages.ranges.read_calls import models_of
from recviewer.pages.text.classes import CLASSES, Look, look_of_state
from recviewer.pages.text.test_ids import parse
from recviewer.pages.text.test_labels import labels_of

BEFORE, BEHIND = 6, 40
"""Items that are listed before and after the present one, so that it is visible without scrolling."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item in the left column. heading: the class where it begins, None elsewhere. number: items of that class.

    test: the function where it begins, "" elsewhere. asked: what tells the item from others of the same function or, where
    there are none, the question.
    more: how many the same change stands for besides.
    """

    heading: Look | None
    number: int
    test: str
    asked: str
    url: str
    state: Look
    is_here: bool
    more: int
    older: int


@dataclass(frozen=True, slots=True)
class Entries:
    """The column. before, after: how many entries are left out on each side. url: of the list that it is a part of.

    words: the filter of that list, "" for everything. other: of the same changes, by call or by test.
    """

    rows: tuple[ItemRow, ...]
    before: int
    after: int
    url: str
    words: str
    other: Link


def place_of(every: Sequence[Item], change: Change) -> int:
    """Return the index of the item that contains a change, or lists it below, -1 for none."""
    return next(
        (at for at, one in enumerate(every) if any(change is other for other in (*one.changes, *one.older))), -1
    )


def around(place: ShownRange, asked: RangeFilter, every: Sequence[Item], at: int) -> Entries:
    """Return the items of a queue around one. at: its index, -1 if it is not in the queue."""
    start, stop = max(0, at - BEFORE), min(len(every), at + BEHIND + 1)
    return Entries(
        tuple(_rows(place, asked, every, start, stop, at)),
        start,
        len(every) - stop,
        place.url + asked.query(),
        asked.words(place.report),
        _other(place, asked, every, at),
    )


def _other(place: ShownRange, asked: RangeFilter, every: Sequence[Item], at: int) -> Link:
    """Return the link from the queue by test to that by call, or back: at the same change, if one is shown."""
    other, words = replace(asked, by_call=not asked.by_call), "by test" if asked.by_call else "by call"
    if at < 0:
        return Link(place.url + other.query(), words)
    change = every[at].first
    stops = other.items(place.report)
    there = place_of(stops, change)
    return Link(place.item_url(other, stops[there]) if there >= 0 else place.change_url(other, change), words)


def _rows(
    place: ShownRange, asked: RangeFilter, every: Sequence[Item], start: int, stop: int, here: int
) -> Iterator[ItemRow]:
    heading: Churn | None = None
    test: object = None
    labels, alike = _labels(every[start:stop]), Counter((one.first.churn, _function(one)) for one in every[start:stop])
    for at, item in enumerate(every[start:stop], start):
        change = item.first
        mine = item.stories if asked.by_call else _function(item)
        is_new_class, is_new_test = change.churn is not heading, mine != test
        heading, test = change.churn, mine
        is_told = asked.by_call or alike[heading, _function(item)] == 1
        yield ItemRow(
            CLASSES[heading] if is_new_class else None,
            sum(one.first.churn is heading for one in every) if is_new_class else 0,
            _function(item) if is_new_class or is_new_test else "",
            _asked(item) if is_told else labels.get(item.first.about.test_id, "") or _asked(item),
            place.item_url(asked, item),
            look_of_state(item.state, is_gone=heading is Churn.GONE),
            at == here,
            0 if item.is_many else len(item.changes) - 1,
            len(item.older),
        )


def _function(item: Item) -> str:
    story = item.first.about
    names = {parse(test).short for test in item.tests}
    if len(item.stories) > 1 and len(names) == 1 and story.test_id:
        return names.pop()
    if len(item.stories) > 1:
        return counted(len(item.stories), "test" if story.test_id else "file")
    if story.test_id:
        return parse(story.test_id).short
    if len(item.places) > 1:
        return counted(len(item.places), "file")
    return story.name if story.part else "no test is known"


def _labels(some: Sequence[Item]) -> dict[str, str]:
    """Return labels with the parameters, by test, for items of one test, as short as is still unique."""
    alone = [item for item in some if len(item.stories) == 1 and item.first.about.test_id]
    models = models_of(change for item in alone for change in item.changes)
    told = labels_of([item.first.about.test_id for item in alone], models)
    return {test: label.parameters.strip("[]") for test, label in told.items()}


def _asked(item: Item) -> str:
    if not item.is_asked_alike:
        return f"{item.questions:,} questions"
    return item.first.about.meaning.line.asked or item.first.side.name
