"""Recordings as lines of the public contract, read from files without any index."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from recviewer.exchange.contract import Place, to_json
from recviewer.exchange.encode import encode
from recviewer.exchange.fingerprint import fingerprint
from recviewer.exchange.model import Json
from recviewer.formats.reading import Reading, read, unreadable
from recviewer.replay.names import Replay, ReplayState, name_state
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
    return encode(value)


def recordings_below(root: Path, *, limit_bytes: int) -> Iterator[tuple[str, Reading, str]]:
    """Yield (path, reading, blob) for every recording below a directory, broken ones too. Raises store.NoRoot."""
    with files.Reader(root, limit_bytes=limit_bytes) as reader:
        for stamp in scan(root).stamps:
            if stamp.obstacle:
                yield stamp.key, unreadable(stamp.obstacle), ""
                continue
            try:
                data = reader.read(stamp.raw).data
            except Vanished:
                continue
            except Refusal as refusal:
                yield stamp.key, unreadable(str(getattr(refusal, "reason", refusal))), ""
                continue
            yield stamp.key, read(data), files.blob_id(data)


def one_file(path: Path, *, limit_bytes: int) -> tuple[str, Reading, str]:
    """Read one file outside any index. Raises store refusals, among them Vanished."""
    absolute = Path(os.path.abspath(path))
    data = files.read(absolute.parent, os.fsencode(absolute.name), limit_bytes=limit_bytes).data
    return key_of(os.fsencode(path)), read(data, exact=True), files.blob_id(data)
