"""The older generations of a call that were deleted with it: listed, and deleted together after a question that shows
each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods

from recviewer.changes.items import has_older_below
from recviewer.changes.model import Change
from recviewer.changes.overview import Overview
from recviewer.memory.ranges import watching
from recviewer.pages.deciding import double_clicks
from recviewer.pages.ranges import acts, older_told
from recviewer.pages.ranges.filter import RangeFilter
from recviewer.pages.ranges.older_told import OlderTold
from recviewer.pages.ranges.queue import ShownRange, queue_of
from recviewer.pages.site.forms import item_of, seen_in
from recviewer.pages.text.classes import Look, look_of_state
from recviewer.pages.text.walk import Queue
from recviewer.review import ranges
from recviewer.review.actors import actor_of
from recviewer.review.models import Verdict
from recviewer.review.refusals import Invalid
from recviewer.review.subjects import GENERATIONS


@dataclass(frozen=True, slots=True)
class Older:
    """One older generation. item: for the `item` field, "" where it is decided on. told: what it says."""

    change: Change
    url: str
    state: Look
    item: str
    told: OlderTold


@dataclass(frozen=True, slots=True)
class OlderPage:
    """The question before the older generations of a call are deleted together.

    count: how many of them are undecided. queue: that it is a stop of, None if the user came from elsewhere. here: its
    own URL; shown: when it was made.
    """

    spec: str
    rule: str
    call: Change
    older: tuple[Older, ...]
    count: int
    back: str
    queue: Queue | None = None
    here: str = ""
    shown: int = 0


def older_of(report_changes: Sequence[Change], call: Change) -> list[Change]:
    """Return the older generations listed below a change, nothing for a change that is one itself."""
    if not has_older_below(call):
        return []
    return [one for one in report_changes if one.is_older and one.group == call.group]


def question_url(place: ShownRange, call: Change) -> str:
    """Return the URL of the question."""
    return place.older_url(RangeFilter(), call)


@require_http_methods(["GET", "POST"])
def older(request: HttpRequest) -> HttpResponse:
    """Show all older generations of a call and ask about them (GET); approve the deletion of those that the form names
    (POST).
    """
    too_soon = double_clicks.refused(request) if request.method == "POST" else None
    return too_soon if too_soon is not None else acts.asked_or_done(request, _ask, _let_go)


def _ask(request: HttpRequest, place: ShownRange) -> HttpResponse:
    wanted = request.GET.get("change", "")
    changes = place.report.found.changes
    call = next((one for one in changes if one.side.path == wanted), None)
    mine = older_of(changes, call) if call else []
    if call is None or not mine:
        raise Http404(wanted)
    told = _told(place, mine, call)
    queue = _queue(request, place, mine[0]) if request.GET.get("walk") == "1" else None
    page = OlderPage(
        spec=place.spec,
        rule=GENERATIONS,
        call=call,
        older=told,
        count=sum(bool(one.item) for one in told),
        back=place.change_url(RangeFilter(), call),
        queue=queue,
        here=request.get_full_path(),
        shown=double_clicks.now(),
    )
    return render(request, "changes/older.html", {"page": page})


def _queue(request: HttpRequest, place: ShownRange, change: Change) -> Queue | None:
    """Return the queue that continues from here, None if no item contains the generation."""
    asked = RangeFilter.of(request.GET).without_verdict()
    every = asked.items(place.report)
    here = next((at for at, item in enumerate(every) if any(one is change for one in item.older)), -1)
    return queue_of(place, asked, every, here) if here >= 0 else None


def _told(place: ShownRange, changes: Sequence[Change], call: Change) -> tuple[Older, ...]:
    made = []
    for change, told in zip(changes, older_told.told(changes, call), strict=True):
        side = change.side
        is_open = ranges.is_older(change) and not change.verdict
        item = item_of(side.path, side.blob, change.own_subject) if is_open else ""
        url, state = place.change_url(RangeFilter(), change), look_of_state(change.verdict, is_gone=True)
        made.append(Older(change, url, state, item, told))
    return tuple(made)


def _let_go(request: HttpRequest, spec: str) -> HttpResponse:
    """Approve the deletion of what was ticked; only older generations of one call are accepted, whatever the form
    names.
    """
    seen, look = seen_in(request.POST), watching(spec)

    def find() -> Overview:
        found = look().found
        groups = {change.side.path: change.group for change in found.changes if ranges.is_older(change)}
        if (
            any(item.path not in groups or not item.change for item in seen)
            or len({groups[item.path] for item in seen}) > 1
        ):
            raise Invalid(
                "Some of the selected recordings are not older generations of that call. Open the page again."
            )
        return found

    done = ranges.say(find, seen, actor=actor_of(request), verdict=Verdict.APPROVE, rule=GENERATIONS)
    return acts.on(request, done, spec)


app_name = "changes"
urlpatterns = [path("do/older", older, name="older")]
