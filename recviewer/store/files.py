"""The bytes of a recording, with a stamp that belongs to exactly these bytes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from recviewer.processes.own_reads import tell
from recviewer.store.paths import components, key_of, open_parent
from recviewer.store.refusals import CannotRead, Changed, Vanished, why
from recviewer.store.scan import FileStamp, obstacle_of

OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""Flags for opening a recording: do not follow a symbolic link, do not block on a pipe."""
_PIECE = 1 << 20
_UNSTEADY = "it is being written just now; try again in a moment"


@dataclass(frozen=True, slots=True)
class ReadBytes:
    """A recording's bytes, and its stamp while they were read."""

    data: bytes
    stamp: FileStamp


class Reader:
    """Reads many recordings of one root. A context manager; keeps the last directory open.

    For one run in one thread; reading in scan order is fastest. limit_bytes: size limit of a file, None for no limit.
    """

    def __init__(self, root: Path, *, limit_bytes: int | None) -> None:
        self._root = root
        self._limit_bytes = limit_bytes
        self._parent = b"/"
        self._parent_fd = -1

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the last directory. The reader can be used again."""
        if self._parent_fd >= 0:
            os.close(self._parent_fd)
        self._parent, self._parent_fd = b"/", -1

    def read(self, raw: bytes) -> ReadBytes:
        """Return a recording's bytes and their stamp.

        A file whose size changes meanwhile is read a second time, then refused. Raises Vanished, CannotRead (with a
        reason), OutsideRoot, NoRoot.
        """
        try:
            reading = self._attempt(raw) or self._attempt(raw)
        except FileNotFoundError:
            raise Vanished(raw) from None
        except OSError as error:
            raise CannotRead(raw, why(error)) from error
        if reading is None:
            raise CannotRead(raw, _UNSTEADY)
        return reading

    def _attempt(self, raw: bytes) -> ReadBytes | None:
        """Read once; None if the file changed while it was read."""
        parent, slash, name = raw.rpartition(b"/")
        if parent + slash != self._parent:
            self._move_to(raw, parent + slash)
        elif name in (b"", b".", b"..") or b"\0" in name:
            components(raw)
        tell(self._root, raw)
        fd = os.open(name, OPEN, dir_fd=self._parent_fd)
        try:
            before = os.fstat(fd)
            obstacle = obstacle_of(before.st_mode)
            if obstacle:
                raise CannotRead(raw, f"it is {obstacle}")
            size = before.st_size
            if self._limit_bytes is not None and size > self._limit_bytes:
                raise CannotRead(raw, f"it has {size:,} bytes, more than the limit of {self._limit_bytes:,}")
            data = os.read(fd, size + 1)
            while len(data) < size:
                piece = os.read(fd, size + 1 - len(data))
                if not piece:
                    return None
                data += piece
            after = os.fstat(fd)
        finally:
            os.close(fd)
        if len(data) != size or after.st_mtime_ns != before.st_mtime_ns or after.st_size != size:
            return None
        return ReadBytes(data, FileStamp(key_of(raw), raw, size, after.st_mtime_ns, after.st_ino))

    def _move_to(self, raw: bytes, parent: bytes) -> None:
        self.close()
        self._parent_fd, _ = open_parent(self._root, raw)
        self._parent = parent


def read(root: Path, raw: bytes, *, limit_bytes: int | None) -> ReadBytes:
    """Return one recording's bytes and their stamp. For many, use a `Reader`, which raises the same refusals."""
    with Reader(root, limit_bytes=limit_bytes) as reader:
        return reader.read(raw)


def blob_id(data: bytes) -> str:
    r"""Return the git blob id of these bytes: 40 hex digits, sha1 of `blob <size>\0` and the bytes."""
    digest = hashlib.sha1(b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def expect(data: bytes, blob: str, raw: bytes) -> None:
    """Raise Changed if the bytes are not those of a blob. raw: the path that they were read from."""
    found = blob_id(data)
    if found != blob:
        raise Changed(raw, blob, found)


def blob_of(root: Path, raw: bytes) -> str:
    """Return the git blob id of a file of any size, without keeping its bytes. Raises what `read` raises."""
    try:
        parent, name = open_parent(root, raw)
        tell(root, raw)
        try:
            fd = os.open(name, OPEN, dir_fd=parent)
        finally:
            os.close(parent)
        try:
            obstacle = obstacle_of(os.fstat(fd).st_mode)
            if obstacle:
                raise CannotRead(raw, f"it is {obstacle}")
            found = pour(fd) or pour(fd)
        finally:
            os.close(fd)
    except FileNotFoundError:
        raise Vanished(raw) from None
    except OSError as error:
        raise CannotRead(raw, why(error)) from error
    if not found:
        raise CannotRead(raw, _UNSTEADY)
    return found


def pour(fd: int, into: Callable[[bytes], object] | None = None) -> str:
    """Read an open file from start to end in pieces, and return its git blob id.

    into: receives each piece. Returns "" if the size changed while it was read. Raises OSError.
    """
    size = os.fstat(fd).st_size
    digest = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    at = 0
    while at <= size and (piece := os.pread(fd, _PIECE, at)):
        at += len(piece)
        digest.update(piece)
        if into:
            into(piece)
    return digest.hexdigest() if at == size else ""


def count_lines(data: bytes) -> int:
    """Return the number of lines as git counts them in a diff; an unterminated last line counts too."""
    return data.count(b"\n") + (bool(data) and not data.endswith(b"\n"))
