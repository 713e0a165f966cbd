"""One side of a change: a recording in a commit or on disk; read once for each content and file name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from recviewer.bounded.cache import Recent
from recviewer.catalog.naming import clean, test_name
from recviewer.exchange.amounts import size
from recviewer.exchange.model import Exchange, Kind, Table
from recviewer.exchange.text import Line, line_of
from recviewer.formats.decode import EFFORT_LIMIT, HEAVY_BYTES, takes_over, weight
from recviewer.formats.raw import host_of
from recviewer.formats.reading import Reading, unreadable
from recviewer.pairing.references import with_references
from recviewer.recorders.packing import BadPacking, stated, unpacked
from recviewer.recorders.reading import NOBODYS, bytes_of, bytes_of_each, key_of_part, read_file, read_first, read_part
from recviewer.recorders.registry import read_as
from recviewer.replay.made_anew import made_anew
from recviewer.replay.names import Replay, ReplayState
from recviewer.store import files
from recviewer.store.paths import key_of

CACHE_BYTES = 48_000_000
"""Most bytes of recordings whose meaning one cache keeps; the oldest are evicted first."""


@dataclass(frozen=True)
class Meaning:
    """The meaning of a recording's bytes under a file name. size: in bytes. lines: as git counts them.

    cost: its memory use, in bytes of an average recording, for caches. unread: why it was not read although its bytes
    are available, else "". made_anew: see `replay.made_anew`, for a file named by a hash of its request. queue: what
    replay matches of its request, if it returns the answers of equal requests in order without comparing the body; else
    "".
    """

    exchange: Exchange
    fingerprint: str
    replay: Replay
    line: Line
    size: int
    lines: int
    cost: int = 0
    unread: str = ""
    made_anew: str = ""
    queue: str = ""

    @cached_property
    def host(self) -> str:
        """The host of the request."""
        return clean(host_of(self.exchange.url))

    @cached_property
    def models(self) -> frozenset[str]:
        """The ids in a list of models, empty for anything else."""
        if self.exchange.kind is not Kind.MODELS:
            return frozenset()
        tables = [exhibit for exhibit in self.exchange.exhibits if isinstance(exhibit, Table)]
        return frozenset(str(row[0]) for table in tables for row in table.rows if row)


@dataclass(frozen=True, slots=True)
class PartMeaning:
    """One exchange of a file. part, index, start: see `recorders.reading.ReadPart`. blob: the blob id of its own bytes."""

    part: str
    index: int
    blob: str
    meaning: Meaning
    start: int = 0


class FileMeaning(NamedTuple):
    """The meaning of a file's bytes. parts: its exchanges, in order; () for a file that is not a recording, although it
    is among them. lines: of the file, as git counts them. size: in bytes.
    """

    parts: tuple[PartMeaning, ...]
    lines: int
    size: int = 0

    @property
    def cost(self) -> int:
        """Its memory use, as in `Meaning`."""
        return sum([one.meaning.cost for one in self.parts])


@dataclass(frozen=True, slots=True)
class Side:
    """A recording at a path. blob: the git blob id of its own bytes; "" if it cannot be read from disk.

    path, raw: of its file; for an exchange of a file with several, followed by `/` and its name. part, index: that
    name, and its 0-based position. file_blob: the blob id of the whole file, "" if it equals that of the recording.
    start: offset of its bytes in the decompressed file.
    """

    path: str
    raw: bytes
    blob: str
    meaning: Meaning
    part: str = ""
    index: int = 0
    file_blob: str = ""
    start: int = 0

    @property
    def file_path(self) -> str:
        """The key of its file."""
        return self.path[: -len(self.part) - 1] if self.part else self.path

    @property
    def file_raw(self) -> bytes:
        """The path of its file, in bytes."""
        return self.raw[: -len(self.part) - 1] if self.part else self.raw

    @property
    def held_by(self) -> str:
        """The id of the blob in git that contains it: that of the file."""
        return self.file_blob or self.blob

    @property
    def exchange(self) -> Exchange:
        """Its meaning."""
        return self.meaning.exchange

    @property
    def name(self) -> str:
        """The file's name."""
        return self.file_path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The directory of the file, ending in `/`; "" at the top."""
        path = self.file_path
        return path[: -len(self.name)] if self.name else path

    @property
    def test_id(self) -> str:
        """The test it was recorded for, "" if unknown."""
        return self.meaning.exchange.test_id or ""

    @property
    def test(self) -> str:
        """The test as a list shows it: function and parameters."""
        return clean(test_name(self.meaning.exchange.test_id))

    @property
    def story(self) -> str:
        """What it is reviewed together with: its test or, if unknown, its file with several exchanges; else ""."""
        return self.test_id or (self.file_path if self.part else "")

    @property
    def subject(self) -> str:
        """What verdicts on it refer to: the fingerprint; for an unreadable file its bytes."""
        return self.meaning.fingerprint or (f"blob:{self.blob}" if self.blob else "")


def file_meaning_of(data: bytes, name: str, blob: str, *, cost: int | None = None) -> FileMeaning:
    """Read a file's bytes. name, blob: of the file. cost: result of `cost_of`, if known. Never raises."""
    parts = []
    first = read_first(data, name)  # similar chunks are not decoded
    found = read_file(data, name) if first is None else (first,)
    placed = (
        with_references([one.reading for one in found]) if len(found) > 1 else [one.reading.exchange for one in found]
    )
    for one, exchange, own in zip(found, placed, bytes_of_each(data, found), strict=True):
        known = cost if own is data else None
        meaning = _meaning(one.reading, exchange, one.replay, own, cost_of(own) if known is None else known)
        parts.append(PartMeaning(one.part, one.index, files.blob_id(own) if one.part else blob, meaning, one.start))
    is_whole = len(parts) == 1 and not parts[0].part
    return FileMeaning(tuple(parts), parts[0].meaning.lines if is_whole else _lines(data), len(data))


