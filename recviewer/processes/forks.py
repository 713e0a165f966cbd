"""Forked processes that share this one's work while it waits, and end with it."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Batch = TypeVar("Batch")
Told = TypeVar("Told")

ORPHAN_SECONDS = 0.2
"""Interval at which a process checks whether its parent still lives."""

AHEAD = 3
"""Batches per process that are submitted before results are taken."""


def can_fork() -> bool:
    """Tell whether a fork is safe: on Linux, from the main thread, without other threads that might hold a lock."""
    return (
        sys.platform == "linux"
        and threading.current_thread() is threading.main_thread()
        and threading.active_count() == 1
        and (os.cpu_count() or 1) > 1
    )


def spread(work: Callable[[Batch], Told], batches: Sequence[Batch], processes: int) -> Iterator[Told]:
    """Yield the results of `work` on batches, in order, from several processes. It must be a module-level function."""
    import multiprocessing
    from concurrent.futures import Future, ProcessPoolExecutor

    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=(os.getpid(),)) as pool:
        ahead: list[Future[Told]] = []
        for batch in batches:
            ahead.append(pool.submit(work, batch))
            if len(ahead) > processes * AHEAD:
                yield ahead.pop(0).result()
        for future in ahead:
            yield future.result()


def _begin(parent: int) -> None:
    """Initialize a process. It ends with its parent, whose locks it holds too: a fork shares them."""
    gc.disable()
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(ORPHAN_SECONDS)
    os._exit(1)
