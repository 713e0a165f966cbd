"""The audit log: who did what, when, with everything that is needed to undo it. It is append-only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from recviewer.catalog import database
from recviewer.catalog.prepared import prepared
from recviewer.review.bulk_insert import add
from recviewer.review.models import AuditEvent, EventItem, EventMember
from recviewer.review.subjects import chunked


class Action(models.TextChoices):
    """What an event did; the labels are those of the filter on the activity page."""

    APPROVE = "approve", "approved"
    REJECT = "reject", "asked to re-record"
    MARK = "mark", "marked for deletion"
    REVERT = "revert", "wants the old one back"
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
    SEARCH = "search", "saved or changed a search"
    SUPPRESS = "suppress", "suppressed findings, or lifted that"
    IMPORT = "import", "imported reviews"
    CARRY = "carry", "carried verdicts over"
    TRASH = "trash", "moved to the trash"
    RESTORE = "restore", "restored"
    DISCARD = "discard", "deleted for good"
    REVEAL = "reveal", "looked at secrets"
    PUSH = "push", "had a plan pushed as a branch"
    RECORD = "record", "had tests re-recorded"
    UNDO = "undo", "undid"
    REDO = "redo", "redid"


UNDOABLE = frozenset(Action.values) - {
    *(Action.DISCARD, Action.REVEAL, Action.PUSH, Action.RECORD, Action.UNDO, Action.REDO)
}
VERDICTS = frozenset({Action.APPROVE, Action.REJECT, Action.MARK, Action.REVERT, Action.CLEAR})
NOTES = frozenset({Action.NOTE, Action.NOTE_EDIT, Action.NOTE_CLOSE, Action.NOTE_OPEN, Action.NOTE_DROP})
PERSONAL = VERDICTS | {Action.NOTE, Action.NOTE_EDIT, Action.NOTE_DROP}
"""Actions that only the person who did them can undo or redo."""
FILES = frozenset({Action.TRASH, Action.RESTORE})
BROUGHT = frozenset({Action.IMPORT, Action.CARRY})
"""Actions that bring decisions with times of their own. If such an action is undone, its decisions do not count."""
SWAPS = NOTES | BROUGHT | {Action.RETAG, Action.PAIR, Action.SEARCH, Action.SUPPRESS}
"""Actions whose payload has rows before and after: see `swaps`."""
OF_MAINTAINERS = FILES | BROUGHT | {Action.RETAG}
"""Actions that only a maintainer may do, and so undo or redo."""


class ActItem(NamedTuple):
    """A recording that an action touched."""

    path: str
    fingerprint: str
    blob: str


@dataclass(frozen=True, slots=True)
class Done:
    """The result of an action. sentence: for the bar or the toast. event: for its undo, None if nothing changed."""

    sentence: str
    event: int | None
    count: int


def write(
    *,
    actor: str,
    action: Action,
    summary: str,
    payload: dict[str, Any],
    items: Iterable[ActItem] | None = None,
    target: AuditEvent | None = None,
    at: datetime | None = None,
) -> AuditEvent:
    """Add an event, its items and the members of its payload's lists. Call it inside the action's transaction.

    target: the event that an undo or a redo refers to; if no items are given, its items are used.

    Raises the database's errors, also if its file was removed: an event written to a removed file would be lost.
    """
    database.expect_in_place()
    touched = list(dict.fromkeys(items or ()))
    again = target if items is None else None
    event = AuditEvent(
        at=at or timezone.now(),
        actor=actor,
        action=action,
        summary=summary,
        payload={key: [] if isinstance(value, list) else value for key, value in payload.items()},
        count=again.count if again else len(touched),
        target=target,
    )
    event.save()
    told = _items_of(again) if again else touched
    add(EventItem, ("event_id", *ActItem._fields), ((event.pk, *item) for item in told), batch=BATCH)
    for part, value in payload.items():
        if isinstance(value, list):
            add_members(event, part, value)
    return event


def write_turned(event: AuditEvent, payload: dict[str, Any], *, actor: str, action: Action) -> AuditEvent:
    """Record that an action was undone or redone, and return that event. action: undo or redo."""
    summary = f"{action.label}: {event.summary}"
    return write(actor=actor, action=action, summary=summary, payload=payload, target=event)


def add_members(event: AuditEvent, part: str, members: Iterable[Any]) -> None:
    """Add to a list of an event's payload, in the transaction that wrote the event. part: the key of the list."""
    add(EventMember, ("event_id", "part", "told"), ((event.pk, part, told) for told in members), batch=BATCH)


BATCH = 500
"""Rows that are written or read at once."""


