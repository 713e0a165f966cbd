"""Notes on a recording: shown in its right column, written and changed by forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST

from recviewer.catalog.models import Recording
from recviewer.pages.deciding.verdict_bar import bar_for
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.site.errors import ErrorPage, page_of
from recviewer.pages.site.forms import Fields, fields_of, key_in, next_of, seen_in
from recviewer.pages.site.htmx import varied, wants_fragment
from recviewer.review import notes as store
from recviewer.review.actors import actor_of
from recviewer.review.audit import Done
from recviewer.review.models import Note
from recviewer.review.refusals import Invalid, Refused


@dataclass(frozen=True, slots=True)
class ShownNote:
    """One note. who: its author, or "You". body: Markdown. is_mine: it can be changed. is_edited: it was.

    changed: what a change of it has to name. error, typed: a refusal's sentence and what was typed, "" for none.
    """

    uid: str
    who: str
    body: str
    at: datetime
    is_mine: bool
    is_edited: bool
    is_gone: bool
    changed: str
    error: str = ""
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """A thread. anchor: where it is pinned, "" for the whole. resolved_by, resolved_at: who closed it and when.

    elsewhere: the path of the recording that it is on, if that is another one, and url its link.
    """

    anchor: str
    root: ShownNote
    replies: tuple[ShownNote, ...]
    is_open: bool
    resolved_by: str
    resolved_at: datetime | None
    error: str = ""
    typed: str = ""
    elsewhere: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes on one recording. key, seen, url: as in `bar.Bar`. open, closed: threads.

    anchors: messages and chunks with open threads. error, typed, anchor: of a new note that was refused. says: what is
    announced after a swap. has_focus: the link that opens the field has the focus then. is_aside: as in `bar.Tags`.
    """

    key: str
    seen: str
    url: str
    open: tuple[Topic, ...]
    closed: tuple[Topic, ...]
    anchors: frozenset[str]
    error: str = ""
    typed: str = ""
    anchor: str = ""
    says: str = ""
    has_focus: bool = False
    is_aside: bool = False

    @property
    def fields(self) -> Fields:
        """The hidden fields of every form."""
        return fields_of(self.key, self.seen)


def notes_for(request: HttpRequest, recording: Recording) -> Notes:
    """Return the notes on a recording for the user."""
    actor = actor_of(request)
    topics = [_topic(thread, actor) for thread in store.threads(recording.path)]
    return Notes(
        key=recording.path,
        seen=recording.blob,
        url=url_of(recording.path),
        open=tuple(topic for topic in topics if topic.is_open),
        closed=tuple(topic for topic in topics if not topic.is_open),
        anchors=frozenset(topic.anchor for topic in topics if topic.is_open and topic.anchor and not topic.elsewhere),
    )


def _topic(thread: store.Thread, actor: str) -> Topic:
    root = thread.root
    return Topic(
        anchor=root.anchor,
        root=_said(root, actor),
        replies=tuple(_said(reply, actor) for reply in thread.replies),
        is_open=thread.is_open,
        resolved_by="you" if root.resolved_by == actor else root.resolved_by,
        resolved_at=root.resolved_at,
        elsewhere=thread.elsewhere,
        url=url_of(thread.elsewhere) if thread.elsewhere else "",
    )


def _said(note: Note, actor: str) -> ShownNote:
    is_gone = note.withdrawn_at is not None
    is_touched = note.resolved_at is not None and note.changed_at == note.resolved_at
    return ShownNote(
        uid=note.uid,
        who="You" if note.author == actor else note.author,
        body="" if is_gone else note.body,
        at=note.at,
        is_mine=note.author == actor and not is_gone,
        is_edited=note.changed_at != note.at and not is_touched,
        is_gone=is_gone,
        changed=note.changed_at.isoformat(),
    )


