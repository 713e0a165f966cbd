"""How gunicorn serves recviewer, on a laptop and for a team."""

import contextlib
import ctypes
import gc
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

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
    from recviewer.warmth import bring_in

    bring_in()


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

_trimmed_at = 0.0


def post_request(worker: Any, req: Any, environ: Any, resp: Any) -> None:
    """Give back what a huge recording or an act on many has left behind.

    A worker whose memory is in too many pieces for that goes, where nobody waits for it and nothing runs beside; a fresh
    one takes its place, and connections wait for it.
    """
    global _trimmed_at
    if _memory() <= MEMORY_BYTES or time.monotonic() - _trimmed_at < TRIMMED_SECONDS:
        return
    _trimmed_at = time.monotonic()
    gc.collect()
    _trim()
    if _memory() > MEMORY_BYTES and _is_alone(worker):
        worker.alive = False


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


def _is_alone(worker: Any) -> bool:
    """Tell whether this request is the only one, and no thread beside gunicorn's (a refresh, a fetch) is at work."""
    if worker.nr_conns - len(worker.keepalived_conns) > 1:
        return False
    others = [one for one in threading.enumerate() if one is not threading.main_thread()]
    return all(one.name.startswith("ThreadPoolExecutor") for one in others)
