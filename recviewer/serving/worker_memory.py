"""How much memory a web worker keeps: it gives back what it does not need, and goes where it cannot."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import gc
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any

ARENAS = 2
"""Heaps of the C library that the threads of a worker share. By default each of the eight has one of its own, and what a
large request freed in one of them is of no use to the next request, which runs in another."""

_ARENA_MAX = -8
"""`M_ARENA_MAX` of glibc's malloc.h."""


def share_heaps() -> None:
    """Have the threads of this process share their heaps, where the C library can."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, ARENAS)


MEMORY_BYTES = 200 * 1024 * 1024
"""What a worker may keep between requests."""

TRIMMED_SECONDS = 10
"""How long a worker waits before it tries again to give memory back."""

LEAVING_SECONDS = 10
"""How long a worker turns nobody in, so that it can go, before it goes on as it is and tries again later."""

LOOKED_SECONDS = 0.1
"""How often it looks meanwhile whether it has."""

_trimmed_at = 0.0
_leaving = threading.Lock()
_turn: IO[bytes] | None = None
"""A file without a name that all workers have: who holds its lock is the one that leaves."""


def take_turns() -> None:
    """Have one worker at a time leave under load; to be called before workers are forked. Without it none does."""
    global _turn
    with contextlib.suppress(OSError):
        _turn = tempfile.TemporaryFile()  # noqa: SIM115 - for as long as the server lives


def give_back(worker: Any) -> None:
    """Give back what a huge recording or an act on many has left behind, after a request.

    A worker whose memory is in too many pieces for that goes, where nobody waits for it and nothing runs beside; a fresh
    one takes its place, and connections wait for it. Where that does not come by itself, under load, and others are there to
    serve, it takes nobody in for a while until it has served all that came.
    """
    global _trimmed_at
    if _memory() <= MEMORY_BYTES or time.monotonic() - _trimmed_at < TRIMMED_SECONDS:
        return
    _trimmed_at = time.monotonic()
    gc.collect()
    _trim()
    if _memory() <= MEMORY_BYTES:
        return
    if _is_at_work_beside():
        return
    if _served(worker) <= 1:
        worker.alive = False
    elif worker.cfg.workers > 1 and _leaving.acquire(blocking=False):
        threading.Thread(target=_leave, args=(worker,), name="recviewer-leaving", daemon=True).start()


def _leave(worker: Any) -> None:
    """Take nobody in until all that came is served, and go; or go on, where that takes too long. One worker at a time."""
    before = worker.worker_connections, worker.max_keepalived
    try:
        if not _is_our_turn():
            return
        worker.worker_connections = worker.max_keepalived = 0  # no new connection, and answers close theirs
        until = time.monotonic() + LEAVING_SECONDS
        while time.monotonic() < until:
            time.sleep(LOOKED_SECONDS)
            if not _served(worker) and not _is_at_work_beside():
                worker.alive = False
                return  # the turn is over when the process is
        worker.worker_connections, worker.max_keepalived = before
        if _turn is not None:
            fcntl.lockf(_turn, fcntl.LOCK_UN)
    finally:
        _leaving.release()


def _is_our_turn() -> bool:
    """Tell whether no other worker is about to leave, and have it be this one."""
    if _turn is None:
        return False
    try:
        fcntl.lockf(_turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _memory() -> int:
    """Return the bytes of memory that this process has to itself, 0 where nobody tells."""
    try:
        _, resident, shared, *_ = Path("/proc/self/statm").read_text().split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")


def _trim() -> None:
    """Have the C library give free memory back to the system, where it can."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _served(worker: Any) -> int:
    """Return how many requests are being served, or about to be."""
    return int(worker.nr_conns - len(worker.keepalived_conns))


def _is_at_work_beside() -> bool:
    """Tell whether a thread beside gunicorn's (a refresh, a fetch) is at work."""
    ours = {threading.main_thread(), threading.current_thread()}
    return not all(one.name.startswith("ThreadPoolExecutor") for one in threading.enumerate() if one not in ours)
