"""Long choices: what a form names where that is too much for a page to hold.

A choice is a text, the values of `forms.item_of` between spaces. A short one stands in the page as it is. Of a long one
the page holds only `@` and the SHA-256 of the text, and the text lies compressed in the data folder under that name: so
what is acted on is what the page was made of, to the byte, or nothing. Those shown longest ago are let go, by size.
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
"""Characters from which on a choice is kept apart."""
KEPT_BYTES = 64 * 1024 * 1024
"""Compressed bytes of all choices that are kept."""
TEXT_BYTES = 64 * 1024 * 1024
"""What a choice may come to; nothing that is kept is longer."""
_NAME = re.compile(r"[0-9a-f]{64}")


def field_of(items: str) -> str:
    """Return what a form's `item` field holds for a choice: the choice, or its name where it is long.

    Where nothing can be written, the page holds it all the same.
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
    """Return what an address holds for a choice of any length: its name. Raises Invalid where it cannot be kept."""
    data = items.encode()
    if len(data) > TEXT_BYTES:
        raise Invalid("Too much was selected to be shown on one page.")
    name = hashlib.sha256(data).hexdigest()
    try:
        _keep(_folder() / name, data)
    except OSError:
        raise Invalid("What was selected cannot be kept: the data folder takes nothing. Nothing was done.") from None
    return MARK + name


def choice_in(value: str) -> str:
    """Return the choice that a field's value stands for. Raises Invalid where it is not kept any more."""
    if not value.startswith(MARK):
        return value
    name = value.removeprefix(MARK)
    data = _read(_folder() / name) if _NAME.fullmatch(name) else b""
    if hashlib.sha256(data).hexdigest() != name:
        raise Invalid("What was selected is not kept any more. Open the page again. Nothing was saved.")
    return data.decode()


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "chosen"


def _read(place: Path) -> bytes:
    try:
        return zlib.decompressobj().decompress(place.read_bytes(), TEXT_BYTES)
    except (OSError, zlib.error):
        return b""


def _keep(place: Path, data: bytes) -> None:
    """Write a choice whole or not at all, and let go of those that were shown longest ago. Raises OSError."""
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
    """Remove what a process that was killed while it kept a choice has left."""
    temporary.sweep_unfinished(_folder(), "*.new")


def _let_go(folder: Path, *, but: Path) -> None:
    """Keep to `KEPT_BYTES`; files that a killed process has half written are among those that go."""
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
