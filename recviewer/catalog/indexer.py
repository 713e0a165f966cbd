"""Bringing the catalog up to date with the recordings on disk.

One walk compares stamps (path, size, mtime, inode) with the rows; only what differs is read. Rows are written in batches,
each in a transaction of its own, so that whatever interrupts a run leaves a usable catalog and the next run goes on from
there. Only one run at a time: a lock in the data folder, shared by all processes, and on PostgreSQL one of the database,
shared by all hosts.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import json
import os
import sys
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import connection, transaction
from filelock import FileLock, Timeout

from recviewer import places
from recviewer.catalog import database, engines, rows
from recviewer.catalog.jobs import Job, JobResult
from recviewer.catalog.models import IndexRun
from recviewer.formats.version import reader_version
from recviewer.recorders.registry import claims
from recviewer.store import files
from recviewer.store.refusals import NotWritable, Refusal, why
from recviewer.store.scan import FileStamp, Scan, scan

BATCH_FILES = 64
"""Files handed to a worker at once."""

BATCH_ROWS = 512
"""Rows written in one transaction."""

PARALLEL_FROM = 400
"""Files to read from which a second process pays for its start."""


class Busy(Exception):
    """Another run is under way. The message says whose."""


class Progress(Protocol):
    """Told how a run gets on. total: files to read, known after the walk."""

    def start(self, total: int) -> None: ...
    def advance(self, files: int) -> None: ...


class Silent:
    """Progress nobody looks at."""

    def start(self, total: int) -> None:
        """Do nothing."""

    def advance(self, files: int) -> None:
        """Do nothing."""


@dataclass(slots=True)
class RunReport:
    """What a run did, in files; unreadable: in recordings. problems: places that could not be looked at, as sentences."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    unreadable: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def did_anything(self) -> bool:
        """Tell whether the catalog is another than before."""
        return bool(self.added or self.changed or self.removed)


def refresh(*, full: bool = False, progress: Progress | None = None, processes: int | None = None) -> RunReport:
    """Bring the catalog up to date.

    full: read every file again. processes: how many read; default: two for many files where that is safe, else this one.
    Raises Busy when another run is under way, store.NoRoot when there is no recordings root.
    """
    with only_run(), database.can_be_made_anew():
        return _run(full=full, progress=progress or Silent(), processes=processes)


def _run(*, full: bool, progress: Progress, processes: int | None) -> RunReport:
    started = time.perf_counter()
    report = RunReport()
    found = scan(settings.RECORDINGS_ROOT, claims(), skip=[settings.DATA_DIR])
    report.problems = [f"{problem.key or '.'}: {problem.what}" for problem in found.problems]
    known = rows.known()
    rows.last_id()  # both tables are asked, so that a damaged one is noticed here and not by a page
    version = reader_version()
    jobs = []
    for stamp in found.stamps:
        row = known.get(stamp.key)
        if row is None:
            report.added += 1
        elif full or _is_another(row, stamp) or (row[4] != version and not _is_still_unread(row, stamp)):
            report.changed += 1
        else:
            report.unchanged += 1
            continue
        jobs.append(Job(stamp.key, stamp.raw, stamp.obstacle, stamp.size))
    gone = _gone(found, known)
    report.removed = len(gone)
    progress.start(len(jobs))
    if jobs or gone:
        run = IndexRun.objects.create(started_at=datetime.now(UTC))
        _write(jobs, {stamp.key: stamp for stamp in found.stamps} if jobs else {}, known, report, progress, processes)
        with transaction.atomic():
            rows.delete([known[key][0] for key in gone])
        report.seconds = time.perf_counter() - started
        _finish(run, report)
    report.seconds = time.perf_counter() - started
    mark_checked()
    return report


def _is_another(row: rows.Known, stamp: FileStamp) -> bool:
    """Tell whether a file has another stamp than when its row was written."""
    numbers = row[1:4]
    return numbers != stamp[2:5] and numbers != storable(stamp)[2:5]


def storable(stamp: FileStamp) -> FileStamp:
    """Return a stamp whose numbers fit the database's signed 64 bits: some file systems give others."""
    return stamp._replace(mtime_ns=_signed(stamp.mtime_ns), inode=_signed(stamp.inode))


