"""Notes on recordings: threads, pinned to the whole, a message or a chunk; edited and deleted by who wrote them."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from recviewer.catalog.models import Recording
from recviewer.review import audit, swaps
from recviewer.review.audit import Action, Done, Item
from recviewer.review.models import Note
from recviewer.review.refusals import Invalid, NotAllowed, Refused
from recviewer.review.subjects import Seen, present, printable, subject_of, title_of
from recviewer.review.swaps import NOTE, Values, change, of_note

LENGTH = 10_000
_ANCHOR = re.compile(r"(?:m|chunk-)\d{1,7}|")


@dataclass(frozen=True, slots=True)
class Thread:
    """A note with its replies, oldest first, without deleted ones. root: also where it was deleted but has replies."""

    root: Note
    replies: tuple[Note, ...]

    @property
    def is_open(self) -> bool:
        """Tell whether it still waits for somebody."""
        return self.root.resolved_at is None


class NoNote(Refused):
    """The note is not there any more."""

    status = 410
    title = "This note is gone"


class NoteChanged(Refused):
    """The note was changed by somebody, or in another window, since it was shown."""

    title = "The note changed meanwhile"


def write(
    seen: Seen, *, actor: str, body: str, anchor: str = "", thread: str = "", now: datetime | None = None
) -> Done:
    """Write a note on a recording.

    anchor: `m3` or `chunk-17` to pin it there, "" for the whole. thread: uid of a note to answer; the answer is pinned
    where that one is. Raises Invalid, Gone, Changed, NoNote.
    """
    body = _clean(body)
    if not _ANCHOR.fullmatch(anchor):
        raise Invalid("A note is pinned to a message (m3), a chunk (chunk-17), or to nothing.")
    with transaction.atomic():
        (recording,) = present([seen])
        root = None
        if thread:
            answered = _named(thread)
            root = answered.thread or answered
            if root.path != recording.path:
                raise Invalid("That note is on another recording.")
        at = now or timezone.now()
        values: Values = {
            "path": recording.path,
            "blob": recording.blob,
            "anchor": root.anchor if root else anchor,
            "thread": root.uid if root else "",
            "author": actor,
            "body": body,
            "resolved_by": "",
            "at": at.isoformat(),
            "changed_at": at.isoformat(),
            "resolved_at": None,
            "withdrawn_at": None,
        }
        verb = "answered a note on" if root else "wrote a note on"
        summary = f"{verb} {title_of(recording)}: {_short(body)}"
        uid = uuid.uuid4().hex
        # Taking it back leaves a deleted note behind, so that it does not come back with an imported file.
        before = {**values, "withdrawn_at": at.isoformat()}
        return _act(uid, Action.NOTE, summary, before, values, actor=actor, at=at)


def edit(uid: str, *, actor: str, body: str, seen_at: str = "", now: datetime | None = None) -> Done:
    """Change the words of a note of one's own.

    seen_at: its `changed_at` as it was shown; "" for not checking. Raises Invalid, NoNote, NoteChanged, NotAllowed.
    """
    body = _clean(body)
    with transaction.atomic():
        note = _own(uid, actor)
        if seen_at and note.changed_at.isoformat() != seen_at:
            raise NoteChanged("The note was changed since you opened it. Nothing was saved.")
        if note.body == body:
            return Done("The note says that already.", None, 0)
        summary = f"changed a note on {_title(note)}: {_short(body)}"
        return _alter(note, Action.NOTE_EDIT, summary, {"body": body}, actor=actor, now=now)


def drop(uid: str, *, actor: str, now: datetime | None = None) -> Done:
    """Delete a note of one's own; answers to it stay. Raises NoNote, NotAllowed."""
    with transaction.atomic():
        note = _own(uid, actor)
        at = now or timezone.now()
        changes = {"withdrawn_at": at.isoformat()}
        return _alter(note, Action.NOTE_DROP, f"deleted a note on {_title(note)}", changes, actor=actor, now=at)


