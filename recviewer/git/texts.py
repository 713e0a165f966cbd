"""Text files beside recordings, such as the sources of tests: of a commit, or on disk."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from recviewer.git.ranges import MissingObjects, missing
from recviewer.git.repository import GitFailed, Repository, streaming

MOST_BYTES = 1_000_000
"""Larger files are not read."""

UNREAD = "\0"
"""The text of a file that is there and was not read: it is neither Python nor JSON."""

FOLDER_BYTES = 16_000_000
"""Size limit of a tree object, which allows for some 300,000 files; in a larger folder no file is read."""

_NAME_BYTES = 20

Texts: TypeAlias = Callable[[str], str | None]
"""Returns the text of a file by its path from the top, None if it is missing.

UNREAD if it is too large, not UTF-8, in a commit any link, on disk one that leads to no file of the tree.
"""


@contextmanager
def texts_of(repository: Repository, commit: str) -> Iterator[Texts]:
    """Yield a function for the texts of a commit (full id), which are read on demand. Raises GitFailed.

    Only the folders on a path are read, so the cost does not depend on the size of the tree.
    """
    with streaming(repository, "cat-file", "--batch") as process:
        top = _told(process, f"{commit}^{{tree}}".encode(), FOLDER_BYTES)
        if top is None:
            raise GitFailed("git cat-file gave up without a word")
        if top[0] != b"tree":
            raise MissingObjects(f"{commit[:12]} has no tree here", missing(repository))
        folders: dict[bytes, dict[bytes, bytes]] = {}

        def text(path: str) -> str | None:
            folder, _, name = os.fsencode(path).rpartition(b"/")
            if b"\n" in folder or b"\0" in folder or {b"", b".", b".."} & set(folder.split(b"/") if folder else ()):
                return None
            if folder not in folders:
                tree = _asked(process, commit.encode() + b":" + folder, b"tree", FOLDER_BYTES)
                folders[folder] = dict(_files_of(tree or b""))
            blob = folders[folder].get(name)
            if blob is None:
                return None
            return _decoded(_asked(process, blob, b"blob", MOST_BYTES) if blob else b"\0")

        yield text


def _files_of(tree: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the regular files of a folder with their blob ids, and links with b""; tree: the tree object."""
    at = 0
    while at < len(tree):
        end = tree.index(b"\0", at)
        mode, _, name = tree[at:end].partition(b" ")
        at = end + 1 + _NAME_BYTES
        if mode.startswith(b"100"):
            yield name, tree[end + 1 : at].hex().encode()
        elif mode == b"120000":
            yield name, b""


def _asked(process: subprocess.Popen[bytes], name: bytes, kind: bytes, most: int) -> bytes | None:
    """Ask `git cat-file --batch` for an object.

    None if it is missing, of another kind, or larger than `most` bytes.
    """
    told = _told(process, name, most)
    return told[1] if told is not None and told[0] == kind else None


def _told(process: subprocess.Popen[bytes], name: bytes, most: int) -> tuple[bytes, bytes | None] | None:
    """Ask for an object, and read all that git says of it: its kind, and its bytes where they are not more than `most`.

    b"" for the kind of one that is not there. None where git says nothing any more.
    """
    if process.stdin is None or process.stdout is None:
        return None
    try:
        process.stdin.write(name + b"\n")
        process.stdin.flush()
    except (BrokenPipeError, ValueError):
        return None
    line = process.stdout.readline()
    header = line.split()
    if len(header) != 3 or not header[2].isdigit():
        return (b"", None) if line else None
    size = int(header[2])
    kept = process.stdout.read(min(size, most + 1))
    left = size + 1 - len(kept)
    while left > 0 and (more := process.stdout.read(min(left, MOST_BYTES))):
        left -= len(more)
    return header[1], kept if size <= most else None


@contextmanager
def texts_on_disk(repository: Repository) -> Iterator[Texts]:
    """Yield a function for the texts of a work tree. Links that lead out of it are not followed."""
    top = Path(os.path.realpath(repository.work_tree))

    def text(path: str) -> str | None:
        data = _on_disk(top, path)
        if data is None:
            return UNREAD if "\0" not in path and os.path.islink(top / path) else None
        return _decoded(data if len(data) <= MOST_BYTES else None)

    yield text


def _on_disk(top: Path, path: str) -> bytes | None:
    """Return the first bytes of a regular file below a folder, None for anything else."""
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
        return stream.read(MOST_BYTES + 1)


def _decoded(data: bytes | None) -> str:
    try:
        return UNREAD if data is None else data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return UNREAD


def stamp(repository: Repository, path: str) -> tuple[int, int]:
    """Return (modification time, size) of a file of a work tree; (0, 0) if it is missing."""
    try:
        found = os.stat(os.path.join(repository.work_tree, path))
    except (OSError, ValueError):
        return (0, 0)
    return found.st_mtime_ns, found.st_size
