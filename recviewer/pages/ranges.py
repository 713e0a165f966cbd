"""The way to a range: pull requests that were fetched, and a field for any two commits."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from recviewer.changes import sources
from recviewer.changes.sources import Listed
from recviewer.git.repository import GitFailed
from recviewer.pages.reports import repository


@dataclass(frozen=True, slots=True)
class Index:
    """The page of pull requests. error: why there is no repository, "" if there is."""

    requests: tuple[tuple[Listed, str], ...]
    repository: str
    error: str
    typed: str


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List pull requests, and lead to a range that was typed."""
    typed = request.GET.get("range", "").strip()
    try:
        here = repository()
        if typed:
            sources.open_range(here, sources.parse(typed))
            return HttpResponseRedirect(reverse("changes:show", args=[typed]))
        page = Index(tuple(requests()), "" if settings.HOSTED else str(here.work_tree), "", typed)
    except GitFailed as failed:
        page = Index((), "", str(failed), typed)
    return render(request, "changes/listing.html", {"page": page}, status=422 if page.error and typed else 200)


def requests() -> list[tuple[Listed, str]]:
    """Return the pull requests that were fetched, each with its range by name: a newer push is found under it too."""
    return [(one, f"HEAD...{one.request.ref}") for one in sources.requests(repository())]


def not_there(request: HttpRequest, spec: str, failed: GitFailed) -> HttpResponse:
    """Say why a range cannot be shown, with the field to name another."""
    page = Index((), "", str(failed), spec)
    return render(request, "changes/listing.html", {"page": page}, status=404)


urlpatterns = [path("changes/", listing, name="listing")]