def _signed(number: int) -> int:
    return (number + 2**63) % 2**64 - 2**63


def _is_still_unread(row: rows.Known, stamp: FileStamp) -> bool:
    """Tell whether a file whose bytes could not be had cannot be read now either: a permission or a limit can change."""
    if row[4]:
        return False
    if stamp.obstacle:
        return True
    try:
        files.read(Path(settings.RECORDINGS_ROOT), stamp.raw, limit_bytes=settings.FILE_LIMIT_BYTES)
    except Refusal:
        return True
    return False


def _gone(found: Scan, known: dict[str, rows.Known]) -> list[str]:
    """Return the keys of rows whose files are gone; where the walk could not look, nobody knows, and rows stay."""
    if sum([stamp.key in known for stamp in found.stamps]) == len(known):
        return []
    there = {stamp.key for stamp in found.stamps}
    hidden = tuple([f"{problem.key}/" if problem.raw else "" for problem in found.problems if problem.is_directory])
    return [key for key in known if key not in there and not key.startswith(hidden)]


def _finish(run: IndexRun, report: RunReport) -> None:
    run.finished_at = datetime.now(UTC)
    run.added, run.changed, run.unchanged = report.added, report.changed, report.unchanged
    run.removed, run.unreadable, run.seconds = report.removed, report.unreadable, report.seconds
    run.save()


def _write(
    jobs: list[Job],
    stamps: dict[str, FileStamp],
    known: dict[str, rows.Known],
    report: RunReport,
    progress: Progress,
    processes: int | None,
) -> None:
    from recviewer.catalog.writer import Writer  # only runs that read anything need it

    writer = Writer(known)
    pending: list[tuple[JobResult, FileStamp]] = []
    for batch in _read_all(jobs, processes):
        for done in batch:
            if done.summed is None:  # vanished between the walk and the reading: the next run removes its row
                report.changed -= done.key in known
                report.added -= done.key not in known
                continue
            report.unreadable += sum([part.kind == "unreadable" for part in done.summed.parts])
            pending.append((done, storable(done.stamp or stamps[done.key])))
        progress.advance(len(batch))
        _touch(_holder())
        if len(pending) >= BATCH_ROWS:
            writer.write(pending)
            pending = []
    writer.write(pending)


def _read_all(jobs: list[Job], processes: int | None) -> Iterator[list[JobResult]]:
    """Yield what the files say, batch by batch, read in this process or by others."""
    root, limit = str(settings.RECORDINGS_ROOT), settings.FILE_LIMIT_BYTES
    batches = [jobs[start : start + BATCH_FILES] for start in range(0, len(jobs), BATCH_FILES)]
    from recviewer.catalog.summary import work

    wanted = processes if processes is not None else (2 if len(jobs) >= PARALLEL_FROM and _can_fork() else 1)
    if wanted < 2:
        from recviewer.catalog.apart import LARGE_BYTES, Apart

        with _no_collector(), Apart(root, limit) as apart:
            for batch in batches:
                yield work(root, limit, [job for job in batch if job.size <= LARGE_BYTES])
                for job in batch:
                    if job.size > LARGE_BYTES:
                        yield [apart.read(job)]
        return
    import multiprocessing
    from concurrent.futures import Future, ProcessPoolExecutor

    from recviewer.formats import registry

    registry.formats()  # imported once here, not by every worker
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(wanted, mp_context=context, initializer=_be_worker, initargs=(os.getpid(),)) as pool:
        ahead: list[Future[list[JobResult]]] = []
        for batch in batches:
            ahead.append(pool.submit(work, root, limit, batch))
            if len(ahead) > wanted * 3:
                yield ahead.pop(0).result()
        for future in ahead:
            yield future.result()


ORPHAN_SECONDS = 0.2
"""How often a worker looks whether the process that started it still lives."""


def _be_worker(parent: int) -> None:
    """Prepare a worker process. It ends with its parent, whose lock it holds too: a fork shares it."""
    gc.disable()
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(ORPHAN_SECONDS)
    os._exit(1)


def _can_fork() -> bool:
    """Tell whether a fork is safe: on Linux, from the main thread, with no other thread that might hold a lock."""
    return (
        sys.platform == "linux"
        and threading.current_thread() is threading.main_thread()
        and threading.active_count() == 1
        and (os.cpu_count() or 1) > 1
    )


