"""The permalink by content: `/b/<blob>` redirects to the recording with these bytes, or shows what only git still has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from recviewer.catalog.content import Content
from recviewer.catalog.heavy import asked
from recviewer.catalog.models import Commit, Recording
from recviewer.catalog.summary import BEYOND, Summary, of_unreadable, summarize
from recviewer.exchange.model import Kind
from recviewer.git.blobs import LEAST_DIGITS, named
from recviewer.git.ranges import missing
from recviewer.git.repository import GitFailed
from recviewer.memory import git_contents
from recviewer.memory.lineages import came_with, is_of_a_recording
from recviewer.pages.recording.facts import facts_of
from recviewer.pages.recording.middle import ContentView
from recviewer.pages.recording.recording import RecordingPage, answer, content_of, json_of, middle, tabs_of
from recviewer.pages.recordings.neighbours import url_of
from recviewer.serving.discreet import discreet

SEVERAL = 200
"""Maximum number of recordings, or blobs, on one page."""


@dataclass(frozen=True, slots=True)
class NoBlob:
    """There is nothing to show at a permalink. reason: why, as sentences."""

    blob: str
    reason: str


@require_safe
def by_blob(request: HttpRequest, blob: str, *, wants_json: bool = False) -> HttpResponse:
    """Redirect to the recording with this content, list them if there are several, else show what git has."""
    blob = blob.lower()
    found = list(Recording.objects.filter(blob__startswith=blob).order_by("path")[:SEVERAL])
    if len(blob) < LEAST_DIGITS:
        return _nothing(request, blob, f"A blob is named by {LEAST_DIGITS} digits of its id or more.")
    if not found:
        return _from_git(request, blob, wants_json=wants_json)
    if wants_json:
        return json_of(found[0], content_of(found[0]))
    hinted = [one for one in found if one.path == request.GET.get("path")]
    if len(found) == 1 or hinted:
        return HttpResponseRedirect(url_of((hinted or found)[0].path))
    page = {"blob": blob, "found": [(recording.path, url_of(recording.path)) for recording in found]}
    return render(request, "recording/several.html", {"page": page})


@require_safe
def as_json(request: HttpRequest, blob: str) -> HttpResponse:
    """Return the public JSON form of a content."""
    return by_blob(request, blob, wants_json=True)


def _from_git(request: HttpRequest, blob: str, *, wants_json: bool) -> HttpResponse:
    here = git_contents.here()
    if here is None:
        return _nothing(request, blob, "No recording has this content, and there is no git repository to look in.")
    try:
        names = named(here, blob)
        if len(names) > 1:
            page = {"blob": blob, "are_blobs": True, "found": [(name, _url(name, "")) for name in names[:SEVERAL]]}
            return render(request, "recording/several.html", {"page": page})
        content = git_contents.from_git(names[0], request.GET.get("path", "")) if names else None
    except GitFailed as failed:
        return _nothing(request, blob, f"{discreet(str(failed))}.")
    if settings.HOSTED and (content is None or not is_of_a_recording(here, content, request.GET.get("path", ""))):
        return _nothing(request, blob, "No recording of this repository has or had this content.")
    if content is None:
        said = f"No recording has this content, and git has no blob of that name: {missing(here)}."
        return _nothing(request, blob, discreet(said))
    hint = request.GET.get("path", "")
    if names[0] != blob:
        return HttpResponseRedirect(_url(names[0], hint, wants_json=wants_json))
    is_part = any(name in request.GET for name in ("open", "only", "media"))
    place, commit = (hint, None) if is_part else came_with(here, names[0], hint)
    recording = _row(content, place)
    if commit is not None:
        recording.commit = Commit(sha=commit.sha, author=commit.author, at=commit.at, subject=commit.subject)
    if wants_json:
        return json_of(recording, content)
    download = place if place.rpartition("/")[2] else f"{content.blob}.json"
    return answer(
        request, content, download, lambda told: _page(request, recording, content, told), "history/blob.html"
    )


def _nothing(request: HttpRequest, blob: str, reason: str) -> HttpResponse:
    return render(request, "history/no_blob.html", {"page": NoBlob(blob, reason)}, status=404)


def _url(blob: str, hint: str, *, wants_json: bool = False) -> str:
    name = "recording:blob_json" if wants_json else "recording:blob"
    return reverse(name, args=[blob]) + (f"?{urlencode({'path': hint})}" if hint else "")


def _row(content: Content, path: str) -> Recording:
    """Return the catalog row for a content at a path. It is never saved."""
    return Recording(path=path, size=content.size, **asked(content, columns_of, path))


def columns_of(content: Content, path: str) -> dict[str, Any]:
    """Return the catalog columns for a content at a path, by name; what is not one recording is unreadable."""
    exchange = content.exchange
    is_read = exchange.kind is not Kind.UNREADABLE
    summed = summarize(content.data, path) if is_read else of_unreadable(exchange.problems[0].what)
    if not summed.parts:  # not a recorder's file at that path: read it as without a path
        summed = summarize(content.data, "")
    columns = {name: getattr(summed.parts[0], name) for name in Summary._fields[: -len(BEYOND)]}
    return columns | {"problems": [], "blob": content.blob}


def _page(request: HttpRequest, recording: Recording, content: Content, told: ContentView) -> RecordingPage:
    return RecordingPage(
        recording=recording,
        kind=told.kind,
        url=reverse("recording:blob", args=[content.blob]),
        title=" ".join((recording.asked or content.blob[:12]).split())[:80],
        view=told.view,
        tabs=tabs_of(request, told, recording.file_path),
        facts=facts_of(recording, told.read),
        neighbours=None,
        bar=None,
        tags=None,
        notes=None,
        is_stale=False,
        history=reverse("history:show", args=[recording.path]) if recording.path else "",
        is_listing=told.is_listing,
        **middle(told, recording.path),
    )


app_name = "recording"
urlpatterns: list[URLPattern] = [
    path("b/<slug:blob>", by_blob, name="blob"),
    path("b/<slug:blob>.json", as_json, name="blob_json"),
]
