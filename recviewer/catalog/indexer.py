"""Bring the catalog up to date with the recordings on disk.

One walk compares stamps (path, size, mtime, inode) with the rows, and only files that differ are read. Rows are written
in batches, each in its own transaction, so an interrupted run leaves a usable catalog and the next run continues from
there. Only one run is allowed at a time (`run_lock`). `readers` decides which process reads the files.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import transaction

from recviewer.catalog import database, last_look, readers, rows, usage
from recviewer.catalog.jobs import Job, JobResult
from recviewer.catalog.models import IndexRun
from recviewer.catalog.run_lock import Busy, only_run, still_going
from recviewer.catalog.state import rename_state
from recviewer.formats.reader_sources import is_current, readers_of, version_for
from recviewer.recorders.registry import claims
from recviewer.store import files
from recviewer.store.refusals import Refusal
from recviewer.store.scan import FileStamp, Scan, scan

BATCH_ROWS = 512
"""Rows written in one transaction."""


class Progress(Protocol):
    """Receives the progress of a run. total: files to read, known after the walk."""

    def start(self, total: int) -> None: ...
    def advance(self, files: int) -> None: ...


class Silent:
    """Progress that nobody watches."""

    def start(self, total: int) -> None:
        """Do nothing."""

    def advance(self, files: int) -> None:
        """Do nothing."""


@dataclass(slots=True)
class RunReport:
    """What a run did, in files; unreadable counts recordings. problems: places that could not be read, as sentences."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    unreadable: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def did_anything(self) -> bool:
        """Tell whether the catalog has changed."""
        return bool(self.added or self.changed or self.removed)


def refresh(*, full: bool = False, progress: Progress | None = None, processes: int | None = None) -> RunReport:
    """Bring the catalog up to date.

    full: read every file again. processes: how many read; default: two for many files if forking is safe, else this
    one. Raises Busy if another run is in progress, store.NoRoot if there is no recordings root.
    """
    with only_run(), database.can_be_made_anew():
        return _run(full=full, progress=progress or Silent(), processes=processes)


def _run(*, full: bool, progress: Progress, processes: int | None) -> RunReport:
    started = time.perf_counter()
    report = RunReport()
    found = scan(settings.RECORDINGS_ROOT, claims(), skip=[settings.DATA_DIR])
    report.problems = [f"{problem.key or '.'}: {problem.what}" for problem in found.problems]
    non_recordings = rows.non_recordings()
    rows.last_id()  # query both tables, so that damage is noticed here and not by a page
    outdated: set[str] = set()  # versions under which files would be read the same now
    known: dict[str, rows.Known] = {}  # of files that are deleted or changed
    stamps = {stamp.key: stamp for stamp in found.stamps}  # reduced below to those that are new or changed
    for row in rows.known():
        _, _, _, _, reader, key = row
        stamp = stamps.get(key)
        if stamp is None:
            known[key] = row
        elif full or _has_changed(row, stamp) or not (is_current(reader) or _is_still_unread(row, stamp)):
            known[key] = row
            report.changed += 1
        else:
            del stamps[key]
            report.unchanged += key not in non_recordings
            outdated.add(reader)
    _keep_current(outdated)
    report.added = len(stamps) - report.changed
    jobs = [Job(stamp.key, stamp.raw, stamp.obstacle, stamp.size) for stamp in stamps.values()]
    gone = _deleted(found, known, stamps)
    report.removed = sum([key not in non_recordings for key in gone])
    progress.start(len(jobs))
    if jobs or gone:
        run = IndexRun(started_at=datetime.now(UTC))
        read = _read(jobs, processes, is_full=full)
        _write(read, stamps, known, non_recordings, report, progress, run)
        _announce(run)
        with transaction.atomic():
            rows.delete([known[key][0] for key in gone])
        report.seconds = time.perf_counter() - started
        _finish(run, report)
    usage.refresh(catalog_changed=report.did_anything)
    report.seconds = time.perf_counter() - started
    last_look.mark(report.seconds)
    return report


def _read(jobs: list[Job], processes: int | None, *, is_full: bool) -> Iterator[list[JobResult]]:
    """Yield the rows of files, batch by batch; those with known bytes first, unless everything is to be read again."""
    if not is_full:
        from recviewer.catalog.known_bytes import read_known  # only runs that read anything need it

        jobs = yield from read_known(jobs)
    yield from readers.read_all(jobs, processes)


