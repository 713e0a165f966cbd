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
    """Return the address of the first change of a range that an act was about, in the queue that the form is of."""
    spec = request.POST["range"]
    query = QueryDict(urlsplit(next_of(request, request.POST)).query)
    with suppress(GitFailed, Invalid):
        report = report_of(spec)
        found = [change for change in report.found.changes if change.subject in subjects]
        shown = {item.path for item in seen_in(request.POST)}
        if found and not any(change.side.path in shown for change in found):
            place = ShownRange(spec, report, query.get("mode", ""))
            return place.change_url(RangeFilter.of(query).without_verdict(), found[0])
    return ""
