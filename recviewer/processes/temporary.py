"""Temporary files and folders that a process holds while it lives, so that those of a dead one can be told and removed.

The lock is the system's (`flock`): it ends with the process however that ends, and no number of a process is believed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

FOR_GIT, FOR_SALVAGE, FOR_MARKS, FOR_TRYING = (
    "recviewer-git-",
    "recviewer-salvage-",
    "recviewer-marks-",
    "recviewer-try-",
)
"""How the names of our temporary folders begin: where git works, where a damaged database is copied to, where tests that are
watched leave marks, and where a plan is tried."""
OLD_SECONDS = 60
"""Seconds after which a file that nobody holds, and that is written in a moment, was left by a process that died."""


def hold(fd: int, place: str | os.PathLike[str]) -> bool:
    """Take the lock of what was just made. Tells whether it still is at its place: a sweep may have been between."""
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        return os.path.samestat(os.fstat(fd), os.lstat(place))
    except FileNotFoundError:
        return False


def hold_beside(file: str) -> bool:
    """Take the lock of a file that one process at a time writes, until this one ends. False where another has it."""
    place = f"{file}.lock"
    lock = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        hold(lock, place)
    except BlockingIOError:
        os.close(lock)
        return False
    return True


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


@contextmanager
def folder_of_ours(prefix: str) -> Iterator[str]:
    """Make a temporary folder that is gone with the block, and is told from a dead process's: see `sweep_folders`."""
    with ExitStack() as stack:
        for _ in range(3):
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True))
            with suppress(FileNotFoundError):
                stack.enter_context(held(Path(folder)))
                break
        yield folder


def sweep_folders() -> None:
    """Remove the folders that processes which died have left where temporary files lie. Raises OSError."""
    folder = Path(tempfile.gettempdir())
    for name in os.listdir(folder):
        if name.startswith((FOR_GIT, FOR_SALVAGE, FOR_MARKS, FOR_TRYING)):
            sweep(folder / name)


def sweep_unfinished(folder: Path, names: str) -> None:
    """Remove files that were to take another's place and were left half written. names: a pattern of `Path.glob`."""
    for left in folder.glob(names):
        with suppress(OSError):
            if time.time() - left.lstat().st_mtime > OLD_SECONDS:
                sweep(left)


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
