"""gunicorn's configuration for the page at the top: as for an instance, but without preparation, and with little
memory.
"""

from recviewer.gunicorn_conf import (
    accesslog,
    control_socket_disable,
    graceful_timeout,
    logger_class,
    loglevel,
    threads,
    timeout,
    worker_class,
)

__all__ = [
    "accesslog",
    "control_socket_disable",
    "graceful_timeout",
    "logger_class",
    "loglevel",
    "threads",
    "timeout",
    "worker_class",
]
