"""Who reads the files of a run: this process, one apart for large files, or two where there are many."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from collections.abc import Iterator

from django.conf import settings

from recviewer.catalog.jobs import Job, JobResult
from recviewer.recorders.reading import without_collector

BATCH_FILES = 64
"""Files handed to a worker at once."""

PARALLEL_FROM = 400
"""Files to read from which a second process pays for its start."""

ORPHAN_SECONDS = 0.2
"""How often a worker looks whether the process that started it still lives."""


def read_all(jobs: list[Job], processes: int | None) -> Iterator[list[JobResult]]:
    """Yield what the files say, batch by batch, read in this process or by others."""
    root, limit = str(settings.RECORDINGS_ROOT), settings.FILE_LIMIT_BYTES
    batches = [jobs[start : start + BATCH_FILES] for start in range(0, len(jobs), BATCH_FILES)]
    from recviewer.catalog.summary import work

    wanted = processes if processes is not None else (2 if len(jobs) >= PARALLEL_FROM and _can_fork() else 1)
    if wanted < 2:
        from recviewer.catalog.apart import Apart, is_read_apart

        with without_collector(), Apart(root, limit) as apart:
            for batch in batches:
                large = [job for job in batch if is_read_apart(root, job)]
                yield work(root, limit, [job for job in batch if job not in large] if large else batch)
                for job in large:
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
