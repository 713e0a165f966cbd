"""Files that somebody names on a command line, and our own few: read no further than any of their kind goes.

A name may lead anywhere, to a device without an end as well, and memory is what everybody on the machine shares.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

LARGEST_BYTES = 256 << 20
"""Of any file that is read as a whole: of reviews, of known findings, of ids of tests."""


def data_of(place: str | os.PathLike[str]) -> bytes:
    """Return the bytes of a file that was named; of a pipe too, as a shell makes one. Raises OSError, also for too many."""
    with open(place, "rb") as file:
        return data_from(file, os.fspath(place))


def data_from(file: BinaryIO, name: str) -> bytes:
    """Return what stands in an open file. name: what it is called where it is too large. Raises OSError."""
    data = file.read(LARGEST_BYTES + 1)
    if len(data) > LARGEST_BYTES:
        raise OSError(errno.EFBIG, f"larger than {LARGEST_BYTES >> 20} MB, which no such file is", name)
    return data


def own_text(place: Path) -> str:
    """Return the text of a small file of the data folder, and wait for nothing. Raises OSError, also for what is no file."""
    with open(os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "no file", os.fspath(place))
        return file.read(10_000).decode("utf-8", "replace")
