"""Recordings as lines of the public contract, read from files without any index."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import compress, islice
from pathlib import Path
from typing import NamedTuple

from recviewer.catalog import alone
from recviewer.catalog.summary import summary_of
from recviewer.exchange.contract import Place, to_json
from recviewer.exchange.encode import encode
from recviewer.exchange.fingerprint import fingerprint
from recviewer.exchange.model import Json
from recviewer.exchange.plain import escaped_bytes
from recviewer.formats.reading import Reading, read, unreadable
from recviewer.recorders.registry import claims
from recviewer.replay.names import Replay, ReplayState, name_state
from recviewer.review.narrowing import REVIEW_KEYS, Asked, narrowed
from recviewer.store import files
from recviewer.store.paths import key_of
from recviewer.store.refusals import Refusal, Vanished
from recviewer.store.scan import scan


def contract_of(reading: Reading, path: str, blob: str) -> dict[str, Json]:
    """Return the contract's object for a recording that was read. path: its last part is the name replay looks for."""
    replay = name_state(reading.document, path.rpartition("/")[2]) if reading.raw else Replay(ReplayState.UNVERIFIABLE)
    named = {"state": replay.state.value, "rule": replay.rule, "expected": replay.expected}
    return to_json(reading.exchange, Place(path, blob, fingerprint(reading.exchange), named))


def line_of(value: dict[str, Json]) -> bytes:
    """Return an object as one line of JSON."""
    return escaped_bytes(encode(value))


class Found(NamedTuple):
    """A recording that was read. blob: "" where its bytes cannot be had. size: in bytes, as the file system says."""

    path: str
    reading: Reading
    blob: str
    size: int


def found_below(root: Path, *, limit_bytes: int) -> Iterator[Found]:
    """Yield every recording below a directory, broken ones too. Raises store.NoRoot."""
    with files.Reader(root, limit_bytes=limit_bytes) as reader:
        for stamp in scan(root, claims()).stamps:
            if stamp.obstacle:
                yield Found(stamp.key, unreadable(stamp.obstacle), "", stamp.size)
                continue
            try:
                data = reader.read(stamp.raw).data
            except Vanished:
                continue
            except Refusal as refusal:
                yield Found(stamp.key, unreadable(str(getattr(refusal, "reason", refusal))), "", stamp.size)
                continue
            yield Found(stamp.key, read(data), files.blob_id(data), len(data))


BATCH = 200
"""Recordings that a query is put to at once."""


def chosen(found: Iterable[Found], asked: Asked) -> Iterator[Found]:
    """Yield those that a query holds, in order."""
    if not asked.terms and not asked.words:
        yield from found
        return
    wanted = narrowed(asked.terms, asked.words)
    with alone.opened() as memory:
        for some in _batches(found):
            lone = [alone.Lone(one.path, one.size, summary_of(one.reading, one.path, blob=one.blob)) for one in some]
            yield from compress(some, memory.matching(lone, wanted))


def _batches(found: Iterable[Found]) -> Iterator[tuple[Found, ...]]:
    rest = iter(found)
    while some := tuple(islice(rest, BATCH)):
        yield some


_UNTOLD = frozenset({"edited", "unknown"})


def refusal_of(asked: Asked) -> str:
    """Return as a sentence why files alone cannot answer a query, "" where they can."""
    for term in asked.terms:
        if term.key in REVIEW_KEYS:
            return (
                f"{term.said} cannot be used here: export reads files alone, and no verdicts or tags. `recviewer search` "
                "takes it."
            )
        if term.key == "replay" and term.value in _UNTOLD:
            return (
                f"{term.said} cannot be used here: only the history of the files tells edited from unknown, and export "
                "reads none. `recviewer search` takes it."
            )
    return ""


def one_file(path: Path, *, limit_bytes: int) -> tuple[str, Reading, str]:
    """Read one file outside any index. Raises store refusals, among them Vanished."""
    absolute = Path(os.path.abspath(path))
    data = files.read(absolute.parent, os.fsencode(absolute.name), limit_bytes=limit_bytes).data
    return key_of(os.fsencode(path)), read(data, exact=True), files.blob_id(data)
