"""Keeping the catalog young while somebody looks, without making anybody wait.

Every page nudges. If the last comparison with the disk is older than RECVIEWER_REFRESH_SECONDS, one thread of one process
compares again; the page itself is answered at once from what is there.
"""

from __future__ import annotations

import logging
import threading
import time

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Max

from recviewer.catalog import indexer, provenance
from recviewer.catalog.models import IndexRun, Recording
from recviewer.git.repository import GitFailed
from recviewer.store.refusals import Refusal

log = logging.getLogger(__name__)
_running = threading.Lock()
_last_nudge = 0.0
_trouble = ""


def nudge() -> None:
    """Compare the catalog with the disk in the background, if that was not done lately."""
    global _last_nudge
    now = time.monotonic()
    if now - _last_nudge < settings.REFRESH_SECONDS or not settings.REFRESH_IN_BACKGROUND:
        return
    age = indexer.checked_seconds_ago()
    if age is not None and age < settings.REFRESH_SECONDS:
        return
    if _running.acquire(blocking=False):
        _last_nudge = now
        threading.Thread(target=_refresh, name="recviewer-refresh", daemon=True).start()


def _refresh() -> None:
    global _trouble
    try:
        report = indexer.refresh(processes=1)
        provenance.refresh(catalog_changed=report.did_anything)
        _trouble = "; ".join(report.problems[:3])
    except indexer.Busy:
        pass
    except (Refusal, GitFailed) as refusal:
        _trouble = str(refusal)
    except (DatabaseError, OSError) as error:
        _trouble = f"the catalog could not be brought up to date: {error}"
        log.warning("refresh failed: %s", error)
    finally:
        connection.close()
        _running.release()


def trouble() -> str:
    """Return why the last comparison was not complete, "" when it was."""
    return _trouble


def generation() -> str:
    """Return a name of the catalog's present state; another one whenever rows were written. One cheap query."""
    newest = IndexRun.objects.aggregate(newest=Max("id"))["newest"] or 0
    count = Recording.objects.aggregate(newest=Max("id"))["newest"] or 0
    return f"{newest}.{count}"


def is_indexing() -> bool:
    """Tell whether this process is comparing just now."""
    return _running.locked()
