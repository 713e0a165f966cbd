"""When the catalog was last compared with the disk: the mtime of a file in the data folder."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from django.conf import settings

CLOCK_SECONDS = 2.0
"""How far a time may be in the future and still count as now, because file systems round."""


def _checked_file() -> Path:
    return Path(settings.DATA_DIR) / "checked"


def mark() -> None:
    """Note that the catalog was compared with the disk just now, by the same clock that its age is computed from.

    Raises OSError.
    """
    _checked_file().touch()
    touch_file(_checked_file())


def touch_file(place: Path) -> None:
    """Set a file's mtime to now, if possible."""
    with contextlib.suppress(OSError):
        os.utime(place, (now := time.time(), now))


def seconds_ago() -> float | None:
    """Return how long ago the catalog was compared with the disk, in seconds; None if it never was.

    Also None if that time is in the future, because the clock was set back.
    """
    try:
        age = time.time() - _checked_file().stat().st_mtime
    except OSError:
        return None
    return max(0.0, age) if age >= -CLOCK_SECONDS else None
