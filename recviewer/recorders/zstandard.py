"""Zstandard, if available: in Python 3.14 or later, or by the optional package `zstandard`."""

from __future__ import annotations

import io
import sys


class NotHere(Exception):
    """Zstandard is not available."""


class Broken(Exception):
    """Bytes that cannot be decompressed."""


FAULTS: tuple[type[Exception], ...] = (Broken,)
"""Exceptions raised for such bytes, by this module or by Python."""

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdError as _ZstdError

    FAULTS = (Broken, _ZstdError)


def is_in_python() -> bool:
    """Tell whether Python itself supports it."""
    return sys.version_info >= (3, 14)


def opened(data: bytes, limit: int) -> bytes:
    """Decompress up to a limit of bytes. Raises NotHere, Broken, and what FAULTS names."""
    if is_in_python():
        from compression import zstd  # type: ignore[import-not-found, unused-ignore]

        with zstd.ZstdFile(io.BytesIO(data)) as file:
            read: bytes = file.read(limit)
            return read
    try:
        from zstandard import ZstdDecompressor, ZstdError
    except ImportError:
        raise NotHere from None
    try:
        reader = ZstdDecompressor().stream_reader(io.BytesIO(data), read_across_frames=True)
        made: bytes = reader.read(limit)
    except (ZstdError, MemoryError):
        raise Broken from None
    return made
