"""Reading large files in a process of its own, so that whoever waits for a page does not wait for them.

Decoding holds the interpreter, and what was decoded is memory that a web worker would keep. The process starts with its
first file and ends with the reader; a file that takes it too long or too much memory costs one row with the reason.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType

from recviewer.catalog.jobs import Job, JobResult
from recviewer.catalog.summary import of_unreadable, work
from recviewer.formats.decode import effort
from recviewer.formats.version import reader_version
from recviewer.processes import child
from recviewer.recorders.packing import BadPacking, stated, unpacked
from recviewer.store import files
from recviewer.store.refusals import Refusal

FEW_BYTES = 64 * 1024
"""A file of so few bytes is read at once, whatever it holds, but one that is compressed."""

SMALL_BYTES = 1024 * 1024

SOON_BYTES = 2 * 1024 * 1024
SOON_EFFORT = 600_000
"""Up to so many bytes and so much `effort`, a fifth of a second, a file is soon read. The largest real recording (1.1 MB,
380,000) takes a tenth of what the start of a process takes; a list of empty objects of that size comes to 12 million.
"""

COMPRESSED = (b".gz", b".eval")
"""How names of files end that may come to more than they are."""

SECONDS = 120
"""How long one file may take."""

MEMORY_BYTES = 2 * 1024 * 1024 * 1024
"""Memory that the process may take."""


def is_read_apart(root: str, job: Job) -> bool:
    """Tell whether a file is read apart: one that is not soon read, whatever its size, but for one that cannot be had.

    The size of one that is compressed says nothing: it is opened, which costs less than a page may.
    """
    if job.size > SOON_BYTES:
        return True
    if job.size <= FEW_BYTES and not job.raw.endswith(COMPRESSED):
        return False
    try:
        data = files.read(Path(root), job.raw, limit_bytes=SOON_BYTES).data
        plain = data if stated(data) > SOON_BYTES else unpacked(data)
    except (Refusal, BadPacking):
        return False
    return len(plain) > SOON_BYTES or stated(data) > SOON_BYTES or _work(plain) > SOON_EFFORT


def _work(plain: bytes) -> int:
    """Return the effort of a file; of a small one of JSON without its keys, whose counting would be felt."""
    if len(plain) > SMALL_BYTES or plain[:1] not in (b"{", b"["):
        return effort(plain)
    return 30 * plain.count(b"{") + 3 * plain.count(b",")


class Apart:
    """Reads one file after the other in a process of its own. A context manager."""

    def __init__(self, root: str, limit_bytes: int) -> None:
        self._root = root
        self._child = child.Child("recviewer.catalog.large_files", root, str(limit_bytes))

    def __enter__(self) -> Apart:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the process. The reader can be used again."""
        self._child.close()

    def read(self, job: Job) -> JobResult:
        """Read and sum up a file. One that the process fails on is unreadable, with the reason."""
        try:
            done = self._child.ask(job, seconds=SECONDS)
            assert isinstance(done, JobResult)
            return done
        except child.ChildGone:
            reason = f"reading it took more than {SECONDS} seconds, or more memory than there is for it"
            return JobResult(job.key, None, of_unreadable(reason, blob=self._blob_of(job), reader=reader_version()))

    def _blob_of(self, job: Job) -> str:
        try:
            return files.blob_of(Path(self._root), job.raw)
        except Refusal:
            return ""


def main(root: str, limit_bytes: int) -> None:
    """Read what is asked for until nobody asks any more."""
    child.answer(lambda job, _: work(root, limit_bytes, [job])[0], memory_bytes=MEMORY_BYTES)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
