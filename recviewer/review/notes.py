"""Notes on recordings: threads, pinned to the whole, a message or a chunk; edited and deleted by their authors."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from recviewer.catalog.models import Recording
from recviewer.catalog.prepared import prepared
from recviewer.review import audit, rows
from recviewer.review.audit import Action, ActItem, Done
from recviewer.review.locks import acting
from recviewer.review.models import Note
from recviewer.review.refusals import Invalid, NotAllowed, Refused
from recviewer.review.rows import NOTE, Values, change, of_note
from recviewer.review.subjects import Seen, chunked, present, printable, subject_of, title_of, unfit
from recviewer.secrets.named import without_secrets

LENGTH = 10_000
ANCHOR = re.compile(r"(m|chunk-)([0-9]{1,7})|")
"""Where a note is pinned; "" for the whole."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A note with its replies, oldest first, without deleted ones, even if a file of reviews put them on other
    recordings.

    root: included even if it was deleted but has replies. elsewhere: the path that it is on, if that is another one.
    """

    root: Note
    replies: tuple[Note, ...]
    elsewhere: str = ""

    @property
    def is_open(self) -> bool:
        """Tell whether it is still unresolved."""
        return self.root.resolved_at is None


class NoNote(Refused):
    """The note does not exist any more."""

    status = 410
    title = "This note is gone"


class NoteChanged(Refused):
    """The note was changed, by somebody or in another window, since it was shown."""

    title = "The note changed meanwhile"


def write(
    seen: Seen, *, actor: str, body: str, anchor: str = "", thread: str = "", now: datetime | None = None
) -> Done:
    """Write a note on a recording.

    anchor: `m3` or `chunk-17` to pin it there, "" for the whole. thread: uid of a note to answer; the answer is pinned
    where that one is. Raises Invalid, Gone, Changed, NoNote.
    """
    body = _clean(body)
    if not ANCHOR.fullmatch(anchor):
        raise Invalid("A note is pinned to a message (m3), a chunk (chunk-17), or to nothing.")
    with acting():
        (recording,) = present([seen])
        root = None
        if thread:
            answered = _named(thread)
            root = _beginning(answered)
            if recording.path not in _paths(root):
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
        # Undoing it leaves a deleted note behind, so that an imported file does not bring it back.
        before = {**values, "withdrawn_at": at.isoformat()}
        return _act(uid, Action.NOTE, summary, before, values, actor=actor, at=at)


def edit(uid: str, *, actor: str, body: str, seen_at: str = "", now: datetime | None = None) -> Done:
    """Change the text of one's own note.

    seen_at: its `changed_at` when it was shown; "" for not checking. Raises Invalid, NoNote, NoteChanged, NotAllowed.
    """
    body = _clean(body)
    with acting():
        note = _own(uid, actor)
        if seen_at and note.changed_at.isoformat() != seen_at:
            raise NoteChanged("The note was changed since you opened it. Nothing was saved.")
        if note.body == body:
            return Done("The note says that already.", None, 0)
        summary = f"changed a note on {_title(note)}: {_short(body)}"
        return _alter(note, Action.NOTE_EDIT, summary, {"body": body}, actor=actor, now=now)


def drop(uid: str, *, actor: str, now: datetime | None = None) -> Done:
    """Delete one's own note; answers to it stay. Raises NoNote, NotAllowed."""
    with acting():
        note = _own(uid, actor)
        at = now or timezone.now()
        changes = {"withdrawn_at": at.isoformat()}
        return _alter(note, Action.NOTE_DROP, f"deleted a note on {_title(note)}", changes, actor=actor, now=at)


def close(uid: str, *, actor: str, now: datetime | None = None) -> Done:
    """Mark a thread as resolved. Raises NoNote."""
    with acting():
        note = _root(uid)
        if note.resolved_at:
            return Done("The note is resolved already.", None, 0)
        at = now or timezone.now()
        changes = {"resolved_at": at.isoformat(), "resolved_by": actor}
        return _alter(note, Action.NOTE_CLOSE, f"resolved a note on {_title(note)}", changes, actor=actor, now=at)


def reopen(uid: str, *, actor: str, now: datetime | None = None) -> Done:
    """Reopen a resolved thread. Raises NoNote."""
    with acting():
        note = _root(uid)
        if not note.resolved_at:
            return Done("The note is open already.", None, 0)
        changes = {"resolved_at": None, "resolved_by": ""}
        return _alter(note, Action.NOTE_OPEN, f"reopened a note on {_title(note)}", changes, actor=actor, now=now)


def threads(path: str) -> list[Thread]:
    """Return the threads on a recording: open ones first, then by where they are pinned, then oldest first.

    A thread on another recording is included if an answer in it is on this one.
    """
    roots = {root.pk: root for root in map(_beginning, _at(path))}
    answers = _answers(roots)
    found = [
        Thread(root, tuple(sorted(answers[root.pk], key=_age)), "" if root.path == path else root.path)
        for root in sorted(roots.values(), key=_age)
        if (root.withdrawn_at is None or answers[root.pk])
        and (root.path == path or any(answer.path == path for answer in answers[root.pk]))
    ]
    return sorted(found, key=lambda thread: (not thread.is_open, _place(thread.root.anchor), thread.root.at))


@prepared
def _at(path: str) -> QuerySet[Note]:
    return Note.objects.filter(path=path).select_related("thread")


def _beginning(note: Note) -> Note:
    """Return the first note of a thread. Earlier versions accepted files with answers to answers, even in a cycle."""
    passed = {note.pk}
    while note.thread is not None and note.thread.pk not in passed:
        note = note.thread
        passed.add(note.pk)
    return note


def _paths(root: Note) -> set[str]:
    """Return the recordings on which a thread is shown."""
    return {root.path} | {answer.path for answer in _answers([root.pk])[root.pk]}


def _answers(roots: Collection[int]) -> dict[int, list[Note]]:
    """Return the replies of threads, without deleted ones."""
    found: dict[int, list[Note]] = {root: [] for root in roots}
    root_of = {root: root for root in roots}
    level = list(roots)
    while level:
        below = [note for some in chunked(level) for note in Note.objects.filter(thread__in=some)]
        below = [note for note in below if note.pk not in root_of]
        root_of |= {note.pk: root_of[note.thread_id or 0] for note in below}
        for note in below:
            if note.withdrawn_at is None:
                found[root_of[note.pk]].append(note)
        level = [note.pk for note in below]
    return found


def _age(note: Note) -> tuple[datetime, int]:
    return note.at, note.pk


def _place(anchor: str) -> tuple[str, int]:
    found = ANCHOR.fullmatch(anchor)
    return (found[1], int(found[2])) if found and found[1] else ("", 0)


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
        items=[ActItem(after["path"], subject_of(row) if row else "", after["blob"])],
        at=at,
    )
    rows.apply(changes)
    return audit.done(event)


def _clean(body: str) -> str:
    tidy = without_secrets(body.replace("\r\n", "\n").replace("\r", "\n").strip(), most=LENGTH)
    if not tidy:
        raise Invalid("A note needs a text.")
    if len(tidy) > LENGTH:
        raise Invalid(f"A note has at most {LENGTH:,} characters.")
    if unfit(tidy):
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
    return _beginning(note)


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
