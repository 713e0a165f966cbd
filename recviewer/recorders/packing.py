"""Files that are compressed as a whole: known by their first bytes, opened before any recorder sees them."""

from __future__ import annotations

import gzip
import zlib

MAGIC = b"\x1f\x8b\x08"

ARCHIVE = b"PK\x03\x04"
"""How an archive begins, which is opened to the calls in it."""

PLAIN_LIMIT = 8 * 1024 * 1024
"""Bytes that a compressed file may come to."""


class BadPacking(Exception):
    """A compressed file that cannot be opened. The message has no full stop."""


def is_packed(data: bytes) -> bool:
    """Tell whether a file is compressed by gzip."""
    return data.startswith(MAGIC)


def unpacked(data: bytes) -> bytes:
    """Return what a file holds: itself, where it is not compressed; of an archive the calls. Raises BadPacking."""
    if data.startswith(ARCHIVE):
        from recviewer.recorders import archives  # few files are one

        try:
            return archives.opened(data)
        except archives.BadArchive as reason:
            raise BadPacking(str(reason)) from None
    if not is_packed(data):
        return data
    made, left = bytearray(), data
    while left.startswith(MAGIC):
        opener = zlib.decompressobj(31)
        try:
            made += opener.decompress(left, PLAIN_LIMIT + 1 - len(made))
        except zlib.error:
            raise BadPacking("compressed, and damaged so that it cannot be opened") from None
        if len(made) > PLAIN_LIMIT:
            raise BadPacking(f"compressed, and holds more than {PLAIN_LIMIT // 1024 // 1024} MB")
        if not opener.eof:
            raise BadPacking("compressed, and cut off")
        left = opener.unused_data
    return bytes(made)


def packed_as(data: bytes, like: bytes) -> bytes:
    """Return what a file shall hold, compressed where another file is."""
    return gzip.compress(data, mtime=0) if is_packed(like) else data
