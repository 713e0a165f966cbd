"""gunicorn by our settings: its lines, and what its workers begin with."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys

import pytest
from gunicorn.config import Config

from recviewer import gunicorn_conf

pytestmark = pytest.mark.slow


@pytest.fixture
def _handlers():
    loggers = [logging.getLogger(name) for name in ("gunicorn.error", "gunicorn.access")]
    kept = [(one, list(one.handlers), one.propagate, one.level) for one in loggers]
    yield
    for one, handlers, propagate, level in kept:
        for made in set(one.handlers) - set(handlers):
            made.close()
        one.handlers[:], one.propagate = handlers, propagate
        one.setLevel(level)


def test_a_connection_that_falls_silent_does_not_keep_a_thread():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        gunicorn_conf.limit_silence(listener, 0.2)
        with socket.create_connection(listener.getsockname()) as client:
            accepted, _ = listener.accept()
            with accepted:
                accepted.setblocking(True)  # as gunicorn's thread does before it reads
                client.sendall(b"GET / HTTP/1.1\r\n")

                assert accepted.recv(100)
                with pytest.raises(BlockingIOError):
                    accepted.recv(100)


@pytest.mark.usefixtures("_handlers")
def test_lines_of_gunicorn_steer_no_terminal(tmp_path):
    config = Config()
    config.set("errorlog", str(tmp_path / "errors"))
    config.set("accesslog", str(tmp_path / "asked"))
    log = gunicorn_conf.logger_class(config)
    log.error("Error handling request %s", "/a\x1b[31m\u202e")
    log.access_log.info("GET /b\x9b31m")

    assert "/a<U+001B>[31m<U+202E>\n" in (tmp_path / "errors").read_text()
    assert (tmp_path / "asked").read_text() == "GET /b<U+009B>31m\n"


def test_a_worker_begins_with_all_pages(tmp_path):
    """Its first page imports next to nothing; and what it begins with has no connection and no thread."""
    told = """
import sys, threading
from recviewer import gunicorn_conf
gunicorn_conf.when_ready(None)
from django.db import connections
from django.test import Client
assert not [one for one in connections.all() if one.connection]
assert threading.active_count() == 1
before = set(sys.modules)
assert Client(HTTP_HOST="127.0.0.1").get("/healthz").status_code == 200
print([one for one in set(sys.modules) - before if one.startswith("recviewer.")])
"""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("RECVIEWER_", "DJANGO_", "DATABASE_"))
    }
    environment |= {"RECVIEWER_DATA": str(tmp_path), "RECVIEWER_RECORDINGS": str(tmp_path)}

    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, env=environment, check=False)

    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
