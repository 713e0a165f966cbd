"""Reading a file: bytes in, its exchanges out, with secrets masked. No file content makes this raise."""

from __future__ import annotations

import gc
import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import replace
from itertools import islice

from recviewer.exchange.dataclass import dataclass
from recviewer.formats.reading import Reading, read_briefly, read_document, unreadable
from recviewer.recorders.contract import FilePart, Recorder
from recviewer.recorders.damage import damage
from recviewer.recorders.packing import BadPacking, packed_as, unpacked
from recviewer.recorders.registry import matching_of, recorder_of, told_test
from recviewer.recorders.suspecting import may_speak, without_secrets
from recviewer.replay.names import Replay, ReplayState
from recviewer.secrets.quick import suspects

log = logging.getLogger(__name__)
PARTS_LIMIT = 100_000
"""Most exchanges of a file: each has a row, however small it is. Real cassettes have some hundreds."""

NOBODYS = "not a file that any recorder here writes, as far as its first bytes tell"
"""Why a requested file without any recognized exchange cannot be read."""

UNVERIFIABLE = Replay(ReplayState.UNVERIFIABLE)


@dataclass(frozen=True, slots=True)
class ReadPart:
    """One exchange of a file that was read.

    part: see `contract.FilePart.name`. index: its 0-based position in the file. start, end: its byte offsets in the
    decompressed file; rest: as in `contract.FilePart`. replay: whether replay finds it under its file's name. is_brief:
    its document lacks chunks.
    """

    part: str
    index: int
    start: int
    end: int
    reading: Reading
    replay: Replay
    recorder: str = ""
    rest: tuple[int, int] | None = None
    is_brief: bool = False

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return self.end - self.start + (self.rest[1] - self.rest[0] if self.rest else 0)


def sum_file(data: bytes, name: str) -> tuple[ReadPart, ...]:
    """Read a file's exchanges as `read_file` does, but their documents may lack chunks."""
    try:
        data = unpacked(data)
    except BadPacking as reason:
        return (failed(str(reason), len(data)),)
    recorder = recorder_of(name, data)
    if recorder is not None and getattr(recorder, "is_one_document", False):  # an `OneDocument`; isinstance is slow
        reading = read_briefly(data, suspects)
        if reading is not None and not may_speak(reading):
            replay = recorder.replay(reading.document, name.rpartition("/")[2])
            return (ReadPart("", 0, 0, len(data), reading, replay, recorder.name),)
    return _read_by(recorder, data, name, exact=False)


def read_first(data: bytes, name: str, *, exact: bool = False) -> ReadPart | None:
    """Return the first exchange of a file, with a document that may lack chunks.

    None if the file has to be read in full for that, which costs many times as much. name, exact: as for `read_file`.
    """
    recorder = recorder_of(name, data)
    if recorder is None or not getattr(recorder, "is_one_document", False):
        return None
    reading = read_briefly(data, suspects, exact=exact)
    if reading is None or may_speak(reading) or ("test_id" not in reading.document and told_test(recorder, name)):
        return None
    matching = matching_of(recorder, data)
    replay = recorder.replay(reading.document, name.rpartition("/")[2])
    told = reading if matching is None else replace(reading, matching=matching)
    return ReadPart("", 0, 0, len(data), told, replay, recorder.name, is_brief=True)


def read_file(data: bytes, name: str, *, exact: bool = False) -> tuple[ReadPart, ...]:
    """Read a file's exchanges in order; () for a file that is not a recording, although it is among them.

    name: of the file, or its path if that matters, see `registry.read_as`. exact: see `contract.Recorder.parts`.
    """
    try:
        data = unpacked(data)
    except BadPacking as reason:
        return (failed(str(reason), len(data)),)
    return _read_by(recorder_of(name, data), data, name, exact=exact)


def _read_by(recorder: Recorder | None, data: bytes, name: str, *, exact: bool) -> tuple[ReadPart, ...]:
    if recorder is None:
        reason = damage(name, data)
        return (failed(reason, len(data)),) if reason else ()
    try:
        with _bounded(recorder):
            found = list(islice(recorder.parts(data, exact=exact), PARTS_LIMIT + 1))
            if len(found) > PARTS_LIMIT:  # before reading one, which costs more than finding it
                return (failed(f"more than {PARTS_LIMIT:,} exchanges in one file", len(data)),)
            parts = [_read(recorder, part, index, name, data) for index, part in enumerate(found)]
    except Exception as error:
        log.exception("recorder %s failed", recorder.name)
        return (failed(f"the {recorder.name} recorder's reader failed ({type(error).__name__})", len(data)),)
    if len(parts) != 1 and not _are_told_apart([part.part for part in parts]):
        return (failed(f"the {recorder.name} recorder's reader does not tell its exchanges apart", len(data)),)
    return tuple(parts)


