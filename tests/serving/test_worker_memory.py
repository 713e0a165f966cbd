"""A web worker gives memory back, or goes where it cannot."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.backends.signals import connection_created
from gunicorn.config import Config

from recviewer.serving import worker_memory

pytestmark = pytest.mark.slow


@pytest.fixture
def after(monkeypatch):
    """Return a function that ends a request with so much memory before and after giving some back.

    Threads that other tests left at work (the server of the browser tests) are none of the worker's.
    """
    everything, others = threading.enumerate, set(threading.enumerate()) - {threading.main_thread()}
    monkeypatch.setattr(threading, "enumerate", lambda: [one for one in everything() if one not in others])

    def end(*mib, connections=1, kept=0, last=-1e9):
        monkeypatch.setattr(worker_memory, "_trimmed_at", last)
        told = iter(mib)
        monkeypatch.setattr(worker_memory, "_memory", lambda: next(told) * 1024 * 1024)
        trimmed = []
        monkeypatch.setattr(worker_memory, "_trim", lambda: trimmed.append(1))
        worker = SimpleNamespace(alive=True, nr_conns=connections, keepalived_conns=[None] * kept, cfg=Config())
        worker_memory.give_back(worker)
        return worker.alive, len(trimmed)

    return end


def test_a_small_worker_is_left_alone(after):
    assert after(120, 120) == (True, 0)


def test_memory_is_given_back(after):
    assert after(150, 145) == (True, 1)
    assert after(300, 120) == (True, 1)


def test_garbage_is_collected_where_that_is_not_enough(after):
    assert after(300, 280, 120) == (True, 2)


def test_a_worker_that_cannot_give_back_goes(after):
    assert after(300, 300, 300) == (False, 2)
    assert after(300, 300, 300, connections=4, kept=3) == (False, 2)


def test_it_stays_while_somebody_waits_for_it(after):
    assert after(300, 300, 300, connections=2) == (True, 2)


@pytest.fixture
def busy(monkeypatch):
    """Return a worker of two that serves three requests, and whose turn it is to leave."""
    monkeypatch.setattr(worker_memory, "_memory", lambda: 300 * 1024 * 1024)
    monkeypatch.setattr(worker_memory, "_is_at_work_beside", lambda: False)
    monkeypatch.setattr(worker_memory, "_trimmed_at", -1e9)
    monkeypatch.setattr(worker_memory, "LOOKED_SECONDS", 0.001)
    cfg = Config()
    cfg.set("workers", 2)
    with tempfile.TemporaryFile() as turn:
        monkeypatch.setattr(worker_memory, "_turn", turn)
        yield SimpleNamespace(
            alive=True, nr_conns=3, keepalived_conns=[], cfg=cfg, worker_connections=1000, max_keepalived=992
        )


def left(worker, serve):
    """End a request of a worker, have the others served, and wait until it has gone or goes on."""
    worker_memory.give_back(worker)
    serve(worker)
    for one in threading.enumerate():
        if one.name == "recviewer-leaving":
            one.join(5)
    return worker.alive, worker.worker_connections


def test_one_of_several_goes_under_load_when_all_that_came_is_served(busy):
    def serve(worker):
        while worker.worker_connections:
            time.sleep(0.001)
        assert worker.alive
        worker.nr_conns = 0

    assert left(busy, serve) == (False, 0)


def test_it_goes_on_where_that_takes_too_long(busy, monkeypatch):
    monkeypatch.setattr(worker_memory, "LEAVING_SECONDS", 0.01)

    assert left(busy, lambda worker: None) == (True, 1000)
    assert worker_memory._leaving.acquire(blocking=False)
    worker_memory._leaving.release()


def test_two_do_not_leave_at_once(busy):
    holding = "import fcntl, time; fcntl.lockf(0, fcntl.LOCK_EX); print(flush=True); time.sleep(60)"
    command = [sys.executable, "-c", holding]
    with subprocess.Popen(command, stdin=worker_memory._turn, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        assert left(busy, lambda worker: None) == (True, 1000)
        process.kill()


def test_the_only_one_turns_nobody_away(busy):
    busy.cfg.set("workers", 1)

    assert left(busy, lambda worker: None) == (True, 1000)


def test_it_stays_while_a_thread_of_ours_is_at_work(after):
    done = threading.Event()
    thread = threading.Thread(target=done.wait, name="recviewer-refresh", daemon=True)
    thread.start()
    try:
        assert after(300, 300, 300) == (True, 2)
    finally:
        done.set()
        thread.join()


def test_memory_is_not_looked_for_at_every_request(after, monkeypatch):
    monkeypatch.setattr(worker_memory.time, "monotonic", lambda: 105.0)

    assert after(300, 300, last=100.0) == (True, 0)


def test_memory_is_what_this_process_has():
    assert 5_000_000 < worker_memory._memory() < 10_000_000_000
    worker_memory._trim()


@pytest.mark.only_on("sqlite", reason="a server keeps its cache itself")
@pytest.mark.django_db
def test_connections_of_a_worker_have_small_caches(tmp_path):
    def cache():
        opened = connection.copy()
        opened.settings_dict = {**connection.settings_dict, "NAME": tmp_path / "one.sqlite3"}
        opened.inc_thread_sharing()
        opened.connect()
        try:
            return opened.connection.execute("PRAGMA cache_size").fetchone()[0]
        finally:
            opened.close()

    large = cache()
    worker_memory.keep_small_caches()
    try:
        small = cache()
    finally:
        connection_created.disconnect(dispatch_uid="recviewer-small-cache")
    assert (small, cache()) == (-worker_memory.CACHE_KIB, large)
    assert large < small


HEAPS = """
import ctypes, sys, threading
from recviewer.serving import worker_memory

libc = ctypes.CDLL(None)
if not hasattr(libc, "malloc_info"):
    sys.exit()
if sys.argv[1] == "shared":
    worker_memory.share_heaps()
all_at_once = threading.Barrier(8)

def read():
    all_at_once.wait()
    for _ in range(200):
        libc.free(ctypes.c_void_p(libc.malloc(700)))
    all_at_once.wait()

libc.malloc.restype = ctypes.c_void_p
threads = [threading.Thread(target=read) for _ in range(8)]
for one in threads:
    one.start()
for one in threads:
    one.join()
libc.fdopen.restype = ctypes.c_void_p
out = libc.fdopen(1, b"w")
libc.malloc_info(0, ctypes.c_void_p(out))
libc.fflush(ctypes.c_void_p(out))
"""


def test_threads_of_a_worker_share_their_heaps():
    def heaps(how):
        done = subprocess.run([sys.executable, "-c", HEAPS, how], capture_output=True, text=True, check=True)
        return done.stdout.count("<heap nr=")

    own = heaps("own")
    if not own:
        pytest.skip("this C library does not tell of its heaps")
    assert own > worker_memory.ARENAS
    assert heaps("shared") == worker_memory.ARENAS
