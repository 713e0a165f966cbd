"""Where in a range an undo or a redo leads."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict

from recviewer.git.repository import GitFailed
from recviewer.memory.ranges import report_of
from recviewer.pages.ranges.filter import RangeFilter
from recviewer.pages.ranges.queue import ShownRange
from recviewer.pages.site.forms import next_of, seen_in
from recviewer.review.refusals import Invalid


def place_of(request: HttpRequest, subjects: set[str]) -> str:
    """Return the URL of the first change of a range that an action was about, in the queue of the form."""
    spec = request.POST["range"]
    query = QueryDict(urlsplit(next_of(request, request.POST)).query)
    with suppress(GitFailed, Invalid):
        report = report_of(spec)
        found = [one for one in report.found.changes if one.subject in subjects or one.own_subject in subjects]
        shown = {item.path for item in seen_in(request.POST)}
        if found and not any(change.side.path in shown for change in found):
            place = ShownRange(spec, report, query.get("mode", ""))
            asked = RangeFilter.of(query).without_verdict()
            item = next((one for one in asked.items(report) if found[0] in one.changes), None)
            return place.change_url(asked, found[0]) if item is None else place.item_url(asked, item)
    return ""
