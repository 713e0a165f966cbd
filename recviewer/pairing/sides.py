"""One side of a change: a recording as a commit, or the disk, has it; read once for each content and name."""

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
from recviewer.recorders.packing import BadPacking, stated, unpacked
from recviewer.recorders.reading import NOBODYS, bytes_of, bytes_of_each, key_of_part, read_file, read_first, read_part
from recviewer.recorders.registry import read_as
from recviewer.replay.made_anew import made_anew
from recviewer.replay.names import Replay, ReplayState
from recviewer.store import files
from recviewer.store.paths import key_of

CACHE_BYTES = 48_000_000
"""Recorded bytes whose meaning is kept in memory by one cache; the oldest go first."""


@dataclass(frozen=True)
class Meaning:
    """What the bytes of a recording say under a file name. size: in bytes. lines: as git counts them.

    cost: bytes of an ordinary recording that take as much memory, for those who keep it. unread: why it was left unread
    though its bytes can be had, "" for one that was read or cannot be. made_anew: see `replay.made_anew`, of a file that is
    named by a hash of its request. queue: what replay knows of its request where it gives out the answers to equal ones in
    their order without looking at the body; else "".
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
        """The host that was asked."""
        return clean(host_of(self.exchange.url))

    @cached_property
    def models(self) -> frozenset[str]:
        """The ids of a list of models, empty for anything else."""
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
    """What the bytes of a file say. parts: its exchanges, in order; () of one that is no recording, though it lies among
    them. lines: of the file, as git counts them. size: in bytes.
    """

    parts: tuple[PartMeaning, ...]
    lines: int
    size: int = 0

    @property
    def cost(self) -> int:
        """What they cost to keep, as in `Meaning`."""
        return sum([one.meaning.cost for one in self.parts])


@dataclass(frozen=True, slots=True)
class Side:
    """A recording at a path. blob: the git blob id of its own bytes; "" for what cannot be read on disk.

    path, raw: of its file; of one exchange among many of a file, `/` and its name follow. part, index: that name, and its
    place among them, from 0. file_blob: the blob id of the whole file, "" where it is that of the recording. start: where
    its bytes begin in the file, of a compressed one in what it holds.
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
        """The blob id by which git has its bytes: that of the file."""
        return self.file_blob or self.blob

    @property
    def exchange(self) -> Exchange:
        """What it says."""
        return self.meaning.exchange

    @property
    def name(self) -> str:
        """The file's name."""
        return self.file_path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The way to the file, ending in `/`; "" at the top."""
        path = self.file_path
        return path[: -len(self.name)] if self.name else path

    @property
    def test_id(self) -> str:
        """The test it was recorded for, "" where none is known."""
        return self.meaning.exchange.test_id or ""

    @property
    def test(self) -> str:
        """The test as a list shows it: function and parameters."""
        return clean(test_name(self.meaning.exchange.test_id))

    @property
    def story(self) -> str:
        """What it is read together with: its test or, where none is known, the file of many calls that it is in; else ""."""
        return self.test_id or (self.file_path if self.part else "")

    @property
    def subject(self) -> str:
        """What a verdict on it hangs on: the fingerprint; of an unreadable file its very bytes."""
        return self.meaning.fingerprint or (f"blob:{self.blob}" if self.blob else "")


def file_meaning_of(data: bytes, name: str, blob: str, *, cost: int | None = None) -> FileMeaning:
    """Read the bytes of a file. name, blob: of the file. cost: as `cost_of` says it of them, if known. Never raises."""
    parts = []
    first = read_first(data, name)  # chunks that are like others say the same, and are not decoded
    found = read_file(data, name) if first is None else (first,)
    for one, own in zip(found, bytes_of_each(data, found), strict=True):
        known = cost if own is data else None
        meaning = _meaning(one.reading, one.replay, own, cost_of(own) if known is None else known)
        parts.append(PartMeaning(one.part, one.index, files.blob_id(own) if one.part else blob, meaning, one.start))
    is_whole = len(parts) == 1 and not parts[0].part
    return FileMeaning(tuple(parts), parts[0].meaning.lines if is_whole else _lines(data), len(data))


def meaning_of(data: bytes, name: str) -> Meaning:
    """Read the bytes of one recording. name: of its file. Never raises."""
    parts = file_meaning_of(data, name, "").parts
    return parts[0].meaning if parts else without_bytes(NOBODYS)


def _meaning(reading: Reading, replay: Replay, data: bytes, cost: int) -> Meaning:
    exchange = reading.exchange
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
    """Return what a recording costs to keep: its size; of one that holds many more values than others, what these add."""
    return max(len(data), _DENSE * (weight(data) - _ORDINARY * len(data)))


_ORDINARY, _DENSE = 6, 10
"""What a byte weighs in the heaviest of real recordings, and how many of these take as much memory as one of weight."""


def _lines(data: bytes) -> int:
    return 0 if b"\0" in data[:8000] else files.count_lines(data)


def own_bytes(data: bytes, side: Side) -> bytes | None:
    """Return the bytes of a recording, None where its file does not hold it. data: of the file.

    Of one in a file that cannot be read as a whole they are all of it.
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
    """Return what is known of a file whose bytes cannot be had. reason: a clause without its full stop."""
    return FileMeaning((PartMeaning("", 0, blob, without_bytes(reason)),), 0)


