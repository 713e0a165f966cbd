"""The jobs that an indexing run gives to its workers, and their results."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recviewer.store.scan import FileStamp

if TYPE_CHECKING:
    from recviewer.catalog.summary import Summed


class Job(NamedTuple):
    """A file to be read by a worker. size: in bytes, as seen by the walk."""

    key: str
    raw: bytes
    obstacle: str
    size: int = 0


class JobResult(NamedTuple):
    """The result of a job. stamp: of the bytes that were read; None if they could not be read.

    summed: None if the file has been deleted meanwhile.
    """

    key: str
    stamp: FileStamp | None
    summed: Summed | None
