"""Suppressing findings: one, or all of a rule on a test or below a path, with a reason and optionally a last day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone

from recviewer.exchange.amounts import counted
from recviewer.review import audit, rows
from recviewer.review.audit import Action, ActItem, Done
from recviewer.review.locks import acting
from recviewer.review.models import Suppression
from recviewer.review.refusals import Invalid
from recviewer.review.rows import LET_BE, RowChange, Values, change
from recviewer.review.subjects import NOTE_LENGTH, TEST_LENGTH, printable, unfit
from recviewer.secrets.named import without_secrets
from recviewer.smells import rules
from recviewer.smells.suppressing import Reach, Suppressed, Suppressions

_TOLD = ("reason", "until", "is_lifted")


class Aim(NamedTuple):
    """What to suppress. subject: the identity of a finding, a test id, or a path. path: where it was decided."""

    rule: str
    scope: Reach
    subject: str
    path: str = ""


def suppress(
    aims: Sequence[Aim], reason: str, *, actor: str, until: date | None = None, now: datetime | None = None
) -> Done:
    """Suppress findings. Raises Invalid if there is no reason, no such rule, or the last day is over."""
    at = now or timezone.now()
    told = without_secrets(reason.strip(), most=NOTE_LENGTH)
    if not told:
        raise Invalid("Say why these findings are suppressed.")
    if len(told) > NOTE_LENGTH or unfit(told):
        raise Invalid(f"A reason has at most {NOTE_LENGTH:,} characters.")
    if until is not None and until < at.date():
        raise Invalid("The last day is over already.")
    _expect(aims)
    values: Values = {"reason": told, "until": until.isoformat() if until else "", "author": actor, "is_lifted": False}
    return _act(aims, values, actor=actor, at=at, verb="made")


def lift(aims: Sequence[Aim], *, actor: str, now: datetime | None = None) -> Done:
    """Make findings count again. Raises Invalid."""
    _expect(aims)
    return _act(aims, {"author": actor, "is_lifted": True}, actor=actor, at=now or timezone.now(), verb="lifted")


def _expect(aims: Sequence[Aim]) -> None:
    known = {rule.name for rule in rules()}
    for aim in aims:
        if aim.rule not in known:
            raise Invalid(f"There is no rule {printable(aim.rule, 60)}.")
        if not aim.subject or len(aim.subject) > TEST_LENGTH or unfit(aim.subject):
            raise Invalid("This suppression cannot be stored.")


def _act(aims: Sequence[Aim], values: Values, *, actor: str, at: datetime, verb: str) -> Done:
    with acting():
        changes: list[RowChange] = []
        wanted = [change(LET_BE, (aim.rule, aim.scope.value, aim.subject), None, None) for aim in dict.fromkeys(aims)]
        there = rows.present(wanted)
        for aim, one in zip(dict.fromkeys(aims), wanted, strict=True):
            before = there.get((LET_BE, *one["key"]))
            is_there = before is not None and not before["is_lifted"]
            if values["is_lifted"] and not is_there:
                continue
            after = {**(before or {"path": aim.path}), **values, "changed_at": at.isoformat()}
            if (
                is_there
                and before is not None
                and all(after[name] == before[name] for name in ("reason", "until", "is_lifted"))
            ):
                continue
            changes.append(change(LET_BE, one["key"], before, after))
        if not changes:
            return Done("That is so already.", None, 0)
        names = ", ".join(dict.fromkeys(one["key"][0] for one in changes))
        why = "" if values["is_lifted"] else f": {printable(values['reason'].rstrip('.'), 120)}"
        event = audit.write(
            actor=actor,
            action=Action.SUPPRESS,
            summary=f"{verb} {counted(len(changes), 'suppression')} of {names}{why}",
            payload={"changes": changes},
            items=[ActItem(aim.path, "", "") for aim in aims if aim.path],
            at=at,
        )
        rows.apply(changes)
    return audit.done(event)


def standing(today: date | None = None) -> Suppressions:
    """Return all suppressions that apply on a day, by default today."""
    some = Suppression.objects.filter(is_lifted=False)
    return Suppressions(
        [Suppressed(one.rule, Reach(one.scope), one.subject, one.reason, one.until) for one in some],
        today or timezone.localdate(),
    )
