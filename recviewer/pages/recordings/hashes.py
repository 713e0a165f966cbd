"""`/hash/…`: where replay would look for a request, the nearest recordings, and the fields that changed the hash."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from recviewer.catalog.models import Recording
from recviewer.changes.requests import Field
from recviewer.difference.values import ABSENT
from recviewer.difference.words import words
from recviewer.exchange.encode import encode
from recviewer.exchange.model import Json
from recviewer.language.tree import Term
from recviewer.pages.recordings.list_state import ListState
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.recordings.sought import (
    NearRecording,
    NoRequest,
    SoughtRequest,
    by_body,
    by_digits,
    document_of,
)
from recviewer.pages.site.json import Json as JsonAnswer

SHOWN = 20
"""Recordings that are listed, and fields that are compared by words."""

LONG = 4_000
"""Maximum length of a value that is compared by words on the page."""


@dataclass(frozen=True, slots=True)
class MovedField:
    """A field that differs. spans: (`same`, `gone` or `new`, text).

    recorded, asked: the hashed form of each side, if it is not the value itself; why: for those that do not change the
    hash.
    """

    path: str
    spans: tuple[tuple[str, str], ...]
    recorded: str
    asked: str
    why: str


@dataclass(frozen=True, slots=True)
class NearRow:
    """One recording of the table."""

    path: str
    name: str
    url: str
    answered: str
    differ: int
    first: str
    is_found: bool
    rule: str
    is_compared: bool


@dataclass(frozen=True, slots=True)
class HashPage:
    """found: the result. sentence: its summary.

    moved, quiet: differences to the nearest recording that replay finds.
    """

    found: SoughtRequest
    sentence: str
    named: tuple[tuple[str, str], ...]
    holders: tuple[tuple[str, str, str], ...]
    rows: tuple[NearRow, ...]
    more: int
    against: NearRow | None
    moved: tuple[MovedField, ...]
    more_moved: int
    quiet: tuple[MovedField, ...]
    test_url: str


@require_safe
def show(request: HttpRequest, digits: str) -> HttpResponse:
    """Show what a hash leads to."""
    try:
        found = by_digits(digits, test_id=request.GET.get("test", ""))
    except NoRequest as refused:
        raise Http404(str(refused)) from None
    if request.path.endswith(".json"):
        return as_json(found)
    given = {"body": "", "test": "", "url": "", "wrong": ""}
    return render(request, "recordings/hash.html", {"page": _page(found), **given})


@require_http_methods(["GET", "HEAD", "POST"])
def body(request: HttpRequest) -> HttpResponse:
    """Show what a request leads to, whose body was pasted. Nothing of it is stored."""
    text = request.POST.get("body", "")
    given = {"body": text, "test": request.POST.get("test", ""), "url": request.POST.get("url", "")}
    if request.method != "POST":
        return render(request, "recordings/hash.html", {"page": None, "wrong": "", **given})
    try:
        document = document_of(text.encode("utf-8", "replace"))
        found = by_body(document, test_id=given["test"].strip(), url=given["url"].strip())
    except NoRequest as refused:
        return render(request, "recordings/hash.html", {"page": None, "wrong": f"{refused}.", **given}, status=400)
    return render(request, "recordings/hash.html", {"page": _page(found), "wrong": "", **given})


def _page(found: SoughtRequest) -> HashPage:
    best = found.nearest_found
    moved = best.moving if best else ()
    quiet = tuple(field for field in best.fields if not field.moves) if best else ()
    return HashPage(
        found=found,
        sentence=_sentence(found),
        named=tuple((one.path, url_of(one.path)) for one in found.named),
        holders=tuple((one.path, url_of(one.path), one.replay_rule) for one in found.holders),
        rows=tuple(_row(one, one is best) for one in found.near[:SHOWN]),
        more=len(found.near) - len(found.near[:SHOWN]) + found.more,
        against=_row(best, True) if best else None,
        moved=tuple(map(_moved, moved[:SHOWN])),
        more_moved=max(0, len(moved) - SHOWN),
        quiet=tuple(map(_moved, quiet[:SHOWN])),
        test_url=reverse("recordings:listing") + ListState(terms=(Term("test", found.test_id),)).address()
        if found.test_id
        else "",
    )


def _sentence(found: SoughtRequest) -> str:
    said = []
    if found.named:
        said.append(f"{_count(found.named, 'file is', 'files are')} named by this hash")
    else:
        said.append("no file has this name")
    if found.holders:
        holders = _count(found.holders, "recording holds", "recordings hold")
        said.append(f"{holders} exactly this request under an older name")
    best = found.nearest_found
    if best and best.moving and not found.named:
        fields = "one field" if len(best.moving) == 1 else f"{len(best.moving)} fields"
        said.append(f"the nearest that replay finds differs in {fields}")
    elif not best and found.is_known and not found.named:
        said.append("replay finds no recording of this test")
    elif not found.is_known:
        said.append("no recording says what was asked")
    sentence = "; ".join(said)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _count(some: tuple[Recording, ...], one: str, several: str) -> str:
    return f"one {one}" if len(some) == 1 else f"{len(some)} {several}"


def _row(near: NearRecording, is_compared: bool) -> NearRow:
    recording = near.recording
    name = PurePosixPath(recording.path).name
    short = f"{name[:8]}…{name[-9:]}" if len(name) > 24 else name
    first = near.moving[0].change.path if near.moving else ""
    return NearRow(
        recording.path,
        short,
        url_of(recording.path),
        recording.answered[:80],
        len(near.moving),
        first,
        near.is_found,
        recording.replay_rule,
        is_compared,
    )


def _moved(field: Field) -> MovedField:
    old, new = _text(field.change.old), _text(field.change.new)
    if len(old) + len(new) > LONG:
        spans = [("gone", _cut(old)), ("new", _cut(new))]
    else:
        spans = [(span.op.value, span.text) for span in words(old, new).spans]
    hashed = [_text(value) for value in field.hashed]
    told = hashed != [old, new] and field.hashed != (ABSENT, ABSENT)
    recorded, asked = (_cut(hashed[0]), _cut(hashed[1])) if told else ("", "")
    return MovedField(field.change.path, tuple(one for one in spans if one[1]), recorded, asked, field.why)


def _text(value: Json) -> str:
    if value is ABSENT:
        return ""
    return value if isinstance(value, str) else encode(value).decode("utf-8", "replace")


def _cut(text: str) -> str:
    return text if len(text) <= LONG // 4 else f"{text[: LONG // 8]} … {text[-LONG // 8 :]}"


def as_json(found: SoughtRequest) -> JsonAnswer:
    """Return what was found for scripts."""
    return JsonAnswer(
        {
            "hash": found.digits,
            "test_id": found.test_id or None,
            "is_known": found.is_known,
            "places": [{"path": one.path, "is_there": one.is_there} for one in found.places],
            "named": [one.path for one in found.named],
            "holders": [one.path for one in found.holders],
            "near": [
                {"path": one.recording.path, "replay": one.recording.replay, "moving": _paths(one.moving)}
                for one in found.near
            ],
        }
    )


def _paths(fields: Iterable[Field]) -> list[str]:
    return [field.change.path for field in fields]


app_name = "hashes"
urlpatterns = [
    path("hash/", body, name="body"),
    path("hash/<str:digits>.json", show, name="json"),
    path("hash/<str:digits>", show, name="show"),
]
