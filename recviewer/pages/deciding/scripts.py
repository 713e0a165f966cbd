"""The API for the command line: verdicts, and the file of reviews. Every response is JSON, or JSON lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from recviewer.git.ranges import opened
from recviewer.git.repository import GitFailed
from recviewer.memory.ranges import told, watching
from recviewer.pages.site.errors import page_of
from recviewer.pages.site.forms import seen_in
from recviewer.pages.site.json import Json
from recviewer.review import all_or_none, carrying
from recviewer.review.actors import actor_of
from recviewer.review.refusals import ChangedRecordings, Gone, Invalid, Refused
from recviewer.review.reviews_file import merging
from recviewer.review.subjects import printable
from recviewer.store import refusals as store

MOST_CHANGES = 200
"""Maximum number of changes of a range in one request: each is an action of its own."""


def _answered(act: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the response of an action, or why it was refused."""
    try:
        return act()
    except ChangedRecordings as changed:
        why = "changed since you saw it. Look at what the server has, and decide again"
        return Json({"error": _named(changed.paths, why)}, status=changed.status)
    except Gone as gone:
        why = "not there on the server, whose paths `export` prints"
        return Json({"error": _named(gone.paths, why)}, status=gone.status)
    except GitFailed as failed:
        return Json({"error": told(failed)}, status=409)
    except (Refused, store.Refusal, DatabaseError) as error:
        page = page_of(error)
        if page is None:
            raise
        return Json({"error": page.reason}, status=page.status)


def _named(paths: Sequence[str], why: str) -> str:
    """Return a sentence about the first recordings that differ from what was seen."""
    more = f" and {len(paths) - 1:,} more" if len(paths) > 1 else ""
    return f"{printable(paths[0], 200)}{more}: {why}. Nothing was decided."


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Record a verdict on everything that is named, each with the blob that was seen, or on nothing."""
    return _answered(lambda: _decided(request))


def _decided(request: HttpRequest) -> HttpResponse:
    sent, actor = request.POST, actor_of(request)
    seen, verdict, note = seen_in(sent), sent.get("verdict", ""), sent.get("note", "")
    if any(not item.blob for item in seen):
        raise Invalid("A verdict needs the blob id of what was seen, of each recording. Nothing was decided.")
    spec = sent.get("range", "")
    if not spec:
        done = all_or_none.on_recordings(seen, actor=actor, verdict=verdict, note=note)
        return Json({"said": [done.sentence]})
    if len(seen) > MOST_CHANGES:
        raise Invalid(f"Name {MOST_CHANGES} changes of a range at most at once. Nothing was decided.")
    look = watching(spec)
    acts = all_or_none.on_changes(lambda: look().found, seen, actor=actor, verdict=verdict, note=note)
    return Json({"said": [done.sentence for done in acts]})


@require_http_methods(["GET", "POST"])
def reviews(request: HttpRequest) -> HttpResponse:
    """Return all reviews as a file (GET), or merge the file in the body (POST)."""
    if request.method == "POST":
        return _answered(lambda: _brought_in(request))
    headers = {"Content-Disposition": 'attachment; filename="reviews.jsonl"', "Cache-Control": "no-store"}
    return HttpResponse(merging.export(), content_type="application/jsonl; charset=utf-8", headers=headers)


def _brought_in(request: HttpRequest) -> HttpResponse:
    imported = merging.bring_in(request.body, actor=actor_of(request))
    said = [imported.done.sentence]
    try:
        repository = opened(Path(settings.REPOSITORY or settings.RECORDINGS_ROOT))
    except GitFailed:
        repository = None
    done, left = carrying.carry(repository)
    said += [done.sentence] if done.event is not None else []
    said += [carrying.sentence_about(left)] if left else []
    return Json({"said": said, "left_out": [{"line": line, "why": why} for line, why in imported.bad]})


app_name = "scripts"
urlpatterns = [path("do/decide.json", decide, name="decide"), path("reviews.jsonl", reviews, name="reviews")]
