"""Temporary files and folders that a process holds while it lives, so that those of a dead one can be told and removed.

The lock is the system's (`flock`): it ends with the process however that ends, and no number of a process is believed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def hold(fd: int, place: str | os.PathLike[str]) -> bool:
    """Take the lock of what was just made. Tells whether it still is at its place: a sweep may have been between."""
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        return os.path.samestat(os.fstat(fd), os.lstat(place))
    except FileNotFoundError:
        return False


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder that was just made. Raises FileNotFoundError where a sweep was faster, OSError."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if not hold(fd, folder):
            raise FileNotFoundError(folder)
        yield
    finally:
        os.close(fd)


def sweep(place: Path) -> bool:
    """Remove a file or folder of ours that no living process holds; tells whether it is gone. Never raises."""
    with suppress(OSError):
        about = os.lstat(place)
        if about.st_uid != os.getuid() or not (stat.S_ISREG(about.st_mode) or stat.S_ISDIR(about.st_mode)):
            return False
        fd = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.samestat(os.fstat(fd), os.lstat(place)):
                return False
            if stat.S_ISDIR(about.st_mode):
                shutil.rmtree(place)
            else:
                place.unlink()
        finally:
            os.close(fd)
        return True
    return False
