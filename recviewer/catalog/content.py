"""The content of a recording that is in the catalog: its bytes, read when somebody opens it, never for lists."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from django.conf import settings

from recviewer.catalog.models import Recording
from recviewer.formats.reading import Reading, read, unreadable
from recviewer.store import files

EXACT_LIMIT_BYTES = 256 * 1024
"""Up to this size floats keep their source text; reading larger files that way would be felt."""

CACHE_BYTES = 24 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds now. blob: of these bytes; where it differs from the row's, the file changed meanwhile.

    missing: why its bytes cannot be had, as a clause, "" where they are here; data and blob are empty then.
    """

    data: bytes
    blob: str
    reading: Reading
    missing: str = ""


_cache: OrderedDict[str, Content] = OrderedDict()
_lock = Lock()


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
    content = Content(data, blob, read(data, exact=len(data) <= EXACT_LIMIT_BYTES))
    with _lock:
        _cache[blob] = content
        while len(_cache) > 1 and sum(len(item.data) for item in _cache.values()) > CACHE_BYTES // 8:
            _cache.popitem(last=False)
    return content


def remembered(blob: str) -> Content | None:
    """Return the content with a blob id if it is still in memory."""
    with _lock:
        return _cache.get(blob)


def missing(reason: str) -> Content:
    """Return the content of a file whose bytes cannot be had. reason: why, as a clause."""
    return Content(b"", "", unreadable(reason), reason)