def meaning_of(data: bytes, name: str) -> Meaning:
    """Read the bytes of one recording. name: of its file. Never raises."""
    parts = file_meaning_of(data, name, "").parts
    return parts[0].meaning if parts else without_bytes(NOBODYS)


def _meaning(reading: Reading, exchange: Exchange, replay: Replay, data: bytes, cost: int) -> Meaning:
    left = made_anew(data) if replay.expected else ""
    queue = _queue(reading)
    return Meaning(
        *(exchange, reading.fingerprint, replay, line_of(exchange), len(data), _lines(data), cost),
        made_anew=left,
        queue=queue,
    )


def _queue(reading: Reading) -> str:
    matching = reading.matching
    if matching is None or reading.raw is None or not matching.is_in_order or "body" in matching.on:
        return ""
    return f"{reading.raw.method} {reading.exchange.url}"


def cost_of(data: bytes) -> int:
    """Return the cost of keeping a recording in memory: its size; for one with very many values, an estimate of their
    memory.
    """
    return max(len(data), _DENSE * (weight(data) - _ORDINARY * len(data)))


_ORDINARY, _DENSE = 6, 10
"""Weight per byte of the heaviest real recordings, and how much memory per unit of weight is used, relative to these."""


def _lines(data: bytes) -> int:
    return 0 if b"\0" in data[:8000] else files.count_lines(data)


def own_bytes(data: bytes, side: Side) -> bytes | None:
    """Return the bytes of a recording, None if its file does not contain it. data: of the file.

    For a recording in a file that is unreadable as a whole, all of it.
    """
    if not side.part or side.blob == side.file_blob:
        return data
    found = read_part(data, read_as(side.file_path), side.part)
    return bytes_of(data, found) if found else None


def sides_of(raw: bytes, blob: str, said: FileMeaning) -> list[Side]:
    """Return the recordings of a file. raw, blob: of the file."""
    return [
        Side(
            key_of_part(key_of(raw), one.part),
            raw + b"/" + one.part.encode() if one.part else raw,
            one.blob,
            one.meaning,
            one.part,
            one.index,
            blob if one.part else "",
            one.start,
        )
        for one in said.parts
    ]


