import threading
import time
from types import SimpleNamespace

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from recviewer.catalog import freshness, indexer, last_look, run_lock
from recviewer.catalog.models import Recording


@pytest.fixture
def nudged(settings, monkeypatch):
    """Refreshing in the background as it is in service, with nothing left over from another test."""
    settings.REFRESH_IN_BACKGROUND = True
    settings.REFRESH_SECONDS = 0
    monkeypatch.setattr(freshness, "_last_nudge", 0.0)
    monkeypatch.setattr(freshness, "_trouble", "")
    monkeypatch.setattr(freshness, "connection", SimpleNamespace(close=close))
    yield
    wait()


def close():
    """Close a thread's own connection: Django keeps those to a database in memory open, until Python complains."""
    if threading.current_thread() is not threading.main_thread():
        BaseDatabaseWrapper.close(connections["default"])


def wait():
    deadline = time.monotonic() + 120
    while freshness._running.locked() and time.monotonic() < deadline:
        time.sleep(0.005)


@pytest.mark.django_db(transaction=True)
def test_change_on_disk_shows_up_after_a_nudge(put, nudged):
    put()
    freshness.nudge()
    wait()
    put("tests/recordings/two.json")

    freshness.nudge()
    wait()

    assert Recording.objects.count() == 2


def test_nudges_start_one_thread(nudged, root, monkeypatch):
    started, go = [], threading.Event()

    def slow():
        started.append(threading.current_thread())
        go.wait(120)
        freshness._running.release()

    monkeypatch.setattr(freshness, "_refresh", slow)
    for _ in range(5):
        freshness.nudge()
    go.set()
    wait()

    assert len(started) == 1


def test_nudge_soon_after_a_comparison_does_nothing(nudged, root, settings, monkeypatch):
    settings.REFRESH_SECONDS = 60
    last_look.mark()
    monkeypatch.setattr(freshness, "_refresh", lambda: pytest.fail("compared again"))

    freshness.nudge()

    assert not freshness._running.locked()


def test_a_comparison_that_took_long_is_not_repeated_soon(nudged, root, settings):
    settings.REFRESH_SECONDS = 2
    last_look.mark(0.01)
    assert freshness.pause() == 2

    last_look.mark(0.5)
    assert freshness.pause() == 5

    last_look.mark(90)
    assert freshness.pause() == freshness.LONGEST_REST


def test_nudge_is_off_where_the_background_is(nudged, root, settings, monkeypatch):
    settings.REFRESH_IN_BACKGROUND = False
    monkeypatch.setattr(freshness, "_refresh", lambda: pytest.fail("compared"))

    freshness.nudge()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device"), "the disk is full"),
        (run_lock.Busy("another"), ""),
    ],
)
def test_what_goes_wrong_in_the_background_is_said(nudged, root, monkeypatch, error, said):
    def fail(**how):
        raise error

    monkeypatch.setattr(indexer, "refresh", fail)
    freshness._running.acquire()

    freshness._refresh()

    assert said in freshness.trouble()
    assert not freshness._running.locked()


@pytest.mark.django_db(transaction=True)
def test_missing_root_is_said(nudged, root):
    root.rmdir()
    freshness.nudge()
    wait()

    assert "does not exist" in freshness.trouble()
