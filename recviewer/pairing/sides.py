"""One side of a change: a recording as a commit, or the disk, has it; read once for each content and name."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

from recviewer.catalog.naming import clean, test_name
from recviewer.exchange.fingerprint import fingerprint
from recviewer.exchange.model import Exchange, Kind, Table
from recviewer.exchange.text import Line, line_of
from recviewer.formats.raw import host_of
from recviewer.formats.reading import read, unreadable
from recviewer.replay.names import Replay, ReplayState, name_state
from recviewer.store import files

CACHE_BYTES = 48_000_000
"""Recorded bytes whose meaning is kept in memory by one cache; the oldest go first."""


@dataclass(frozen=True)
class Meaning:
    """What the bytes of a recording say under a file name. size: in bytes. lines: as git counts them."""

    exchange: Exchange
    fingerprint: str
    replay: Replay
    line: Line
    size: int
    lines: int

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
class Side:
    """A recording at a path. blob: its git blob id; "" for what cannot be read on disk."""

    path: str
    raw: bytes
    blob: str
    meaning: Meaning

    @property
    def exchange(self) -> Exchange:
        """What it says."""
        return self.meaning.exchange

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The way to the file, ending in `/`; "" at the top."""
        return self.path[: -len(self.name)] if self.name else self.path

    @property
    def test_id(self) -> str:
        """The test it was recorded for, "" where none is known."""
        return self.meaning.exchange.test_id or ""

    @property
    def test(self) -> str:
        """The test as a list shows it: function and parameters."""
        return clean(test_name(self.meaning.exchange.test_id))

    @property
    def subject(self) -> str:
        """What a verdict on it hangs on: the fingerprint; of an unreadable file its very bytes."""
        return self.meaning.fingerprint or (f"blob:{self.blob}" if self.blob else "")


def meaning_of(data: bytes, name: str) -> Meaning:
    """Read a recording's bytes. name: of its file. Never raises."""
    reading = read(data)
    replay = name_state(reading.document, name) if reading.raw else Replay(ReplayState.UNVERIFIABLE)
    exchange = reading.exchange
    lines = 0 if b"\0" in data[:8000] else files.count_lines(data)
    return Meaning(exchange, fingerprint(exchange), replay, line_of(exchange), len(data), lines)


def without_bytes(reason: str) -> Meaning:
    """Return the meaning of a recording whose bytes cannot be had. reason: a clause without its full stop."""
    exchange = unreadable(reason).exchange
    return Meaning(exchange, "", Replay(ReplayState.UNVERIFIABLE), line_of(exchange), 0, 0)


class Library:
    """Meanings by blob id and file name, on which alone they depend."""

    def __init__(self, *, limit_bytes: int = CACHE_BYTES) -> None:
        self._limit = limit_bytes
        self._kept: OrderedDict[tuple[str, str], Meaning] = OrderedDict()
        self._size = 0

    def get(self, blob: str, name: str) -> Meaning | None:
        """Return what is known of a blob under a name."""
        found = self._kept.get((blob, name))
        if found is not None:
            self._kept.move_to_end((blob, name))
        return found

    def put(self, blob: str, name: str, meaning: Meaning) -> Meaning:
        """Keep a meaning, and let the oldest go where there are too many."""
        if (blob, name) not in self._kept:
            self._kept[blob, name] = meaning
            self._size += meaning.size + 1000
            while self._size > self._limit and len(self._kept) > 1:
                self._size -= self._kept.popitem(last=False)[1].size + 1000
        return meaning
