"""Reads the bytes of recordings of a range again, on request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from recviewer.changes import disk
from recviewer.changes.sources import Range
from recviewer.git.history import contents
from recviewer.pairing.sides import Side, own_bytes


def recorded(asked: Range, sides: Iterable[Side]) -> Iterator[tuple[Side, bytes]]:
    """Yield the recordings whose bytes are available: from git, else from disk. Raises GitFailed."""
    waiting: dict[str, list[Side]] = {}
    for side in sides:
        if side.blob:
            waiting.setdefault(side.held_by, []).append(side)
    for blob, data in contents(asked.repository, list(waiting)):
        yield from _own(data, waiting.pop(blob))
    if not waiting or not asked.is_on_disk:
        return
    wanted = {some[0].file_raw: blob for blob, some in waiting.items()}
    for raw, data in disk.bytes_of(asked.repository, wanted):
        yield from _own(data, waiting[wanted[raw]])


def _own(data: bytes, sides: Iterable[Side]) -> Iterator[tuple[Side, bytes]]:
    for side in sides:
        own = own_bytes(data, side)
        if own is not None:
            yield side, own
