"""How gunicorn serves recviewer, on a laptop and for a team."""

import socket
import struct
import subprocess
import sys
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from recviewer.exchange.plain import LogLines
from recviewer.serving import worker_memory

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


READ_SECONDS = 15
"""How long a thread waits for the next bytes of a request; a connection that is silent for longer is closed."""


def limit_silence(listener: Any, seconds: float = READ_SECONDS) -> None:
    """Let reading from each connection that a listening socket accepts fail after a silence; Linux passes this on."""
    whole, part = divmod(seconds, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", int(whole), int(part * 1_000_000)))


def when_ready(server: Any) -> None:
    """Bring in what all workers need, so that no first page waits for it, nor one after a worker went."""
    from recviewer.serving.preload import bring_in

    for listener in getattr(server, "LISTENERS", ()):
        limit_silence(listener)
    bring_in()
    worker_memory.take_turns()


def post_fork(server: Any, worker: Any) -> None:
    """Keep what a worker holds small: its threads share their heaps, where the C library can, and have small caches."""
    worker_memory.share_heaps()
    worker_memory.keep_small_caches()


def post_request(worker: Any, req: Any, environ: Any, resp: Any) -> None:
    """Give back what a huge recording or an act on many has left behind."""
    worker_memory.give_back(worker)
