"""Rows of files whose bytes the catalog already has, at this path or another: moved, copied, or written anew unchanged.

Such a file is read and its blob id computed, but nothing is decoded: what its bytes mean is in the rows of the other
file. That holds if both are read alike (`recorders.registry.read_as`), and by the same version of the readers.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from recviewer.catalog import rows
from recviewer.catalog.jobs import Job, JobResult
from recviewer.catalog.summary import BEYOND, Summary, Summed
from recviewer.formats.reader_sources import is_current, readers_of
from recviewer.recorders.registry import read_as
from recviewer.store import files
from recviewer.store.refusals import Refusal
from recviewer.store.scan import FileStamp

BATCH_FILES = 64
"""Files whose rows are held at once."""

MEANING = Summary._fields[: -len(BEYOND)]


def read_known(jobs: list[Job]) -> Generator[list[JobResult], None, list[Job]]:
    """Yield the rows of files with known bytes, batch by batch. Returns the other jobs, which have to be read.

    Each batch is looked up when it is asked for, because writing the ones before may have replaced rows.
    """
    known = _by_content({job.size for job in jobs})
    if not known:
        return jobs
    sizes = {size for size, *_ in known}
    left: list[Job] = []
    found: list[tuple[Job, FileStamp, str, int]] = []
    with files.Reader(Path(settings.RECORDINGS_ROOT), limit_bytes=settings.FILE_LIMIT_BYTES) as reader:
        for job in jobs:
            seen = None if job.obstacle or job.size not in sizes else _seen(reader, job)
            id = known.get((job.size, seen[1], read_as(job.key))) if seen else None
            if seen is None or id is None:
                left.append(job)
                continue
            found.append((job, *seen, id))
            if len(found) == BATCH_FILES:
                yield _results(found, left)
                found = []
    if found:
        yield _results(found, left)
    return left


def _seen(reader: files.Reader, job: Job) -> tuple[FileStamp, str] | None:
    """Return the stamp and the blob id of a file, None if it cannot be read."""
    try:
        reading = reader.read(job.raw)
    except Refusal:
        return None
    return reading.stamp, files.blob_id(reading.data)


def _by_content(sizes: set[int]) -> dict[tuple[int, str, str], int]:
    """Return the ids of files by what their meaning depends on: size and blob, and the part of the path.

    Only those of certain sizes, which the present readers have read.
    """
    return {
        (size, blob, read_as(path)): id
        for id, size, blob, reader, path in rows.contents(sizes)
        if size in sizes and readers_of(reader) and is_current(reader)
    }


def _results(found: Sequence[tuple[Job, FileStamp, str, int]], left: list[Job]) -> list[JobResult]:
    """Return the results for files by the rows of others. left: gets those whose rows were replaced meanwhile."""
    ids = {id for *_, id in found}
    now = {id: (blob, reader) for id, blob, reader in rows.blobs(ids)}
    summed: dict[int, list[Summary]] = {id: [] for id in ids}
    for values in rows.meanings(ids, MEANING):
        summed[values[0]].append(_summary(values))
    results = []
    for job, stamp, blob, id in found:
        held, reader = now.get(id, ("", ""))
        parts = tuple(sorted(summed[id], key=lambda one: one.place))
        is_whole = all(one.asked_words is not None for one in parts)  # else its words are missing, and read again
        if held == blob and readers_of(reader) and is_current(reader) and is_whole:
            results.append(JobResult(job.key, stamp, Summed(blob, readers_of(reader), parts)))
        else:
            left.append(job)
    return results


def _summary(values: tuple[Any, ...]) -> Summary:
    """Return a summary from a row of `rows.meanings`."""
    return Summary(*values[4:], *(values[3], *values[1:3]))  # as `BEYOND` has them
