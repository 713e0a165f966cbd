"""Files of a repository that we read ourselves: whoever wrote it may have put a pipe there, which a reader waits at."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MOST_BYTES = 64 << 20
"""How much of one is read: a list of a million commits."""


def read_regular(place: Path) -> bytes:
    """Return what a file holds. Raises OSError, also for what is no regular file, and for one above `MOST_BYTES`."""
    opened = os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        about = os.fstat(opened)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, f"{place.name} is no regular file")
        if about.st_size > MOST_BYTES:
            raise OSError(errno.EFBIG, f"{place.name} is larger than {MOST_BYTES >> 20} MB")
        with os.fdopen(opened, "rb", closefd=False) as stream:
            return stream.read(MOST_BYTES)
    finally:
        os.close(opened)
