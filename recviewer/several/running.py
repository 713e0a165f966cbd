"""All processes of all instances, started by one that only starts them, waits for them, and restarts what ended."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from filelock import FileLock, Timeout

from recviewer.several.plan import BadPlan, SeveralFile
from recviewer.several.surroundings import (
    Account,
    account_of,
    make_places,
    variables_of,
    variables_of_desk,
)

TICK = 0.25
COMES_UP_SECONDS = 120
"""How long the next instance waits for one that is starting, so that not all of them index at once."""

STOP_SECONDS = 60
LONGEST_WAIT = 60
STEADY_SECONDS = 60
"""A process that lived this long is restarted at once when it ends."""


@dataclass(frozen=True, slots=True)
class ProcessJob:
    """A process to run. port: what it listens on, 0 for none. after: the port that has to answer first."""

    name: str
    words: tuple[str, ...]
    variables: Mapping[str, str] = field(repr=False)
    folder: Path
    account: Account
    port: int = 0
    after: int = 0


def jobs_of(plan: SeveralFile) -> list[ProcessJob]:
    """Return the processes of a plan: pages and worker of each instance, and the page at the top. Raises BadPlan."""
    made = []
    for one in plan.instances:
        make_places(plan, one)
        account, variables, home = account_of(plan, one.account), variables_of(plan, one), plan.home(one.name)
        pages = (*_GUNICORN, "recviewer.wsgi", "-c", "python:recviewer.gunicorn_conf", *_at(one.port, one.workers))
        work = (sys.executable, "-m", "recviewer", "work")
        made.append(ProcessJob(f"{one.name}, pages", pages, variables, home, account, port=one.port))
        made.append(ProcessJob(f"{one.name}, worker", work, variables, home, account, after=one.port))
    desk = (*_GUNICORN, "recviewer.several.desk_wsgi", "-c", "python:recviewer.several.desk_conf", *_at(plan.port, 1))
    variables = variables_of_desk(plan)
    made.append(
        ProcessJob("the page at the top", desk, variables, Path("/"), account_of(plan, plan.account), port=plan.port)
    )
    return made


_GUNICORN = (sys.executable, "-m", "gunicorn")


def _at(port: int, workers: int) -> tuple[str, ...]:
    return ("--bind", f"127.0.0.1:{port}", "--workers", str(workers))


def start(job: ProcessJob, *more: str) -> subprocess.Popen[bytes]:
    """Start a process in its own session, under its account. Raises OSError."""
    return subprocess.Popen(  # noqa: S603 - words of ours
        [*job.words, *more],
        cwd=job.folder,
        env=dict(job.variables),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        umask=0o077,
        **job.account.popen,
    )


def answers(port: int) -> bool:
    """Tell whether a process listens on a port of this machine."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@dataclass
class KeptProcess:
    """A job and its process. due: when it may be started. wait: back-off in seconds before a restart."""

    job: ProcessJob
    process: subprocess.Popen[bytes] | None = None
    due: float = 0.0
    wait: float = 0.0
    began: float = 0.0
    is_up: bool = False


class OtherRun(Exception):
    """The instances of this folder are already running. `str()` gives the process id."""


@contextmanager
def only_run(plan: SeveralFile) -> Iterator[None]:
    """Hold the lock of the folder, with our process id in it. Raises OtherRun, OSError."""
    plan.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    lock = FileLock(lock_of(plan), thread_local=False, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise OtherRun(str(running(plan))) from None
    number = plan.folder / "several.pid"
    try:
        number.write_text(f"{os.getpid()}\n")
        yield
    finally:
        number.unlink(missing_ok=True)
        lock.release()


def lock_of(plan: SeveralFile) -> Path:
    """Return the file that is locked while the instances run."""
    return plan.folder / "several.lock"


def running(plan: SeveralFile) -> int:
    """Return the id of the process that runs the instances, 0 if there is none."""
    lock = FileLock(lock_of(plan), thread_local=False, mode=0o600)
    try:
        if not plan.folder.is_dir():
            return 0
        lock.acquire(timeout=0)
        lock.release()
        return 0
    except Timeout:
        with contextlib.suppress(OSError, ValueError):
            return int((plan.folder / "several.pid").read_text())
        return 0


class Keeper:
    """Keeps the processes of a plan running until it is told to stop."""

    def __init__(self, plan: SeveralFile, read_again: Callable[[], SeveralFile], say: Callable[[str], object]) -> None:
        """read_again: reads the file again; raises BadPlan. say: prints a line."""
        self._read_again, self._say = read_again, say
        self._kept = [KeptProcess(job) for job in jobs_of(plan)]
        self._is_over, self._is_to_read = threading.Event(), threading.Event()

    def run(self) -> None:
        """Start all, and stay until SIGTERM or SIGINT; SIGHUP reads the file again."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        signal.signal(signal.SIGHUP, lambda *_: self._is_to_read.set())
        try:
            while not self._is_over.is_set():
                if self._is_to_read.is_set():
                    self._is_to_read.clear()
                    self._follow()
                self.turn(time.monotonic())
                self._is_over.wait(TICK)
        finally:
            self._stop(self._kept)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._is_over.set()

    def turn(self, now: float) -> None:
        """Detect ended processes, and start what is due: those that listen one at a time, until each answers."""
        for one in self._kept:
            self._look(one, now)
        if any(
            one.process and one.job.port and not one.is_up and now - one.began < COMES_UP_SECONDS for one in self._kept
        ):
            return
        for one in self._kept:
            if one.process is None and now >= one.due and (not one.job.after or answers(one.job.after)):
                self._start(one, now)
                if one.job.port:
                    return

    def _start(self, one: KeptProcess, now: float) -> None:
        try:
            one.process, one.began, one.is_up = start(one.job), now, False
        except OSError as error:
            one.wait = min(LONGEST_WAIT, one.wait * 2 or 1)
            one.due = now + one.wait
            self._say(f"{one.job.name}: cannot be started: {error.strerror}; tried again in {one.wait:.0f} s")

    def _look(self, one: KeptProcess, now: float) -> None:
        if one.process is None:
            return
        code = one.process.poll()
        if code is None:
            if one.job.port and not one.is_up and answers(one.job.port):
                one.is_up = True
                self._say(f"{one.job.name}: at 127.0.0.1:{one.job.port}")
            return
        one.wait = 1 if now - one.began >= STEADY_SECONDS else min(LONGEST_WAIT, one.wait * 2 or 1)
        one.due, one.process = now + one.wait, None
        self._say(f"{one.job.name}: ended with {code}; started again in {one.wait:.0f} s")

    def _follow(self) -> None:
        """Apply the present file: changed processes are restarted, new ones started, all others stay."""
        try:
            wanted = jobs_of(self._read_again())
        except (BadPlan, OSError) as bad:
            self._say(f"the file is not followed: {bad}")
            return
        same = {one.job.name: one for one in self._kept if one.job in wanted}
        self._stop([one for one in self._kept if one.job not in wanted])
        self._kept = [same.get(job.name) or KeptProcess(job) for job in wanted]
        self._say("the file was read again")

    def _stop(self, some: list[KeptProcess]) -> None:
        """End processes: they may finish what they do, and those that do not end in time are killed with their
        children.
        """
        living = [one for one in some if one.process is not None]
        for one in living:
            assert one.process
            with contextlib.suppress(ProcessLookupError):
                one.process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for one in living:
            assert one.process
            try:
                one.process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(one.process.pid, signal.SIGKILL)
                one.process.wait()
            one.process = None
