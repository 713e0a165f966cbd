"""Comparing a recording with what was approved at its path, or with any other recording."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from recviewer.catalog import content
from recviewer.catalog.models import Recording
from recviewer.difference.compare import compare
from recviewer.difference.model import Churn, Difference
from recviewer.exchange.model import Kind
from recviewer.exchange.text import asked_of
from recviewer.memory import git_contents
from recviewer.memory.lineages import is_of_a_recording
from recviewer.pages.difference.difference import ShownSide, fragment_of, page_of, too_much
from recviewer.pages.recordings.neighbours import url_of
from recviewer.recorders.registry import read_as
from recviewer.review.keeping import kept_bytes
from recviewer.review.models import Decision, Verdict
from recviewer.review.subjects import CHANGE_PREFIX, subject_of
from recviewer.store.files import blob_id

_BLOB = re.compile("[0-9a-f]{40}")


@require_safe
def since_approval(request: HttpRequest, key: str) -> HttpResponse:
    """Compare a recording with what was last approved at its path, or with the blob that `from` names."""
    recording = _recording(key)
    seen = request.GET.get("from", "")
    if seen:
        earlier = _bytes_of(seen, key)
        if earlier is None:
            return render(request, "difference/nothing.html", {"page": _side(recording, "now")})
        old = ShownSide("as it was shown", seen[:7], "", read_as(recording.file_path))
        return _answer(request, old, earlier, _side(recording, "now"), content.bytes_now(recording))
    approved = (
        Decision.objects.filter(path=key, verdict=Verdict.APPROVE)
        .exclude(fingerprint=subject_of(recording))
        .exclude(fingerprint__startswith=CHANGE_PREFIX)
        .last()
    )
    data = kept_bytes(approved.fingerprint) if approved else None
    if approved is None or data is None:
        return render(request, "difference/nothing.html", {"page": _side(recording, "now")})
    what = f"{approved.at:%d %b %Y}, {approved.blob[:7]}"
    old = ShownSide(f"approved by {approved.reviewer}", what, "", read_as(recording.file_path))
    return _answer(request, old, data, _side(recording, "now"), content.bytes_now(recording))


def _bytes_of(blob: str, key: str = "") -> bytes | None:
    """Return the bytes of a blob: from kept approvals, a file, or git; None if they are lost.

    key: its alleged path, "" for none. A hosted instance does not show blobs that are not recordings.
    """
    approvals = Decision.objects.filter(blob=blob, verdict=Verdict.APPROVE)
    kept = approvals.exclude(fingerprint__startswith=CHANGE_PREFIX).last()
    data = kept_bytes(kept.fingerprint) if kept else None
    if data is not None and blob_id(data) == blob:
        return data
    found = git_contents.content_of(blob) if _BLOB.fullmatch(blob) else None
    if found is None:
        return None
    here = git_contents.here() if settings.HOSTED and not Recording.objects.filter(blob=blob).exists() else None
    return found.data if here is None or is_of_a_recording(here, found, key) else None


@require_safe
def two(request: HttpRequest) -> HttpResponse:
    """Compare two recordings: `?old=<path>&new=<path>`; for either, `blob:<id>` names a content, wherever it is."""
    return _answer(request, *_named(request.GET.get("old", ""), "old"), *_named(request.GET.get("new", ""), "new"))


def _named(name: str, title: str) -> tuple[ShownSide, bytes]:
    blob = name.removeprefix("blob:")
    if blob == name or not _BLOB.fullmatch(blob):
        recording = _recording(name)
        return _side(recording, title), content.bytes_now(recording)
    data = _bytes_of(blob)
    if data is None:
        raise Http404(name)
    return ShownSide(title, f"blob {blob[:9]}", reverse("recording:blob", args=[blob])), data


def _answer(request: HttpRequest, old: ShownSide, before: bytes, new: ShownSide, after: bytes) -> HttpResponse:
    if too_much(before, after):
        page = page_of(request, "Two recordings that hold too much", old, new, None, before=before, after=after)
        return fragment_of(request, page) or render(request, "difference/page.html", {"page": page})
    contents = content.of_bytes(before, old.name), content.of_bytes(after, new.name)
    was, now = (one.exchange for one in contents)
    title = (asked_of(now) or asked_of(was))[:400]
    found = compare(was, now)
    if before != after and was.kind is now.kind is Kind.UNREADABLE:
        found = Difference(Churn.UNREAD, similarity=0.0)
    page = page_of(request, title, old, new, found, before=before, after=after, contents=contents)
    return fragment_of(request, page) or render(request, "difference/page.html", {"page": page})


def _recording(key: str) -> Recording:
    recording = Recording.objects.filter(path=key).first()
    if recording is None:
        raise Http404(key)
    return recording


def _side(recording: Recording, title: str) -> ShownSide:
    return ShownSide(title, recording.path, url_of(recording.path), read_as(recording.file_path))


app_name = "difference"
urlpatterns = [
    path("difference/", two, name="two"),
    path("difference/<key:key>", since_approval, name="since_approval"),
]
