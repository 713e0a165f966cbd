"""Paths below the root: bytes on disk, keys in the catalog, and no escape from the root.

A raw path is the bytes of a recording's path relative to the root, with `/` between its components.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from recviewer.store.refusals import NoRoot, OutsideRoot, Vanished, why

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def key_of(raw: bytes) -> str:
    r"""Return the key of a raw path: its text, with each byte that is not UTF-8 as `\xNN`.

    A key identifies a row and is displayed; it is never converted back to a path. Never raises.
    """
    return raw.decode("utf-8", "backslashreplace")


def components(raw: bytes) -> list[bytes]:
    """Return the components of a raw path, at least one.

    Raises OutsideRoot for an absolute path and for `.`, `..`, empty components and NUL.
    """
    if raw.startswith(b"/"):
        raise OutsideRoot(raw, "it is absolute")
    if b"\0" in raw:
        raise OutsideRoot(raw, "it contains a NUL byte")
    parts = raw.split(b"/")
    for part in parts:
        if part in (b"", b".", b".."):
            raise OutsideRoot(raw, "a component is empty, '.' or '..'")
    return parts


def open_root(root: Path) -> int:
    """Return a descriptor of the root directory, to be closed by the caller. Raises NoRoot."""
    try:
        return os.open(root, _DIRECTORY)
    except FileNotFoundError:
        raise NoRoot(root, "it does not exist") from None
    except NotADirectoryError:
        raise NoRoot(root, "it is not a directory") from None
    except OSError as error:
        raise NoRoot(root, why(error)) from error


def open_parent(root: Path, raw: bytes, *, create: bool = False) -> tuple[int, bytes]:
    """Open the directory of a raw path, one component at a time, without following symbolic links below the root.

    create: create missing directories. Returns the directory's descriptor, to be closed by the caller, and the last
    component. Whatever is opened relative to that descriptor is below the root, even if directories are moved
    meanwhile. Raises NoRoot, OutsideRoot, Vanished (a directory is missing), OSError (for example no permission).
    """
    *directories, name = components(raw)
    here = open_root(root)
    try:
        for directory in directories:
            below = _enter(here, directory, raw=raw, create=create)
            os.close(here)
            here = below
    except BaseException:
        os.close(here)
        raise
    return here, name


@contextlib.contextmanager
def parent_of(root: Path, raw: bytes, *, create: bool = False) -> Iterator[tuple[int, bytes]]:
    """Open the directory of a raw path like `open_parent`, for the duration of a `with`."""
    parent, name = open_parent(root, raw, create=create)
    try:
        yield parent, name
    finally:
        os.close(parent)


def _enter(here: int, directory: bytes, *, raw: bytes, create: bool) -> int:
    if create:
        try:
            os.mkdir(directory, dir_fd=here)
        except FileExistsError:
            pass
        else:
            os.fsync(here)
    try:
        return os.open(directory, _DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
    except FileNotFoundError:
        raise Vanished(raw) from None
    except OSError as error:
        if error.errno not in (errno.ENOTDIR, errno.ELOOP):
            raise
        if _is_link(here, directory):
            raise OutsideRoot(raw, "a directory on the way is a symbolic link") from None
        raise Vanished(raw) from None


def _is_link(here: int, name: bytes) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=here, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False
