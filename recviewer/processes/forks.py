"""Processes forked from this one, which share its work while it waits, and end with it."""

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
"""How often a process looks whether the one that started it still lives."""

AHEAD = 3
"""Batches for each process that are given out before what they came to is taken."""


def can_fork() -> bool:
    """Tell whether a fork is safe: on Linux, from the main thread, with no other thread that might hold a lock."""
    return (
        sys.platform == "linux"
        and threading.current_thread() is threading.main_thread()
        and threading.active_count() == 1
        and (os.cpu_count() or 1) > 1
    )


def spread(work: Callable[[Batch], Told], batches: Sequence[Batch], processes: int) -> Iterator[Told]:
    """Yield what some work makes of batches, in their order, by so many processes. It is to be a function of a module."""
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
    """Prepare a process. It ends with its parent, whose locks it holds too: a fork shares them."""
    gc.disable()
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(ORPHAN_SECONDS)
    os._exit(1)
