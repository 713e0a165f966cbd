"""Everything that was said about recordings, by path: for the file of reviews, and to tell which files were themselves
marked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from recviewer.review import standing
from recviewer.review.audit import VERDICTS, Action
from recviewer.review.models import AuditEvent, Decision, EventItem, Standing, State, Verdict
from recviewer.review.subjects import CHANGE_PREFIX, chunked

_EVERYWHERE = frozenset({*VERDICTS, Action.REDO})
"""Actions whose items are the paths that a verdict was given on.

The items of an undo are those of the action that it undoes.
"""


@dataclass(frozen=True, slots=True, order=True)
class Saying:
    """One verdict of one reviewer on one file. entered: when it took effect; at: when it was first given."""

    fingerprint: str
    reviewer: str
    entered: datetime
    verdict: str
    note: str
    at: datetime
    path: str
    blob: str
    test_id: str = ""
    kind: str = ""
    origin: str = ""
    rule: str = ""


def sayings(fingerprints: Collection[str] | None = None) -> Iterator[Saying]:
    """Yield what was said about some fingerprints or all, in the order in which it counts.

    A verdict given on several files of the same meaning comes once for each of them.
    """
    if fingerprints is None:
        yield from _of(None)
        return
    for some in chunked(fingerprints):
        yield from _of(some)


def _of(fingerprints: list[str] | None) -> Iterator[Saying]:
    decisions = standing.in_force().order_by(*standing.ENTERED)
    items = EventItem.objects.filter(event__action__in=_EVERYWHERE)
    if fingerprints is not None:
        decisions = decisions.filter(fingerprint__in=fingerprints)
        items = items.filter(fingerprint__in=fingerprints)
    beside: dict[tuple[int, str], list[tuple[str, str]]] = {}
    for event, fingerprint, path, blob in items.values_list("event", "fingerprint", "path", "blob"):
        beside.setdefault((event, fingerprint), []).append((path, blob))
    for decision in decisions.iterator(chunk_size=2000):
        own = (decision.path, decision.blob)
        yield _saying(decision, *own, test_id=decision.test_id)
        for place in sorted(beside.get((decision.event_id, decision.fingerprint), ())):
            if place != own:
                yield _saying(decision, *place, test_id="")


def _saying(decision: Decision, path: str, blob: str, *, test_id: str) -> Saying:
    return Saying(
        fingerprint=decision.fingerprint,
        reviewer=decision.reviewer,
        entered=decision.entered_at,
        verdict=decision.verdict,
        note=decision.note,
        at=decision.at,
        path=path,
        blob=blob,
        test_id=test_id,
        kind=decision.kind,
        origin=decision.origin,
        rule=decision.rule,
    )


def enter(event: AuditEvent, spoken: Iterable[Saying]) -> None:
    """Write verdicts that an action brought, with their own times."""
    rows = [
        Decision(
            event=event,
            fingerprint=saying.fingerprint,
            reviewer=saying.reviewer,
            verdict=saying.verdict,
            note=saying.note,
            at=saying.at,
            entered_at=saying.entered,
            path=saying.path,
            blob=saying.blob,
            test_id=saying.test_id,
            kind=saying.kind,
            origin=saying.origin,
            rule=saying.rule,
        )
        for saying in spoken
    ]
    Decision.objects.bulk_create(rows, batch_size=500)


@dataclass(frozen=True, slots=True)
class Mark:
    """A file that somebody marked for deletion, as it was at that time."""

    fingerprint: str
    path: str
    blob: str
    reviewer: str
    at: datetime
    note: str


@dataclass(slots=True)
class _Run:
    """The valid marks of one reviewer on one fingerprint, and their state after each verdict."""

    marks: dict[tuple[str, str], Mark]
    after: dict[datetime, tuple[datetime, dict[tuple[str, str], Mark]]]


def marks(*, of_changes: bool = False, state: State = State.DELETE) -> list[Mark]:
    """Return the files that were marked for deletion, if the marks are still valid and no other verdict outweighs them.

    A verdict applies to a meaning wherever it is found, but deleting does not: only files that were marked themselves
    are included, not other files that say the same. In order of path. of_changes: return the marks on changes
    themselves instead, which are independent of equal words elsewhere. state: REVERT for the changes whose old
    recording somebody wants back.
    """
    verdict = Verdict.DELETE if state is State.DELETE else Verdict.REVERT
    states = Standing.objects.filter(state=state)
    own = {"fingerprint__startswith": CHANGE_PREFIX}
    states = states.filter(**own) if of_changes else states.exclude(**own)
    decided = list(states.values_list("fingerprint", flat=True))
    runs: dict[tuple[str, str], _Run] = {}
    for saying in sayings(decided):
        _follow(runs.setdefault((saying.fingerprint, saying.reviewer), _Run({}, {})), saying, verdict)
    found = {place: mark for run in runs.values() for place, mark in run.marks.items()}
    return sorted(found.values(), key=lambda mark: (mark.path, mark.at))


def _follow(run: _Run, saying: Saying, verdict: Verdict) -> None:
    """Apply one verdict to a run: the run's verdict adds a file, another one ends all marks, an undo restores earlier
    ones.
    """
    known = run.after.get(saying.at)
    is_back = known is not None and known[0] != saying.entered
    if saying.verdict != verdict:
        run.marks = {}
    elif known is not None and is_back:
        run.marks = dict(known[1])
    else:
        mark = Mark(saying.fingerprint, saying.path, saying.blob, saying.reviewer, saying.at, saying.note)
        run.marks = {**run.marks, (saying.path, saying.blob): mark}
    if not is_back:
        run.after[saying.at] = (saying.entered, run.marks)


def rejected_changes() -> dict[tuple[str, str], str]:
    """Return the files to be re-recorded because of a verdict on their change in a range alone.

    Each with the change's subject, by path and blob of the file.
    """
    states = Standing.objects.filter(state=State.REJECTED, fingerprint__startswith=CHANGE_PREFIX)
    latest = standing.latest(list(states.values_list("fingerprint", flat=True)))
    return {
        (one.path, one.blob): subject
        for subject, by in latest.items()
        for one in by.values()
        if one.verdict == Verdict.REJECT
    }
