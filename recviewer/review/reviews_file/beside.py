"""The file of reviews beside the recordings: read if it has changed, written on demand.

If it is a symbolic link, its target is read and written; the link stays.
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
"""Maximum size of a file of reviews in bytes: some hundred thousand verdicts."""


@dataclass(frozen=True, slots=True)
class FileTold:
    """What to report about the file after it was read or written: one sentence, and one for each bad line."""

    sentence: str
    bad: tuple[str, ...] = ()


def reviews_file() -> Path | None:
    """Return the file of `RECVIEWER_REVIEWS_FILE`, None if it is not set."""
    path: Path | None = settings.REVIEWS_FILE
    return path


def read_file() -> FileTold | None:
    """Import the file if it has changed since it was last read or written; None if there is nothing to report.

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
    """Write all reviews to the file, after importing what somebody else added to it meanwhile.

    Raises Invalid (no file set, or unreadable lines that would be lost), UnknownVersion, OSError.
    """
    file = reviews_file()
    if file is None:
        raise Invalid("No file is configured: set RECVIEWER_REVIEWS_FILE.")
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
    """Raise Invalid if rewriting the file would lose something in it.

    An unreadable line is not lost if exactly this line will be written again: it was written by an earlier version, or
    while the clock was ahead.
    """
    found = lines.read(data)
    merging.leave_out_answers_to_answers(found)
    ours = set(merging.export().split(b"\n")) if found.bad else set()
    there = data.split(b"\n") if found.bad else []
    for number, why in found.bad:
        if there[number - 1].replace(b"\\u0000", "\ufffd".encode()) not in ours:
            raise Invalid(f"{file.name} would lose its line {number:,}, which cannot be read ({why}). Fix it first.")
    for number, name in found.lost:
        raise Invalid(
            f"{file.name} would lose “{printable(name, 40)}” of its line {number:,}, which this recviewer does not "
            "know. Use the recviewer that wrote it, or a newer one."
        )


def _read(file: Path) -> bytes | None:
    """Return the bytes of the file, None if there is none. Raises Invalid if it is not a file, OSError."""
    try:
        fd = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with open(fd, "rb") as opened:
        about = os.fstat(fd)
        if not stat.S_ISREG(about.st_mode):
            raise Invalid(f"{file.name} is not a file.")
        if about.st_size > LARGEST:
            raise Invalid(f"{file.name} is larger than {LARGEST:,} bytes, the limit for a file of reviews.")
        return opened.read(LARGEST + 1)


def put(file: Path, data: bytes) -> None:
    """Write a file completely or not at all; for a symbolic link, its target. Raises Invalid (not a file), OSError."""
    place = Path(os.path.realpath(file))
    if os.path.lexists(place) and not place.is_file():
        raise Invalid(f"{file} is not a file. To write to standard output, name it -.")
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
    """Create a locked temporary file beside a path."""
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
    """Remove temporary files of processes that died while they wrote the file.

    Names are those that `_made` gives, now or in earlier versions, which created them with mode 600.
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
