"""A small PNG made by hand, byte for byte the same with every version of zlib."""

from __future__ import annotations

import struct
import zlib

SIDE = 64
SKY = [(24 + 7 * step, 28 + 4 * step, 84 + 3 * step) for step in range(30)]
SUN, HILLS, GLITTER = (255, 214, 130), (22, 24, 46), (255, 178, 102)
WATER = [(96 - 2 * step, 82 - 2 * step, 128 - 2 * step) for step in range(30)]
PALETTE = [*SKY, SUN, HILLS, GLITTER, *WATER]


def lake_at_dusk() -> bytes:
    """Paint a sun between hills over a lake: a palette image, its data stored without compression."""
    rows = b"".join(b"\0" + bytes(colour(x, y) for x in range(SIDE)) for y in range(SIDE))
    stored = b"\x78\x01\x01" + struct.pack("<HH", len(rows), len(rows) ^ 0xFFFF) + rows
    data = stored + struct.pack(">I", zlib.adler32(rows))
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 3, 0, 0, 0)
    palette = b"".join(bytes(shade) for shade in PALETTE)
    parts = (section(b"IHDR", head), section(b"PLTE", palette), section(b"IDAT", data), section(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def section(name: bytes, data: bytes) -> bytes:
    """Frame one PNG chunk with its length and checksum."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def colour(x: int, y: int) -> int:
    """Pick the palette entry of one pixel."""
    shore = 37
    left, right = 26 + abs(x - 12) * 2 // 3, 29 + abs(x - 55) // 2
    if y >= shore:
        if abs(x - 33) <= 2 + (y - shore) // 5 and (y * 7 + x) % 5 < 3:
            return 32
        return 33 + min(29, y - shore)
    if y >= min(left, right):
        return 31
    if (x - 33) ** 2 + (y - 27) ** 2 <= 49:
        return 30
    return min(29, y)
