"""The report on a range as a file or as text to paste: what `recviewer report` prints, with the present verdicts."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from recviewer.git.repository import GitFailed
from recviewer.memory.ranges import report_of
from recviewer.pages.ranges.index import not_there
from recviewer.report import forms
from recviewer.report.report import Report
from recviewer.report.static import POLICY

TEXT = "text/plain; charset=utf-8"


class _Form(NamedTuple):
    """How a format is sent. ending: of the file's name, "" for text that is shown in the browser."""

    kind: str
    ending: str = ""


_FORMS = {
    "md": _Form(TEXT),
    "summary": _Form(TEXT),
    "status": _Form(TEXT),
    "status-json": _Form("application/json"),
    "json": _Form("application/json", "json"),
    "html": _Form("text/html; charset=utf-8", "html"),
}


@require_GET
def show(request: HttpRequest, spec: str) -> HttpResponse:
    """Return the report on a range in the format in `as`; the comment by default."""
    name = request.GET.get("as", "md")
    form = _FORMS.get(name)
    if form is None:
        raise Http404(f"{name} is not a form of a report")
    try:
        report = report_of(spec)
    except GitFailed as failed:
        return not_there(request, spec, failed)
    text = "".join(forms.pieces(report, name, public=settings.PUBLIC_URL))
    headers = {"Cache-Control": "no-store"}
    if form.ending:
        headers["Content-Disposition"] = f'attachment; filename="{_file_name(report)}.{form.ending}"'
    if name == "html":
        headers["Content-Security-Policy"] = f"{POLICY}; sandbox"
    return HttpResponse(text.encode("utf-8", "backslashreplace"), content_type=form.kind, headers=headers)


def _file_name(report: Report) -> str:
    """Return a file name that identifies the two sides, of digits and letters."""
    source = report.found.source.range
    return f"recordings-{source.base[:9]}-{source.head[:9] or 'disk'}"


app_name = "report"
urlpatterns = [path("report/<path:spec>", show, name="show")]
