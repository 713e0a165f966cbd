"""The text of the verdict bar: who decided what, where, and what is still open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from recviewer.catalog.prepared import prepared
from recviewer.exchange.amounts import counted
from recviewer.review import audit, standing
from recviewer.review.models import Decision, EventItem, Verdict
from recviewer.review.subjects import CHANGE_PREFIX, GONE_PREFIX, Target, is_older

_I_DID = {
    Verdict.APPROVE: "You approved this",
    Verdict.REJECT: "You want this re-recorded",
    Verdict.DELETE: "You marked this for deletion",
    Verdict.REVERT: "You want the old one back",
}
_THEY_DID = {
    Verdict.APPROVE: "approved this",
    Verdict.REJECT: "wants it re-recorded",
    Verdict.DELETE: "marked it for deletion",
    Verdict.REVERT: "wants the old one back",
}
_MINE_TOO = {
    Verdict.APPROVE: "You approved it.",
    Verdict.REJECT: "You want it re-recorded too.",
    Verdict.DELETE: "You marked it for deletion.",
    Verdict.REVERT: "You want the old one back.",
}
_DID = {
    Verdict.APPROVE: "approved",
    Verdict.REJECT: "rejected",
    Verdict.DELETE: "marked for deletion",
    Verdict.REVERT: "wanted the old one back of",
}
_I_DID_OF_GONE = _I_DID | {Verdict.APPROVE: "You approved the deletion.", Verdict.REJECT: "You want it restored"}
_THEY_DID_OF_GONE = _THEY_DID | {Verdict.APPROVE: "approved the deletion", Verdict.REJECT: "wants it restored"}


NOBODY = "Nobody has decided on this yet."
"""Text for something that nobody has decided on."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """The text, in the pieces of `pages.deciding.verdict_bar.Bar`.

    has_earlier: something else was approved here before.
    """

    lead: str
    note: str = ""
    rest: str = ""
    at: datetime | None = None
    where: str = ""
    where_title: str = ""
    is_carried: bool = False
    has_earlier: bool = False


def sentence(
    target: Target, settling: Decision | None, mine: Decision | None, actor: str, *, is_gone: bool, asks: bool
) -> Sentence:
    """Describe the state of a target. settling: the verdict that counts, mine: this reviewer's.

    asks: as in `bar_of`.
    """
    if settling is None:
        return (asks and _still_open(target, actor)) or _undecided(target, actor, is_gone=is_gone)
    verdict = Verdict(settling.verdict)
    blocks = "One rejection blocks." if verdict is Verdict.REJECT else ""
    ruled = f"by the rule “{settling.rule}”" if settling.rule else ""
    along = _along(settling)
    if not was_here(settling, target):
        who = "you" if settling.reviewer == actor else settling.reviewer
        does = _DID[verdict]
        return Sentence(
            lead="Carried over:",
            rest=" ".join(filter(None, (who, does, ruled, "the same meaning in"))),
            note=settling.note,
            at=settling.at,
            where=settling.blob[:7],
            where_title=settling.path,
            is_carried=True,
        )
    if settling.reviewer == actor:
        said = (_I_DID_OF_GONE if is_gone else _I_DID)[verdict]
        return Sentence(said, settling.note, " ".join(filter(None, (ruled, along))), settling.at)
    beside = _MINE_TOO[Verdict(mine.verdict)] if mine else ""
    said = (_THEY_DID_OF_GONE if is_gone else _THEY_DID)[verdict]
    return Sentence(
        f"{settling.reviewer} {said}",
        settling.note,
        " ".join(filter(None, (ruled, along, blocks, beside))),
        settling.at,
    )


def _along(decision: Decision) -> str:
    """Say that others were decided on in the same action."""
    others = decision.event.count - 1 if decision.event.action in audit.VERDICTS | {audit.Action.REDO} else 0
    return f"together with {counted(others, 'other')}" if others > 0 else ""


def _still_open(target: Target, actor: str) -> Sentence | None:
    """Describe a verdict on what it says, which does not decide on the change itself; None if there is none."""
    _, known = standing.settle(standing.on(target._replace(own="")))
    if known is None:
        return None
    who = "You" if known.reviewer == actor else known.reviewer
    does = "approved" if known.verdict == Verdict.APPROVE else "marked for deletion"
    rest = f"{who} {does} what it says; what is asked of this change itself is still open."
    return Sentence("Undecided.", known.note, rest, known.at)


def _undecided(target: Target, actor: str, *, is_gone: bool) -> Sentence:
    """Say that it is undecided, with the last verdict on what was at this path before."""
    if is_gone:
        return Sentence("Undecided.", rest="May it go?")
    earlier = next(iter(_earlier(target.path, target.subject)), None) if target.subject else None
    if earlier is None or earlier.verdict == Verdict.CLEAR:
        return Sentence("Undecided.", rest=NOBODY)
    who = "You" if earlier.reviewer == actor else earlier.reviewer
    if is_older(earlier.fingerprint):
        return _under_older_rule(earlier, who)
    does = {
        Verdict.APPROVE: "approved what was here before; the meaning changed since.",
        Verdict.REJECT: "rejected what was here before; this is another answer.",
        Verdict.DELETE: "marked what was here before for deletion; this is another answer.",
    }[Verdict(earlier.verdict)]
    was_approved = earlier.verdict == Verdict.APPROVE
    return Sentence("Undecided.", earlier.note, f"{who} {does}", earlier.at, has_earlier=was_approved)


@prepared
def _earlier(path: str, subject: str) -> QuerySet[Decision]:
    """Return the last verdict on another content that was at a path before."""
    earlier = Decision.objects.filter(path=path).exclude(fingerprint=subject)
    on_content = earlier.exclude(fingerprint__startswith=GONE_PREFIX).exclude(fingerprint__startswith=CHANGE_PREFIX)
    return on_content.order_by("-pk")[:1]


def _under_older_rule(earlier: Decision, who: str) -> Sentence:
    """Say that it was decided on under an older version of the rules, so it has to be decided on again."""
    does = {
        Verdict.APPROVE: "approved what was here",
        Verdict.REJECT: "rejected what was here",
        Verdict.DELETE: "marked what was here for deletion",
    }[Verdict(earlier.verdict)]
    ruled = f" by the rule “{earlier.rule}”" if earlier.rule else ""
    rest = f"{who} {does}{ruled} under an older rule of what counts, so it is asked again."
    return Sentence("Undecided.", earlier.note, rest, earlier.at, has_earlier=earlier.verdict == Verdict.APPROVE)


def was_here(decision: Decision, target: Target) -> bool:
    """Tell whether a verdict was given on exactly these bytes at this path, alone or in bulk."""
    if decision.blob == target.blob and decision.path == target.path:
        return True
    return bool(_item(decision.event_id, target.path, target.blob))


@prepared
def _item(event: int, path: str, blob: str) -> QuerySet[EventItem, int]:
    items = EventItem.objects.filter(event=event, path=path, blob=blob)
    by_hand = items.exclude(event__action__in=[audit.Action.UNDO, audit.Action.REDO])
    return by_hand.values_list("pk", flat=True)[:1]
