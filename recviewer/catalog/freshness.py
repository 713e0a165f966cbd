"""Keeping the catalog up to date in the background, so that no page has to wait.

Every page calls `nudge`. If the last comparison with the disk is older than RECVIEWER_REFRESH_SECONDS, one thread of
one process compares again; the page itself is answered at once from what is there. A comparison of a large tree takes
time, and after a change every process counts again, so the pause also grows with what the last comparison took.
"""

from __future__ import annotations

import logging
import threading
import time

from django.conf import settings
from django.db import DatabaseError, connection

from recviewer.catalog import database, indexer, last_look, provenance, run_lock
from recviewer.git.repository import GitFailed
from recviewer.store.refusals import Refusal, why

REST = 10
"""Pause after a comparison, in multiples of the time that it took."""
LONGEST_REST = 15.0
"""Longest such pause, in seconds."""

log = logging.getLogger(__name__)
_running = threading.Lock()
_last_nudge = 0.0
_trouble = ""
_has_failed = False


def nudge() -> None:
    """Compare the catalog with the disk in the background, if that was not done recently."""
    global _last_nudge
    now = time.monotonic()
    if now - _last_nudge < settings.REFRESH_SECONDS or not settings.REFRESH_IN_BACKGROUND:
        return
    age = last_look.seconds_ago()
    if age is not None and age < pause():
        return
    if _running.acquire(blocking=False):
        _last_nudge = now
        try:
            threading.Thread(target=_refresh, name="recviewer-refresh", daemon=True).start()
        except RuntimeError as error:  # no thread is available: the page is answered anyway
            _running.release()
            _fail(f"The catalog could not be brought up to date: {error}.")


def pause() -> float:
    """Return how old the last comparison has to be before a page triggers another one, in seconds."""
    shortest: float = settings.REFRESH_SECONDS
    return max(shortest, min(REST * last_look.seconds_taken(), LONGEST_REST)) if shortest else 0.0


def _refresh() -> None:
    global _trouble, _has_failed
    try:
        report = indexer.refresh(processes=1)
        _trouble, _has_failed = "; ".join(report.problems[:3]), False
        provenance.refresh(catalog_changed=report.did_anything)
    except run_lock.Busy:
        pass
    except GitFailed as failed:
        _trouble = str(failed)
    except Refusal as refusal:
        _fail(str(refusal))
    except (DatabaseError, OSError) as error:
        reason = (why(error) if isinstance(error, OSError) else database.why(error)) or "the log says why"
        _fail(f"The catalog could not be brought up to date: {reason}.")
        log.warning("refresh failed: %s", error)
    except Exception:  # a bug of ours: the thread ends, and logs it
        _fail("The catalog could not be brought up to date: the log says why.")
        log.exception("refresh failed")
    finally:
        connection.close()
        _running.release()


def _fail(sentence: str) -> None:
    global _trouble, _has_failed
    _trouble, _has_failed = sentence, True


def has_failed() -> bool:
    """Tell whether the last comparison in this process failed."""
    return _has_failed


def trouble() -> str:
    """Return why the last comparison was incomplete, "" if it was complete."""
    return _trouble
