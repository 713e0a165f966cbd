"""What the store refuses to do, and why, in sentences for people."""

from __future__ import annotations

import errno
import os
from pathlib import Path

_REASONS = {
    errno.EACCES: "recviewer has no permission for it",
    errno.EPERM: "the system does not permit it",
    errno.EROFS: "it lies on a read-only file system",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would be larger than the system allows",
    errno.EIO: "the disk reported an error",
    errno.ELOOP: "it is a symbolic link, which is not followed",
    errno.ENXIO: "it is a socket or a device, not a file",
    errno.EISDIR: "it is a directory, not a file",
    errno.ENOTDIR: "a part of its path is not a directory",
    errno.ENOENT: "it is not there any more",
    errno.EEXIST: "something else is there already",
    errno.ENAMETOOLONG: "its path is too long for the system",
    errno.EMFILE: "recviewer has too many files open",
    errno.ENFILE: "the system has too many files open",
    errno.ESTALE: "the network file system lost it",
}


def why(error: OSError) -> str:
    """Return the reason of a system error as a clause, without a full stop."""
    if error.errno in _REASONS:
        return _REASONS[error.errno]
    return f"the system says: {error.strerror or error}"


class Refusal(Exception):
    """A refused operation. `str()` of it is one or more sentences for people."""


class OutsideRoot(Refusal):
    """A path outside of the root, or one that leads below it only by a symbolic link."""

    def __init__(self, raw: bytes, reason: str) -> None:
        super().__init__(f"{_shown(raw)} is not a path below the recordings root: {reason}.")
        self.raw = raw


class NoRoot(Refusal):
    """The recordings root is missing, not a directory, or cannot be opened."""

    def __init__(self, root: Path, reason: str) -> None:
        super().__init__(
            f"The recordings root {_shown(os.fsencode(root))} cannot be used: {reason}. Give a directory "
            "with recordings as the argument or in RECVIEWER_RECORDINGS."
        )
        self.root = root


class Vanished(Refusal):
    """The recording no longer exists."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(f"{_shown(raw)} is not there any more.")
        self.raw = raw


class CannotRead(Refusal):
    """The recording exists, but its bytes cannot be read. reason: a clause, without a full stop."""

    def __init__(self, raw: bytes, reason: str) -> None:
        super().__init__(f"{_shown(raw)} cannot be read: {reason}.")
        self.raw = raw
        self.reason = reason


class Changed(Refusal):
    """The recording differs from the one that was seen. expected, found: blob ids; found is "" if unknown."""

    def __init__(self, raw: bytes, expected: str, found: str) -> None:
        is_now = f"it is {found[:12]} now, not {expected[:12]}" if found else "it was being written just now"
        super().__init__(f"{_shown(raw)} changed meanwhile: {is_now}. Look at it again, then decide.")
        self.raw = raw
        self.expected = expected
        self.found = found


class NotWritable(Refusal):
    """A path cannot be written to. Nothing was changed. reason: a clause, without a full stop."""

    def __init__(self, place: Path | bytes, reason: str) -> None:
        super().__init__(f"{_shown(os.fsencode(place))} cannot be written: {reason}. Nothing was changed.")
        self.place = place
        self.reason = reason


class Occupied(Refusal):
    """A restore would overwrite something."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(
            f"There is something at {_shown(raw)} already, and a restore never overwrites. Move it away first."
        )
        self.raw = raw


class TrashMissing(Refusal):
    """The trash folder is missing or empty although it should contain recordings. The message is sentences."""


class NoEntry(Refusal):
    """The trash has no entry with this id."""

    def __init__(self, id: str) -> None:
        super().__init__(f"The trash has no entry {id[:40]!r}. It may have been emptied meanwhile.")
        self.id = id


class Damaged(Refusal):
    """The trash does not contain what was put into it. what: a sentence without a full stop."""

    def __init__(self, id: str, what: str) -> None:
        super().__init__(f"The trash entry {id} is damaged: {what}. Nothing was changed.")
        self.id = id


def _shown(raw: bytes) -> str:
    """Return a path for display: with escapes for bytes that are not UTF-8 and for unprintable characters."""
    text = raw.decode("utf-8", "backslashreplace")
    return "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text) or "''"
