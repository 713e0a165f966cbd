"""Reads files of a repository directly: its author may have replaced them by a pipe, which would block."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MOST_BYTES = 64 << 20
"""Size limit: a list of a million commits."""


def read_regular(place: Path) -> bytes:
    """Return a file's content. Raises OSError, also for anything but a regular file, and above `MOST_BYTES`."""
    opened = os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        about = os.fstat(opened)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, f"{place.name} is not a regular file")
        if about.st_size > MOST_BYTES:
            raise OSError(errno.EFBIG, f"{place.name} is larger than {MOST_BYTES >> 20} MB")
        with os.fdopen(opened, "rb", closefd=False) as stream:
            return stream.read(MOST_BYTES)
    finally:
        os.close(opened)
