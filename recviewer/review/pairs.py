"""Pairs of recordings in a range that reviewers made or broke, where they know better than the pairing."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from recviewer.changes.model import Change
from recviewer.changes.overview import Overview
from recviewer.pairing.pair import How
from recviewer.pairing.pairs import Choice
from recviewer.pairing.sides import Side
from recviewer.review import audit, rows
from recviewer.review.audit import Action, ActItem, Done
from recviewer.review.locks import acting
from recviewer.review.models import PairChoice
from recviewer.review.refusals import ChangedRecordings, Gone, Invalid
from recviewer.review.subjects import Seen, title_for


def choices() -> tuple[Choice, ...]:
    """Return what reviewers chose, the last choice for each two, in chronological order."""
    said = PairChoice.objects.order_by("at", "pk")
    names = ("old_path", "old_blob", "new_path", "new_blob", "is_pair")
    return tuple([Choice(*row) for row in said.values_list(*names)])


def choose(found: Overview, old: Seen, new: Seen, *, is_pair: bool, actor: str, now: datetime | None = None) -> Done:
    """Make two recordings of a range a pair, or break them up. Raises Invalid, Gone, Changed."""
    before, after = _side(found, old, is_old=True), _side(found, new, is_old=False)
    if before.raw == after.raw:
        raise Invalid("Both are at the same path, so they are a pair already.")
    if not before.blob or not after.blob:
        raise Invalid("What cannot be read cannot be paired.")
    key = [before.path, before.blob, after.path, after.blob]
    at = now or timezone.now()
    with acting():
        one = rows.change(rows.PAIR, key, None, {"is_pair": is_pair, "actor": actor, "at": at.isoformat()})
        one["before"] = rows.present([one]).get((rows.PAIR, *key))
        if one["before"] and one["before"]["is_pair"] is is_pair:
            return Done("That was said already.", None, 0)
        title = title_for(after.path, after.meaning.line.asked)
        event = audit.write(
            actor=actor,
            action=Action.PAIR,
            summary=f"{'paired' if is_pair else 'broke up the pair of'} {title} {_with(before, is_pair=is_pair)}",
            payload={"changes": [one]},
            items=[ActItem(side.path, side.meaning.fingerprint, side.blob) for side in (before, after)],
            at=at,
        )
        rows.apply([one])
    return audit.done(event)


def _with(before: Side, *, is_pair: bool) -> str:
    return f"{'with' if is_pair else 'and'} {before.name[:12]}"


def _side(found: Overview, seen: Seen, *, is_old: bool) -> Side:
    sides = (change.old if is_old else change.new for change in found.changes)
    side = next((side for side in sides if side is not None and side.path == seen.path), None)
    if side is None:
        raise Gone([seen.path])
    if side.blob != seen.blob:
        raise ChangedRecordings([seen.path])
    return side


def can_break(change: Change) -> bool:
    """Tell whether a reviewer can break up a pair: one with the same path comes from git and stays."""
    return change.pair is not None and change.pair.how is not How.PATH
