"""What an indexing run hands to its workers, and what they hand back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recviewer.store.scan import FileStamp

if TYPE_CHECKING:
    from recviewer.catalog.summary import Summed


class Job(NamedTuple):
    """A file to be read by a worker. size: in bytes, as the walk saw it."""

    key: str
    raw: bytes
    obstacle: str
    size: int = 0


class JobResult(NamedTuple):
    """What a worker found. stamp: of the bytes that were read; None where they could not be had.

    summed: None where the file has vanished meanwhile.
    """

    key: str
    stamp: FileStamp | None
    summed: Summed | None
