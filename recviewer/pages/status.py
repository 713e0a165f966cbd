"""Is it alive, is it ready, has anything changed: `/healthz`, `/readyz`, `/fresh`."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme

from recviewer.catalog import freshness, indexer


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer while the process lives. Asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether pages can be served: database, recordings root, age of the last comparison with the disk."""
    checks = {"database": _database(), "recordings": settings.RECORDINGS_ROOT.is_dir()}
    ready = all(checks.values())
    age = indexer.checked_seconds_ago()
    told = {"ready": ready, **checks, "index_age_seconds": None if age is None else round(age, 1)}
    return JsonResponse(told, status=200 if ready else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Freshness:
    """generation: what the page shows. url: shows the page again. has_changed: the catalog has moved on since."""

    generation: str
    url: str
    has_changed: bool
    trouble: str


def fresh(request: HttpRequest) -> HttpResponse:
    """Say whether a list is still what is on disk. Asked every few seconds by open lists."""
    shown = request.GET.get("generation", "")
    url = request.GET.get("url", "/")
    if not url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        url = "/"
    page = Freshness(shown, url, bool(shown) and shown != freshness.generation(), freshness.trouble())
    return render(request, "recordings/_fresh.html", {"page": page})


@login_not_required
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead browsers that look in the old place to the picture."""
    return HttpResponseRedirect(static("img/favicon.svg"))


urlpatterns = [
    path("favicon.ico", favicon, name="favicon"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("fresh", fresh, name="fresh"),
]
