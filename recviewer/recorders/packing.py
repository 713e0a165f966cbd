"""Compressed files: recognized by their first bytes, and decompressed before any recorder sees them."""

from __future__ import annotations

import gzip
import zlib

MAGIC = b"\x1f\x8b\x08"

ARCHIVE = b"PK\x03\x04"
"""Signature of a ZIP archive, which is converted to the calls in it."""

PLAIN_LIMIT = 8 * 1024 * 1024
"""Most bytes of a decompressed file."""

PARTS_LIMIT = 1_000
"""Most concatenated streams in a compressed file: each copies all remaining bytes."""

WEIGHT_LIMIT = 128 * 1024 * 1024
"""Most `weight` of a decompressed file: the compressed size says nothing about it."""


class BadPacking(Exception):
    """A compressed file that cannot be decompressed. The message has no full stop."""


def is_packed(data: bytes) -> bool:
    """Tell whether a file is compressed with gzip."""
    return data.startswith(MAGIC)


def stated(data: bytes) -> int:
    """Return the total size that an archive declares for its files; 0 for other files."""
    if not data.startswith(ARCHIVE):
        return 0
    from recviewer.recorders import archives  # rarely needed

    return archives.stated(data)


def unpacked(data: bytes) -> bytes:
    """Return the decompressed content of a file, or the file itself; of an archive the calls. Raises BadPacking."""
    plain = _opened(data)
    if plain is data:
        return data
    from recviewer.formats.decode import weight  # rarely needed

    if weight(plain) > WEIGHT_LIMIT:
        raise BadPacking("compressed, and holds more values than are read at once")
    return plain


def _opened(data: bytes) -> bytes:
    if data.startswith(ARCHIVE):
        from recviewer.recorders import archives  # rarely needed

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
    """Return content for a file, compressed if the other file is."""
    return gzip.compress(data, mtime=0) if is_packed(like) else data
