"""A range of commits: its landing page, the queue of its changes, and each change in words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from recviewer.changes import report as reports
from recviewer.git.repository import GitFailed
from recviewer.pages import change, changeacts, pushed, rangequeue, ranges, rangeundo, turning
from recviewer.pages.landing import landing_of
from recviewer.pages.rangequeue import Place
from recviewer.pages.ranges import not_there
from recviewer.pages.reports import is_range, report_of


@require_safe
def show(request: HttpRequest, spec: str) -> HttpResponse:
    """Show what a range did to recordings; one change of it (`change`), the queue's end (`end`), or what was lost (`lost`).

    With `.json` behind it the report as scripts read it.
    """
    wants_json = spec.endswith(".json") and not is_range(spec)
    try:
        report = report_of(spec.removesuffix(".json") if wants_json else spec)
    except GitFailed as failed:
        return not_there(request, spec, failed)
    if wants_json:
        return JsonResponse(reports.as_json(report))
    place = Place(spec, report, "side" if request.GET.get("mode") == "side" else "")
    if "change" in request.GET:
        return change.show(request, place, request.GET["change"])
    if "end" in request.GET:
        return rangequeue.end(request, place)
    if "lost" in request.GET:
        return pushed.lost(request, place)
    page = landing_of(request, place)
    told = {"page": page, "pushed": pushed.pushed_of(request, place), "watch": pushed.watch_of(place)}
    return render(request, "changes/landing.html", told)


turning.PLACES["range"] = rangeundo.place_of

urlpatterns = [
    *ranges.urlpatterns,
    *changeacts.urlpatterns,
    *pushed.urlpatterns,
    path("changes/<path:spec>", show, name="show"),
]
