"""When the catalog was last compared with the disk (the mtime of a file in the data folder), and how long that took."""

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


def mark(seconds: float = 0.0) -> None:
    """Note that the catalog was compared with the disk just now, by the same clock that its age is computed from.

    seconds: how long the comparison took. Raises OSError.
    """
    _checked_file().write_text(f"{seconds:.3f}")
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


def seconds_taken() -> float:
    """Return how long the last comparison took, in seconds; 0 if that is not known."""
    try:
        return float(_checked_file().read_text())
    except (OSError, ValueError):
        return 0.0
