"""The content of a recording that is in the catalog: its bytes, read when somebody opens it, never for lists."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from django.conf import settings

from recviewer.catalog.models import Recording
from recviewer.formats.decode import weight
from recviewer.formats.reading import Reading, read, unreadable
from recviewer.store import files

EXACT_LIMIT_BYTES = 256 * 1024
"""Up to this size floats keep their source text; reading larger files that way would be felt."""

CACHE_BYTES = 32 * 1024 * 1024
"""Memory that contents may take by their weight. One that is heavier by itself is read each time that it is asked for."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds now. blob: of these bytes; where it differs from the row's, the file changed meanwhile.

    missing: why its bytes cannot be had, as a clause, "" where they are here; data and blob are empty then. weight: bytes
    of memory that it takes, about.
    """

    data: bytes
    blob: str
    reading: Reading
    missing: str = ""
    weight: int = 0


_cache: OrderedDict[str, Content] = OrderedDict()
_lock = Lock()
_one_at_a_time = Lock()
"""Held while a heavy content is read: many readers of one would take its memory many times."""


def load(recording: Recording) -> Content:
    """Read a recording's file and what it means.

    The meaning is kept in memory by content for a while. A file that cannot be read raises what `store.files.read` does.
    """
    raw = bytes(recording.raw_path) if recording.raw_path is not None else recording.path.encode()
    data = files.read(settings.RECORDINGS_ROOT, raw, limit_bytes=settings.FILE_LIMIT_BYTES).data
    return of_bytes(data)


def of_bytes(data: bytes) -> Content:
    """Return the content of some bytes."""
    blob = files.blob_id(data)
    with _lock:
        known = _cache.get(blob)
        if known is not None:
            _cache.move_to_end(blob)
            return known
    heavy = weight(data)
    if heavy > CACHE_BYTES:
        with _one_at_a_time:
            return _read(data, blob, heavy)
    content = _read(data, blob, heavy)
    with _lock:
        _cache[blob] = content
        while sum(item.weight for item in _cache.values()) > CACHE_BYTES:
            _cache.popitem(last=False)
    return content


def _read(data: bytes, blob: str, heavy: int) -> Content:
    return Content(data, blob, read(data, exact=len(data) <= EXACT_LIMIT_BYTES), weight=heavy)


def remembered(blob: str) -> Content | None:
    """Return the content with a blob id if it is still in memory."""
    with _lock:
        return _cache.get(blob)


def missing(reason: str) -> Content:
    """Return the content of a file whose bytes cannot be had. reason: why, as a clause."""
    return Content(b"", "", unreadable(reason), reason)
