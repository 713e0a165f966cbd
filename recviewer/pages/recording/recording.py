"""One recording: request, response, and everything that belongs to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_safe

from recviewer.catalog import content as contents
from recviewer.catalog import heavy
from recviewer.catalog.content import Content
from recviewer.catalog.heavy import asked
from recviewer.catalog.models import Recording
from recviewer.catalog.prepared import prepared
from recviewer.exchange import contract
from recviewer.exchange.model import Kind
from recviewer.memory import git_contents
from recviewer.pages.deciding.notes import Notes, notes_for
from recviewer.pages.deciding.verdict_bar import Bar, Tags, bar_for, tags_for
from recviewer.pages.recording import chunkview, rawview
from recviewer.pages.recording.conversation import ShownRequest
from recviewer.pages.recording.facts import Facts, facts_of
from recviewer.pages.recording.file import of_file
from recviewer.pages.recording.hits import FoundWords, hits_of
from recviewer.pages.recording.middle import ContentView, fold_in, json_in, picture_in, told_of
from recviewer.pages.recording.reply import ReplyHead, ShownReply
from recviewer.pages.recording.strip import Strip
from recviewer.pages.recordings.neighbours import FIND, Neighbours, neighbours_of, shared_list, url_of
from recviewer.pages.site.following import follow, shows
from recviewer.pages.site.htmx import varied, wants_fragment
from recviewer.pages.site.presence import OpenPage, open_page
from recviewer.pages.smells.found import FindingHereNow, on_recording
from recviewer.pages.text import media
from recviewer.store.refusals import CannotRead

KEPT = ("in", "path", FIND)
"""URL parameters kept between views: the queue, and the alleged path of a content."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A view of a recording. number: of chunks, 0 for nothing to say. is_next: `v` switches to it."""

    title: str
    url: str
    number: int
    is_current: bool
    is_next: bool


@dataclass(frozen=True, slots=True)
class RecordingPage:
    """A recording's page. Of `asked` to `strip`, `raw`, and `chunks`, only what the view shows is not None.

    view: rendered, raw or chunks. title: for the window. is_stale: the file is not the one that was indexed.
    bar, tags, notes: None for what is only in git. history: the address of its versions, "" where there are none.
    hits: where the words stand that the address looks for. has_seams: chunk by chunk texts are in the page. wants_seams,
    wants_markdown: the address asks for them.
    """

    recording: Recording
    kind: Kind
    url: str
    title: str
    view: str
    tabs: tuple[Tab, ...]
    facts: Facts
    neighbours: Neighbours | None
    bar: Bar | None
    tags: Tags | None
    notes: Notes | None
    is_stale: bool
    history: str
    is_listing: bool = False
    findings: tuple[FindingHereNow, ...] = ()
    hits: FoundWords | None = None
    presence: OpenPage | None = None
    asked: ReplyHead | None = None
    reply: ShownReply | None = None
    conversation: ShownRequest | None = None
    strip: Strip | None = None
    has_seams: bool = False
    wants_seams: bool = False
    wants_markdown: bool = False
    raw: rawview.RawView | None = None
    piece: Any = None
    chunks: chunkview.ChunkView | None = None


@require_safe
def show(request: HttpRequest, key: str) -> HttpResponse:
    """Show a recording, or a part of it; its contract JSON where `.json` follows its key."""
    follow(request)
    recording = next(iter(_at(key)), None)
    if recording is None:
        return of_file(request, key) or _as_json(key)
    shows(request, recording.blob)
    content = content_of(recording)
    return answer(request, content, _file_name(recording), lambda told: _page(request, recording, content, told))


@prepared
def _at(key: str) -> QuerySet[Recording]:
    return Recording.objects.select_related("commit").filter(path=key)


def answer(
    request: HttpRequest,
    content: Content,
    path: str,
    page_of: Callable[[ContentView], RecordingPage],
    template: str = "recording/page.html",
) -> HttpResponse:
    """Answer with the page of a content, or with the requested part of it.

    path: whose last component names a download. page_of: builds the page from the content's part. template: of the
    whole page.
    """
    asks = request.GET
    if "media" in asks:
        return _media(content, asks["media"])
    if "download" in asks:
        return _download(path, content)
    if wants_fragment(request) and "open" in asks and asks.get("view", "rendered") == "rendered":
        return _fold(request, content, asks.getlist("open"))
    told = asked(content, told_of, asks.urlencode())
    if wants_fragment(request) and "only" in asks:
        return varied(render(request, f"recording/_{told.view}_more.html", {"page": middle(told, "")}))
    whole = "recording/_view.html" if wants_fragment(request) else template
    return varied(render(request, whole, {"page": page_of(told)}))


app_name = "recording"
urlpatterns: list[URLPattern] = [
    path("r/<key:key>", show, name="show"),
]