def _keep_current(versions: Collection[str]) -> None:
    """Store the present version with files that were read by another one and would be read the same now.

    Otherwise each run would have to find that out again.
    """
    renewed = {old: version_for(readers_of(old)) for old in versions if readers_of(old)}
    changed = {old: new for old, new in renewed.items() if old != new}
    if changed:
        with transaction.atomic():
            rows.restate(changed)


def _has_changed(row: rows.Known, stamp: FileStamp) -> bool:
    """Tell whether a file's stamp differs from that of its row."""
    numbers = row[1:4]
    return numbers != stamp[2:5] and numbers != storable(stamp)[2:5]


def storable(stamp: FileStamp) -> FileStamp:
    """Return a stamp whose numbers fit the database's signed 64 bits; some file systems give larger ones."""
    return stamp._replace(mtime_ns=_signed(stamp.mtime_ns), inode=_signed(stamp.inode))


def _signed(number: int) -> int:
    return (number + 2**63) % 2**64 - 2**63


def _is_still_unread(row: rows.Known, stamp: FileStamp) -> bool:
    """Tell whether a file that could not be read still cannot be read.

    Permissions and limits can change without a new stamp.
    """
    if row[4]:
        return False
    if stamp.obstacle:
        return True
    try:
        files.read(Path(settings.RECORDINGS_ROOT), stamp.raw, limit_bytes=settings.FILE_LIMIT_BYTES)
    except Refusal:
        return True
    return False


def _deleted(found: Scan, known: dict[str, rows.Known], there: Collection[str]) -> list[str]:
    """Return the keys of rows whose files were deleted.

    Rows stay where the walk could not look, because nobody knows.
    """
    hidden = tuple([f"{problem.key}/" if problem.raw else "" for problem in found.problems if problem.is_directory])
    return [key for key in known if key not in there and not key.startswith(hidden)]


def _announce(run: IndexRun) -> None:
    """Let everybody know that rows are about to be written: until then, what pages cached stays true."""
    if run.pk is None:
        run.save()


def _finish(run: IndexRun, report: RunReport) -> None:
    run.finished_at = datetime.now(UTC)
    run.added, run.changed, run.unchanged = report.added, report.changed, report.unchanged
    run.removed, run.unreadable, run.seconds = report.removed, report.unreadable, report.seconds
    run.save()


def _write(
    read: Iterable[list[JobResult]],
    stamps: dict[str, FileStamp],
    known: dict[str, rows.Known],
    non_recordings: Collection[str],
    report: RunReport,
    progress: Progress,
    run: IndexRun,
) -> None:
    from recviewer.catalog.writer import Writer  # only runs that read anything need it

    writer = Writer(known)
    pending: list[tuple[JobResult, FileStamp]] = []
    for batch in read:
        for done in batch:
            if done.summed is None:  # deleted between the walk and the reading: the next run removes its row
                report.changed -= done.key in known
                report.added -= done.key not in known
                continue
            report.unreadable += sum([part.kind == "unreadable" for part in done.summed.parts])
            if not done.summed.parts:  # not a recording, although it is among them
                report.changed -= done.key in known
                report.added -= done.key not in known
                report.removed += done.key in known and done.key not in non_recordings
            elif done.key in non_recordings:
                report.changed -= 1
                report.added += 1
            pending.append((done, storable(done.stamp or stamps[done.key])))
        progress.advance(len(batch))
        still_going()
        if len(pending) >= BATCH_ROWS:
            _announce(run)
            writer.write(pending, run.pk)
            pending = []
    if pending:
        _announce(run)
        writer.write(pending, run.pk)


def touch(keys: Collection[str]) -> None:
    """Bring a few files up to date after recviewer itself moved or wrote them, without waiting.

    Rows of deleted files are dropped at once. The rest is left to a run, or to the one in progress.
    """
    root = Path(settings.RECORDINGS_ROOT)
    known = rows.places(keys)
    gone = [id for id, raw in known.values() if not os.path.lexists(os.path.join(os.fsencode(root), raw))]
    if gone:
        with transaction.atomic():
            rows.delete(gone)
            rename_state(removed=len(gone))
    if len(gone) < len(set(keys)):
        with contextlib.suppress(Busy):
            refresh(processes=1)
