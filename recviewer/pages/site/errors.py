"""Refusals and errors as pages: what happened, and what to do next."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from recviewer.catalog.database import is_damaged, is_unwritten, why
from recviewer.pages.site import next_page, roles
from recviewer.pages.site.htmx import REFUSED, wants_fragment
from recviewer.review.models import TrashRecord
from recviewer.serving.discreet import discreet
from recviewer.store import refusals

log = logging.getLogger(__name__)
SAVED = (
    "Recordings and trash lie elsewhere, and the index is made anew. The command recviewer reviews export FILE writes every "
    "verdict, tag and note that can still be read."
)
UNWRITTEN = "That could not be saved"


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """title: what happened, in a few words. reason: one or more sentences. status: the HTTP status."""

    title: str
    reason: str
    status: int


NOT_ALLOWED = ErrorPage(
    "There is no page at this address", "Only the buttons of other pages use it. Opening it has changed nothing.", 405
)
"""For a browser that opens a URL which only accepts forms."""

STATUS: dict[type[refusals.Refusal], tuple[int, str]] = {
    refusals.Vanished: (410, "This recording is gone"),
    refusals.OutsideRoot: (403, "Outside the recordings root"),
    refusals.NoRoot: (503, "The recordings cannot be reached"),
    refusals.CannotRead: (422, "This recording cannot be read"),
    refusals.Changed: (409, "The file changed meanwhile"),
    refusals.NotWritable: (409, "This place cannot be written"),
    refusals.Occupied: (409, "Something is there already"),
    refusals.TrashMissing: (503, "The trash is missing"),
    refusals.NoEntry: (404, "Not in the trash"),
    refusals.Damaged: (500, "A trash entry is damaged"),
}
"""Status and title of each refusal; a refusal that is not listed counts as its nearest base class, else as 409."""


class Refusals:
    """Middleware that turns refusals of the store into pages.

    Others take part by an attribute `status` (and `title`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_typed = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if response.status_code != NOT_ALLOWED.status or not is_typed:
            return response
        made = refused(request, NOT_ALLOWED)
        made["Allow"] = response.get("Allow", "")
        return made

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        page = page_of(error)
        return None if page is None else refused(request, page)


def page_of(error: Exception) -> ErrorPage | None:
    """Return the page for a refusal, or for a database that cannot be used, None for any other exception."""
    page = _page_of(error)
    return page and replace(page, reason=discreet(page.reason))


def _page_of(error: Exception) -> ErrorPage | None:
    if isinstance(error, DatabaseError):
        return _without_database(error)
    own = getattr(error, "status", None)
    if isinstance(error, refusals.Refusal):
        for base in type(error).__mro__:
            if base in STATUS:
                status, title = STATUS[base]
                return ErrorPage(title, str(error), status)
        return ErrorPage(getattr(error, "title", "Refused"), str(error), own if isinstance(own, int) else 409)
    if isinstance(own, int) and 400 <= own < 600 and type(error).__module__.startswith("recviewer."):
        return ErrorPage(getattr(error, "title", "Refused"), str(error), own)
    return None


def _without_database(error: DatabaseError) -> ErrorPage | None:
    """Say what is known: a failed transaction was rolled back; for others the activity log knows."""
    reason = why(error)
    if not reason:
        return None
    log.error("the database: %s", error)
    if is_unwritten(error):
        return ErrorPage(UNWRITTEN, f"The database cannot be written: {reason}. Nothing was saved.", 503)
    saved = f" {SAVED}" if is_damaged(error) else ""
    return ErrorPage("The database cannot be used", f"It cannot be read: {reason}.{saved}", 503)


def refused(request: HttpRequest, page: ErrorPage) -> HttpResponse:
    """Answer with the page of a refusal, or its fragment. From a form's page a link leads back to where it was sent."""
    template = "errors/_refusal.html" if wants_fragment(request) else "errors/refusal.html"
    back = next_page.page_of(request) if request.method == "POST" else ""
    response = render(request, template, {"page": page, "back": back}, status=page.status)
    response[REFUSED] = "1"
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    response = render(request, "404.html", {"held": _in_trash(request)}, status=404)
    response[REFUSED] = "1"
    return response


def _in_trash(request: HttpRequest) -> TrashRecord | None:
    """Return the trash entry of a recording's URL, or of a file with several, for users who may see it."""
    match = request.resolver_match
    key = match.kwargs.get("key") if match else None
    if not isinstance(key, str) or not roles.may(request, roles.Role.VIEWER):
        return None
    held = TrashRecord.objects.filter(restored_at=None, discarded_at=None)
    return held.filter(path__in=[key, key.rpartition("/")[0]]).order_by("-pk").first()


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer without the database, and if necessary without templates, because either may have failed.

    If the database cannot be used, before a view was called or while its refusal was rendered, it says so.
    """
    error = sys.exc_info()[1]
    failed = error if isinstance(error, DatabaseError) else None
    page = page_of(failed) if failed else None
    is_known = failed is not None and is_unwritten(failed)
    try:
        told: dict[str, object] = {"is_act": request.method not in ("GET", "HEAD") and not is_known, "page": page}
        told |= {"prefix": settings.PREFIX}
        response = render(None, "500.html", told, status=page.status if page else 500)
    except Exception:
        response = HttpResponse("recviewer broke; its log says what happened.", "text/plain", status=500)
    response[REFUSED] = "1"
    return response
