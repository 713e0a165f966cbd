"""Health of the process, readiness, and freshness: `/healthz`, `/readyz`, `/fresh`."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from recviewer.catalog import database, freshness, last_look, run_lock
from recviewer.catalog.state import current_state
from recviewer.pages.site.json import Json
from recviewer.serving.discreet import discreet


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer as long as the process is alive. Uses nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


LEAST_FREE_BYTES = 16 * 1024 * 1024
"""Free bytes in the data folder below which verdicts may fail to be written."""

STUCK_SECONDS = 300
"""A run of the indexer that has read no file for so long is stuck."""


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> Json:
    """Say whether the instance can work, and what is wrong.

    database: its tables can be read. recordings: the root can be listed. disk: there is space for verdicts. index: the
    last comparison with the disk did not fail, and none is stuck. index_age_seconds: since it ended; null if unknown.
    index_silent_seconds: since the current run made progress; null if there is none. On a hosted instance the figures
    are null for requests through the proxy without a login.
    """
    if freshness.has_failed():
        freshness.nudge()  # nobody else may look at an instance that is not ready
    silent, age, free = run_lock.silent_seconds(), last_look.seconds_ago(), database.free_bytes()
    checks = {
        "database": _database(),
        "recordings": _can_be_listed(),
        "disk": free is not None and free >= LEAST_FREE_BYTES,
        "index": not freshness.has_failed() and (silent is None or silent < STUCK_SECONDS),
    }
    if not _may_know(request, has_database=checks["database"]):
        silent = age = free = None
    told = {
        "ready": all(checks.values()),
        **checks,
        "index_age_seconds": None if age is None else round(age, 1),
        "index_silent_seconds": None if silent is None else round(silent, 1),
        "disk_free_bytes": free,
    }
    return Json(told, status=200 if told["ready"] else 503)


def _may_know(request: HttpRequest, *, has_database: bool) -> bool:
    """Tell whether who asks may see figures."""
    return not settings.HOSTED or is_from_here(request) or (has_database and request.user.is_authenticated)


def is_from_here(request: HttpRequest) -> bool:
    """Tell whether a program of this machine asks, past any proxy."""
    if request.headers.get("X-Forwarded-For") or request.headers.get("Forwarded"):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _database() -> bool:
    try:
        current_state()
        database.expect_in_place()
    except DatabaseError:
        return False
    return True


def _can_be_listed() -> bool:
    try:
        with os.scandir(settings.RECORDINGS_ROOT) as entries:
            next(entries, None)
    except OSError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Freshness:
    """catalog_state: of what the page shows. url: shows the page again. has_changed: the catalog has moved on since."""

    catalog_state: str
    url: str
    has_changed: bool
    trouble: str


@require_safe
def fresh(request: HttpRequest) -> HttpResponse:
    """Say whether a list is still what is on disk. Asked every few seconds by open lists."""
    shown = request.GET.get("generation", "")
    url = request.GET.get("url", "/")
    if not url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        url = "/"
    page = Freshness(shown, url, bool(shown) and shown != current_state(), discreet(freshness.trouble()))
    return render(request, "recordings/_fresh.html", {"page": page})


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead browsers that look in the old place to the picture."""
    return HttpResponseRedirect(static("img/favicon.svg"))


app_name = "status"
urlpatterns = [
    path("favicon.ico", favicon, name="favicon"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("fresh", fresh, name="fresh"),
]
