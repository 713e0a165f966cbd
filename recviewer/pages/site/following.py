"""Live updates: an open page polls whether anything was said since, and reloads its own parts.

A poll costs two lookups by key. A page is only rendered again once something was said, and only for its viewers.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from recviewer.review import standing
from recviewer.review.actors import actor_of


@dataclass(frozen=True, slots=True)
class Followed:
    """at: the state when the page was made. shows: what it shows; parts of anything else are ignored."""

    at: str
    shows: str


def _now() -> str:
    return hashlib.sha256(repr(standing.state()).encode()).hexdigest()[:16]


def follow(request: HttpRequest, shows: str = "") -> None:
    """Make a page poll. Call it before anything is queried for the page. Only on hosted instances."""
    if settings.HOSTED and actor_of(request):
        request.followed = Followed(_now(), shows)  # type: ignore[attr-defined]


def shows(request: HttpRequest, what: str) -> None:
    """Set what a page shows, once that is known."""
    known = followed(request)
    if known is not None:
        request.followed = Followed(known.at, what)  # type: ignore[attr-defined]


def followed(request: HttpRequest) -> Followed | None:
    """Return what a page polls for, None for nothing."""
    return getattr(request, "followed", None)


@require_safe
def said(request: HttpRequest) -> HttpResponse:
    """Answer a poll: nothing if nothing was said, else the present state."""
    now = _now()
    if request.GET.get("at") == now:
        return HttpResponse(status=204, headers={"Cache-Control": "no-store"})
    return HttpResponse(now, "text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


app_name = "following"
urlpatterns = [path("said", said, name="said")]