def payload_of(event: AuditEvent) -> dict[str, Any]:
    """Return an event's payload with the members of its lists."""
    payload: dict[str, Any] = {key: [] if value == [] else value for key, value in event.payload.items()}
    for part, told in members_of(event):
        payload[part].append(told)
    return payload


def parts_of(event: AuditEvent) -> list[str]:
    """Return the keys of the lists in an event's payload that have members."""
    rows = EventMember.objects.filter(event=event)
    return [key for key, value in event.payload.items() if value == [] and rows.filter(part=key).exists()]


def members_of(event: AuditEvent, part: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the members of a payload's lists, each with its list's key, in batches, so that no cursor stays open.

    part: only this list.
    """
    rows = EventMember.objects.filter(event=event, **({"part": part} if part else {}))
    for _, *member in _a_few_at_a_time(rows.values_list("pk", "part", "told")):
        yield member[0], member[1]


def batches_of(event: AuditEvent, part: str) -> Iterator[list[Any]]:
    """Yield the members of one list of a payload, in batches."""
    for some in chunked(members_of(event, part)):
        yield [told for _, told in some]


def items_of(event: AuditEvent) -> Iterator[dict[str, str]]:
    """Yield what an act touched, as `ActItem` names it, a few rows at a time."""
    for item in _items_of(event):
        yield item._asdict()


def _items_of(event: AuditEvent) -> Iterator[ActItem]:
    rows = EventItem.objects.filter(event=event).values_list("pk", *ActItem._fields)
    for _, *values in _a_few_at_a_time(rows):
        yield ActItem(*values)


def _a_few_at_a_time(rows: models.QuerySet[Any, tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Yield rows in the order of their keys, which are the first column."""
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = some[-1][0]
        yield from some


def done(event: AuditEvent) -> Done:
    """Return the result that describes an event."""
    # a person's reason may end with its own punctuation
    end = "" if event.summary.endswith((".", "!", "?", "…")) else "."
    return Done(f"{event.summary[:1].upper()}{event.summary[1:]}{end}", event.pk, event.count)


def with_fate() -> models.QuerySet[AuditEvent, Any]:
    """Return all events, each with `fate`: the action of the last undo or redo of it, None if there is none."""
    last = AuditEvent.objects.filter(target=OuterRef("pk")).order_by("-pk").values("action")[:1]
    return AuditEvent.objects.annotate(fate=Subquery(last))


def undone_imports() -> models.QuerySet[AuditEvent, Any]:
    """Return the keys of `BROUGHT` actions that were undone, for a subquery: what they brought does not count."""
    return with_fate().filter(Q(fate=Action.UNDO), action__in=BROUGHT).values("pk")


def is_undone(event: AuditEvent) -> bool:
    """Tell whether the event was undone and not redone."""
    last = AuditEvent.objects.filter(target=event).order_by("-pk").values_list("action", flat=True).first()
    return last == Action.UNDO


def in_force(event: AuditEvent) -> AuditEvent:
    """Return the event whose payload describes the present effect: the last redo, if there was one."""
    return AuditEvent.objects.filter(target=event, action=Action.REDO).order_by("-pk").first() or event


def last_undoable(actor: str) -> AuditEvent | None:
    """Return the latest action of this person that has not been undone."""
    return next(iter(_undoable(actor)), None)


@prepared
def _undoable(actor: str) -> models.QuerySet[AuditEvent]:
    acts = with_fate().filter(Q(fate=None) | ~Q(fate=Action.UNDO), actor=actor, action__in=UNDOABLE)
    return acts.order_by("-pk")[:1]


def last_redoable(actor: str) -> AuditEvent | None:
    """Return the action that this person undid last, unless something new was done since."""
    fresh = next(iter(_freshest(actor)), 0)
    for undo in _undos_since(actor, fresh):
        latest = last_about(undo.target_id or 0)
        if latest is not None and latest.pk == undo.pk:
            return undo.target
    return None


@prepared
def _freshest(actor: str) -> models.QuerySet[AuditEvent, int]:
    acts = AuditEvent.objects.filter(actor=actor, action__in=UNDOABLE).order_by("-pk")
    return acts.values_list("pk", flat=True)[:1]


@prepared
def _undos_since(actor: str, last: int) -> models.QuerySet[AuditEvent]:
    undos = AuditEvent.objects.filter(actor=actor, action=Action.UNDO, pk__gt=last)
    return undos.select_related("target").order_by("-pk")


def last_about(event: int) -> AuditEvent | None:
    """Return the last undo or redo of an event, by its key; None where there is none."""
    return next(iter(_about(event)), None)


@prepared
def _about(event: int) -> models.QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(target=event).order_by("-pk")[:1]


@prepared
def by_key(event: int) -> models.QuerySet[AuditEvent]:
    """Return the event that has a key."""
    return AuditEvent.objects.filter(pk=event)
