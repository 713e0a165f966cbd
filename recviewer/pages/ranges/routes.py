"""The URLs of a range: its landing page, the queue of its changes, and each change."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from recviewer.git.repository import GitFailed
from recviewer.memory.ranges import is_range, report_of
from recviewer.pages.deciding import undo_places
from recviewer.pages.ranges import change, one_test, pushed, queue, undo_place
from recviewer.pages.ranges.index import not_there
from recviewer.pages.ranges.landing import landing_of
from recviewer.pages.ranges.queue import ShownRange
from recviewer.pages.site.following import follow, shows
from recviewer.pages.site.json import Json
from recviewer.report import report as reports
from recviewer.review.actors import actor_of


@require_safe
def show(request: HttpRequest, spec: str) -> HttpResponse:
    """Show what a range did to recordings; one change of it (`change`), all changes of its test (`read`), the queue's
    end (`end`), or lost decisions (`lost`).

    With `.json` after the URL: the report for scripts.
    """
    if spec.endswith("/"):  # no name of a commit ends in one
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return HttpResponseRedirect(reverse("changes:show", args=[spec.rstrip("/")]) + query)
    follow(request)
    wants_json = spec.endswith(".json") and not is_range(spec)
    try:
        report = report_of(spec.removesuffix(".json") if wants_json else spec)
    except GitFailed as failed:
        return not_there(request, spec, failed)
    if wants_json:
        return Json(reports.as_json(report))
    asked = report.found.source.range
    shows(request, f"{asked.base} {asked.head}")
    place = ShownRange(spec, report, "side" if request.GET.get("mode") == "side" else "", actor_of(request))
    if "change" in request.GET:
        return change.show(request, place, request.GET["change"])
    if "read" in request.GET:
        return one_test.show(request, place, request.GET["read"])
    if "end" in request.GET:
        return queue.end(request, place)
    if "lost" in request.GET:
        return pushed.lost(request, place)
    page = landing_of(request, place)
    told = {"page": page, "pushed": pushed.pushed_of(request, place), "watch": pushed.watch_of(place)}
    return render(request, "changes/landing.html", told)


undo_places.PLACES["range"] = undo_place.place_of

app_name = "changes"
urlpatterns = [path("changes/<path:spec>", show, name="show")]
