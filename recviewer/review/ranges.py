"""Verdicts on the changes of a range: given on what commits hold, also where nothing of it lies on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from recviewer.catalog.where import key_at, way
from recviewer.changes import disk
from recviewer.changes.model import Change
from recviewer.changes.overview import Overview
from recviewer.changes.report import Report
from recviewer.changes.sources import Range
from recviewer.git.history import contents
from recviewer.review import decide, standing
from recviewer.review.audit import Done
from recviewer.review.decide import Contents
from recviewer.review.models import Decision, Verdict
from recviewer.review.refusals import Changed, Gone, Invalid
from recviewer.review.subjects import GONE_PREFIX, Seen, Target

CHURN = "only churn"
"""The rule that approves what means the same, without a look at each."""


def origin_of(asked: Range) -> str:
    """Return where a verdict is given: the range by its names, and the commit that was its head ("" for files on disk)."""
    return f"{asked.spec} {asked.head}"


def target_of(change: Change, start: bytes) -> Target:
    """Return a change as what a verdict is given on. start: as `catalog.where.way` returns it."""
    side = change.side
    return Target(
        key_at(side.raw, start),
        side.blob,
        change.subject,
        change.about.test_id,
        side.exchange.kind.value,
        change.about.meaning.line.asked,
    )


def targets(found: Overview, seen: Sequence[Seen]) -> list[Target]:
    """Return what was seen of a range, each once. seen: paths in git. Raises Invalid (nothing named), Gone, Changed."""
    wanted = {item.path: item.blob for item in seen}
    if not wanted:
        raise Invalid("No recording was chosen.")
    there = {change.side.path: change for change in found.changes}
    gone = [path for path in wanted if path not in there]
    if gone:
        raise Gone(gone)
    changed = [path for path, blob in wanted.items() if there[path].side.blob != blob]
    if changed:
        raise Changed(changed)
    start = way()
    return [target_of(there[path], start) for path in wanted]


def say(
    find: Callable[[], Overview], seen: Sequence[Seen], *, actor: str, verdict: str, note: str = "", rule: str = ""
) -> Done:
    """Record a verdict on changes of a range. find: works the range out as it is now. Raises what `decide.say` raises."""
    found = find()
    return decide.say(
        lambda: targets(find(), seen),
        _contents(found),
        actor=actor,
        verdict=verdict,
        note=note,
        origin=origin_of(found.source.range),
        rule=rule,
    )


def churn(report: Report) -> list[Change]:
    """Return what the rule would approve: what it covers and nobody has decided on."""
    return [change for change in covered(report) if not change.verdict]


def covered(report: Report) -> list[Change]:
    """Return what the rule covers, decided or not: changes that mean the same and on which nothing was found.

    A file whose request was edited may mean the same and yet not be found by replay any more.
    """
    return [change for change in report.found.changes if change.is_churn and change.subject]


def _contents(found: Overview) -> Contents:
    raws = {change.side.blob: change.side.raw for change in found.changes}
    blob_at = {raw: blob for blob, raw in raws.items()}
    repository = found.source.range.repository

    def read(some: Sequence[Target]) -> Iterator[tuple[Target, bytes]]:
        """Yield what stays: nothing is kept of what goes."""
        waiting = {target.blob: target for target in some if target.blob and not target.subject.startswith(GONE_PREFIX)}
        for blob, data in contents(repository, list(waiting)):
            yield waiting.pop(blob), data
        if not waiting or not found.source.range.is_on_disk:
            return
        for raw, data in disk.bytes_of(repository, {raws[blob]: blob for blob in waiting}):
            yield waiting[blob_at[raw]], data

    return read


@dataclass(frozen=True, slots=True)
class Moved:
    """What a reviewer decided on earlier heads of a range. head: the last of them, "" for none and for files on disk.

    count: verdicts that stand. lost: those on what the range does not hold any more, the latest first.
    """

    head: str
    count: int
    lost: tuple[Decision, ...]


def moved(found: Overview, reviewer: str) -> Moved:
    """Return what a reviewer's verdicts in this range come to now that its head may be another."""
    begin = f"{found.source.range.spec} "
    rows = Decision.objects.filter(reviewer=reviewer, origin__gte=begin, origin__lt=f"{begin[:-1]}!")
    latest = standing.latest(set(rows.values_list("fingerprint", flat=True)))
    mine = [by[reviewer] for by in latest.values() if reviewer in by and by[reviewer].origin.startswith(begin)]
    mine.sort(key=lambda decision: (decision.entered_at, decision.pk), reverse=True)
    subjects = {change.subject for change in found.changes}
    lost = [one for one in mine if one.fingerprint not in subjects and one.verdict != Verdict.CLEAR]
    return Moved(mine[0].origin.removeprefix(begin) if mine else "", len(mine), tuple(lost))
