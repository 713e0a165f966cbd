"""Long selections: what a form names if it is too long for a page.

A selection is a text: values of `forms.item_of`, separated by spaces. A short one is in the page itself. For a long one
the page contains only `@` and the SHA-256 of the text, and the text is stored compressed in the data folder under that
name. So an action applies exactly to what the page was made of, or to nothing. The oldest ones are deleted when a size
limit is reached.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import zlib
from pathlib import Path

from django.conf import settings

from recviewer.processes import temporary
from recviewer.review.refusals import Invalid

MARK = "@"
LONG = 4_000
"""Length from which a selection is stored separately."""
KEPT_BYTES = 64 * 1024 * 1024
"""Maximum compressed size of all stored selections."""
TEXT_BYTES = 64 * 1024 * 1024
"""Maximum length of a selection."""
_NAME = re.compile(r"[0-9a-f]{64}")


def field_of(items: str) -> str:
    """Return the value of a form's `item` field: the selection, or its name if it is long.

    If nothing can be written, the page contains it all the same.
    """
    data = items.encode()
    if not len(items) >= LONG or len(data) > TEXT_BYTES:
        return items
    name = hashlib.sha256(data).hexdigest()
    try:
        _keep(_folder() / name, data)
    except OSError:
        return items
    return MARK + name


def address_of(items: str) -> str:
    """Return the name of a selection of any length, for a URL. Raises Invalid if it cannot be stored."""
    data = items.encode()
    if len(data) > TEXT_BYTES:
        raise Invalid("Too much was selected to be shown on one page.")
    name = hashlib.sha256(data).hexdigest()
    try:
        _keep(_folder() / name, data)
    except OSError:
        raise Invalid("The selection cannot be stored: the data folder is not writable. Nothing was done.") from None
    return MARK + name


def choice_in(value: str) -> str:
    """Return the selection for a field's value. Raises Invalid if it is no longer stored."""
    if not value.startswith(MARK):
        return value
    name = value.removeprefix(MARK)
    data = _read(_folder() / name) if _NAME.fullmatch(name) else b""
    if hashlib.sha256(data).hexdigest() != name:
        raise Invalid("The selection is no longer stored. Open the page again. Nothing was saved.")
    return data.decode()


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "chosen"


def _read(place: Path) -> bytes:
    try:
        return zlib.decompressobj().decompress(place.read_bytes(), TEXT_BYTES)
    except (OSError, zlib.error):
        return b""


def _keep(place: Path, data: bytes) -> None:
    """Store a selection completely or not at all, and delete the oldest ones. Raises OSError."""
    if _read(place) == data:
        os.utime(place)
        return
    place.parent.mkdir(exist_ok=True)
    fresh = place.with_name(f"{place.name}.{os.getpid()}.new")
    try:
        fresh.write_bytes(zlib.compress(data, 6))
        fresh.replace(place)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise
    _let_go(place.parent, but=place)


def sweep() -> None:
    """Remove temporary files of a process that was killed while it stored a selection."""
    temporary.sweep_unfinished(_folder(), "*.new")


def _let_go(folder: Path, *, but: Path) -> None:
    """Enforce `KEPT_BYTES`; half-written files of killed processes are deleted too."""
    stats = []
    for one in folder.iterdir():
        with contextlib.suppress(OSError):
            stats.append((one.stat(), one))
    room = KEPT_BYTES
    for stat, one in sorted(stats, key=lambda told: told[0].st_mtime_ns, reverse=True):
        room -= stat.st_size
        if room < 0 and one != but:
            with contextlib.suppress(OSError):
                one.unlink()
