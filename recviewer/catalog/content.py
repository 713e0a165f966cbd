"""The content of a recording in the catalog: its bytes, read when somebody opens it, never for lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from django.conf import settings

from recviewer.bounded.cache import Recent
from recviewer.catalog.models import Recording
from recviewer.exchange.model import Exchange
from recviewer.formats.decode import EFFORT_LIMIT, HEAVY_BYTES, takes_over, weight
from recviewer.formats.reading import Reading, unreadable
from recviewer.recorders.packing import BadPacking, stated, unpacked
from recviewer.recorders.reading import NOBODYS, ReadPart, read_file, read_first
from recviewer.recorders.registry import read_as
from recviewer.secrets.raw import shown
from recviewer.store import files
from recviewer.store.refusals import CannotRead

EXACT_LIMIT_BYTES = 256 * 1024
"""Up to this size floats keep their source text; parsing larger files that way would be noticeably slow."""

ARCHIVE_BYTES = 2 * 1024 * 1024
"""Maximum uncompressed size that an archive may declare to be opened in this process."""

CACHE_BYTES = 12 * 1024 * 1024
"""Memory limit of the cache of contents, by their weight, where it holds more than one.

A page and the parts of it that are opened ask for one content, so a larger cache would spare few readings.
"""

LARGEST_BYTES = 32 * 1024 * 1024
"""Weight up to which a content is kept by itself. One that is heavier is read at each request."""


class BriefReading:
    """A reading whose document lacks some chunks; the full reading is made on demand."""

    __slots__ = ("_data", "_name", "_whole", "brief")

    def __init__(self, brief: Reading, data: bytes, name: str) -> None:
        self.brief, self._data, self._name = brief, data, name
        self._whole: Reading | None = None

    def whole(self) -> Reading:
        """Return the reading of the whole file."""
        if self._whole is None:
            (part,) = _parts(self._data, self._name)
            self._whole = part.reading
        return self._whole


@dataclass(frozen=True, slots=True)
class Content:
    """The current content of an exchange."""

    data: bytes
    blob: str
    """data, blob: its own bytes.

    If the blob differs from that of the row, the recording has changed since it was indexed.
    """
    read: Reading | BriefReading
    missing: str = ""
    """Why its bytes are not available, as a clause; "" if they are. data and blob are empty then."""
    weight: int = 0
    """Approximate memory in bytes."""
    whole: bytes = b""
    start: int = 0
    """whole, start: the bytes of the file, and the offset of the exchange in it."""
    is_heavy: bool = False
    """Its file is too large to be parsed in this process, so another one does it (`catalog.heavy`).

    data then are the bytes of the file and file_blob is the file's id, even if the file holds other exchanges too: part
    and length identify this one.
    """
    name: str = ""
    """The name of its file."""
    is_withheld: bool = False
    """Its text is not shown either, because masking it would take too much."""
    part: str = ""
    file_blob: str = ""
    length: int = 0

    @property
    def reading(self) -> Reading:
        """The full reading of the file."""
        return self.read if isinstance(self.read, Reading) else self.read.whole()

    @property
    def told(self) -> Reading:
        """The short reading, which is fast: the same exchange, and the text of its chunks, but a document that may lack
        some chunks.
        """
        return self.read if isinstance(self.read, Reading) else self.read.brief

    @property
    def exchange(self) -> Exchange:
        """The exchange."""
        return self.told.exchange

    @property
    def size(self) -> int:
        """Size of the exchange in bytes."""
        return self.length or len(self.data)


@dataclass(slots=True)
class Opened:
    """A parsed file, shared by all of its exchanges. weight: approximate memory in bytes."""

    data: bytes
    name: str
    weight: int
    parts: tuple[ReadPart, ...]
    blob: str
    plain: bytes = field(init=False)
    _whole: Content = field(init=False)
    _by_name: dict[str, ReadPart] = field(init=False)

    def __post_init__(self) -> None:
        self._by_name = {one.part: one for one in self.parts if one.part}
        self.plain = unpacked(self.data) if self._by_name else self.data
        if len(self.parts) == 1:  # a file with one exchange, or the bytes of a single one
            self._whole = self._content(self.parts[0])
        else:
            reason = f"it holds {len(self.parts):,} exchanges, which are shown one by one" if self.parts else NOBODYS
            self._whole = Content(self.data, self.blob, unreadable(reason), "", self.weight, self.data, name=self.name)

    def content(self, part: str = "") -> Content:
        """Return an exchange; part "" is the only one.

        A file with many exchanges has no readable content as a whole.
        """
        if not part:
            return self._whole
        found = self._by_name.get(part)
        return self._content(found) if found else missing("its file does not hold it any more")

    def _content(self, found: ReadPart) -> Content:
        own = self.data
        if found.part:
            own = self.plain[found.start : found.end] + (self.plain[slice(*found.rest)] if found.rest else b"")
        whole = self.plain if found.part else self.data
        blob = self.blob if own is self.data else files.blob_id(own)
        read = BriefReading(found.reading, own, self.name) if found.is_brief else found.reading
        return Content(own, blob, read, "", self.weight, whole, found.start, name=self.name)


def lines_of(content: Content) -> bytes:
    """Return the bytes of the whole file with secrets masked and every line at its place."""
    if content.is_withheld:
        return b""
    may_hold = content.is_heavy or content.whole is not content.data or content.reading.raw is None
    return shown(content.whole) if may_hold or content.reading.exchange.secrets else content.whole


def bytes_of_content(content: Content) -> bytes:
    """Return the exchange's own bytes with secrets masked."""
    if content.whole is content.data or content.is_withheld:
        return lines_of(content)
    return shown(content.data)


