"""How gunicorn serves the page at the top: as an instance, but it has nothing to prepare, and little to hold."""

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
