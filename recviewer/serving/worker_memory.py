"""The memory of a web worker: it returns what it does not need, and exits if it cannot."""

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
"""Number of malloc arenas that the threads of a worker share.

By default each of the eight threads has its own, and memory that a large request freed in one arena is of no use to the
next request, which runs in another.
"""

_ARENA_MAX = -8
"""`M_ARENA_MAX` of glibc's malloc.h."""


def share_heaps() -> None:
    """Make the threads of this process share their arenas, if the C library supports it."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, ARENAS)


CACHE_KIB = 4096
"""Page cache of each SQLite connection of a worker: each of its threads has one, and reads the database as a mapped file."""


def keep_small_caches() -> None:
    """Give each SQLite connection that this process opens a small page cache; the index and commands keep a large one."""
    from django.db.backends.signals import connection_created

    connection_created.connect(_shrink_cache, dispatch_uid="recviewer-small-cache")


def _shrink_cache(connection: Any, **more: object) -> None:
    if connection.vendor == "sqlite":
        connection.connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")


MEMORY_BYTES = 200 * 1024 * 1024
"""What a worker may keep between requests."""

TRIMMED_BYTES = 140 * 1024 * 1024
"""Memory above which a worker returns what the C library has free: soon enough that a peak starts from less."""

TRIMMED_SECONDS = 10
"""How long a worker waits before it tries again to return memory."""

LEAVING_SECONDS = 10
"""How long a worker accepts no requests in order to exit, before it continues and tries again later."""

LOOKED_SECONDS = 0.1
"""How often it checks meanwhile whether it can exit."""

_trimmed_at = 0.0
_leaving = threading.Lock()
_turn: IO[bytes] | None = None
"""An unnamed file shared by all workers: the one that holds its lock may exit."""


def take_turns() -> None:
    """Let one worker at a time exit under load; call it before workers are forked. Without it none does."""
    global _turn
    with contextlib.suppress(OSError):
        _turn = tempfile.TemporaryFile()  # noqa: SIM115 - for as long as the server lives


def give_back(worker: Any) -> None:
    """Return the memory that a huge recording or an action on many has left behind, after a request.

    A worker whose memory is too fragmented for that exits, if no request waits for it and nothing else runs; a new one
    takes its place, and connections wait for it. If that moment does not come by itself, under load, and there are
    other workers, it accepts nothing for a while until it has answered all its requests.
    """
    global _trimmed_at
    if _memory() <= TRIMMED_BYTES or time.monotonic() - _trimmed_at < TRIMMED_SECONDS:
        return
    _trimmed_at = time.monotonic()
    _trim()
    if _memory() <= MEMORY_BYTES:
        return
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
    """Accept nothing until all requests are answered, and exit; or continue, if that takes too long.

    One worker at a time.
    """
    before = worker.worker_connections, worker.max_keepalived
    try:
        if not _is_our_turn():
            return
        worker.worker_connections = worker.max_keepalived = 0  # no new connections, and responses close theirs
        until = time.monotonic() + LEAVING_SECONDS
        while time.monotonic() < until:
            time.sleep(LOOKED_SECONDS)
            if not _served(worker) and not _is_at_work_beside():
                worker.alive = False
                return  # the lock is released with the process
        worker.worker_connections, worker.max_keepalived = before
        if _turn is not None:
            fcntl.lockf(_turn, fcntl.LOCK_UN)
    finally:
        _leaving.release()


def _is_our_turn() -> bool:
    """Tell whether no other worker is about to exit, and take the lock."""
    if _turn is None:
        return False
    try:
        fcntl.lockf(_turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _memory() -> int:
    """Return the private memory of this process in bytes, 0 if unknown."""
    try:
        _, resident, shared, *_ = Path("/proc/self/statm").read_text().split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")


def _trim() -> None:
    """Make the C library return free memory to the system, if it can."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _served(worker: Any) -> int:
    """Return the number of requests that are being served, or about to be."""
    return int(worker.nr_conns - len(worker.keepalived_conns))


def _is_at_work_beside() -> bool:
    """Tell whether a thread other than gunicorn's (a refresh, a fetch) is working."""
    ours = {threading.main_thread(), threading.current_thread()}
    return not all(one.name.startswith("ThreadPoolExecutor") for one in threading.enumerate() if one not in ours)