_cache = Recent[str, Opened](weigh=lambda opened: opened.weight, limit=CACHE_BYTES)
"""Files, by the blob id."""
_one_at_a_time = Lock()
"""Held while a heavy content is read, so that concurrent requests for it do not multiply its memory."""
_heavy = Recent[str, bool](1_000)
"""Whether files are heavy, by blob id, because it takes a while to find out for a compressed file."""

WHOLE_WEIGHS = 6
"""Approximate memory of a stream, per byte of its file, once it has been read in full."""

PART_BYTES = 10_000
"""Minimum memory that an exchange in a file of many takes."""


def load(recording: Recording) -> Content:
    """Read a recording's file and parse it. The result is cached in memory by content.

    Raises what `store.files.read` raises if the file cannot be read.
    """
    return of_bytes(_file_of(recording), read_as(recording.file_path), recording.part)


class Loader:
    """Loads recordings one after the other; consecutive recordings of one file read it once."""

    def __init__(self, read: Callable[[bytes], bytes] | None = None) -> None:
        """read: returns the bytes of the file at a path, and raises what `store.files.read` does."""
        self._read = read or _read_file
        self._raw, self._data, self._blob = b"", b"", ""

    def load(self, recording: Recording) -> Content:
        """Load a recording, as the module's `load` does."""
        self._open(recording)
        return of_bytes(self._data, read_as(recording.file_path), recording.part, blob=self._blob)

    def heavy_file(self, recording: Recording) -> Content | None:
        """Return the content of a recording's file if it is heavy and holds many exchanges, for `heavy.of_file`; else
        None.
        """
        self._open(recording)
        if not recording.part or not _told_heavy(self._data, self._blob):
            return None
        return _unread(self._data, self._blob, read_as(recording.file_path), "")

    def bytes_of(self, recording: Recording) -> bytes | None:
        """Return the current bytes of a recording, or None if its file no longer holds it.

        Raises as `load` does, and CannotRead if finding out takes too much.
        """
        self._open(recording)
        if not recording.part:
            return self._data
        name = read_as(recording.file_path)
        if not _told_heavy(self._data, self._blob):
            found = of_bytes(self._data, name, recording.part, blob=self._blob)
            return None if found.missing else found.data
        from recviewer.catalog import heavy  # rarely needed

        try:
            return heavy.own_bytes(_unread(self._data, self._blob, name, recording.part))
        except heavy.TakesTooMuch as why:
            raise CannotRead(recording.raw, str(why)) from None

    def _open(self, recording: Recording) -> None:
        if recording.part and recording.raw == self._raw:
            return
        self._raw, self._data = b"", self._read(recording.raw)
        self._raw, self._blob = recording.raw, files.blob_id(self._data) if recording.part else ""


