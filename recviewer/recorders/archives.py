"""Inspect logs: ZIP archives with a JSON file per sample. They are converted to one JSON text with all calls of models.

A sample stores long texts, and messages shared by several calls, only once: references are replaced by the values, so
that each call is complete. The size of the result is limited at each step, whatever sizes an archive declares. Source:
inspect_ai, `log/_recorders/eval.py`, `log/_pool.py`, `log/_condense.py`.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import orjson

from recviewer.formats.decode import weight
from recviewer.recorders import zstandard

HEAD = b'{"inspect":1,"events":['
"""The first bytes of the converted text."""

LIMIT = 32 * 1024 * 1024
"""Most bytes of samples read from an archive, and most bytes of the result."""

FILES_LIMIT = 10_000

ITEM_BYTES = 64
CALL_BYTES = 300
"""ITEM_BYTES, CALL_BYTES: what a shared message and a call count at least within LIMIT, however short they are."""

_ENTRY = b"PK\x01\x02"
"""The signature of each file's entry in an archive's central directory."""

WEIGHT_LIMIT = 128 * 1024 * 1024
"""Most `weight` of one sample: a few bytes of an archive may expand to millions of values."""

_SAMPLE = re.compile(r"samples/[^/]+\.json")
_ATTACHED = "attachment://"


class BadArchive(Exception):
    """An archive that cannot be opened. The message has no full stop."""


def opened(data: bytes) -> bytes:
    """Return the model calls of all samples, as one JSON text. Raises BadArchive."""
    budget = _Budget()
    made: list[bytes] = []
    for text in _samples(data):
        if weight(text) > WEIGHT_LIMIT:
            raise BadArchive("an archive of which a sample holds more values than are read at once")
        try:
            sample = orjson.loads(text)
        except ValueError:
            raise BadArchive("an archive of which a sample is not JSON") from None
        made += _calls(sample, budget)
    return b"%s\n%s\n]}\n" % (HEAD, b",\n".join(made))


def stated(data: bytes) -> int:
    """Return the total size that an archive declares for its files; 0 if it cannot be read."""
    if data.count(_ENTRY) > FILES_LIMIT:
        return 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, struct.error, OSError, RuntimeError, ValueError, NotImplementedError):
        return 0


def _samples(data: bytes) -> Iterator[bytes]:
    left = LIMIT
    faults: tuple[type[Exception], ...] = (*_FAULTS, *zstandard.FAULTS)
    if data.count(_ENTRY) > FILES_LIMIT:  # before creating an object for each
        raise BadArchive(f"an archive of more than {FILES_LIMIT:,} files")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                if not _SAMPLE.fullmatch(info.filename):
                    continue
                if info.compress_type == ZSTANDARD:
                    text = zstandard.opened(_packed(data, info), left + 1)
                elif info.compress_type not in _BOUNDED:
                    raise NotImplementedError
                else:
                    with archive.open(info) as file:
                        text = file.read(left + 1)
                left -= len(text)
                if left < 0:
                    raise BadArchive(f"an archive that holds more than {LIMIT // 1024 // 1024} MB of samples")
                yield text
    except zstandard.NotHere:
        raise BadArchive(
            "an archive that Zstandard compressed, which needs Python 3.14 or the package `zstandard` to be opened"
        ) from None
    except NotImplementedError:
        raise BadArchive("an archive compressed in a way that cannot be opened here") from None
    except faults:
        raise BadArchive("an archive that is damaged, or sealed, so that it cannot be opened") from None


_BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Compression methods with which `zipfile` decompresses no more than it is asked for. With others, a few bytes may become
gigabytes.
"""

_FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError, UnicodeError)
"""What a damaged archive raises while it is read."""

ZSTANDARD = 93
"""The number of this compression method in ZIP archives."""


def _packed(data: bytes, info: zipfile.ZipInfo) -> bytes:
    """Return the compressed bytes of a file in an archive, which follow its 30-byte header, its name and extra field."""
    name, more = struct.unpack_from("<HH", data, info.header_offset + 26)
    start = info.header_offset + 30 + name + more
    return data[start : start + info.compress_size]


