"""The file of reviews that lies beside the recordings: read where it changed, written on demand.

Where it is a symbolic link, the file that the link leads to is read and written; the link stays.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from recviewer.exchange.amounts import counted
from recviewer.processes import temporary
from recviewer.review.refusals import Invalid
from recviewer.review.reviews_file import lines, merging
from recviewer.review.subjects import printable
from recviewer.review.trash_notes import KEEPER

LARGEST = 256 * 1024 * 1024
"""Bytes of a file of reviews: some hundred thousand verdicts."""


@dataclass(frozen=True, slots=True)
class FileTold:
    """What is to be said about the file after it was read or written: one sentence, and one for each bad line."""

    sentence: str
    bad: tuple[str, ...] = ()


def reviews_file() -> Path | None:
    """Return the file of `RECVIEWER_REVIEWS_FILE`, None where none is set."""
    path: Path | None = settings.REVIEWS_FILE
    return path


def read_file() -> FileTold | None:
    """Import the file if it changed since it was last read or written; None where there is nothing to say.

    Raises UnknownVersion, Invalid (no file, or too large), OSError.
    """
    file = reviews_file()
    data = _read(file) if file else None
    if file is None or data is None or _digest(data) == _known_digest():
        return None
    imported = merging.bring_in(data, actor=KEEPER, name=file.name)
    _remember(data)
    bad = tuple(f"{file}: line {number:,} was left out: {why}." for number, why in imported.bad)
    if imported.done.event is None and not bad:
        return None
    return FileTold(f"Reviews: {imported.done.sentence}", bad)


def write_file() -> FileTold:
    """Write all reviews to the file; what somebody else brought into it meanwhile is imported before.

    Raises Invalid (no file set, or lines in it that cannot be read and would be lost), UnknownVersion, OSError.
    """
    file = reviews_file()
    if file is None:
        raise Invalid("No file is set: RECVIEWER_REVIEWS_FILE names it.")
    before = _read(file)
    if before is not None:
        _expect_nothing_lost(file, before)
        read_file()
    data = merging.export()
    count = data.count(b"\n") - 1
    if before == data:
        _remember(data)
        return FileTold(f"{file.name} says all of it already: {count:,} lines.")
    put(file, data)
    _remember(data)
    return FileTold(f"Wrote {counted(count, 'line')} to {file.name}.")


def _expect_nothing_lost(file: Path, data: bytes) -> None:
    """Raise Invalid where writing the file anew would lose something of it.

    A line that cannot be read is not lost where this very line will be written again: it was written by an earlier
    version, or while the clock was ahead.
    """
    found = lines.read(data)
    merging.leave_out_answers_to_answers(found)
    ours = set(merging.export().split(b"\n")) if found.bad else set()
    there = data.split(b"\n") if found.bad else []
    for number, why in found.bad:
        if there[number - 1].replace(b"\\u0000", "\ufffd".encode()) not in ours:
            raise Invalid(f"{file.name} would lose its line {number:,}, which cannot be read ({why}). Mend it first.")
    for number, name in found.lost:
        raise Invalid(
            f"{file.name} would lose “{printable(name, 40)}” of its line {number:,}, which this recviewer does not "
            "know. Use the recviewer that wrote it, or a newer one."
        )


def _read(file: Path) -> bytes | None:
    """Return the bytes of the file, None where there is none. Raises Invalid for what is no file, OSError."""
    try:
        fd = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with open(fd, "rb") as opened:
        about = os.fstat(fd)
        if not stat.S_ISREG(about.st_mode):
            raise Invalid(f"{file.name} is no file.")
        if about.st_size > LARGEST:
            raise Invalid(f"{file.name} is larger than {LARGEST:,} bytes, which no file of reviews is.")
        return opened.read(LARGEST + 1)


def put(file: Path, data: bytes) -> None:
    """Write a file whole or not at all; of a symbolic link, the file that it leads to. Raises Invalid (no file), OSError."""
    place = Path(os.path.realpath(file))
    if os.path.lexists(place) and not place.is_file():
        raise Invalid(f"{file} is no file. To write to standard output, name it -.")
    fd, name = _made(place)
    try:
        with os.fdopen(fd, "wb") as out:
            out.write(data)
            out.flush()
            os.fchmod(fd, place.stat().st_mode & 0o777 if place.exists() else 0o644)
            os.fsync(fd)
            Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync(place.parent)


def _made(place: Path) -> tuple[int, str]:
    """Make a file beside a place, which this process holds."""
    while True:
        fd, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.", suffix=".new")
        if temporary.hold(fd, name):
            return fd, name
        os.close(fd)


def _sync(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sweep() -> None:
    """Remove what processes that died while they wrote the file left beside it.

    Names are those that `_made` gives, now or in earlier versions, which wrote them for their own eyes alone.
    """
    file = reviews_file()
    if file is None:
        return
    place = Path(os.path.realpath(file))
    ours = re.compile(re.escape(f".{place.name}.") + r"[a-z0-9_]{8}(\.new)?")
    for name in os.listdir(place.parent) if place.parent.is_dir() else ():
        found = ours.fullmatch(name)
        if found and (found[1] or os.lstat(place.parent / name).st_mode & 0o077 == 0):
            temporary.sweep(place.parent / name)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _memory() -> Path:
    return Path(settings.DATA_DIR) / "reviews-file"


def _known_digest() -> str:
    try:
        return _memory().read_text().strip()
    except OSError:
        return ""


def _remember(data: bytes) -> None:
    _memory().write_text(_digest(data) + "\n")
