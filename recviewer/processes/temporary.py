"""Temporary files and folders that a process locks while it lives, so that those of dead processes can be removed.

The lock is `flock`: the system releases it whenever the process ends, so process ids are not needed.
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
"""Prefixes of our temporary folders: for git, for salvaging a damaged database, for marks of watched tests, and for
trying a plan.
"""
OLD_SECONDS = 60
"""Age in seconds after which an unlocked file that takes a moment to write must be that of a dead process."""


def hold(fd: int, place: str | os.PathLike[str]) -> bool:
    """Lock what was just created. Tells whether it still exists: a sweep may have removed it."""
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        return os.path.samestat(os.fstat(fd), os.lstat(place))
    except FileNotFoundError:
        return False


def hold_beside(file: str) -> bool:
    """Acquire the lock for writing a file, until this process ends. False if another process has it."""
    place = f"{file}.lock"
    lock = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        hold(lock, place)
    except BlockingIOError:
        os.close(lock)
        return False
    return True


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock a folder that was just created. Raises FileNotFoundError if a sweep was faster, OSError."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if not hold(fd, folder):
            raise FileNotFoundError(folder)
        yield
    finally:
        os.close(fd)


@contextmanager
def folder_of_ours(prefix: str) -> Iterator[str]:
    """Create a temporary folder that is removed with the block, or, if this process dies, by `sweep_folders`."""
    with ExitStack() as stack:
        for _ in range(3):
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True))
            with suppress(FileNotFoundError):
                stack.enter_context(locked(Path(folder)))
                break
        yield folder


def sweep_folders() -> None:
    """Remove the temporary folders of dead processes. Raises OSError."""
    folder = Path(tempfile.gettempdir())
    for name in os.listdir(folder):
        if name.startswith((FOR_GIT, FOR_SALVAGE, FOR_MARKS, FOR_TRYING)):
            sweep(folder / name)


def sweep_unfinished(folder: Path, names: str) -> None:
    """Remove unfinished temporary files that were to replace others. names: a pattern for `Path.glob`."""
    for left in folder.glob(names):
        with suppress(OSError):
            if time.time() - left.lstat().st_mtime > OLD_SECONDS:
                sweep(left)


def sweep(place: Path) -> bool:
    """Remove a file or folder of ours that no living process has locked; tells whether it is gone. Never raises."""
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
