"""The queue of a range: its items in order, one by one, for the filter in the URL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from recviewer.changes.items import Item, has_older_below
from recviewer.changes.model import Change
from recviewer.changes.numbers import Numbers, count
from recviewer.pages.ranges.filter import RangeFilter
from recviewer.pages.ranges.older_told import told
from recviewer.pages.text.classes import STATES, Look
from recviewer.pages.text.walk import Queue, Stop, walk
from recviewer.report.lists import VERDICTS
from recviewer.report.report import Report
from recviewer.review import pairs


@dataclass(frozen=True, slots=True)
class ShownRange:
    """A range on a page: as it was named, and its report. mode: `side` for two columns, else "".

    actor: the user, "" if it does not matter.
    """

    spec: str
    report: Report
    mode: str = ""
    actor: str = ""

    @property
    def url(self) -> str:
        """The URL of its landing page."""
        return reverse("changes:show", args=[self.spec])

    @property
    def head(self) -> str:
        """Its present head commit, short; "" for files on disk."""
        return self.report.found.source.range.head[:12]

    def item_words(self, change: Change) -> tuple[str, ...]:
        """Return the label of the item that contains a change, by test or file, for any of its pages."""
        asked = self.report.found.source.range
        return "range", asked.base, asked.head, change.about.story or change.side.path

    def named(self) -> str:
        """Return the range as part of a URL."""
        return urlencode({"range": self.spec})

    def change_url(self, asked: RangeFilter, change: Change, *more: tuple[str, str]) -> str:
        """Return the URL of one change, as an item of the queue of a filter.

        `head` records which commit was seen, so that a push in between is noticed.
        """
        return self._address(asked, ("change", change.side.path), *more)

    def _address(self, asked: RangeFilter, what: tuple[str, str], *more: tuple[str, str]) -> str:
        told = [what]
        told += [("head", self.head)] if self.head else []
        told += [("mode", self.mode)] if self.mode else []
        return self.url + asked.query(*told, *more)

    def item_url(self, asked: RangeFilter, item: Item) -> str:
        """Return the URL of an item: of the page of its one change, or of the page that shows all of them."""
        if not item.is_many:
            return self.change_url(asked, item.first)
        return self._address(asked, ("read", item.first.side.path))

    def pair_url(self, change: Change) -> str:
        """Return the URL where another partner is chosen; "" if git itself made the pair."""
        if change.pair is not None and not pairs.can_break(change):
            return ""
        return f"{reverse('changes:pair')}?{self.named()}&{RangeFilter().query(('change', change.side.path))[1:]}"

    def older_url(self, asked: RangeFilter, call: Change, *more: tuple[str, str]) -> str:
        """Return the URL of the question about all older generations of a call."""
        return f"{reverse('changes:older')}?{self.named()}&{asked.query(('change', call.side.path), *more)[1:]}"

    def end_url(self, asked: RangeFilter) -> str:
        """Return the URL of the end of a queue."""
        return self.url + asked.query(("end", "1"))


def queue_of(place: ShownRange, asked: RangeFilter, every: Sequence[Item], here: int = -1) -> Queue:
    """Return the queue of a filter. every: its items. here: the index of the present one, -1 for none."""
    states = {
        _name(change): change.verdict or "waiting"
        for change in place.report.found.changes
        if not change.is_open_to(place.actor)
    }
    return walk(
        [_stop(item) for item in every],
        here,
        states,
        lambda at: _stop_url(place, asked, every[at]),
        address=asked.query() or "?",
        list_url=place.url + asked.query(),
        summary_url=place.end_url(asked),
    )


def _stop_url(place: ShownRange, asked: RangeFilter, item: Item) -> str:
    """Return where a stop leads: to the item or, if that is decided, to its undecided older generations.

    These are asked about together if their page shows everything that they say and ask; otherwise one by one.
    """
    is_open = any(one.is_open_to(place.actor) for one in item.changes)
    older = [] if is_open else [one for one in item.older if one.is_open_to(place.actor)]
    if not older:
        return place.item_url(asked, item)
    call = next((one for one in item.changes if one.group == older[0].group and has_older_below(one)), None)
    mine = [one for one in older if one.group == older[0].group]
    if call is None or len(mine) < 2 or any(one.is_cut for one in told(mine, call)):
        return place.change_url(asked, older[0])
    return place.older_url(asked, call, ("walk", "1"))


def _stop(item: Item) -> Stop:
    every = (*item.changes, *item.older)  # a call is only finished when its older generations are decided too
    return Stop(
        tuple([_name(change) for change in every]),
        tuple([change.about.test_id for change in every]),
        tuple(["" if change.asks or item.is_many else change.subject for change in every]),
    )


def _name(change: Change) -> str:
    return repr(change.key)


@dataclass(frozen=True, slots=True)
class QueueEnd:
    """The end of a queue. counts: what was decided, in changes, each with its look and the address of the list.

    waiting: changes that wait for others, for who looks has agreed.
    to_plan: whether a plan of the range may hold anything: not where the queue held all of it and all is approved.
    """

    spec: str
    numbers: Numbers
    waiting: int
    counts: tuple[tuple[Look, int, str], ...]
    first_url: str
    again_url: str
    list_url: str
    to_plan: bool


def end(request: HttpRequest, place: ShownRange) -> HttpResponse:
    """Summarise a queue."""
    asked = RangeFilter.of(request.GET).without_verdict()
    every = asked.items(place.report)
    mine = [change for item in every for change in (*item.changes, *item.older)]
    numbers = count(mine)
    states = {"approved": numbers.approved, "rejected": numbers.rejected, "delete": numbers.to_delete}
    states |= {"revert": numbers.to_revert}
    queue = queue_of(place, asked, every)
    page = QueueEnd(
        spec=place.spec,
        numbers=numbers,
        waiting=sum(not one.verdict and not one.is_open_to(place.actor) for one in mine),
        counts=tuple(
            (
                replace(STATES[state], title=VERDICTS[state]),
                states[state],
                place.url + RangeFilter(verdict=state).query(),
            )
            for state in states
            if states[state]
        ),
        first_url=queue.skip_url,
        again_url=place.item_url(asked, every[0]) if every else "",
        list_url=place.url + asked.query(),
        to_plan=numbers.approved < numbers.changes or bool(asked.query()),
    )
    return render(request, "changes/end.html", {"page": page})
