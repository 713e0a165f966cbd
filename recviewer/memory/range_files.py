"""Results of evaluating ranges, stored in the data folder, so that each range is evaluated once for all processes.

Recordings come from strangers, and others may be able to write to the folder. So a file is signed with the instance's
secret key, together with its commits and the version of the code, and a file with another signature is not read. Even
from a signed file only values of recviewer's own classes are created: dataclasses, enumerations and tuples of the
packages that evaluate ranges. Missing, damaged, outdated or forged results are computed again.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import hashlib
import hmac
import io
import logging
import os
import pickle
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils.crypto import salted_hmac
from filelock import FileLock, Timeout

from recviewer.changes.sources import Range
from recviewer.exchange.encode import SourceFloat
from recviewer.exchange.signs import StandIn
from recviewer.formats.version import version_of
from recviewer.pairing.successors import KeptRecording
from recviewer.processes import temporary

log = logging.getLogger(__name__)

KEPT_BYTES = 256 * 1024 * 1024
"""Maximum total size of the files; the least recently used ones are deleted first."""

ONE_BYTES = 64 * 1024 * 1024
"""Maximum size of one file, and so of what a process reads at once."""

KEPT_SECONDS = 30 * 24 * 3600
"""Age after which a range that nobody asked for is deleted."""

WAIT_SECONDS = 60
"""How long a process waits for another one that evaluates the same range, before it does so itself."""

ROOMS = ("asserts", "changes", "difference", "exchange", "formats", "git", "pairing", "replay", "smells")
"""The packages whose values are stored."""

_SOURCES = (*ROOMS, "language", "memory", "recorders", "report", "secrets", "catalog/naming.py", "bounded")
"""The packages on whose code the results depend."""

_HEAD: Final = b"recviewer range\n"
_RANGE, _UNCHANGED = "range", "unchanged"


def unknown(tests: Collection[str]) -> Collection[KeptRecording] | None:
    """Replaces the tests that a range left alone, which are not stored: see `ChangeSet.unchanged`."""
    return None


def read(asked: Range) -> Any:
    """Return the stored result for a range of two commits, None if there is none that can be used."""
    place = _place(asked)
    try:
        with open(place, "rb") as file:
            data = file.read(ONE_BYTES + 1)
        os.utime(place)
    except OSError:
        return None
    start = len(_HEAD) + hashlib.sha256().digest_size
    packed = memoryview(data)[start:]
    if len(data) > ONE_BYTES or not hmac.compare_digest(data[:start], _HEAD + _signature(asked, packed).digest()):
        return None
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as unpacked:
            return _Reader(unpacked, asked).load()
    except Exception:  # whatever is wrong with it, it can be computed again
        log.warning("a range that was kept cannot be read", exc_info=True)
        return None


def write(asked: Range, value: object, unchanged: Callable[..., object]) -> None:
    """Store the result for a range of two commits, completely or not at all. Never raises.

    The range and `unchanged` are not written: a reader gets its own range, and `unknown`, instead.
    """
    place = _place(asked)
    fresh = place.with_name(f"{place.name}.{os.getpid()}.new")
    try:
        place.parent.mkdir(mode=0o700, exist_ok=True)
        with open(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            start = _HEAD + bytes(hashlib.sha256().digest_size)
            file.write(start)
            signing = _Signing(file, _signature(asked, b""))
            with gzip.GzipFile(fileobj=signing, mode="wb", compresslevel=1, mtime=0) as packed:
                _Writer(packed, asked, unchanged).dump(value)
            file.seek(len(_HEAD))
            file.write(signing.signature.digest())
        fresh.replace(place)
    except (OSError, RecursionError, pickle.PicklingError, TypeError, AttributeError) as failed:
        log.warning("a range cannot be kept (%s)", type(failed).__name__)
        with contextlib.suppress(OSError):
            fresh.unlink()
        return
    let_go(but=place)


@contextmanager
def alone(asked: Range) -> Iterator[None]:
    """Let one process or thread at a time evaluate a range; after a timeout, or if nothing can be written, all may."""
    lock = FileLock(_folder() / f"{_place(asked).name[:2]}.lock", thread_local=False)
    try:
        _folder().mkdir(mode=0o700, exist_ok=True)
        lock.acquire(timeout=WAIT_SECONDS)
    except (OSError, Timeout, NotImplementedError):
        yield
        return
    try:
        yield
    finally:
        lock.release()


def let_go(*, but: Path | None = None) -> None:
    """Delete what nobody asked for recently, and what exceeds `KEPT_BYTES`. Never raises."""
    stats = []
    with contextlib.suppress(OSError):
        for one in _folder().glob("*.range"):
            with contextlib.suppress(OSError):
                stats.append((one.stat(), one))
    room, oldest = KEPT_BYTES, time.time() - KEPT_SECONDS
    for stat, one in sorted(stats, key=lambda told: told[0].st_mtime_ns, reverse=True):
        room -= stat.st_size
        if one != but and (room < 0 or stat.st_mtime < oldest):
            with contextlib.suppress(OSError):
                one.unlink()


def sweep() -> None:
    """Remove temporary files of a process that was killed while it stored a range."""
    temporary.sweep_unfinished(_folder(), "*.new")


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "ranges"


def _place(asked: Range) -> Path:
    return _folder() / f"{hashlib.sha256(_names(asked)).hexdigest()}.range"


def _names(asked: Range) -> bytes:
    return b"\0".join([os.fsencode(asked.repository.git_dir), asked.base.encode(), asked.head.encode()])


def _signature(asked: Range, data: bytes | memoryview) -> hmac.HMAC:
    key = salted_hmac("recviewer.memory.range_files", version(), algorithm="sha256").digest()
    made = hmac.new(key, _names(asked) + b"\0", hashlib.sha256)
    made.update(data)
    return made


@cache
def version() -> str:
    """Return a digest that changes whenever results may be computed differently, or stored in another form."""
    return f"{sys.version} {version_of(_SOURCES)}"


class _Signing(io.RawIOBase):
    """A file wrapper that signs what is written. Raises OSError if it becomes too large."""

    def __init__(self, file: io.BufferedWriter, signature: hmac.HMAC) -> None:
        self._file, self.signature = file, signature
        self._room = ONE_BYTES

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        size = len(data)
        self._room -= size
        if self._room < 0:
            raise OSError("too much to be kept")
        self.signature.update(data)
        return self._file.write(data)


class _Writer(pickle.Pickler):
    def __init__(self, file: Any, asked: Range, unchanged: Callable[..., object]) -> None:
        super().__init__(file, 5)
        self._names = {id(asked): _RANGE, id(unchanged): _UNCHANGED}

    def persistent_id(self, value: object) -> str | None:
        return self._names.get(id(value))


class _Reader(pickle.Unpickler):
    """An unpickler that creates values of recviewer's own classes, and nothing else."""

    def __init__(self, file: io.BufferedIOBase, asked: Range) -> None:
        super().__init__(file)
        self._asked = asked

    def persistent_load(self, name: str) -> object:
        return {_RANGE: self._asked, _UNCHANGED: unknown}[name]

    def find_class(self, module: str, name: str) -> type:
        room = module.removeprefix("recviewer.").partition(".")[0] if module.startswith("recviewer.") else ""
        found = getattr(sys.modules.get(module), name, None) if room in ROOMS else None
        if not isinstance(found, type) or found.__module__ != module or not is_value(found):
            raise pickle.UnpicklingError(f"{module}.{name} is not a value of a range")
        return found


def is_value(some: type) -> bool:
    """Tell whether a class only holds values. A class that is frozen only for the type checker still has a hash."""
    is_named_tuple = issubclass(some, tuple) and hasattr(some, "_fields")
    made = some.__dataclass_params__ if dataclasses.is_dataclass(some) else None  # type: ignore[attr-defined]
    is_frozen = made is not None and (made.frozen or made.unsafe_hash)
    return is_frozen or is_named_tuple or issubclass(some, (Enum, SourceFloat, StandIn))
