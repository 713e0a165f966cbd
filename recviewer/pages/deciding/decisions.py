"""Actions on recordings, sent by forms: verdicts, tags, moves to the trash, undo and redo.

Each answers a plain form with a redirect to `next`, and htmx with the bar or the tags of the recording in the form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from recviewer.catalog.models import Recording
from recviewer.pages.deciding import double_clicks, undo_places
from recviewer.pages.deciding.notes import notes_for
from recviewer.pages.deciding.verdict_bar import bar_for, refused, since_url, tags_for
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.site import roles
from recviewer.pages.site.errors import ErrorPage, page_of
from recviewer.pages.site.forms import event_in, item_of, items_of, key_in, next_of, seen_in
from recviewer.pages.site.htmx import varied, wants_fragment
from recviewer.review import deleting
from recviewer.review.actors import actor_of
from recviewer.review.audit import Done
from recviewer.review.decide import decide as say
from recviewer.review.models import Verdict
from recviewer.review.refusals import ChangedRecordings, Gone, Invalid, NothingToUndo, Refused
from recviewer.review.tagging import tag as put_tag
from recviewer.review.tagging import untag as take_tag
from recviewer.review.undoing import redo as do_again
from recviewer.review.undoing import undo as take_back
from recviewer.store import refusals as store

SHOWN = 20
"""Recordings that the confirmation page names; of the rest it gives the number."""


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """title, reason: what was refused and why. url: of the recording, "" for many.

    back: the page that the user came from. difference_url: of what was seen against what is there now, "" if one of
    them is unknown.
    """

    title: str
    reason: str
    url: str
    back: str
    difference_url: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """The question before the trash.

    items: the value of the `item` field. shown: recordings named; more: how many are not. files, stay: the files they lie
    in, and how many others lie in those. next, back: addresses after yes and no. obstacle: why it cannot be done, "" if it
    can. left: a sentence about what is left out.
    """

    count: int
    size: int
    tests: int
    last_of_tests: tuple[str, ...]
    items: str
    shown: tuple[Recording, ...]
    more: int
    next: str
    back: str
    obstacle: str
    left: str
    files: int
    stay: int


def _shown(paths: Sequence[str]) -> tuple[Recording, ...]:
    """Return the recordings at some paths, in their order, with question and answer."""
    found = Recording.objects.only("path", "size", "asked", "answered").in_bulk(paths, field_name="path")
    return tuple([found[path] for path in paths if path in found])


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Record a verdict on the recordings that the form names."""
    return double_clicks.refused(request) or _decided(request, request.POST.get("verdict", ""))


def _decided(request: HttpRequest, verdict: str) -> HttpResponse:
    # The one field of a form about many is the reason to re-record; its words belong to no other verdict.
    has_note = verdict == Verdict.REJECT or not request.POST.getlist("item")
    note = request.POST.get("note", "") if has_note else ""
    try:
        done = say(seen_in(request.POST), actor=actor_of(request), verdict=verdict, note=note)
    except (Refused, store.Refusal) as refusal:
        return _refuse(request, refusal, asks_reason=verdict == Verdict.REJECT and isinstance(refusal, Invalid))
    return _told(request, done, pressed=verdict)


@require_POST
def tag(request: HttpRequest) -> HttpResponse:
    """Add a tag to the recordings that the form names."""
    return _tagged(request, put_tag)


@require_POST
def untag(request: HttpRequest) -> HttpResponse:
    """Remove a tag from the recordings that the form names."""
    return _tagged(request, take_tag)


@require_POST
def typed(request: HttpRequest) -> HttpResponse:
    """Do what Enter in a field of a form about many means: a reason re-records, a name tags.

    Without scripts it is unknown in which field Enter was pressed, so if both are filled in nothing is done.
    """
    has_note, has_name = bool(request.POST.get("note", "").strip()), bool(request.POST.get("name", "").strip())
    if has_note and has_name:
        return _refuse(
            request, Invalid("Both a reason and a tag were typed: press the button of the one that you mean.")
        )
    if has_name:
        return _tagged(request, put_tag)
    if has_note:
        return _decided(request, Verdict.REJECT)
    return _refuse(request, Invalid("Enter alone decides nothing: press a button."))


