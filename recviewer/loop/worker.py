"""The one worker, which does what is due, one job at a time. A second one on any host waits for its turn."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError, connection
from django.utils import timezone
from filelock import FileLock, Timeout

from recviewer.catalog import engines
from recviewer.git.repository import GitFailed
from recviewer.hosts.calls import HostBusy, HostError, HostRefused
from recviewer.hosts.configured import ConfiguredHost
from recviewer.loop import delivering, heeding, jobs, looking, marks, noticing, orders, telling
from recviewer.loop.models import HookSeen, HostJob, JobKind, JobState
from recviewer.memory import range_files

log = logging.getLogger(__name__)

ALIVE_SECONDS = 15
"""How often the worker reports that it is alive."""

SILENT_SECONDS = 120
"""A worker that has been silent for so long is gone.

A fetch or a large range can take longer, but then a job is running.
"""

TIDY_SECONDS = 3600
REMEMBERED = timedelta(days=30)
"""How long a delivery's id is kept. Hosts repeat one for days at most; a later one costs one look at a request."""


class OtherWorker(Exception):
    """Another worker is running."""


@contextmanager
def only_worker() -> Iterator[None]:
    """Hold the worker's lock: a file, and on PostgreSQL one in the database. Raises OtherWorker, OSError."""
    lock = FileLock(Path(settings.DATA_DIR) / "worker.lock", thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise OtherWorker from None
    try:
        with engines.of(connection.vendor).only_one("worker") as is_ours:
            if not is_ours:
                raise OtherWorker
            yield
    finally:
        lock.release()


class Worker:
    """The state of a worker between turns. Create it while holding the worker's lock."""

    def __init__(self, configured: ConfiguredHost | None) -> None:
        self._configured = configured
        self._alive_at: datetime | None = None
        self._tidied_at: datetime | None = None
        jobs.resume()

    def turn(self) -> bool:
        """Do what is due, one job at most. Returns whether there was one. Raises DatabaseError."""
        now = timezone.now()
        if self._is_time(self._alive_at, now, ALIVE_SECONDS):
            marks.put(marks.ALIVE, now)
            self._alive_at = now
        if self._is_time(self._tidied_at, now, TIDY_SECONDS):
            tidy(now)
            self._tidied_at = now
        is_told = noticing.is_on() and (noticing.heed(now) or delivering.send_one(now))
        if self._configured is None:
            return is_told
        heeding.heed(now)
        self._list(now, self._configured.every)
        if is_paused(now):
            return is_told
        job = jobs.take(timezone.now())  # so that jobs requested just now are due too
        if job is None:
            return is_told
        run(job, self._configured)
        return True

    def _list(self, now: datetime, every: int) -> None:
        """Request the list if that was not done recently."""
        last = HostJob.objects.filter(kind=JobKind.LIST).first()
        if last is None or (last.state == JobState.DONE and self._is_time(last.changed_at, now, every)):
            jobs.ask(JobKind.LIST)

    @staticmethod
    def _is_time(last: datetime | None, now: datetime, seconds: float) -> bool:
        """Tell whether something was last done that long ago; also if the clock was set back since."""
        return last is None or abs((now - last).total_seconds()) >= seconds


def is_paused(now: datetime) -> bool:
    """Tell whether the host wants no requests now."""
    until = marks.time(marks.PAUSED)
    return until is not None and now < until <= now + timedelta(seconds=jobs.REFUSED_WAIT)


def is_silent(now: datetime) -> bool:
    """Tell whether no worker has reported recently, and none is in the middle of a job."""
    alive = marks.time(marks.ALIVE)
    if alive is not None and abs((now - alive).total_seconds()) < SILENT_SECONDS:
        return False
    since = now - timedelta(seconds=jobs.REFUSED_WAIT)
    return not HostJob.objects.filter(state=JobState.RUNNING, changed_at__gt=since).exists()


def run(job: HostJob, configured: ConfiguredHost) -> None:
    """Do a job and record the result. Whatever fails, the job stays and the worker continues."""
    try:
        host, client = configured.opened()
        match job.kind:
            case JobKind.LIST:
                looking.list_open(host, client)
            case JobKind.LOOK:
                looking.look(host, client, job.number)
            case JobKind.TELL:
                telling.tell(host, client, job.number)
            case JobKind.BRANCH | JobKind.RECORD:
                orders.carry_out(configured, host, client, job.number)
    except HostBusy as busy:
        marks.put(marks.PAUSED, timezone.now() + timedelta(seconds=busy.wait))
        jobs.put_off(job, _sentence(busy), seconds=busy.wait)
    except HostRefused as refused:
        log.warning("%s: %s", job, refused)
        configured.forget()
        jobs.refuse(job, _sentence(refused))
    except (HostError, GitFailed, OSError) as failed:
        log.warning("%s: %s", job, failed)
        jobs.put_off(job, _sentence(failed))
    except DatabaseError:
        raise
    except Exception as fault:
        log.exception("%s", job)
        jobs.put_off(job, f"recviewer broke ({type(fault).__name__}); its log says what happened.")
    else:
        jobs.done(job)


def _sentence(error: Exception) -> str:
    return f"{str(error)[:1000].rstrip('.')}."


def tidy(now: datetime) -> None:
    """Delete what nobody needs any more: ids of deliveries, expired sessions, unused ranges, notices."""
    HookSeen.objects.filter(at__lt=now - REMEMBERED).delete()
    with contextlib.suppress(NotImplementedError):
        SessionStore.clear_expired()
    range_files.let_go()
    delivering.tidy(now)
