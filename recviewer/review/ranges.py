"""Verdicts on the changes of a range: given on what commits contain, even if nothing of it is on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from recviewer.catalog.git_paths import key_at, root_prefix
from recviewer.catalog.letter_case import beginning
from recviewer.changes.model import Change
from recviewer.changes.overview import Overview, subjects
from recviewer.changes.recorded import recorded
from recviewer.changes.sources import Range
from recviewer.report.report import Report
from recviewer.review import decide, standing
from recviewer.review.audit import Done
from recviewer.review.choosing import cannot_be_read, named
from recviewer.review.keeping import Contents
from recviewer.review.models import Decision, State, Verdict
from recviewer.review.refusals import ChangedRecordings, Gone, Invalid
from recviewer.review.subjects import CHANGE_PREFIX, GONE_PREFIX, Seen, Target

CHURN = "only churn"
"""The rule that approves churn without findings, without a look at each."""

SAME = "the same change"
"""The rule by which a verdict on one change applies to those that it represents, without a look at each."""


BACK = "made again unasked"
"""The rule that restores the old recordings of changes that nothing asked for, after a page that lists each."""

OTHERWISE = (State.REJECTED, State.DELETE, State.REVERT)
"""Verdicts that no approval of many at once overrides."""


def origin_of(asked: Range) -> str:
    """Return the origin of a verdict: the range by its names, and its head commit ("" for files on disk)."""
    return f"{asked.spec} {asked.head}"


def target_of(change: Change, start: bytes) -> Target:
    """Return a change as the target of a person's verdict. start: the prefix from `catalog.git_paths.root_prefix`.

    The change itself is decided on along with what it says; this is required where there is a finding on it.
    """
    side = change.side
    return Target(
        key_at(side.raw, start),
        side.blob,
        change.subject,
        change.about.test_id,
        side.exchange.kind.value,
        change.about.meaning.line.asked,
        change.own_subject,
    )


def targets(found: Overview, seen: Sequence[Seen], verdict: str, rule: str = "") -> list[Target]:
    """Return the targets of a verdict on some changes, each once. Raises Invalid (nothing named), Gone, Changed.

    seen: paths in git. rule: the rule that approves all of them; without one the first was on the screen and represents
    the others. A verdict given without a look applies to the change alone, never to what the recording says, and an
    approval without a look skips what somebody wants re-recorded, deleted or restored. A verdict to restore the old
    recording applies to the change alone, and any later verdict on such a change applies to the change itself too.
    """
    named = _named(found, seen)
    if verdict == Verdict.REVERT:
        _check_offers(named)
    start = root_prefix()
    made = []
    for change in named:
        target = target_of(change, start)
        is_seen = not rule and change.subject == named[0].subject
        if is_seen and verdict == Verdict.REVERT:
            made.append(target._replace(subject=change.own_subject, own=""))
        elif is_seen:
            is_own = change.asks or verdict == Verdict.CLEAR or change.unasked
            made.append(target if is_own else target._replace(own=""))
        elif verdict != Verdict.APPROVE or change.said not in OTHERWISE:
            made.append(target._replace(subject=change.own_subject, own="", rule=rule or SAME))
    return made


def _check_offers(named: Sequence[Change]) -> None:
    """Raise Invalid unless the old recording of every change can be restored."""
    why = next((one.why_not_back or "it was asked for" for one in named if not one.can_go_back), "")
    if why:
        which = "The old recording" if len(named) == 1 else "One of the old recordings"
        raise Invalid(f"{which} is not to be taken back: {why}.")


def _named(found: Overview, seen: Sequence[Seen]) -> list[Change]:
    """Return the changes that were seen, in that order. Raises Invalid (nothing named), Gone, Changed."""
    wanted = {item.path: item for item in seen}
    if not wanted:
        raise Invalid("No recording was selected.")
    there = {change.side.path: change for change in found.changes}
    gone = [path for path in wanted if path not in there]
    if gone:
        raise Gone(gone)
    changed = [path for path, item in wanted.items() if not _is_as_seen(there[path], item)]
    if changed:
        raise ChangedRecordings(changed)
    return [there[path] for path in wanted]


def _is_as_seen(change: Change, seen: Seen) -> bool:
    return change.side.blob == seen.blob and seen.change in ("", change.own_subject)


def say(
    find: Callable[[], Overview], seen: Sequence[Seen], *, actor: str, verdict: str, note: str = "", rule: str = ""
) -> Done:
    """Record a verdict on changes of a range. find: evaluates the range as it is now.

    Raises what `decide.say` raises. rule: see `targets`. Of many, those whose bytes are not available are skipped and
    named.
    """
    found = find()
    unread = _unread(found, seen)
    seen = [item for item in seen if item.path not in unread] or seen
    given = targets(found, seen, verdict, rule)
    if not given:
        return Done("Nothing was approved: somebody wants all of it re-recorded, or deleted.", None, 0)
    done = decide.say(
        lambda: targets(find(), seen, verdict, rule),
        _contents(found),
        actor=actor,
        verdict=verdict,
        note=note,
        origin=origin_of(found.source.range),
    )
    left = len({item.path for item in seen}) - len(given)
    kept = _kept(found, seen, actor) if verdict == Verdict.CLEAR else 0
    said = [
        done.sentence,
        f"{left:,} {_LEFT[left > 1]}" if left else "",
        f"{kept:,} of them keep{'s' if kept == 1 else ''} what you said of the same words elsewhere." if kept else "",
        named(unread) if unread else "",
    ]
    return replace(done, sentence=" ".join(filter(None, said)))


def _kept(found: Overview, seen: Sequence[Seen], actor: str) -> int:
    """Count the changes of an item, except its first, on whose content the actor decided elsewhere: that verdict stays."""
    first, *others = _named(found, seen)
    said = standing.latest({change.subject for change in others if change.subject != first.subject} - {""})
    return sum(actor in said.get(change.subject, {}) for change in others if change.subject != first.subject)


def _unread(found: Overview, seen: Sequence[Seen]) -> dict[str, str]:
    """Return why some of the seen files (but not all) cannot be read, by path."""
    wanted = {item.path for item in seen}
    unread = {
        change.side.path: cannot_be_read(change.side.exchange.problems[0].what)
        for change in found.changes
        if change.side.path in wanted and not change.subject and change.side.exchange.problems
    }
    return unread if len(unread) < len(wanted) else {}


_LEFT = (
    "of them was left as it is, for somebody decided otherwise.",
    "of them were left as they are, for somebody decided otherwise.",
)


def churn(report: Report) -> list[Change]:
    """Return what the rule would approve: what it covers and nobody has decided on."""
    return [change for change in covered(report) if not change.verdict]


def covered(report: Report) -> list[Change]:
    """Return what the rule covers, decided or not: changes with the same meaning and without findings.

    A file whose request was edited may have the same meaning and still not be found by replay any more.
    """
    return [change for change in report.found.changes if change.is_churn and change.subject]


def is_older(change: Change) -> bool:
    """Tell whether the rule for older generations covers a change, decided or not: it has no findings."""
    return change.is_older and change.new is None and change.severity is None and bool(change.subject)


def _contents(found: Overview) -> Contents:
    sides = {change.side.blob: change.side for change in found.changes}

    def read(some: Sequence[Target]) -> Iterator[tuple[Target, bytes]]:
        """Yield the bytes of recordings that stay; those of removed ones are not kept."""
        waiting = {target.blob: target for target in some if target.blob and _stays(target)}
        for side, data in recorded(found.source.range, [sides[blob] for blob in waiting]):
            yield waiting[side.blob], data

    return read


def _stays(target: Target) -> bool:
    return not target.subject.startswith((GONE_PREFIX, CHANGE_PREFIX))


@dataclass(frozen=True, slots=True)
class Moved:
    """A reviewer's decisions on earlier heads of a range. head: the last of them, "" for none and for files on disk.

    count: verdicts that still apply. lost: those on what the range no longer contains, the latest first.
    """

    head: str
    count: int
    lost: tuple[Decision, ...]


def moved(found: Overview, reviewer: str) -> Moved:
    """Return which of a reviewer's verdicts in this range still apply, now that its head may have moved."""
    begin = f"{found.source.range.spec} "
    rows = Decision.objects.filter(beginning("origin", begin), reviewer=reviewer)
    latest = standing.latest(set(rows.values_list("fingerprint", flat=True)))
    mine = [by[reviewer] for by in latest.values() if reviewer in by and by[reviewer].origin.startswith(begin)]
    mine.sort(key=lambda decision: (decision.entered_at, decision.pk), reverse=True)
    there = set(subjects(found.changes))
    by_act: dict[tuple[int, str], list[Decision]] = {}
    for one in mine:
        by_act.setdefault((one.event_id, one.path), []).append(one)
    lost = [some[0] for some in by_act.values() if not any(one.fingerprint in there for one in some)]
    return Moved(mine[0].origin.removeprefix(begin) if mine else "", len(by_act), tuple(lost))
