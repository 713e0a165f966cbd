"""Telling our own reading from that of a run that is watched.

Whoever watches a run (`recviewer used`) sees that a file was opened, and not by whom. So it makes a folder at a place that
every recviewer of this user knows, and each of them writes there what it opens while such a folder is there.
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
    """Tell those who watch that this process opens a file. raw: its path below the root. Never raises."""
    try:
        watching = os.listdir(_meeting())
    except OSError:  # nobody watches
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
    """What our own processes open while a run is watched. root: the real place whose files matter."""

    def __init__(self, folder: Path | None, root: bytes) -> None:
        self._folder, self._root = folder, os.path.join(root, b"")

    def told(self) -> Counter[bytes]:
        """Return how often our own processes opened which files below the root so far, by path below it."""
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
    """Have our own processes tell what they open, for the length of a `with`. root: a real place.

    Where no folder can be made for it, nothing is told.
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
            stack.enter_context(temporary.held(folder))
        yield Listening(folder, root)
    with contextlib.suppress(OSError):
        os.rmdir(_meeting())
