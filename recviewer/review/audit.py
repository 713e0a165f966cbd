"""The audit log: who did what, when, with all that is needed to take it back. It is only ever added to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from recviewer.review.models import AuditEvent, EventItem


class Action(models.TextChoices):
    """What an event did; the labels stand in the filter of the activity page."""

    APPROVE = "approve", "approved"
    REJECT = "reject", "asked to re-record"
    MARK = "mark", "marked for deletion"
    CLEAR = "clear", "took back a verdict"
    TAG = "tag", "tagged"
    UNTAG = "untag", "removed a tag"
    RETAG = "retag", "changed a tag everywhere"
    NOTE = "note", "wrote a note"
    NOTE_EDIT = "note_edit", "changed a note"
    NOTE_CLOSE = "note_close", "resolved a note"
    NOTE_OPEN = "note_open", "reopened a note"
    NOTE_DROP = "note_drop", "deleted a note"
    PAIR = "pair", "said what belongs together"
    IMPORT = "import", "imported reviews"
    CARRY = "carry", "carried verdicts over"
    TRASH = "trash", "moved to the trash"
    RESTORE = "restore", "restored"
    DISCARD = "discard", "deleted for good"
    UNDO = "undo", "undid"
    REDO = "redo", "did again"


UNDOABLE = frozenset(Action.values) - {Action.DISCARD, Action.UNDO, Action.REDO}
VERDICTS = frozenset({Action.APPROVE, Action.REJECT, Action.MARK, Action.CLEAR})
NOTES = frozenset({Action.NOTE, Action.NOTE_EDIT, Action.NOTE_CLOSE, Action.NOTE_OPEN, Action.NOTE_DROP})
PERSONAL = VERDICTS | {Action.NOTE, Action.NOTE_EDIT, Action.NOTE_DROP}
"""What only the person who did it can take back or do again."""
BROUGHT = frozenset({Action.IMPORT, Action.CARRY})
"""Acts that bring decisions with the times that they have: taken back, these do not count."""
SWAPS = NOTES | BROUGHT | {Action.RETAG, Action.PAIR}
"""Acts whose payload tells rows before and after: see `swaps`."""


class Item(NamedTuple):
    """A recording that an act touches."""

    path: str
    fingerprint: str
    blob: str


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an act. sentence: for the bar or the toast. event: to undo it by, None where nothing changed."""

    sentence: str
    event: int | None
    count: int


def write(
    *,
    actor: str,
    action: Action,
    summary: str,
    payload: dict[str, Any],
    items: Iterable[Item],
    target: AuditEvent | None = None,
    at: datetime | None = None,
) -> AuditEvent:
    """Add an event and its items. To be called inside the transaction of the act itself."""
    touched = list(dict.fromkeys(items))
    event = AuditEvent(
        at=at or timezone.now(),
        actor=actor,
        action=action,
        summary=summary,
        payload=payload,
        count=len(touched),
        target=target,
    )
    event.save()
    EventItem.objects.bulk_create([EventItem(event=event, **item._asdict()) for item in touched], batch_size=500)
    return event


def done(event: AuditEvent) -> Done:
    """Return the result that tells of an event."""
    return Done(f"{event.summary[:1].upper()}{event.summary[1:]}.", event.pk, event.count)


def with_fate() -> models.QuerySet[AuditEvent, Any]:
    """Return all events, each with `fate`: the action of the last undo or redo about it, None where there is none."""
    last = AuditEvent.objects.filter(target=OuterRef("pk")).order_by("-pk").values("action")[:1]
    return AuditEvent.objects.annotate(fate=Subquery(last))


def undone_imports() -> models.QuerySet[AuditEvent, Any]:
    """Return the keys of `BROUGHT` acts that were taken back, for a subquery: what they brought does not count."""
    return with_fate().filter(Q(fate=Action.UNDO), action__in=BROUGHT).values("pk")


def is_undone(event: AuditEvent) -> bool:
    """Tell whether the event was taken back and not done again."""
    last = AuditEvent.objects.filter(target=event).order_by("-pk").values_list("action", flat=True).first()
    return last == Action.UNDO


def payload_in_force(event: AuditEvent) -> dict[str, Any]:
    """Return the payload that describes the present effect: that of the last redo, where there was one."""
    redone = AuditEvent.objects.filter(target=event, action=Action.REDO).order_by("-pk").first()
    payload: dict[str, Any] = (redone or event).payload
    return payload


def last_undoable(actor: str) -> AuditEvent | None:
    """Return the latest act of this person that has not been taken back."""
    acts = with_fate().filter(Q(fate=None) | ~Q(fate=Action.UNDO), actor=actor, action__in=UNDOABLE)
    return acts.order_by("-pk").first()


def last_redoable(actor: str) -> AuditEvent | None:
    """Return the act that this person took back last, unless something new was done since."""
    fresh = (
        AuditEvent.objects.filter(actor=actor, action__in=UNDOABLE).order_by("-pk").values_list("pk", flat=True).first()
    )
    undos = AuditEvent.objects.filter(actor=actor, action=Action.UNDO, pk__gt=fresh or 0).order_by("-pk")
    for undo in undos.select_related("target"):
        latest = AuditEvent.objects.filter(target=undo.target_id).order_by("-pk").values_list("pk", flat=True).first()
        if latest == undo.pk:
            return undo.target
    return None
