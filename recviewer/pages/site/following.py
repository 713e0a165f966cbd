"""An open page follows what others say: it asks now and then whether anything was said since, and takes its own parts anew.

The question costs two look-ups by key. A page is only made again once something was said, and only for who looks at it.
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
    """at: a name of all that was said before the page was made. shows: what it shows; of anything else it takes no parts."""

    at: str
    shows: str


def _now() -> str:
    return hashlib.sha256(repr(standing.state()).encode()).hexdigest()[:16]


def follow(request: HttpRequest, shows: str = "") -> None:
    """Have a page follow what others say. To be called before anything is looked up for it. Of a team alone."""
    if settings.HOSTED and actor_of(request):
        request.followed = Followed(_now(), shows)  # type: ignore[attr-defined]


def shows(request: HttpRequest, what: str) -> None:
    """Say what a page shows, once that is known."""
    known = followed(request)
    if known is not None:
        request.followed = Followed(known.at, what)  # type: ignore[attr-defined]


def followed(request: HttpRequest) -> Followed | None:
    """Return what a page follows, None for one that does not."""
    return getattr(request, "followed", None)


@require_safe
def said(request: HttpRequest) -> HttpResponse:
    """Answer an open page: nothing while nothing was said, else the name of all that was said by now."""
    now = _now()
    if request.GET.get("at") == now:
        return HttpResponse(status=204, headers={"Cache-Control": "no-store"})
    return HttpResponse(now, "text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


app_name = "following"
urlpatterns = [path("said", said, name="said")]