def unread_file(reason: str, blob: str = "") -> FileMeaning:
    """Return the meaning of a file whose bytes are not available. reason: a clause without a full stop."""
    return FileMeaning((PartMeaning("", 0, blob, without_bytes(reason)),), 0)


def unread(data: bytes, blob: str, reason: str) -> FileMeaning:
    """Return the meaning of a file that was not read although its bytes are available. reason: as for `unread_file`."""
    exchange = unreadable(reason).exchange
    replay = Replay(ReplayState.UNVERIFIABLE)
    lines = _lines(data)
    meaning = Meaning(exchange, "", replay, line_of(exchange), len(data), lines, unread=reason)
    return FileMeaning((PartMeaning("", 0, blob, meaning),), lines, len(data))


def without_bytes(reason: str) -> Meaning:
    """Return the meaning of a recording whose bytes are not available. reason: a clause without a full stop."""
    exchange = unreadable(reason).exchange
    return Meaning(exchange, "", Replay(ReplayState.UNVERIFIABLE), line_of(exchange), 0, 0)


class Library:
    """A cache of files' meanings, by blob id and file name, which determine them."""

    def __init__(self, *, limit_bytes: int = CACHE_BYTES) -> None:
        self._kept = Recent[tuple[str, str], FileMeaning](weigh=lambda said: said.cost + 1000, limit=limit_bytes)

    def get(self, blob: str, name: str) -> FileMeaning | None:
        """Return the cached meaning of a blob under a name."""
        return self._kept.get((blob, name))

    def put(self, blob: str, name: str, meaning: FileMeaning) -> FileMeaning:
        """Cache a meaning; the oldest entries are evicted if there are too many."""
        return self._kept.put((blob, name), meaning)


class SideReader:
    """Reads the files of one range or one history, within limits of time and memory.

    Files beyond the limits count as unreadable: a person has to look at them, and they equal no other file.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._room = ROOM

    def known(self, blob: str, name: str) -> FileMeaning | None:
        """Return the cached meaning of a blob under a name."""
        found = self._library.get(blob, name)
        if found is not None:
            self._room -= found.cost if found.cost > LIGHT else 0
        return found

    def read(self, data: bytes, name: str, blob: str) -> FileMeaning:
        """Read a file's bytes, or return why it was not read. name, blob: of the file. Never raises."""
        plain = _plain(data)
        if len(plain) <= LIGHT // _MOST_COST:
            return self._library.put(blob, name, file_meaning_of(data, name, blob))
        held = max(len(plain), stated(data))
        if held > HEAVY_BYTES:
            return unread(data, blob, f"it holds {size(held)}, {TOO_LARGE}")
        if takes_over(plain, EFFORT_LIMIT):
            return unread(data, blob, f"it holds about {plain.count(b',') + 1:,} values, {TOO_MANY}")
        cost = cost_of(plain)
        if cost > max(LIGHT, self._room):
            return unread(data, blob, TOO_MUCH)
        self._room -= cost if cost > LIGHT else 0
        said = file_meaning_of(data, name, blob, cost=cost if plain is data else None)
        return self._library.put(blob, name, said)


def _plain(data: bytes) -> bytes:
    """Return the decompressed content of a file, whose own size says nothing; the file itself if it cannot be
    decompressed.
    """
    if stated(data) > HEAVY_BYTES:
        return data  # refused by its declared size
    try:
        return unpacked(data)
    except BadPacking:
        return data


ROOM = 300_000_000
"""Most total `cost_of` of heavy files in one range or history: about 100 MB of memory."""

LIGHT = 2_000_000
"""A file up to this cost is always read."""

_MOST_COST = 200 * _DENSE
"""Highest possible cost per byte."""

TOO_MANY = "too many to be compared with others here"
TOO_LARGE = "too much to be compared with others here"
TOO_MUCH = "the files beside it hold so much that it was not read"
