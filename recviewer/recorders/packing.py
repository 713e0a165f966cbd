"""Files that are compressed as a whole: known by their first bytes, opened before any recorder sees them."""

from __future__ import annotations

import gzip
import zlib

MAGIC = b"\x1f\x8b\x08"

ARCHIVE = b"PK\x03\x04"
"""How an archive begins, which is opened to the calls in it."""

PLAIN_LIMIT = 8 * 1024 * 1024
"""Bytes that a compressed file may come to."""

PARTS_LIMIT = 1_000
"""Streams that may follow each other in a compressed file: each is a copy of all that is left."""

WEIGHT_LIMIT = 128 * 1024 * 1024
"""What a compressed file may hold, by `weight`: its own size says nothing of that to whoever chooses who reads it."""


class BadPacking(Exception):
    """A compressed file that cannot be opened. The message has no full stop."""


def is_packed(data: bytes) -> bool:
    """Tell whether a file is compressed by gzip."""
    return data.startswith(MAGIC)


def stated(data: bytes) -> int:
    """Return how many bytes an archive says that its files hold, which none of them can exceed; 0 for what is none."""
    if not data.startswith(ARCHIVE):
        return 0
    from recviewer.recorders import archives  # few files are one

    return archives.stated(data)


def unpacked(data: bytes) -> bytes:
    """Return what a file holds: itself, where it is not compressed; of an archive the calls. Raises BadPacking."""
    plain = _opened(data)
    if plain is data:
        return data
    from recviewer.formats.decode import weight  # few files are compressed

    if weight(plain) > WEIGHT_LIMIT:
        raise BadPacking("compressed, and holds more values than are read at once")
    return plain


def _opened(data: bytes) -> bytes:
    if data.startswith(ARCHIVE):
        from recviewer.recorders import archives  # few files are one

        try:
            return archives.opened(data)
        except archives.BadArchive as reason:
            raise BadPacking(str(reason)) from None
    if not is_packed(data):
        return data
    made, left, parts = bytearray(), data, 0
    while left.startswith(MAGIC):
        parts += 1
        if parts > PARTS_LIMIT:
            raise BadPacking(f"compressed in more than {PARTS_LIMIT:,} parts")
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