def unread(data: bytes, blob: str, reason: str) -> FileMeaning:
    """Return what is known of a file that was not read, though its bytes are here. reason: as for `unread_file`."""
    exchange = unreadable(reason).exchange
    replay = Replay(ReplayState.UNVERIFIABLE)
    lines = _lines(data)
    meaning = Meaning(exchange, "", replay, line_of(exchange), len(data), lines, unread=reason)
    return FileMeaning((PartMeaning("", 0, blob, meaning),), lines, len(data))


def without_bytes(reason: str) -> Meaning:
    """Return the meaning of a recording whose bytes cannot be had. reason: a clause without its full stop."""
    exchange = unreadable(reason).exchange
    return Meaning(exchange, "", Replay(ReplayState.UNVERIFIABLE), line_of(exchange), 0, 0)


class Library:
    """What files say, by blob id and file name, on which alone it depends."""

    def __init__(self, *, limit_bytes: int = CACHE_BYTES) -> None:
        self._kept = Recent[tuple[str, str], FileMeaning](weigh=lambda said: said.cost + 1000, limit=limit_bytes)

    def get(self, blob: str, name: str) -> FileMeaning | None:
        """Return what is known of a blob under a name."""
        return self._kept.get((blob, name))

    def put(self, blob: str, name: str, meaning: FileMeaning) -> FileMeaning:
        """Keep a meaning, and let the oldest go where there are too many."""
        return self._kept.put((blob, name), meaning)


class SideReader:
    """Reads the files of one range or one history, as many as there is time and memory for; the others it leaves unread.

    Those count as files that cannot be read: a person has to look at them, and they are the same as no other.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._room = ROOM

    def known(self, blob: str, name: str) -> FileMeaning | None:
        """Return what the library knows of a blob under a name."""
        found = self._library.get(blob, name)
        if found is not None:
            self._room -= found.cost if found.cost > LIGHT else 0
        return found

    def read(self, data: bytes, name: str, blob: str) -> FileMeaning:
        """Read the bytes of a file, or say why not. name, blob: of the file. Never raises."""
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
    """Return what a file holds, where it is compressed: its own size says nothing. Of what cannot be opened, itself."""
    if stated(data) > HEAVY_BYTES:
        return data  # refused by what it says of itself
    try:
        return unpacked(data)
    except BadPacking:
        return data


ROOM = 300_000_000
"""What heavy files of one range or history may cost together, as `cost_of` says it: about 100 MB of memory."""

LIGHT = 2_000_000
"""What a file may cost to be read whatever else there is."""

_MOST_COST = 200 * _DENSE
"""What a byte costs at most."""

TOO_MANY = "too many to be compared with others here"
TOO_LARGE = "too much to be compared with others here"
TOO_MUCH = "the files beside it hold so much that it was not read"