def _bounded(recorder: Recorder) -> AbstractContextManager[None]:
    """Return a limit for what the compressed bodies of a file hold; a file of one document has none."""
    if getattr(recorder, "is_one_document", False):
        return nullcontext()
    from recviewer.recorders.http_exchange import bounded_bodies  # not needed for most trees

    return bounded_bodies()


def _are_told_apart(names: Sequence[str]) -> bool:
    """Tell whether names can be used in keys: unique, not empty, without a slash."""
    return 0 < len(set(names)) == len(names) and not any(not name or "/" in name for name in names)


def replays(data: bytes, name: str) -> Iterator[tuple[str, Replay]]:
    """Yield, for each decodable exchange of a file, its name and whether replay finds it; nothing else is read."""
    with suppress(BadPacking):
        data = unpacked(data)
    recorder = recorder_of(name, data)
    if recorder is None:
        return
    try:
        for part in recorder.parts(data):
            if part.decoded is not None:
                yield part.name, recorder.replay(part.decoded.document, name.rpartition("/")[2])
    except Exception:
        log.exception("recorder %s failed", recorder.name)


def failed(reason: str, size: int = 0) -> ReadPart:
    """Return the only part of an unreadable file. reason: a sentence without a full stop. size: in bytes."""
    return ReadPart("", 0, 0, size, unreadable(reason), UNVERIFIABLE)


def read_part(data: bytes, name: str, part: str, *, exact: bool = False) -> ReadPart | None:
    """Read a file and return one of its exchanges, None if none has this name."""
    return next((one for one in read_file(data, name, exact=exact) if one.part == part), None)


def _read(recorder: Recorder, part: FilePart, index: int, name: str, data: bytes) -> ReadPart:
    if part.decoded is None:
        reading = unreadable(part.reason)
        return ReadPart(part.name, index, part.start, part.end, reading, UNVERIFIABLE, recorder.name, part.rest)
    decoded = part.decoded
    if isinstance(decoded.document, dict) and "test_id" not in decoded.document:
        test = told_test(recorder, name)
        decoded = replace(decoded, document={"test_id": test, **decoded.document}) if test else decoded
    reading = read_document(decoded)
    replay = recorder.replay(reading.document, name.rpartition("/")[2]) if reading.raw else UNVERIFIABLE
    own = data[part.start : part.end] + (data[slice(*part.rest)] if part.rest else b"")
    reading = without_secrets(reading, decoded, own, is_document=getattr(recorder, "is_one_document", False))
    matching = matching_of(recorder, data)
    if matching is not None:
        reading = replace(reading, matching=matching)
    return ReadPart(part.name, index, part.start, part.end, reading, replay, recorder.name, part.rest)


def bytes_of(data: bytes, part: ReadPart) -> bytes:
    """Return the decompressed bytes of an exchange. data: of its file."""
    return next(bytes_of_each(data, (part,)))


def bytes_of_each(data: bytes, parts: Iterable[ReadPart]) -> Iterator[bytes]:
    """Yield the bytes of some exchanges of a file as `bytes_of` does, but decompress the file only once."""
    plain = None
    for part in parts:
        if not part.part:
            yield data
            continue
        plain = unpacked(data) if plain is None else plain
        yield plain[part.start : part.end] + (plain[slice(*part.rest)] if part.rest else b"")


def without(data: bytes, name: str, parts: Collection[str]) -> bytes | None:
    """Return a file without some of its exchanges, all other bytes of its content kept; None if that is impossible.

    name: as for `read_file`.
    """
    try:
        plain = unpacked(data)
    except BadPacking:
        return None
    recorder = recorder_of(name, plain)
    left = recorder.without(plain, parts) if recorder is not None else None
    return None if left is None else packed_as(left, data)


def key_of_part(file: str, part: str) -> str:
    """Return the key of a part of a file from the file's key. It is unique, since no path can be below a file."""
    return f"{file}/{part}" if part else file


@contextmanager
def without_collector() -> Iterator[None]:
    """Disable the garbage collector while decoding: documents contain no cycles, and traversing them is slow."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