@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """Write a note, or a reply to one."""
    sent = request.POST

    def act() -> Done:
        seen = seen_in(sent)
        if len(seen) != 1:
            raise Invalid("A note is about one recording.")
        anchor, thread = sent.get("anchor", "").strip(), sent.get("thread", "")
        return store.write(seen[0], actor=actor_of(request), body=sent.get("body", ""), anchor=anchor, thread=thread)

    return _answer(request, act)


@require_POST
def edit(request: HttpRequest) -> HttpResponse:
    """Change the text of a note."""
    sent = request.POST
    return _answer(
        request,
        lambda: store.edit(
            sent.get("note", ""), actor=actor_of(request), body=sent.get("body", ""), seen_at=sent.get("changed", "")
        ),
    )


@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """Delete a note."""
    return _answer(request, lambda: store.drop(request.POST.get("note", ""), actor=actor_of(request)))


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Mark a thread as resolved."""
    return _answer(request, lambda: store.close(request.POST.get("note", ""), actor=actor_of(request)))


@require_POST
def reopen(request: HttpRequest) -> HttpResponse:
    """Reopen a resolved thread."""
    return _answer(request, lambda: store.reopen(request.POST.get("note", ""), actor=actor_of(request)))


def _answer(request: HttpRequest, act: Callable[[], Done]) -> HttpResponse:
    recording = Recording.objects.filter(path=key_in(request.POST)).first()
    is_fragment = recording is not None and wants_fragment(request)
    try:
        done = act()
    except Refused as refusal:
        if is_fragment and recording is not None:
            return _fragment(request, recording, _refused(request, recording, refusal), status=refusal.status)
        page = page_of(refusal) or ErrorPage("That was not done", str(refusal), refusal.status)
        url = url_of(recording.path) if recording else ""
        shown = {"title": page.title, "reason": page.reason, "url": url, "back": next_of(request, request.POST)}
        template = "bar/_refused.html" if wants_fragment(request) else "bar/refused.html"
        return varied(render(request, template, {"page": shown}, status=page.status))
    if is_fragment and recording is not None:
        return _fragment(request, recording, replace(notes_for(request, recording), says=done.sentence, has_focus=True))
    messages.success(request, done.sentence, extra_tags=f"undo-{done.event}" if done.event else "")
    target = next_of(request, request.POST)
    return HttpResponseRedirect(f"{target}#notes" if recording else target, status=303)


def _refused(request: HttpRequest, recording: Recording, refusal: Refused) -> Notes:
    """Return the notes with a refusal at the form, and what was typed in it."""
    shown, sent = notes_for(request, recording), request.POST
    why, typed, answers, changes = str(refusal), sent.get("body", ""), sent.get("thread", ""), sent.get("note", "")
    found = [False]

    def said(one: ShownNote) -> ShownNote:
        if not one.is_mine or one.uid != changes:
            return one
        found[0] = True
        return replace(one, error=why, typed=typed)

    def topic(one: Topic) -> Topic:
        if answers and one.root.uid == answers:
            found[0] = True
            return replace(one, error=why, typed=typed)
        return replace(one, root=said(one.root), replies=tuple(said(reply) for reply in one.replies))

    made = replace(
        shown,
        open=tuple(topic(one) for one in shown.open),
        closed=tuple(topic(one) for one in shown.closed),
        says=why,
    )
    return made if found[0] else replace(made, error=why, typed=typed, anchor=sent.get("anchor", ""))


def _fragment(request: HttpRequest, recording: Recording, notes: Notes, *, status: int = 200) -> HttpResponse:
    bar = replace(bar_for(request, recording), is_aside=True)
    return varied(render(request, "notes/_notes_and_bar.html", {"notes": notes, "bar": bar}, status=status))


app_name = "notes"
urlpatterns = [
    path("do/note", write, name="write"),
    path("do/note/edit", edit, name="edit"),
    path("do/note/drop", drop, name="drop"),
    path("do/note/close", close, name="close"),
    path("do/note/reopen", reopen, name="reopen"),
]