class _Budget:
    """How many bytes the result may still grow."""

    def __init__(self) -> None:
        self.left = LIMIT

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise BadArchive(f"an archive whose calls come to more than {LIMIT // 1024 // 1024} MB")


def _calls(sample: Any, budget: _Budget) -> Iterator[bytes]:
    if not isinstance(sample, dict):
        raise BadArchive("an archive of which a sample is not an object")
    attached = _dict(sample.get("attachments"))
    pools = _dict(sample.get("events_data"))
    messages = _pool(sample.get("message_pool") or pools.get("messages"), attached, budget)
    calls = _pool(sample.get("call_pool") or pools.get("calls"), attached, budget)
    of = _told_of(sample)
    events = sample.get("events")
    for event in events if isinstance(events, list) else ():
        if not isinstance(event, dict) or event.get("event") != "model":
            continue
        made = {"event": "model", "sample": of, **_whole(event, attached, budget)}
        if made.get("input_refs"):
            made["input"] = _expanded(made.pop("input_refs"), messages, budget)
        call = made.get("call")
        if isinstance(call, dict) and call.get("call_refs"):
            key = call.get("call_key") or "messages"
            asked = {**_dict(call.get("request")), str(key): _expanded(call["call_refs"], calls, budget)}
            rest = {name: value for name, value in call.items() if name not in ("call_refs", "call_key")}
            made["call"] = {**rest, "request": asked}
        try:
            text = orjson.dumps(made)
        except TypeError:
            raise BadArchive("an archive with a sample that nests too deep") from None
        budget.spend(max(len(text), CALL_BYTES))
        yield bytes(memoryview(text))  # orjson allocates some kilobytes for each text, and a copy does not


def _told_of(sample: dict[str, Any]) -> dict[str, Any]:
    """Return the id of a sample and its outcome: its scores, without when and how they were computed, and its error."""
    made = {key: sample[key] for key in ("id", "epoch", "target", "limit") if sample.get(key) is not None}
    scores = sample.get("scores")
    if isinstance(scores, dict) and scores:
        made["scores"] = {name: _score(one) for name, one in scores.items()}
    error = sample.get("error")
    return {**made, "error": _dict(error).get("message") or error} if error else made


def _score(score: Any) -> Any:
    return {key: score[key] for key in ("value", "answer") if key in score} if isinstance(score, dict) else score


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _pool(items: Any, attached: dict[str, Any], budget: _Budget) -> list[tuple[Any, int]]:
    """Return values shared by several calls, each with its size."""
    made = [_whole(item, attached, budget) for item in items] if isinstance(items, list) else []
    return [(item, len(orjson.dumps(item))) for item in made]


def _expanded(refs: Any, pool: list[tuple[Any, int]], budget: _Budget) -> list[Any]:
    """Return the items at the ranges given as pairs of indexes (start, end)."""
    made: list[Any] = []
    for ref in refs if isinstance(refs, list) else ():
        if not (isinstance(ref, list) and len(ref) == 2 and all(type(at) is int and at >= 0 for at in ref)):
            raise BadArchive("an archive with a call that names messages in a way that nobody knows")
        if ref[1] > len(pool):
            raise BadArchive("an archive with a call that names messages that are not in it")
        for item, size in pool[ref[0] : ref[1]]:
            budget.spend(max(size, ITEM_BYTES) + 1)
            made.append(item)
    return made


def _whole(value: Any, attached: dict[str, Any], budget: _Budget, depth: int = 0) -> Any:
    """Return a value with references to the sample's attachments replaced by their texts."""
    if depth > 200:
        raise BadArchive("an archive with a sample that nests too deep")
    if isinstance(value, str) and value.startswith(_ATTACHED):
        text = attached.get(value.removeprefix(_ATTACHED))
        if isinstance(text, str):
            budget.spend(len(text))
            return text
    if isinstance(value, list):
        return [_whole(item, attached, budget, depth + 1) for item in value]
    if isinstance(value, dict):
        return {key: _whole(item, attached, budget, depth + 1) for key, item in value.items()}
    return value
