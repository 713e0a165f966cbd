"""How many findings there were in past commits, which a separate process writes to the data folder (`checking.trend`)."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
from django.conf import settings

from recviewer.bounded.cache import Recent
from recviewer.catalog import tree_findings
from recviewer.formats.version import reader_version
from recviewer.git.repository import GitFailed, find, resolve

log = logging.getLogger(__name__)

_PROCESS = "recviewer.checking.trend"
_PAUSE_SECONDS = 30
"""Pause after a failed count before the next one starts."""

_counting = threading.Lock()
_last_failed = 0.0


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A commit. counts: by rule, on how many recordings it found something; parent: "" for a first commit."""

    sha: str
    parent: str
    at: datetime
    subject: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Trends:
    """The counts, the oldest commit first. state: see `wanted_state`.

    is_whole: the first of all commits is included. rules: those that were run.
    """

    state: str
    points: tuple[TrendPoint, ...]
    is_whole: bool
    rules: frozenset[str]


def _place() -> Path:
    return Path(settings.DATA_DIR) / "trends.json"


def wanted_state() -> str:
    """Return the state that counts should have now: the checked-out commit and the rules' sources; "" without a
    repository.
    """
    found = find(Path(settings.RECORDINGS_ROOT))
    if found is None:
        return ""
    try:
        return f"{resolve(found, 'HEAD')}.{reader_version()}.{tree_findings.rules_version()}"
    except GitFailed:
        return ""


_read = Recent[tuple[str, int, int], Trends](1, once=True)


def current() -> Trends | None:
    """Return the last counts, None if there are none for today's rules."""
    place = _place()
    try:
        seen = place.stat()
        found = _read.made((str(place), seen.st_mtime_ns, seen.st_ino), lambda: _loaded(place))
    except OSError:
        return None
    except (ValueError, KeyError, TypeError) as broken:
        log.warning("trends cannot be read: %s", broken)
        return None
    return found if found.state.partition(".")[2] == f"{reader_version()}.{tree_findings.rules_version()}" else None


def _loaded(place: Path) -> Trends:
    told = orjson.loads(place.read_bytes())
    points = [
        TrendPoint(one["sha"], one["parent"], datetime.fromisoformat(one["at"]), one["subject"], one["counts"])
        for one in told["points"]
    ]
    return Trends(told["state"], tuple(points), told["is_whole"], frozenset(told["rules"]))


def nudge() -> None:
    """Start counting in the background if it is due."""
    if not settings.REFRESH_IN_BACKGROUND or time.monotonic() - _last_failed < _PAUSE_SECONDS:
        return
    wanted, found = wanted_state(), current()
    if not wanted or (found is not None and found.state == wanted):
        return
    if _counting.acquire(blocking=False):
        try:
            threading.Thread(target=_count, args=(wanted,), name="recviewer-trends", daemon=True).start()
        except RuntimeError:
            _counting.release()


def _count(state: str) -> None:
    global _last_failed
    try:
        count(state)
    except (OSError, subprocess.SubprocessError) as error:
        _last_failed = time.monotonic()
        log.warning("trends could not be counted: %s", error)
    finally:
        _counting.release()


def count(state: str) -> None:
    """Count now, in a separate process, and wait for it. Raises OSError, SubprocessError."""
    subprocess.run(  # noqa: S603 - this program itself
        [sys.executable, "-m", _PROCESS, str(settings.RECORDINGS_ROOT), str(_place()), state],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=True,
    )
