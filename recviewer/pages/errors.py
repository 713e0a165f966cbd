"""Refusals and errors as pages: what happened, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from recviewer.pages.htmx import wants_fragment
from recviewer.store import refusals


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """title: what happened, in a few words. reason: one or more sentences. status: the HTTP status."""

    title: str
    reason: str
    status: int


STATUS: dict[type[refusals.Refusal], tuple[int, str]] = {
    refusals.Vanished: (410, "This recording is gone"),
    refusals.OutsideRoot: (403, "Outside the recordings root"),
    refusals.NoRoot: (503, "The recordings root cannot be used"),
    refusals.CannotRead: (422, "This recording cannot be read"),
    refusals.Changed: (409, "The file changed meanwhile"),
    refusals.NotWritable: (409, "This place cannot be written"),
    refusals.Occupied: (409, "Something is there already"),
    refusals.NoEntry: (404, "Not in the trash"),
    refusals.Damaged: (500, "A trash entry is damaged"),
}
"""Status and title of each refusal; a refusal that is not listed counts as its nearest base class, else as 409."""


class Refusals:
    """Turns what the store refuses into a page. Refusals elsewhere join by a `status` attribute (and `title`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        page = page_of(error)
        return None if page is None else refused(request, page)


def page_of(error: Exception) -> ErrorPage | None:
    """Return the page for a refusal, None for any other exception."""
    own = getattr(error, "status", None)
    if isinstance(error, refusals.Refusal):
        for base in type(error).__mro__:
            if base in STATUS:
                status, title = STATUS[base]
                return ErrorPage(title, str(error), status)
        return ErrorPage(getattr(error, "title", "Refused"), str(error), own if isinstance(own, int) else 409)
    if isinstance(own, int) and 400 <= own < 500 and type(error).__module__.startswith("recviewer."):
        return ErrorPage(getattr(error, "title", "Refused"), str(error), own)
    return None


def refused(request: HttpRequest, page: ErrorPage) -> HttpResponse:
    """Answer with the page of a refusal, or its fragment."""
    template = "errors/_refusal.html" if wants_fragment(request) else "errors/refusal.html"
    return render(request, template, {"page": page}, status=page.status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer without the database, and if need be without templates: either may be what failed."""
    try:
        return render(None, "500.html", status=500)
    except Exception:
        return HttpResponse("recviewer broke; its log says what happened.", "text/plain", status=500)