@require_http_methods(["GET", "POST"])
def trash(request: HttpRequest) -> HttpResponse:
    """Ask before recordings are moved to the trash (GET; POST from a list), and move them (POST with `confirmed`)."""
    sent = request.GET if request.method == "GET" else request.POST
    try:
        seen = seen_in(sent)
        if request.method == "POST" and sent.get("confirmed"):
            done = deleting.trash(seen, actor=actor_of(request))
            return _told(request, done)
        found = deleting.preview(seen)
    except (Refused, store.Refusal) as refusal:
        return _refuse(request, refusal)
    target = next_of(request, sent)
    page = ConfirmPage(
        count=found.count,
        size=found.size,
        tests=found.tests,
        last_of_tests=found.last_of_tests,
        items=items_of(item_of(recording.path, recording.blob) for recording in found.recordings),
        shown=_shown([recording.path for recording in found.recordings[:SHOWN]]),
        more=max(0, found.count - SHOWN),
        next=target,
        back=url_of(found.recordings[0].path) if key_in(sent) else target,
        obstacle=deleting.obstacle(found.recordings[0]),
        left=found.left,
        files=found.files,
        stay=found.stay,
    )
    return render(request, "bar/confirm.html", {"page": page})


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Undo the action that the form names, else the last one."""
    return _turned(request, take_back, is_back=True)


@require_POST
def redo(request: HttpRequest) -> HttpResponse:
    """Redo the action that the form names, else the one undone last."""
    return _turned(request, do_again, is_back=False)


def _turned(request: HttpRequest, turn: Callable[..., Done], *, is_back: bool) -> HttpResponse:
    """Undo or redo, and redirect to what it was about. A form whose action was already undone does nothing.

    Nor does the second click on a page that undid something, which hits the button of the next page.
    """
    actor = actor_of(request)
    if double_clicks.is_too_soon(request):
        undo_places.tell(request, actor, Done(double_clicks.TURNED, None, 0))
        return HttpResponseRedirect(next_of(request, request.POST), status=303)
    try:
        done = turn(actor=actor, event=event_in(request.POST), may_maintain=roles.may(request, roles.Role.MAINTAINER))
    except NothingToUndo as refusal:
        if "event" not in request.POST or wants_fragment(request):
            return _refuse(request, refusal)
        undo_places.tell(request, actor, Done(str(refusal), None, 0))
        return HttpResponseRedirect(next_of(request, request.POST), status=303)
    except (Refused, store.Refusal) as refusal:
        return _refuse(request, refusal)
    place = undo_places.elsewhere(request, done) if {"in", "range", "key"} & request.POST.keys() else ""
    if place:
        return _led(request, place)
    return _told(request, done, with_notes=True, is_back=is_back)


def _tagged(request: HttpRequest, act: Callable[..., Done]) -> HttpResponse:
    name = request.POST.get("name", "")
    try:
        done = act(seen_in(request.POST), actor=actor_of(request), name=name)
    except Invalid as refusal:
        recording = _recording(request)
        if recording is None or not wants_fragment(request):
            return _refuse(request, refusal)
        tags = replace(tags_for(recording), error=str(refusal), typed=name, has_focus=True)
        return varied(render(request, "tags/_tags.html", {"tags": tags}, status=refusal.status))
    except Refused as refusal:
        return _refuse(request, refusal)
    recording = _recording(request)
    if recording is None or not wants_fragment(request):
        return _told(request, done)
    bar = replace(bar_for(request, recording), is_aside=True)
    tags = replace(tags_for(recording), has_focus=True, says=done.sentence)
    return varied(render(request, "tags/_tags_and_bar.html", {"tags": tags, "bar": bar}))


def _told(
    request: HttpRequest, done: Done, *, pressed: str = "", with_notes: bool = False, is_back: bool = False
) -> HttpResponse:
    """Report what was done: in the bar of the recording that is shown, else after a redirect.

    with_notes: it may have been about notes, which are rendered again. is_back: it was an undo, and another may follow.
    """
    recording = _recording(request)
    if recording is not None and wants_fragment(request):
        bar = replace(bar_for(request, recording), pressed=pressed or "undo", says=done.sentence)
        if request.POST.get("seen", recording.blob) != recording.blob:  # the page around the bar shows something else
            bar = refused(bar, f"{done.sentence} The file changed since you opened it.", is_stale=True)
        tags = replace(tags_for(recording), is_aside=True)
        notes = replace(notes_for(request, recording), is_aside=True) if with_notes else None
        return varied(render(request, "bar/_bar_and_tags.html", {"bar": bar, "tags": tags, "notes": notes}))
    target = next_of(request, request.POST)
    key = key_in(request.POST)
    if key and recording is None and target == url_of(key):
        target = next_of(request, QueryDict())
    if not {"in", "range"} & request.POST.keys() and (recording is None or target != url_of(recording.path)):
        if is_back:
            undo_places.tell(request, actor_of(request), done)
        else:
            messages.success(request, done.sentence, extra_tags=f"undo-{done.event}" if done.event else "")
    return _led(request, target if key else undo_places.row_of(target, done))


def _led(request: HttpRequest, target: str) -> HttpResponse:
    """Redirect to a URL, for plain forms and htmx."""
    if wants_fragment(request):
        return varied(HttpResponse(status=204, headers={"HX-Redirect": target}))
    return HttpResponseRedirect(target, status=303)


def _refuse(request: HttpRequest, refusal: Exception, *, asks_reason: bool = False) -> HttpResponse:
    """Show a refusal: in the bar of the recording that is shown, else on a page."""
    page = page_of(refusal) or ErrorPage("That was not done", str(refusal), 409)
    recording = _recording(request)
    if recording is not None and wants_fragment(request):
        is_stale = isinstance(refusal, (ChangedRecordings, Gone, store.Changed, store.Vanished))
        note = request.POST.get("note", "")
        bar = refused(bar_for(request, recording), page.reason, is_stale=is_stale, asks_reason=asks_reason, note=note)
        bar = replace(bar, since_url=since_url(recording.path, request.POST.get("seen", "")) if is_stale else "")
        return varied(render(request, "bar/_bar.html", {"bar": bar}, status=page.status))
    url = url_of(recording.path) if recording is not None else ""
    sent = request.GET if request.method == "GET" else request.POST
    shown = RefusedPage(page.title, page.reason, url, next_of(request, sent))
    template = "bar/_refused.html" if wants_fragment(request) else "bar/refused.html"
    return varied(render(request, template, {"page": shown}, status=page.status))


def _recording(request: HttpRequest) -> Recording | None:
    """Return the one recording that the form names, from the catalog."""
    key = key_in(request.GET if request.method == "GET" else request.POST)
    return Recording.objects.filter(path=key).first() if key else None


app_name = "review"
urlpatterns = [
    path("do/decide", decide, name="decide"),
    path("do/typed", typed, name="typed"),
    path("do/tag", tag, name="tag"),
    path("do/untag", untag, name="untag"),
    path("do/trash", trash, name="trash"),
    path("do/undo", undo, name="undo"),
    path("do/redo", redo, name="redo"),
]
