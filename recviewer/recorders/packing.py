"""Compressed files: recognized by their first bytes, and decompressed before any recorder sees them."""

from __future__ import annotations

import gzip
import zlib

from recviewer.exchange.dataclass import dataclass

MAGIC = b"\x1f\x8b\x08"

ARCHIVE = b"PK\x03\x04"
"""Signature of a ZIP archive, which is converted to the calls in it."""

PLAIN_LIMIT = 8 * 1024 * 1024
"""Most bytes of a decompressed file."""

PARTS_LIMIT = 1_000
"""Most concatenated streams in a compressed file."""

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
    try:
        made = streams(data, MAGIC, zlib.MAX_WBITS | 16, PLAIN_LIMIT, most=PARTS_LIMIT)
    except zlib.error:
        raise BadPacking("compressed, and damaged so that it cannot be opened") from None
    if len(made.content) > PLAIN_LIMIT:
        raise BadPacking(f"compressed, and holds more than {PLAIN_LIMIT // 1024 // 1024} MB")
    if not made.is_whole:
        raise BadPacking("compressed, and cut off")
    return made.content


@dataclass(frozen=True, slots=True)
class Streams:
    """What concatenated streams hold. end: offset of the first unread byte. is_whole: whether the last one is complete."""

    content: bytes
    end: int
    is_whole: bool


def streams(data: bytes, sign: bytes, bits: int, limit: int, *, most: int) -> Streams:
    """Decompress the streams at the start of some bytes, up to one byte over a limit.

    sign: the bytes with which each stream starts. bits: as for `zlib.decompressobj`. most: how many streams there may be.
    Raises zlib.error for damaged bytes, BadPacking for too many streams.
    """
    made, at, parts, is_whole = bytearray(), 0, 0, False
    while data.startswith(sign, at) and len(made) <= limit:
        parts += 1
        if parts > most:
            raise BadPacking(f"compressed in more than {most:,} parts")
        opener, size = zlib.decompressobj(bits), _FIRST
        while at < len(data) and not opener.eof and len(made) <= limit:
            piece = data[at : at + size]  # zlib copies what follows a stream, and many are short
            size = _PIECE
            made += opener.decompress(piece, limit + 1 - len(made))
            at += len(piece) - len(opener.unconsumed_tail) - len(opener.unused_data)
        is_whole = opener.eof
    return Streams(bytes(made), at, is_whole)


_FIRST, _PIECE = 512, 64 * 1024


def packed_as(data: bytes, like: bytes) -> bytes:
    """Return content for a file, compressed if the other file is."""
    return gzip.compress(data, mtime=0) if is_packed(like) else data