@contextmanager
def _no_collector() -> Iterator[None]:
    """Keep the garbage collector from walking over freshly decoded documents, which hold no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def only_run() -> Iterator[None]:
    """Hold the lock of indexing runs. Raises Busy with the other run's process and start, OtherTree, NotWritable."""
    _refuse_other_tree()
    holder = _holder()
    place = Path(settings.DATA_DIR) / "index.lock"
    expect_folder()
    lock = FileLock(place, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Busy(_whose(holder)) from None
    except OSError as error:
        raise NotWritable(place, why(error)) from error
    try:
        with contextlib.suppress(OSError):  # only a word to others about whose run it is
            holder.write_text(
                json.dumps({"process": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")})
            )
        with engines.of(connection.vendor).only_one("index") as is_ours:  # another host has other files
            if not is_ours:
                raise Busy("an indexing run is under way in another process, of this host or another")
            yield
    finally:
        with contextlib.suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def expect_folder() -> None:
    """Raise NotWritable where the data folder is gone: an empty one in its place would hold none of what people said."""
    folder = Path(settings.DATA_DIR)
    if not os.path.isdir(folder):
        raise NotWritable(folder, why(FileNotFoundError(errno.ENOENT, "")))


def _holder() -> Path:
    """Return where a run tells whose it is, and by touching it that it goes on."""
    return Path(settings.DATA_DIR) / "index.holder"


def silent_seconds() -> float | None:
    """Return how long ago the run that is under way got on last, in seconds; None where none is under way."""
    try:
        process = int(json.loads(_holder().read_text())["process"])
        silent = abs(time.time() - _holder().stat().st_mtime)
        os.kill(process, 0)
    except PermissionError:  # it lives, as another user
        return silent
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return silent


class OtherTree(Refusal):
    """The data folder belongs to another root by now."""


def _refuse_other_tree() -> None:
    """Raise OtherTree where somebody gave the data folder to another root while this process served it."""
    data, root = Path(settings.DATA_DIR), Path(settings.RECORDINGS_ROOT)
    owner = places.owner_of(data)
    if owner is not None and owner.what == "recordings" and not owner.is_same(places.Owner("recordings", str(root))):
        raise OtherTree(f"The data folder {data} belongs to {owner} by now; nothing of {root} was indexed.")


def _whose(holder: Path) -> str:
    try:
        told = json.loads(holder.read_text())
        return f"an indexing run is under way: process {told['process']}, since {told['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "an indexing run is under way in another process"


def _checked_file() -> Path:
    return Path(settings.DATA_DIR) / "checked"


def mark_checked() -> None:
    """Note that the catalog was compared with the disk just now, by the clock that is asked for its age. Raises OSError."""
    _checked_file().touch()
    _touch(_checked_file())


def _touch(place: Path) -> None:
    """Note on a file that it is now, if that can be."""
    with contextlib.suppress(OSError):
        os.utime(place, (now := time.time(), now))


CLOCK_SECONDS = 2.0
"""How far a time may lie ahead and still be now: file systems round."""


def checked_seconds_ago() -> float | None:
    """Return how long ago the catalog was compared with the disk, in seconds; None if it never was.

    None as well where that lies in the future, for a clock that was set back: nobody knows then.
    """
    try:
        age = time.time() - _checked_file().stat().st_mtime
    except OSError:
        return None
    return max(0.0, age) if age >= -CLOCK_SECONDS else None


def touch(keys: Collection[str]) -> None:
    """Bring a few files up to date after recviewer itself moved or wrote them, without waiting for anybody.

    Rows whose files are gone are dropped at once. The rest is left to a run, or to the one that is under way.
    """
    root = Path(settings.RECORDINGS_ROOT)
    known = rows.places(keys)
    gone = [id for id, raw in known.values() if not os.path.lexists(os.path.join(os.fsencode(root), raw))]
    if gone:
        with transaction.atomic():
            rows.delete(gone)
            IndexRun.objects.create(started_at=datetime.now(UTC), finished_at=datetime.now(UTC), removed=len(gone))
    if len(gone) < len(set(keys)):
        with contextlib.suppress(Busy):
            refresh(processes=1)
