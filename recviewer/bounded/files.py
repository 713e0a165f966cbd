"""Reads files named on a command line, and our own small files, up to a size limit.

A name may lead anywhere, even to an infinite device, and memory is shared with everybody on the machine.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

LARGEST_BYTES = 256 << 20
"""Size limit of files that are read as a whole: reviews, known findings, test ids."""


def data_of(place: str | os.PathLike[str]) -> bytes:
    """Return the bytes of a named file, or of a pipe. Raises OSError, also if it is too large."""
    with open(place, "rb") as file:
        return data_from(file, os.fspath(place))


def data_from(file: BinaryIO, name: str) -> bytes:
    """Return the content of an open file. name: for the error message. Raises OSError."""
    data = file.read(LARGEST_BYTES + 1)
    if len(data) > LARGEST_BYTES:
        raise OSError(errno.EFBIG, f"larger than {LARGEST_BYTES >> 20} MB, which no such file is", name)
    return data


def own_text(place: Path) -> str:
    """Return the text of a small file in the data folder, without blocking. Raises OSError, also if it is not a regular
    file.
    """
    with open(os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "no file", os.fspath(place))
        return file.read(10_000).decode("utf-8", "replace")
