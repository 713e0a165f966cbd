"""The content of a recording that is in the catalog: its bytes, read when somebody opens it, never for lists."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from django.conf import settings

from recviewer.catalog.models import Recording
from recviewer.formats.decode import EFFORT_LIMIT, HEAVY_BYTES, effort, weight
from recviewer.formats.reading import Reading, unreadable
from recviewer.recent import Recent
from recviewer.recorders.packing import unpacked
from recviewer.recorders.reading import bytes_of, key_of_part, read_file, read_part
from recviewer.recorders.registry import read_as
from recviewer.secrets.raw import shown
from recviewer.store import files

EXACT_LIMIT_BYTES = 256 * 1024
"""Up to this size floats keep their source text; reading larger files that way would be felt."""

CACHE_BYTES = 32 * 1024 * 1024
"""Memory that contents may take by their weight. One that is heavier by itself is read each time that it is asked for."""


@dataclass(frozen=True, slots=True)
class Content:
    """What an exchange is now. data, blob: its own bytes; where the blob differs from the row's, it changed meanwhile.

    missing: why its bytes cannot be had, as a clause, "" where they are here; data and blob are empty then. weight: bytes
    of memory that it takes, about. whole, start: the bytes of the file, and where those of the exchange begin in it.
    is_heavy: it holds so much that it is not read here, but by a process of its own (`pages.recording.heavy`). name: of its
    file. is_withheld: its text is not shown either, for masking what it may hold takes too much.
    """

    data: bytes
    blob: str
    reading: Reading
    missing: str = ""
    weight: int = 0
    whole: bytes = b""
    start: int = 0
    is_heavy: bool = False
    name: str = ""
    is_withheld: bool = False


def lines_of(content: Content) -> bytes:
    """Return the bytes of the whole file as they may be seen: with masks in place of secrets, every line where it was."""
    if content.is_withheld:
        return b""
    may_hold = content.is_heavy or content.whole is not content.data or content.reading.raw is None
    return shown(content.whole) if may_hold or content.reading.exchange.secrets else content.whole


def bytes_of_content(content: Content) -> bytes:
    """Return the exchange's own bytes as they may be seen."""
    if content.whole is content.data or content.is_withheld:
        return lines_of(content)
    return shown(content.data)


_cache = Recent[str, Content](weigh=lambda content: content.weight, limit=CACHE_BYTES, at_least=0)
"""By the blob id of a file; of one exchange among many, `/` and its name follow."""
_one_at_a_time = Lock()
"""Held while a heavy content is read: many readers of one would take its memory many times."""


def load(recording: Recording) -> Content:
    """Read a recording's file and what it means.

    The meaning is kept in memory by content for a while. A file that cannot be read raises what `store.files.read` does.
    """
    return of_bytes(_file_of(recording), read_as(recording.file_path), recording.part)


def bytes_now(recording: Recording) -> bytes:
    """Return the bytes that a recording has now, b"" where its file does not hold it any more. Raises as `load` does."""
    return bytes_in(_file_of(recording), recording) or b""


def _file_of(recording: Recording) -> bytes:
    return files.read(settings.RECORDINGS_ROOT, recording.raw, limit_bytes=settings.FILE_LIMIT_BYTES).data


def bytes_in(data: bytes, recording: Recording) -> bytes | None:
    """Return the bytes of a recording, None where its file does not hold it. data: what the file holds."""
    if not recording.part:
        return data
    found = read_part(data, read_as(recording.file_path), recording.part)
    return bytes_of(data, found) if found else None


def of_bytes(data: bytes, name: str = "", part: str = "") -> Content:
    """Return the content of a file's bytes, or of one exchange among them. name: of the file.

    part: which exchange, "" for the only one. A file of many is as a whole nothing that could be read.
    """
    if not part and is_heavy(data):
        blob = files.blob_id(data)
        return Content(data, blob, unreadable(APART), "", weight(data), data, is_heavy=True, name=name)
    key = key_of_part(files.blob_id(data), part) + (f"@{name}" if "/" in name else "")
    known = _cache.get(key)
    if known is not None:
        return known
    heavy = weight(data)
    if heavy > CACHE_BYTES:
        with _one_at_a_time:
            return _read(data, name, part, heavy)
    return _cache.put(key, _read(data, name, part, heavy))


APART = "it holds so much that it is read by a process of its own"


def is_heavy(data: bytes) -> bool:
    """Tell whether reading a file takes more time or memory than a web worker has for it."""
    return len(data) > HEAVY_BYTES or effort(data) > EFFORT_LIMIT


def read_here(data: bytes, name: str) -> Content:
    """Read a file's bytes, however much they hold. name: of the file."""
    return _read(data, name, "", weight(data))


def unread_here(data: bytes, name: str, reason: str) -> Content:
    """Return the content of a file that is not read, for a reason."""
    return Content(data, files.blob_id(data), unreadable(reason), "", weight(data), data, name=name)


def _read(data: bytes, name: str, part: str, heavy: int) -> Content:
    parts = read_file(data, name, exact=len(data) <= EXACT_LIMIT_BYTES)
    found = next((one for one in parts if one.part == part), None)
    if not part and len(parts) == 1:  # a file that holds one, or the bytes of one alone
        found = parts[0]
    if found is not None:
        own = bytes_of(data, found)
        return Content(
            own, files.blob_id(own), found.reading, "", heavy, unpacked(data) if found.part else data, found.start
        )
    if part:
        return missing("its file does not hold it any more")
    reason = f"it holds {len(parts):,} exchanges, which are shown one by one"
    return Content(data, files.blob_id(data), unreadable(reason), "", heavy, data)


def remembered(blob: str) -> Content | None:
    """Return the content of a file with a blob id if it is still in memory."""
    return _cache.get(blob)


def missing(reason: str) -> Content:
    """Return the content of a file whose bytes cannot be had. reason: why, as a clause."""
    return Content(b"", "", unreadable(reason), reason)
