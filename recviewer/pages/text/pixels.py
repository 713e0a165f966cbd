"""The size of a picture from its header: nothing is decoded."""

from __future__ import annotations

import struct


def pixels_of(data: bytes) -> tuple[int, int] | None:
    """Return the width and the height of a PNG, GIF, JPEG or WebP; None if its bytes do not tell."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
            return _told(*struct.unpack_from(">II", data, 16))
        if data.startswith(b"GIF8"):
            return _told(*struct.unpack_from("<HH", data, 6))
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
    except (struct.error, IndexError):
        pass
    return None


def _told(width: int, height: int) -> tuple[int, int] | None:
    return (width, height) if width and height else None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    """Walk the segments of a JPEG to the first frame (ITU T.81, B.1.1.4)."""
    at = 2
    while data[at] == 0xFF:
        mark = data[at + 1]
        if mark == 0xFF:  # fill bytes may precede a marker
            at += 1
            continue
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return _told(width, height)
        at += 2 + int(struct.unpack_from(">H", data, at + 2)[0])
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    """Read the first chunk of a WebP (RFC 9649, 2.5 to 2.7)."""
    form = data[12:16]
    if form == b"VP8X" and len(data) >= 30:
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if form == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if form == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return _told(width & 0x3FFF, height & 0x3FFF)
    return None
