"""Recordings as lines of public JSON, read from files without any index."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import compress, islice
from pathlib import Path
from typing import NamedTuple, TypeAlias

from recviewer.catalog import in_memory, usage
from recviewer.catalog.filters import AT_COMMIT
from recviewer.catalog.naming import file_of, suite_of
from recviewer.catalog.own_findings import SMELLS
from recviewer.catalog.summary import blobs_of_parts, summary_of
from recviewer.configuration import places
from recviewer.exchange.contract import Place, to_json
from recviewer.exchange.encode import encode
from recviewer.exchange.model import Json
from recviewer.exchange.plain import escaped_bytes
from recviewer.git import repository
from recviewer.recorders.reading import NOBODYS, ReadPart, failed, key_of_part, read_file
from recviewer.recorders.registry import claims, read_as
from recviewer.review.narrowing import Asked, narrowed
from recviewer.review.said import is_said
from recviewer.store import files
from recviewer.store.paths import key_of
from recviewer.store.refusals import Refusal, Vanished
from recviewer.store.scan import scan
from recviewer.used import stored_runs
from recviewer.used.evidence import OfRecording


class ReadExchange(NamedTuple):
    """An exchange that was read. file: the key of its file. blob: of its own bytes, "" if they are not available.

    size: of the file, in bytes, according to the file system. file_blob: of the whole file's bytes.
    """

    file: str
    part: ReadPart
    blob: str
    size: int
    file_blob: str = ""

    @property
    def key(self) -> str:
        """Its path, as in URLs."""
        return key_of_part(self.file, self.part.part)


def contract_of(found: ReadExchange) -> dict[str, Json]:
    """Return the public JSON object of an exchange."""
    part, exchange = found.part, found.part.reading.exchange
    named = {"state": part.replay.state.value, "rule": part.replay.rule, "expected": part.replay.expected}
    path = key_of_part(found.file, part.part)
    return to_json(exchange, Place(path, found.blob, part.reading.fingerprint, named, part.part, part.index))


def line_of(value: dict[str, Json]) -> bytes:
    """Return an object as one line of JSON."""
    return escaped_bytes(encode(value))


def found_below(root: Path, *, limit_bytes: int) -> Iterator[ReadExchange]:
    """Yield every recording below a directory, broken ones too. Raises store.NoRoot."""
    with files.Reader(root, limit_bytes=limit_bytes) as reader:
        for stamp in scan(root, claims()).stamps:
            if stamp.obstacle:
                yield ReadExchange(stamp.key, failed(stamp.obstacle), "", stamp.size)
                continue
            try:
                data = reader.read(stamp.raw).data
            except Vanished:
                continue
            except Refusal as refusal:
                yield ReadExchange(stamp.key, failed(str(getattr(refusal, "reason", refusal))), "", stamp.size)
                continue
            yield from found_in(data, stamp.key)


def found_in(data: bytes, file: str, *, exact: bool = False) -> Iterator[ReadExchange]:
    """Yield the exchanges of a file's bytes. file: its key. exact: keep the source text of floats."""
    blob = files.blob_id(data)
    parts = read_file(data, read_as(file), exact=exact)
    for part, own in zip(parts, blobs_of_parts(data, parts, blob), strict=True):
        yield ReadExchange(file, part, own, len(data), blob)


Usage: TypeAlias = tuple[int | None, str | None, str | None]

NOBODY: Usage = (None, None, None)
BATCH = 200
"""Recordings that a query is run on at once."""


def usage_of(found: Iterable[ReadExchange], root: Path) -> dict[str, Usage]:
    """Return what the stored runs of a tree say about its recordings, by key. found: all recordings there are."""
    keys, every = [], []
    for one in found:
        exchange = one.part.reading.exchange
        every.append(
            OfRecording(one.file, one.file_blob, exchange.test_id or "", file_of(exchange.test_id), suite_of(one.file))
        )
        keys.append(one.key)
    place = places.find(root)
    runs = () if place.conflict else stored_runs.kept_in(place.data).runs
    repo = repository.find(root)
    start = key_of(repository.way_to(repo, root)) if repo else ""
    return {key: usage.summed(said) for key, said in zip(keys, usage.said_by(runs, every, start), strict=True)}


def chosen(
    found: Iterable[ReadExchange], asked: Asked, used: Mapping[str, Usage] | None = None
) -> Iterator[ReadExchange]:
    """Yield those that match a query, in order. used: as returned by `usage_of`, if the query needs it."""
    if not asked.terms and not asked.words:
        yield from found
        return
    wanted = narrowed(asked.terms, asked.words)
    with in_memory.opened() as memory:
        for some in _batches(found):
            lone = [
                in_memory.Lone(
                    one.file, one.size, summary_of(one.part, blob=one.blob), (used or {}).get(one.key, NOBODY)
                )
                for one in some
            ]
            yield from compress(some, memory.matching(lone, wanted))


def _batches(found: Iterable[ReadExchange]) -> Iterator[tuple[ReadExchange, ...]]:
    rest = iter(found)
    while some := tuple(islice(rest, BATCH)):
        yield some


_UNTOLD = frozenset({"edited", "unknown"})


def refusal_of(asked: Asked) -> str:
    """Return a sentence that says why a query cannot be answered from files alone, "" if it can."""
    for term in asked.every_term:
        if is_said(term):
            return (
                f"{term.said} cannot be used here: export reads files alone, and no verdicts or tags. `recviewer search` "
                "takes it."
            )
        if term.key in AT_COMMIT:
            return f"{term.said} cannot be used here: export reads files alone, and no commits. `recviewer search` takes it."
        if term.key == "smell" and term.value not in SMELLS:
            return (
                f"{term.said} cannot be used here: export looks at each recording alone. `recviewer search` takes it, and "
                "`recviewer check --format json` tells all findings."
            )
        if term.key == "replay" and term.value in _UNTOLD:
            return (
                f"{term.said} cannot be used here: only the history of the files tells edited from unknown, and export "
                "reads none. `recviewer search` takes it."
            )
    return ""


def in_file(path: Path, *, limit_bytes: int) -> list[ReadExchange]:
    """Read one file outside any index. It was named explicitly, so it is unreadable if no recorder knows it.

    Raises store refusals, among them Vanished.
    """
    absolute = Path(os.path.abspath(path))
    data = files.read(absolute.parent, os.fsencode(absolute.name), limit_bytes=limit_bytes).data
    key = key_of(os.fsencode(path))
    return list(found_in(data, key, exact=True)) or [ReadExchange(key, failed(NOBODYS, len(data)), "", len(data))]