def close(uid: str, *, actor: str, now: datetime | None = None) -> Done:
    """Mark a thread as resolved. Raises NoNote."""
    with transaction.atomic():
        note = _root(uid)
        if note.resolved_at:
            return Done("The note is resolved already.", None, 0)
        at = now or timezone.now()
        changes = {"resolved_at": at.isoformat(), "resolved_by": actor}
        return _alter(note, Action.NOTE_CLOSE, f"resolved a note on {_title(note)}", changes, actor=actor, now=at)


def reopen(uid: str, *, actor: str, now: datetime | None = None) -> Done:
    """Take a thread's resolution back. Raises NoNote."""
    with transaction.atomic():
        note = _root(uid)
        if not note.resolved_at:
            return Done("The note is open already.", None, 0)
        changes = {"resolved_at": None, "resolved_by": ""}
        return _alter(note, Action.NOTE_OPEN, f"reopened a note on {_title(note)}", changes, actor=actor, now=now)


def threads(path: str) -> list[Thread]:
    """Return the threads on a recording: open ones first, then by what they are pinned to, then oldest first."""
    roots: list[Note] = []
    replies: dict[int, list[Note]] = {}
    for note in Note.objects.filter(path=path).order_by("at", "pk"):
        if note.thread_id is None:
            roots.append(note)
        elif note.withdrawn_at is None:
            replies.setdefault(note.thread_id, []).append(note)
    found = [
        Thread(root, tuple(replies.get(root.pk, ())))
        for root in roots
        if root.withdrawn_at is None or root.pk in replies
    ]
    return sorted(found, key=lambda thread: (not thread.is_open, _place(thread.root.anchor), thread.root.at))


def anchored(path: str) -> Counter[str]:
    """Return how many open threads are pinned to each message and chunk of a recording."""
    return Counter(thread.root.anchor for thread in threads(path) if thread.is_open and thread.root.anchor)


def open_counts(paths: Iterable[str]) -> Counter[str]:
    """Return how many open threads there are on each of these recordings."""
    open_ones = Note.objects.filter(path__in=list(paths), thread=None, resolved_at=None, withdrawn_at=None)
    return Counter(open_ones.values_list("path", flat=True))


def _place(anchor: str) -> tuple[str, int]:
    digits = anchor.lstrip("mchunk-")
    return anchor[: len(anchor) - len(digits)], int(digits or 0)


def _alter(note: Note, action: Action, summary: str, values: Values, *, actor: str, now: datetime | None) -> Done:
    at = now or timezone.now()
    before = of_note(note)
    after = {**before, **values, "changed_at": at.isoformat()}
    return _act(note.uid, action, summary, before, after, actor=actor, at=at)


def _act(uid: str, action: Action, summary: str, before: Values, after: Values, *, actor: str, at: datetime) -> Done:
    row = Recording.objects.filter(path=after["path"]).first()
    changes = [change(NOTE, [uid], before, after)]
    event = audit.write(
        actor=actor,
        action=action,
        summary=summary,
        payload={"changes": changes},
        items=[Item(after["path"], subject_of(row) if row else "", after["blob"])],
        at=at,
    )
    swaps.apply(changes)
    return audit.done(event)


def _clean(body: str) -> str:
    tidy = body.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not tidy:
        raise Invalid("A note needs words.")
    if len(tidy) > LENGTH:
        raise Invalid(f"A note has at most {LENGTH:,} characters.")
    if "\0" in tidy:
        raise Invalid("A note cannot hold a NUL character.")
    return tidy


def _named(uid: str) -> Note:
    note = Note.objects.filter(uid=uid, withdrawn_at=None).select_related("thread").first()
    if note is None:
        raise NoNote("This note is not there any more. Nothing was saved.")
    return note


def _root(uid: str) -> Note:
    note = Note.objects.filter(uid=uid).select_related("thread").first()
    if note is None:
        raise NoNote("This note is not there any more. Nothing was saved.")
    return note.thread or note


def _own(uid: str, actor: str) -> Note:
    note = _named(uid)
    if note.author != actor:
        raise NotAllowed(f"Only {note.author} can change that note. You can answer it.")
    return note


def _title(note: Note) -> str:
    row = Recording.objects.filter(path=note.path).first()
    return title_of(row) if row else f"“{printable(note.path.rpartition('/')[2], 60)}”"


def _short(body: str) -> str:
    return printable(" ".join(body.split()), 120)
