"""Jobs as rows: created by anybody, taken by the one worker, and never deleted before they are done."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from recviewer.loop.models import HostJob, JobKind, JobState
from recviewer.review.locks import acting

FIRST_WAIT = 5
"""Back-off in seconds after a failed job; it doubles with each attempt."""

LONGEST_WAIT = 900
"""Maximum back-off in seconds, so that the return of a host is noticed within a quarter of an hour."""

REFUSED_WAIT = 3600
"""Back-off in seconds after a refusal by the host; the token may have got its permissions meanwhile."""

_ASTRAY = timedelta(seconds=3 * REFUSED_WAIT)
"""No job is due later than this; one that is means that the clock was set back, and is due."""


def ask(kind: JobKind, number: int = 0, *, wait: float = 0) -> None:
    """Request a job, in `wait` seconds or when it is due anyway. A running job runs once more afterwards."""
    now = timezone.now()
    due = now + timedelta(seconds=wait)
    with acting():
        job = HostJob.objects.filter(kind=kind, number=number).first()
        if job is None:
            HostJob.objects.create(kind=kind, number=number, state=JobState.WAITING, due_at=due, changed_at=now)
            return
        if job.state == JobState.WAITING and job.due_at < due:
            due = job.due_at
        if job.state in (JobState.DONE, JobState.FAILED):
            job.state, job.attempts, job.error, job.changed_at = JobState.WAITING, 0, "", now
        job.asked, job.due_at = job.asked + 1, due
        job.save()


def take(now: datetime) -> HostJob | None:
    """Return the job that has been due for longest, marked as running; None if none is due."""
    is_due = Q(due_at__lte=now) | Q(due_at__gt=now + _ASTRAY)
    with acting():
        waiting = HostJob.objects.filter(is_due, state__in=(JobState.WAITING, JobState.FAILED))
        job = waiting.order_by("due_at", "pk").first()
        if job is not None:
            job.state, job.changed_at = JobState.RUNNING, now
            job.save(update_fields=["state", "changed_at"])
    return job


def done(job: HostJob) -> None:
    """Record that a job succeeded; it is queued again if it was requested meanwhile."""
    _end(job, JobState.DONE, attempts=0)


def put_off(job: HostJob, why: str, *, seconds: float | None = None) -> None:
    """Record a temporary failure. seconds: until the retry; default: exponential back-off."""
    attempts = job.attempts + (seconds is None)
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(job.attempts, 10)) if seconds is None else seconds
    _end(job, JobState.WAITING, attempts=attempts, why=why, wait=wait)


def refuse(job: HostJob, why: str) -> None:
    """Record that the host refused.

    A new request, by a push or by hand, tries at once; otherwise it is retried hourly.
    """
    _end(job, JobState.FAILED, attempts=job.attempts + 1, why=why, wait=REFUSED_WAIT)


def _end(job: HostJob, state: JobState, *, attempts: int, why: str = "", wait: float = 0) -> None:
    now = timezone.now()
    with acting():
        row = HostJob.objects.get(pk=job.pk)
        is_asked_again = row.asked != job.asked
        if is_asked_again and state != JobState.WAITING:
            state, wait = JobState.WAITING, 0
        row.state, row.attempts, row.error = state, attempts, why
        row.due_at, row.changed_at = now + timedelta(seconds=wait), now
        row.save()


def resume() -> None:
    """Queue jobs again that a worker left running when it ended. For the only worker, at its start."""
    HostJob.objects.filter(state=JobState.RUNNING).update(state=JobState.WAITING)


def forgive() -> None:
    """Make jobs due that the host refused. For a worker at its start: its token may have changed."""
    HostJob.objects.filter(state=JobState.FAILED).update(due_at=timezone.now())


def retry(pks: list[int] | None = None) -> int:
    """Make failed jobs due, all of them or some. Returns how many."""
    rows = HostJob.objects.filter(troubled())
    if pks is not None:
        rows = rows.filter(pk__in=pks)
    return rows.update(state=JobState.WAITING, due_at=timezone.now(), asked=F("asked") + 1)


def troubled() -> Q:
    """Return the condition for jobs that failed and have not succeeded since."""
    return Q(state=JobState.FAILED) | Q(state=JobState.WAITING, attempts__gt=0)
