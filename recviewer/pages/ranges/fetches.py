"""Fetching from a page: a button, its progress, and the result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from recviewer.changes import fetches
from recviewer.git.remotes import Remote
from recviewer.git.repository import GitFailed, Repository
from recviewer.memory.ranges import repository
from recviewer.pages.site.forms import next_of
from recviewer.pages.site.htmx import wants_fragment
from recviewer.serving.discreet import discreet

PATIENCE_SECONDS = 6
"""How long a form waits for a fetch before it redirects to the progress page."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """The state of fetching. remote: from where. line: progress, "" while none runs. at: when the last one ended."""

    remote: str
    line: str
    at: datetime | None
    sentence: str
    error: str


def fetch_of(here: Repository) -> Fetch | None:
    """Return the state of fetching, None if no remote is configured."""
    if settings.FETCH_FROM is None:
        return None
    return _shown(fetches.state(here, settings.FETCH_FROM, Path(settings.DATA_DIR)), settings.FETCH_FROM)


def _shown(state: fetches.FetchState, remote: Remote) -> Fetch:
    at = datetime.fromtimestamp(state.at, tz=UTC) if state.at else None
    return Fetch(remote.shown, state.line, at, state.sentence, discreet(state.error))


def start(request: HttpRequest) -> HttpResponse:
    """Fetch, wait for a while, and redirect: back to the form's page, or to the list while it still runs."""
    if settings.FETCH_FROM is None:
        raise Http404("nothing is fetched here")
    listing = reverse("changes:listing")
    wanted = request.POST.get("ref", "").strip()[:1000]
    try:
        state = fetches.start(
            repository(), settings.FETCH_FROM, Path(settings.DATA_DIR), wanted, patience=PATIENCE_SECONDS
        )
    except GitFailed as failed:
        messages.error(request, discreet(str(failed)))
        return HttpResponseRedirect(listing, status=303)
    back = next_of(request, request.POST) if "next" in request.POST else listing
    if state.is_running or back == listing:
        return HttpResponseRedirect(listing, status=303)  # the list itself shows what was fetched
    if state.error:
        messages.error(request, discreet(f"Nothing was fetched. {state.error}")[:400])
    else:
        messages.success(request, state.sentence)
    return HttpResponseRedirect(back, status=303)


def progress(request: HttpRequest) -> HttpResponse:
    """Report the progress of a fetch; when it has ended, make the page reload."""
    try:
        page = fetch_of(repository())
    except GitFailed:  # the list says why
        page = None
    if page is None or not wants_fragment(request):
        return HttpResponseRedirect(reverse("changes:listing"))
    response = render(request, "changes/_fetch.html", {"fetch": page})
    if not page.line:
        response["HX-Refresh"] = "true"
    return response
