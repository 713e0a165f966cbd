"""Which process reads the files of a run: this one, a separate one for large files, or two if there are many."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.conf import settings

from recviewer.catalog.jobs import Job, JobResult
from recviewer.processes import forks

BATCH_FILES = 64
"""Files given to a worker at once."""

PARALLEL_FROM = 400
"""Number of files from which a second process is worth its start."""


def read_all(jobs: list[Job], processes: int | None) -> Iterator[list[JobResult]]:
    """Yield the rows of the files, batch by batch, read in this process or by others."""
    root, limit = str(settings.RECORDINGS_ROOT), settings.FILE_LIMIT_BYTES
    batches = [jobs[start : start + BATCH_FILES] for start in range(0, len(jobs), BATCH_FILES)]
    from recviewer.catalog.summary import work
    from recviewer.recorders.reading import without_collector

    wanted = processes if processes is not None else (2 if len(jobs) >= PARALLEL_FROM and forks.can_fork() else 1)
    if wanted < 2:
        from recviewer.catalog.large_files import Apart, is_read_apart

        with without_collector(), Apart(root, limit) as apart:
            for batch in batches:
                large = [job for job in batch if is_read_apart(root, job)]
                yield work(root, limit, [job for job in batch if job not in large] if large else batch)
                for job in large:
                    yield [apart.read(job)]
        return
    # Imported once here, so that workers inherit all of it.
    from recviewer.formats.registry import formats
    from recviewer.recorders import hiding  # noqa: F401 - nearly every large tree has a text that may be a secret
    from recviewer.recorders.registry import recorders

    formats()
    recorders()
    yield from forks.spread(partial(work, root, limit), batches, wanted)