def content_of(recording: Recording) -> Content:
    """Return the content of a recording's file; for one that cannot be read, the reason."""
    try:
        return contents.load(recording)
    except CannotRead as refusal:
        return contents.missing(refusal.reason)


def _file_name(recording: Recording) -> str:
    """Return the path whose last component names a download: for a part of a file, both names."""
    stem, dot, ending = recording.file_path.rpartition(".")
    return f"{stem}-{recording.part}{dot}{ending}" if recording.part and dot else recording.path


def _page(request: HttpRequest, recording: Recording, content: Content, told: ContentView) -> RecordingPage:
    facts = facts_of(recording, told.read)
    is_stale = content.blob != recording.blob
    return RecordingPage(
        recording=recording,
        kind=told.kind,
        url=url_of(recording.path),
        title=" ".join((recording.asked or facts.file_name).split())[:80],
        view=told.view,
        tabs=tabs_of(request, told, recording.file_path),
        facts=facts,
        neighbours=neighbours_of(recording),
        bar=bar_for(request, recording, is_stale=is_stale),
        tags=tags_for(recording),
        notes=notes_for(request, recording),
        is_stale=is_stale,
        history=reverse("history:show", args=[recording.path]) if git_contents.is_there() else "",
        is_listing=told.is_listing,
        findings=on_recording(recording.path, content.blob),
        hits=hits_of(request, content, url_of(recording.path)),
        presence=open_page(request, "recording", recording.path),
        **middle(told, recording.path),
    )


def middle(told: ContentView, key: str) -> dict[str, Any]:
    """Return the fields of a page for its view. key: of the recording."""
    if told.kind is Kind.MODELS and "asked" in told.middle:
        words, url = shared_list(key)
        return told.middle | {"asked": replace(told.middle["asked"], note=words, note_url=url)}
    return told.middle


def tabs_of(request: HttpRequest, told: ContentView, name: str) -> tuple[Tab, ...]:
    """Return the views of a content; other URL parameters are kept. name: of its file, "" for JSON."""
    kept = "".join(f"&{urlencode({name: request.GET[name]})}" for name in KEPT if name in request.GET)
    if told.kind is Kind.UNREADABLE:
        return (Tab("Raw", f"?view=raw{kept}", 0, is_current=True, is_next=False),)
    names = [("rendered", "Rendered", 0), ("raw", f"Raw {written_in(name)}", 0)]
    if told.chunks:
        names.append(("chunks", "Chunks", told.chunks))
    here = next(place for place, item in enumerate(names) if item[0] == told.view)
    return tuple(
        [
            Tab(title, f"?view={name}{kept}", number, name == told.view, place == (here + 1) % len(names))
            for place, (name, title, number) in enumerate(names)
        ]
    )


def written_in(name: str) -> str:
    """Return the language of a file, by its name."""
    stem = name.removesuffix(".gz")
    if stem.endswith((".yaml", ".yml")):
        return "YAML"
    return "text" if stem.endswith((".httprr", ".txt", ".sse")) else "JSON"


def _fold(request: HttpRequest, content: Content, names: list[str]) -> HttpResponse:
    """Answer with the body of one fold, the last one named; the others are around it."""
    fold = asked(content, fold_in, names, wants_seams="seams" in request.GET)
    if fold is None:
        raise Http404(names[-1])
    return varied(render(request, fold.template, {"fold": fold}))


def _media(content: Content, name: str) -> HttpResponse:
    found = asked(content, picture_in, name)
    if found is None:
        raise Http404(name)
    return picture(found)


def picture(found: media.Picture) -> HttpResponse:
    """Return a picture, with headers that prevent anything but displaying it."""
    return HttpResponse(
        found.data,
        content_type=found.type,
        headers={
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, max-age=3600",
        },
    )


def _download(path: str, content: Content) -> HttpResponse:
    """Return the file's bytes, with secrets masked, for saving: never for display in this origin.

    Raises CannotRead if there are none.
    """
    if content.missing:
        raise CannotRead(path.encode("utf-8", "surrogatepass"), content.missing)
    name = path.rpartition("/")[2]
    try:
        data = heavy.bytes_of(content)
    except heavy.TakesTooMuch as why:
        raise CannotRead(path.encode("utf-8", "surrogatepass"), str(why)) from None
    return HttpResponse(
        data,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": content_disposition_header(True, name) or "attachment",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _as_json(key: str) -> HttpResponse:
    recording = Recording.objects.filter(path=key.removesuffix(".json")).first() if key.endswith(".json") else None
    if recording is None:
        raise Http404(key)
    return json_of(recording, content_of(recording))


def json_of(recording: Recording, content: Content) -> HttpResponse:
    """Answer with the public JSON form."""
    replay = {
        "state": recording.replay,
        "rule": recording.replay_rule,
        "expected": recording.replay_expected,
    }
    place = contract.Place(recording.path, content.blob, recording.fingerprint, replay, recording.part, recording.place)
    return HttpResponse(asked(content, json_in, place), content_type="application/json")
