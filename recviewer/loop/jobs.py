"""Jobs as rows: asked for by anybody, taken by the one worker, and never gone before they are done."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from recviewer.loop.models import HostJob, JobKind, JobState
from recviewer.review.locks import acting

FIRST_WAIT = 5
"""Seconds before a job that met trouble is tried again; each time twice as many."""

LONGEST_WAIT = 900
"""Seconds between two tries at most: a host that was down is noticed within a quarter of an hour."""

REFUSED_WAIT = 3600
"""Seconds before what the host refused is tried again: a token may have got its rights meanwhile."""

_ASTRAY = timedelta(seconds=3 * REFUSED_WAIT)
"""No job is due later than this; one that is says that the clock was put back, and is due."""


def ask(kind: JobKind, number: int = 0, *, wait: float = 0) -> None:
    """Ask for a job, in `wait` seconds or when it is due anyway. One that runs now runs once more afterwards."""
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
    """Return the job that has been due for longest, marked as running; None where none is due."""
    is_due = Q(due_at__lte=now) | Q(due_at__gt=now + _ASTRAY)
    with acting():
        waiting = HostJob.objects.filter(is_due, state__in=(JobState.WAITING, JobState.FAILED))
        job = waiting.order_by("due_at", "pk").first()
        if job is not None:
            job.state, job.changed_at = JobState.RUNNING, now
            job.save(update_fields=["state", "changed_at"])
    return job


def done(job: HostJob) -> None:
    """Note that a job succeeded; it waits again where it was asked for meanwhile."""
    _end(job, JobState.DONE, attempts=0)


def put_off(job: HostJob, why: str, *, seconds: float | None = None) -> None:
    """Note that a job met trouble that passes. seconds: until it is tried again; without them longer each time."""
    attempts = job.attempts + (seconds is None)
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(job.attempts, 10)) if seconds is None else seconds
    _end(job, JobState.WAITING, attempts=attempts, why=why, wait=wait)


def refuse(job: HostJob, why: str) -> None:
    """Note that the host said no. Asking again, by a push or by hand, tries at once; else it is tried hourly."""
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
    """Have jobs wait again that a worker left running when it ended. For the only worker, at its start."""
    HostJob.objects.filter(state=JobState.RUNNING).update(state=JobState.WAITING)


def forgive() -> None:
    """Have jobs tried now that the host refused. For a worker at its start: its token may be another one by now."""
    HostJob.objects.filter(state=JobState.FAILED).update(due_at=timezone.now())


def retry(pks: list[int] | None = None) -> int:
    """Have jobs that met trouble tried now, all of them or some. Returns how many."""
    rows = HostJob.objects.filter(troubled())
    if pks is not None:
        rows = rows.filter(pk__in=pks)
    return rows.update(state=JobState.WAITING, due_at=timezone.now(), asked=F("asked") + 1)


def troubled() -> Q:
    """Return the condition for jobs that met trouble and are not done since."""
    return Q(state=JobState.FAILED) | Q(state=JobState.WAITING, attempts__gt=0)
