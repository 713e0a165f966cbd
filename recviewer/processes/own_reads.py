"""Distinguishes our own reads from those of a watched run.

Whoever watches a run (`recviewer used`) sees that a file was opened, but not by whom. So it creates a folder at a path
known to every recviewer of this user, and each of them logs there what it opens while such a folder exists.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import platformdirs

from recviewer.processes import temporary


@cache
def _meeting() -> str:
    return os.path.join(platformdirs.user_data_dir("recviewer", appauthor=False), "watching")


def tell(root: str | os.PathLike[str], raw: bytes) -> None:
    """Tell watchers that this process opens a file. raw: its path relative to the root. Never raises."""
    try:
        watching = os.listdir(_meeting())
    except OSError:  # nobody is watching
        return
    for name in watching:
        with contextlib.suppress(OSError):
            place = os.path.join(_meeting(), name, str(os.getpid()))
            fd = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.write(fd, os.path.join(os.path.realpath(os.fsencode(root)), raw) + b"\0")
            finally:
                os.close(fd)


class Listening:
    """What our own processes open while a run is watched. root: resolved path of the relevant files."""

    def __init__(self, folder: Path | None, root: bytes) -> None:
        self._folder, self._root = folder, os.path.join(root, b"")

    def told(self) -> Counter[bytes]:
        """Return how often our own processes have opened which files below the root so far, by relative path."""
        found = Counter[bytes]()
        if self._folder is None:
            return found
        with contextlib.suppress(OSError):
            for place in self._folder.iterdir():
                for path in place.read_bytes().split(b"\0"):
                    if path.startswith(self._root):
                        found[path[len(self._root) :]] += 1
        return found


@contextlib.contextmanager
def listening(root: bytes) -> Iterator[Listening]:
    """Collect what our own processes open, for the duration of a `with`. root: a resolved path.

    If no folder can be created for it, nothing is collected.
    """
    with contextlib.ExitStack() as stack:
        folder = None
        with contextlib.suppress(OSError):
            meeting = Path(_meeting())
            meeting.mkdir(parents=True, exist_ok=True)
            for left in meeting.iterdir():
                temporary.sweep(left)
            folder = Path(tempfile.mkdtemp(dir=meeting))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            stack.enter_context(temporary.locked(folder))
        yield Listening(folder, root)
    with contextlib.suppress(OSError):
        os.rmdir(_meeting())
