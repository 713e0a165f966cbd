"""Reading large files in a separate process, so that nobody who waits for a page waits for them.

Decoding holds the GIL, and a web worker would keep the memory. The process starts with its first file and ends with the
reader. A file that takes too long or too much memory costs one row with the reason.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType

from recviewer.catalog.jobs import Job, JobResult
from recviewer.catalog.summary import of_unreadable, work
from recviewer.formats.decode import effort
from recviewer.processes import child
from recviewer.recorders.packing import BadPacking, stated, unpacked
from recviewer.store import files
from recviewer.store.refusals import Refusal

FEW_BYTES = 64 * 1024
"""A file up to this size is read in this process, whatever it contains, unless it is compressed."""

SMALL_BYTES = 1024 * 1024

SOON_BYTES = 2 * 1024 * 1024
SOON_EFFORT = 600_000
"""Files up to this many bytes and this much `effort`, a fifth of a second, are read in this process.

The largest real recording (1.1 MB, 380,000) takes a tenth of the start of a process; a list of empty objects of that
size comes to 12 million.
"""

COMPRESSED = (b".gz", b".eval")
"""Suffixes of files that may be larger than their size on disk."""

SECONDS = 120
"""Time limit for one file."""

MEMORY_BYTES = 2 * 1024 * 1024 * 1024
"""Memory limit of the process."""


def is_read_apart(root: str, job: Job) -> bool:
    """Tell whether a file should be read in the separate process, because it may take long.

    The size of a compressed file says nothing: it is decompressed, which costs less than a page may.
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
    """Return the effort of a file; for a small JSON file without counting its keys, which would be noticeably slow."""
    if len(plain) > SMALL_BYTES or plain[:1] not in (b"{", b"["):
        return effort(plain)
    return 30 * plain.count(b"{") + 3 * plain.count(b",")


class Apart:
    """Reads files one by one in a separate process. A context manager."""

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
        """Read and summarise a file. If the process fails, the file is unreadable, with the reason."""
        try:
            done = self._child.ask(job, seconds=SECONDS)
            assert isinstance(done, JobResult)
            return done
        except child.ChildGone:
            reason = f"reading it took more than {SECONDS} seconds, or more memory than there is for it"
            return JobResult(job.key, None, of_unreadable(reason, blob=self._blob_of(job), readers=()))

    def _blob_of(self, job: Job) -> str:
        try:
            return files.blob_of(Path(self._root), job.raw)
        except Refusal:
            return ""


def main(root: str, limit_bytes: int) -> None:
    """Read the requested files until there are no more requests."""
    child.answer(lambda job, _: work(root, limit_bytes, [job])[0], memory_bytes=MEMORY_BYTES)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
