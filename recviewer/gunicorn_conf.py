"""How gunicorn serves recviewer, on a laptop and for a team."""

import contextlib
import ctypes
import fcntl
import gc
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from recviewer.exchange.plain import LogLines

worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 5
control_socket_disable = True
accesslog = None
loglevel = "warning"


class PlainLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's own lines, which tell what a stranger sent, without characters that steer a terminal."""

    def _set_handler(self, log: Any, output: Any, fmt: Any, stream: Any = None) -> None:
        super()._set_handler(log, output, LogLines(fmt._fmt, fmt.datefmt), stream)


logger_class = PlainLogger

PREPARED = "is_prepared=1"
"""What `recviewer serve` puts into gunicorn's `raw_env` after it has prepared everything."""


def on_starting(server: Any) -> None:
    """Prepare what has to be there before the first request, in a process of its own so that this one stays small."""
    if PREPARED in server.cfg.raw_env:
        return
    done = subprocess.run([sys.executable, "-m", "recviewer", "serve", "--prepare-only"], check=False)
    if done.returncode:
        sys.exit(done.returncode)


def when_ready(server: Any) -> None:
    """Bring in what all workers need, so that no first page waits for it, nor one after a worker went."""
    global _turn
    from recviewer.serving.preload import bring_in

    bring_in()
    with contextlib.suppress(OSError):  # without a place for it no worker leaves under load
        _turn = tempfile.TemporaryFile()  # noqa: SIM115 - for as long as the server lives


ARENAS = 2
"""Heaps of the C library that the threads of a worker share. By default each of the eight has one of its own, and what a
large request freed in one of them is of no use to the next request, which runs in another."""

_ARENA_MAX = -8
"""`M_ARENA_MAX` of glibc's malloc.h."""


def post_fork(server: Any, worker: Any) -> None:
    """Have the threads of a worker share their heaps, where the C library can."""
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


def post_request(worker: Any, req: Any, environ: Any, resp: Any) -> None:
    """Give back what a huge recording or an act on many has left behind.

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
