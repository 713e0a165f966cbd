"""A newer push during a review: its effect on the decisions, and where what was seen is now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from recviewer.catalog.git_paths import root_prefix
from recviewer.changes import sources
from recviewer.changes.model import Change
from recviewer.git.repository import GitFailed
from recviewer.memory.ranges import range_of, report_on
from recviewer.pages.ranges.filter import RangeFilter
from recviewer.pages.ranges.queue import ShownRange
from recviewer.pages.text.classes import Look, look_of_state
from recviewer.review import ranges
from recviewer.review.actors import actor_of
from recviewer.review.models import Decision, Verdict
from recviewer.review.ranges import Moved
from recviewer.review.subjects import GONE_PREFIX

SHORT = 9
"""Length of a shortened commit id."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """A head that differs from the one that was seen. count: decisions in this range; lost: that no longer apply."""

    before: str
    now: str
    count: int
    lost: int
    lost_url: str
    between_url: str


@dataclass(frozen=True, slots=True)
class Watch:
    """What an open page polls: is the head still the one that it shows?"""

    url: str


def pushed_of(request: HttpRequest, place: ShownRange) -> Pushed | None:
    """Return what to say about a newer push; None if the head is the one that this person saw or decided on last."""
    asked = place.report.found.source.range
    if asked.is_on_disk:
        return None
    moved = ranges.moved(place.report.found, actor_of(request))
    at = request.GET.get("head", "")
    before = at if at and not asked.head.startswith(at) else moved.head
    if not before or asked.head.startswith(before):
        return None
    return Pushed(
        before[:SHORT], asked.head[:SHORT], moved.count, len(moved.lost), f"{place.url}?lost=1", _between(place, before)
    )


def _between(place: ShownRange, before: str) -> str:
    return reverse("changes:show", args=[f"{before[:12]}..{place.head}"])


def watch_of(place: ShownRange) -> Watch | None:
    """Return what an open page polls; None for files on disk and for a range that names a commit."""
    asked = place.report.found.source.range
    if asked.is_on_disk or asked.head.startswith(asked.spec.head):
        return None
    return Watch(f"{_address()}?{urlencode({'range': place.spec, 'head': place.head})}")


def _address() -> str:
    return reverse("changes:pushed")


@require_safe
def watch(request: HttpRequest) -> HttpResponse:
    """Answer a poll: nothing while the head is the same, else a line that leads to the newer one."""
    spec, at = request.GET.get("range", ""), request.GET.get("head", "")
    try:
        head = range_of(spec).head
    except GitFailed:
        return HttpResponse(status=204)
    if not at or head.startswith(at):
        return HttpResponse(status=204)
    return render(request, "changes/_pushed_now.html", {"before": at[:SHORT], "now": head[:SHORT]})


def elsewhere(
    request: HttpRequest, place: ShownRange, asked: RangeFilter, path_: str, page: str = "change"
) -> HttpResponse:
    """Redirect from a path that the range no longer has to its successor.

    page: `change` or `read`, whichever it was.
    """
    at = request.GET.get("head", "")
    found = successor(place, path_, at)
    if found is None and not at:
        raise Http404(path_)
    told = [("head", at)] if at else []
    if found is None:
        return HttpResponseRedirect(place.url + asked.query(*told))
    return HttpResponseRedirect(place.url + asked.query((page, found.side.path), *told))


def successor(place: ShownRange, path_: str, at: str) -> Change | None:
    """Return the successor of a change of an earlier head; None if there is none.

    First by the same old recording, else the change with the same position in the same test.
    """
    asked = place.report.found.source.range
    if not at or asked.is_on_disk:
        return None
    try:
        spec = replace(asked.spec, head=at)
        earlier = report_on(sources.open_range(asked.repository, spec)).found.changes
    except GitFailed:
        return None
    was = next((change for change in earlier if change.side.path == path_), None)
    if was is None:
        return None
    now = place.report.found.changes
    if was.old is not None:
        same = next((change for change in now if change.old and change.old.raw == was.old.raw), None)
        if same is not None:
            return same
    of_test = [change for change in earlier if change.about.test_id == was.about.test_id]
    left = [change for change in now if change.about.test_id == was.about.test_id]
    place_ = next(at_ for at_, change in enumerate(of_test) if change is was)
    return left[min(place_, len(left) - 1)] if left else None


@dataclass(frozen=True, slots=True)
class LostRow:
    """A decision that no longer applies. url: of its successor, "" if there is none."""

    decision: Decision
    look: Look
    url: str


@dataclass(frozen=True, slots=True)
class LostPage:
    """One person's decisions in a range that no longer apply to its head."""

    spec: str
    url: str
    count: int
    rows: tuple[LostRow, ...]


_STATES = {Verdict.APPROVE: "approved", Verdict.REJECT: "rejected", Verdict.DELETE: "delete", Verdict.REVERT: "revert"}


def lost(request: HttpRequest, place: ShownRange) -> HttpResponse:
    """List the decisions that no longer apply, each with its successor."""
    moved: Moved = ranges.moved(place.report.found, actor_of(request))
    start = root_prefix()
    by_key = {ranges.target_of(change, start).path: change for change in place.report.found.changes}
    rows = []
    for decision in moved.lost:
        change = by_key.get(decision.path)
        look = look_of_state(_STATES[Verdict(decision.verdict)], is_gone=decision.fingerprint.startswith(GONE_PREFIX))
        rows.append(LostRow(decision, look, place.change_url(RangeFilter(), change) if change else ""))
    page = LostPage(place.spec, place.url, moved.count, tuple(rows))
    return render(request, "changes/lost.html", {"page": page})


app_name = "changes"
urlpatterns = [path("pushed", watch, name="pushed")]
