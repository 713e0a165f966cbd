"""What differs: a recording against what was approved at its path, or against any other recording."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from recviewer.catalog import content
from recviewer.catalog.models import Recording
from recviewer.difference.compare import compare
from recviewer.difference.model import (
    Churn,
    Difference,
    Ignored,
    Item,
    Names,
    Same,
    Values,
    VectorChange,
    Words,
    shown,
)
from recviewer.difference.words import Grain, Op
from recviewer.exchange.model import Exchange
from recviewer.exchange.text import asked_of
from recviewer.formats.reading import read
from recviewer.git import repository
from recviewer.git.history import contents
from recviewer.review.decide import kept_bytes
from recviewer.review.models import Decision, Verdict
from recviewer.review.subjects import subject_of
from recviewer.store.files import blob_id

CHURN_WORDS = {
    Churn.OUTCOME: ("error", "bad", "answer and error changed places, or another error"),
    Churn.TOOL_CALL: ("note", "note", "other tool calls"),
    Churn.FINISH: ("note", "note", "ended for another reason"),
    Churn.TEXT: ("note", "note", "other words"),
    Churn.REQUEST: ("hash", "warn", "only the request differs"),
    Churn.CHUNKING: ("ok", "good", "the same, cut into other chunks"),
    Churn.IDENTICAL: ("ok", "good", "the same meaning"),
    Churn.NEW: ("ok", "good", "new"),
    Churn.GONE: ("cross", "bad", "gone"),
}
SPANS_LIMIT = 4000
"""Pieces of one text that are printed; longer ones are cut, with their number said."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two. url: of its page, "" where there is none."""

    title: str
    what: str
    url: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text. op: same, gone or new. is_block: long and gone or new as a whole, so without a line through."""

    op: str
    text: str
    is_block: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that changed. kind: of `difference.model.ItemKind`; only what that kind has is filled."""

    kind: str
    label: str
    pieces: tuple[Piece, ...] = ()
    left_out: int = 0
    note: str = ""
    spelled: tuple[str, ...] = ()
    changes: tuple[tuple[str, str, str], ...] = ()
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the difference. id: its anchor."""

    title: str
    id: str
    items: tuple[Shown, ...]
    is_quiet: bool


@dataclass(frozen=True, slots=True)
class DifferencePage:
    """churn: (glyph, tone, words). percent: similarity."""

    title: str
    old: Side
    new: Side
    churn: tuple[str, str, str]
    percent: int
    removed: int
    added: int
    parts: tuple[Part, ...]
    same: tuple[Same, ...]
    ignored: tuple[Ignored, ...]
    is_side_by_side: bool
    other_way: str


@require_safe
def since_approval(request: HttpRequest, key: str) -> HttpResponse:
    """Compare a recording with what was last approved at its path, or with the blob that `from` names."""
    recording = _recording(key)
    seen = request.GET.get("from", "")
    if seen:
        earlier = _bytes_of(seen)
        if earlier is None:
            return render(request, "difference/nothing.html", {"page": _side(recording, "now")})
        old = Side("as it was shown", seen[:7], "")
        return _answer(request, old, read(earlier).exchange, _side(recording, "now"), _exchange(recording))
    approved = (
        Decision.objects.filter(path=key, verdict=Verdict.APPROVE).exclude(fingerprint=subject_of(recording)).last()
    )
    data = kept_bytes(approved.fingerprint) if approved else None
    if approved is None or data is None:
        return render(request, "difference/nothing.html", {"page": _side(recording, "now")})
    old = Side(f"approved by {approved.reviewer}", f"{approved.at:%d %b %Y}, {approved.blob[:7]}", "")
    return _answer(request, old, read(data).exchange, _side(recording, "now"), _exchange(recording))


def _bytes_of(blob: str) -> bytes | None:
    """Return the bytes of a blob: from memory, from what is kept of approved ones, from git; None where they are lost."""
    known = content.remembered(blob)
    if known is not None:
        return known.data
    kept = Decision.objects.filter(blob=blob, verdict=Verdict.APPROVE).last()
    data = kept_bytes(kept.fingerprint) if kept else None
    if data is not None and blob_id(data) == blob:
        return data
    found = repository.find(settings.RECORDINGS_ROOT)
    if found is None or re.fullmatch("[0-9a-f]{40}", blob) is None:
        return None
    return next((bytes_ for _, bytes_ in contents(found, [blob])), None)


@require_safe
def two(request: HttpRequest) -> HttpResponse:
    """Compare two recordings: `?old=<path>&new=<path>`."""
    old, new = _recording(request.GET.get("old", "")), _recording(request.GET.get("new", ""))
    return _answer(request, _side(old, "old"), _exchange(old), _side(new, "new"), _exchange(new))


def _answer(request: HttpRequest, old: Side, before: Exchange, new: Side, after: Exchange) -> HttpResponse:
    page = page_of(request, asked_of(after)[:400], old, new, compare(before, after))
    return render(request, "difference/page.html", {"page": page})


def page_of(
    request: HttpRequest,
    title: str,
    old: Side,
    new: Side,
    found: Difference,
    *,
    before: bytes | None = None,
    after: bytes | None = None,
) -> DifferencePage:
    """Return the page of a difference. title: what was asked; before, after: the bytes of the files that are there."""
    return DifferencePage(
        title=title,
        old=old,
        new=new,
        churn=CHURN_WORDS[found.churn],
        percent=round(found.similarity * 100),
        removed=found.removed.words,
        added=found.added.words,
        parts=tuple(parts_of(found)),
        same=found.same,
        ignored=found.ignored,
        is_side_by_side=request.GET.get("mode") == "side",
        other_way=_other_way(request),
    )


def _other_way(request: HttpRequest) -> str:
    """Return the address of the same page in the other mode, one column or two."""
    query = request.GET.copy()
    if query.get("mode") == "side":
        query.pop("mode")
    else:
        query["mode"] = "side"
    return f"?{query.urlencode()}"


def _recording(key: str) -> Recording:
    recording = Recording.objects.filter(path=key).first()
    if recording is None:
        raise Http404(key)
    return recording


def _exchange(recording: Recording) -> Exchange:
    return content.load(recording).reading.exchange


def _side(recording: Recording, title: str) -> Side:
    return Side(title, recording.path, reverse("recording:show", args=[recording.path]))


def parts_of(found: Difference) -> list[Part]:
    """Return the sections of a difference as they are printed."""
    return [
        Part(
            section.kind.value,
            section.kind.value.replace(" ", "-"),
            tuple([_shown(item) for item in section.items]),
            section.is_quiet,
        )
        for section in found.sections
    ]


def _shown(item: Item) -> Shown:
    match item:
        case Words():
            return _words(item)
        case Values():
            return Shown("values", _label(item), changes=_changes(item))
        case Names():
            return Shown("names", item.label, gone=item.gone, new=item.new, kept=item.kept)
        case VectorChange():
            cosine = "not comparable" if item.cosine is None else f"{item.cosine:.6f}"
            largest = "" if item.largest is None else f", largest difference of a number {item.largest:.6g}"
            sizes = f"{item.old_size:,} → {item.new_size:,} floats, " if item.old_size != item.new_size else ""
            return Shown("vector", item.label, note=f"{sizes}cosine {cosine}{largest}")


def _label(item: Words | Values) -> str:
    return item.label if item.label == item.old_label or not item.old_label else f"{item.old_label} → {item.label}"


def _changes(item: Words | Values) -> tuple[tuple[str, str, str], ...]:
    return tuple([(change.path or "(all)", shown(change.old), shown(change.new)) for change in item.values])


def _words(item: Words) -> Shown:
    diff = item.words
    notes = {Grain.LINES: "compared line by line, for there is much of it", Grain.BLOCK: "too different for words"}
    pieces = tuple([_piece(span.op, span.text) for span in diff.spans[:SPANS_LIMIT]])
    spelled = diff.spelled
    if diff.unspelled:
        spelled = (*spelled, f"and {diff.unspelled:,} more")
    left_out = max(0, len(diff.spans) - SPANS_LIMIT)
    return Shown("words", _label(item), pieces, left_out, notes.get(diff.grain, ""), spelled, _changes(item))


def _piece(op: Op, text: str) -> Piece:
    return Piece(op.value, text, op is not Op.SAME and (len(text) > 80 or "\n" in text))


urlpatterns = [
    path("difference/", two, name="two"),
    path("difference/<key:key>", since_approval, name="since_approval"),
]
