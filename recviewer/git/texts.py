"""Texts that lie beside recordings, such as the sources of tests: of a commit, or of the files on disk."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeAlias

from recviewer.git.ranges import held
from recviewer.git.repository import Repository, streaming

MOST_BYTES = 1_000_000
"""A larger file is taken for none."""

Texts: TypeAlias = Callable[[str], str | None]
"""Gives the text of a file by its path from the top; None where there is none, or it is too large or no UTF-8."""


@contextmanager
def texts_of(repository: Repository, commit: str) -> Iterator[Texts]:
    """Yield what gives the texts of a commit (full name), one after the other as they are asked for. Raises GitFailed."""
    blobs = {one.raw: one.blob for one in held(repository, commit) if one.mode.startswith("100")}
    with ExitStack() as stack:
        process: list[subprocess.Popen[bytes]] = []

        def text(path: str) -> str | None:
            blob = blobs.get(os.fsencode(path))
            if blob is None:
                return None
            if not process:
                process.append(stack.enter_context(streaming(repository, "cat-file", "--batch")))
            return _decoded(_asked(process[0], blob))

        yield text


def _asked(process: subprocess.Popen[bytes], blob: str) -> bytes | None:
    """Ask `git cat-file --batch` for a blob, and read all that it says. None for one that is not there or too large."""
    if process.stdin is None or process.stdout is None:
        return None
    try:
        process.stdin.write(f"{blob}\n".encode())
        process.stdin.flush()
    except (BrokenPipeError, ValueError):
        return None
    header = process.stdout.readline().split()
    if len(header) != 3:
        return None
    size = int(header[2])
    kept = process.stdout.read(min(size, MOST_BYTES + 1))
    left = size + 1 - len(kept)
    while left > 0 and (more := process.stdout.read(min(left, MOST_BYTES))):
        left -= len(more)
    return kept if size <= MOST_BYTES else None


@contextmanager
def texts_on_disk(repository: Repository) -> Iterator[Texts]:
    """Yield what gives the texts of a work tree. Links that lead out of it are not followed."""
    top = Path(os.path.realpath(repository.work_tree))
    yield lambda path: _decoded(_on_disk(top, path))


def _on_disk(top: Path, path: str) -> bytes | None:
    """Return the bytes of a regular file below a folder, None for anything else."""
    if "\0" in path:
        return None
    place = Path(os.path.realpath(top / path))
    if not place.is_relative_to(top):
        return None
    try:
        opened = os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        return None
    with os.fdopen(opened, "rb") as stream:
        data = stream.read(MOST_BYTES + 1)
    return data if len(data) <= MOST_BYTES else None


def _decoded(data: bytes | None) -> str | None:
    try:
        return None if data is None else data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def stamp(repository: Repository, path: str) -> tuple[int, int]:
    """Return (time, size) of a file of a work tree, the same as long as nobody writes to it; (0, 0) where there is none."""
    try:
        found = os.stat(os.path.join(repository.work_tree, path))
    except (OSError, ValueError):
        return (0, 0)
    return found.st_mtime_ns, found.st_size
