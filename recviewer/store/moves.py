"""The atomic steps of deleting and restoring, each relative to an open directory.

None of them overwrites a file that it did not create itself.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator

from recviewer.store.files import OPEN, pour
from recviewer.store.refusals import CannotRead, Vanished, why
from recviewer.store.scan import obstacle_of

_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV})
"""Errors of `link` if a file system, or a system policy, does not allow us hard links."""


@contextlib.contextmanager
def opened(folder: int, name: bytes | str) -> Iterator[int]:
    """Open an existing regular file for reading, for the duration of a `with`. Raises OSError, CannotRead."""
    fd = os.open(name, OPEN, dir_fd=folder)
    try:
        obstacle = obstacle_of(os.fstat(fd).st_mode)
        if obstacle:
            raise CannotRead(os.fsencode(name), f"it is {obstacle}")
        yield fd
    finally:
        os.close(fd)


@contextlib.contextmanager
def original(folder: int, name: bytes, *, raw: bytes) -> Iterator[int]:
    """Open a recording like `opened`, with refusals that name its path. Raises Vanished, CannotRead."""
    with contextlib.ExitStack() as stack:
        try:
            fd = stack.enter_context(opened(folder, name))
        except FileNotFoundError:
            raise Vanished(raw) from None
        except OSError as error:
            raise CannotRead(raw, why(error)) from error
        except CannotRead as refusal:
            raise CannotRead(raw, refusal.reason) from None
        yield fd


def blob_at(folder: int, name: bytes | str) -> str | None:
    """Return the blob id of the file with a name: None if missing, "" if it is not a stable, readable, regular file."""
    try:
        with opened(folder, name) as fd:
            return pour(fd)
    except FileNotFoundError:
        return None
    except (OSError, CannotRead):
        return ""


def is_there(folder: int, name: bytes | str) -> bool:
    """Tell whether a name exists, even as a dangling link."""
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def write_new(folder: int, name: bytes | str, fill: Callable[[int], object]) -> None:
    """Create a file, let `fill` write to its descriptor, and wait until its bytes are on disk.

    On any error, no file is left. Raises FileExistsError, OSError, and what `fill` raises.
    """
    fd = os.open(name, _NEW, 0o600, dir_fd=folder)
    try:
        fill(fd)
        os.fsync(fd)
    except BaseException:
        remove(folder, name)
        raise
    finally:
        os.close(fd)


def write_all(fd: int, data: bytes) -> None:
    """Write every byte. Raises OSError, for example on a full disk."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


def remove(folder: int, name: bytes | str) -> None:
    """Remove a file, if it exists and can be removed."""
    with contextlib.suppress(OSError):
        os.unlink(name, dir_fd=folder)


def place(folder: int, source: bytes, target: bytes) -> None:
    """Rename a file within a directory, never over an existing one.

    A hard link makes that atomic. Without hard links, an empty file is created first, which fails if the name exists,
    and is then replaced. Raises FileExistsError, OSError; then the source still exists.
    """
    try:
        os.link(source, target, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        os.close(os.open(target, _NEW, 0o600, dir_fd=folder))
        try:
            os.rename(source, target, src_dir_fd=folder, dst_dir_fd=folder)
        except OSError:
            remove(folder, target)
            raise
    else:
        os.unlink(source, dir_fd=folder)


def sync(folder: int) -> None:
    """Wait until a directory's entries are on disk, if the file system supports that."""
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