def bytes_now(recording: Recording) -> bytes:
    """Return the current bytes of a recording, b"" if its file no longer holds it. Raises as `bytes_of` does."""
    return Loader().bytes_of(recording) or b""


def _file_of(recording: Recording) -> bytes:
    return _read_file(recording.raw)


def _read_file(raw: bytes) -> bytes:
    return files.read(settings.RECORDINGS_ROOT, raw, limit_bytes=settings.FILE_LIMIT_BYTES).data


def of_bytes(data: bytes, name: str = "", part: str = "", *, blob: str = "") -> Content:
    """Return the content of a file's bytes, or of one exchange in it. name: of the file. blob: its id, if known.

    part: which exchange, "" for the only one. A file with many exchanges has no readable content as a whole.
    """
    blob = blob or files.blob_id(data)
    key = f"{blob}@{name}" if "/" in name else blob
    known = _cache.get(key)
    if known is not None:
        return known.content(part)
    if _told_heavy(data, blob):
        whole = _unread(data, blob, name, part)
        if not part:
            return whole
        from recviewer.catalog import heavy  # rarely needed

        return heavy.part_of(whole)
    first = read_first(data, name, exact=len(data) <= EXACT_LIMIT_BYTES)
    if first is not None:
        brief = Opened(data, name, WHOLE_WEIGHS * len(data), (first,), blob)
        return (_cache.put(key, brief) if brief.weight <= LARGEST_BYTES else brief).content(part)
    weighs = weight(plain_of(data))
    if weighs > LARGEST_BYTES:
        with _one_at_a_time:
            return _read(data, name, weighs, blob).content(part)
    return _cache.put(key, _read(data, name, weighs, blob)).content(part)


def _unread(data: bytes, blob: str, name: str, part: str) -> Content:
    """Return the content of a heavy file, or of an exchange in one, to be read by `catalog.heavy`."""
    return Content(
        data, blob, unreadable(APART), "", len(data), data, is_heavy=True, name=name, part=part, file_blob=blob
    )


def _told_heavy(data: bytes, blob: str) -> bool:
    """Return `is_heavy` from the cache. blob: of the bytes."""
    known = _heavy.get(blob)
    return _heavy.put(blob, is_heavy(data)) if known is None else known


APART = "it holds so much that it is read by a process of its own"


def plain_of(data: bytes) -> bytes:
    """Return the decompressed content of a file; the data itself if it is not compressed or cannot be opened."""
    try:
        return unpacked(data)
    except BadPacking:
        return data


def is_heavy(data: bytes) -> bool:
    """Tell whether parsing a file takes more time or memory than a web worker can spend.

    The compressed size says nothing, so a compressed file is decompressed, which costs less than a page may. For an
    archive the declared size is used, which its content cannot exceed.
    """
    if len(data) > HEAVY_BYTES or stated(data) > ARCHIVE_BYTES:
        return True
    plain = plain_of(data)
    return len(plain) > HEAVY_BYTES or takes_over(plain, EFFORT_LIMIT)


def read_here(data: bytes, name: str) -> Opened:
    """Parse a file in this process, whatever its size. name: of the file."""
    return _read(data, name, weight(data), files.blob_id(data))


def unread_here(data: bytes, name: str, reason: str) -> Content:
    """Return the content of a file that is not parsed. reason: why."""
    return Content(data, files.blob_id(data), unreadable(reason), "", weight(data), data, name=name)


def _read(data: bytes, name: str, weighs: int, blob: str) -> Opened:
    parts = _parts(data, name)
    return Opened(data, name, weighs if len(parts) == 1 else max(weighs, len(parts) * PART_BYTES), parts, blob)


def _parts(data: bytes, name: str) -> tuple[ReadPart, ...]:
    return read_file(data, name, exact=len(data) <= EXACT_LIMIT_BYTES)


def remembered(blob: str) -> Content | None:
    """Return the content of a file from the cache, by its blob id, or None."""
    known = _cache.get(blob)
    return known.content() if known else None


def missing(reason: str) -> Content:
    """Return the content of a file whose bytes are not available. reason: why, as a clause."""
    return Content(b"", "", unreadable(reason), reason)
