"""Undo and redo of any action, any number of steps, from the audit log."""

from __future__ import annotations

from recviewer.review import audit, decide, deleting, rows, tagging
from recviewer.review.audit import Action, Done
from recviewer.review.locks import acting
from recviewer.review.models import AuditEvent
from recviewer.review.refusals import NotAllowed, NothingToUndo, Overtaken

_SAYS = {
    True: "That moves recordings to the trash or back, which is for maintainers. Nothing was changed.",
    False: "What a maintainer did for everybody, a maintainer takes back or does again. Nothing was changed.",
}


def undo(*, actor: str, event: int | None = None, may_maintain: bool = True) -> Done:
    """Undo an action: the one named, else this person's last that is in force.

    may_maintain: also actions for maintainers. Raises NothingToUndo, Overtaken (something later builds on it),
    NotAllowed, and what moving files raises.
    """
    found = audit.last_undoable(actor) if event is None else _named(event)
    if found is None:
        raise NothingToUndo("There is nothing of yours to undo.")
    if audit.is_undone(found):
        raise NothingToUndo("That has been undone already.")
    return audit.done(_turn(found, actor=actor, action=Action.UNDO, may_maintain=may_maintain))


def redo(*, actor: str, event: int | None = None, may_maintain: bool = True) -> Done:
    """Redo what was undone: the action named, else this person's last undo, unless something was done since."""
    found = audit.last_redoable(actor) if event is None else _named(event)
    if found is None:
        raise NothingToUndo("There is nothing to do again.")
    if not audit.is_undone(found):
        raise NothingToUndo("That stands already.")
    return audit.done(_turn(found, actor=actor, action=Action.REDO, may_maintain=may_maintain))


def _named(pk: int) -> AuditEvent | None:
    """Return the action with this key; for an undo or a redo, the action that it refers to."""
    event = AuditEvent.objects.filter(pk=pk).select_related("target").first()
    if event is not None and event.target is not None:
        event = event.target
    return event if event is not None and event.action in audit.UNDOABLE else None


def _turn(event: AuditEvent, *, actor: str, action: Action, may_maintain: bool) -> AuditEvent:
    if event.action in audit.OF_MAINTAINERS and not may_maintain:
        raise NotAllowed(_SAYS[event.action in audit.FILES])
    if event.action in audit.FILES:
        return deleting.turn(event, _files_payload(event), actor=actor, action=action)
    with acting():
        if audit.is_undone(event) is (action is Action.UNDO):
            raise Overtaken(1, 1)
        source = audit.in_force(event)
        if event.action in audit.VERDICTS:
            return decide.turn(event, source, actor=actor, action=action)
        if event.action in audit.SWAPS:
            return rows.turn(event, source, actor=actor, action=action)
        return tagging.turn(event, source, actor=actor, action=action)


def _files_payload(event: AuditEvent) -> dict[str, object]:
    """Return what the latest step on these files left: each move to the trash makes new entries there."""
    last = AuditEvent.objects.filter(target=event).order_by("-pk").first()
    return audit.payload_of(last or event)
