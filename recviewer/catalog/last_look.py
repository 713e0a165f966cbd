"""When the catalog was last compared with the disk: a file in the data folder whose time says it."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from django.conf import settings

CLOCK_SECONDS = 2.0
"""How far a time may lie ahead and still be now: file systems round."""


def _checked_file() -> Path:
    return Path(settings.DATA_DIR) / "checked"


def mark() -> None:
    """Note that the catalog was compared with the disk just now, by the clock that is asked for its age. Raises OSError."""
    _checked_file().touch()
    touch_file(_checked_file())


def touch_file(place: Path) -> None:
    """Note on a file that it is now, if that can be."""
    with contextlib.suppress(OSError):
        os.utime(place, (now := time.time(), now))


def seconds_ago() -> float | None:
    """Return how long ago the catalog was compared with the disk, in seconds; None if it never was.

    None as well where that lies in the future, for a clock that was set back: nobody knows then.
    """
    try:
        age = time.time() - _checked_file().stat().st_mtime
    except OSError:
        return None
    return max(0.0, age) if age >= -CLOCK_SECONDS else None
