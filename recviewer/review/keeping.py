"""Approved contents, kept so that later changes can be compared with them.

They are read and compressed before the transaction that approves them, so that no writer waits for the disk. Until
then, many of them are stored in an unnamed temporary file.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import NamedTuple, TypeAlias

from recviewer.review.bulk_insert import ANYWAY, add
from recviewer.review.models import Kept
from recviewer.review.subjects import CHANGE_PREFIX, Target, chunked

Contents: TypeAlias = Callable[[Sequence[Target]], Iterator[tuple[Target, bytes]]]
"""Yields the bytes of those of the targets that have any, in any order."""

IN_MEMORY = 2 * 1024 * 1024
"""Compressed bytes that wait in memory; more of them wait in a file."""
BATCH = 50
"""Contents that are written at once."""


class _Waiting(NamedTuple):
    """A content to be written: what it was approved as, its blob, its bytes uncompressed and compressed."""

    subject: str
    blob: str
    size: int
    packed: int


class Keeping:
    """The contents of one action. A context manager: what was not written when it ends is dropped."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - it is closed where this ends
        self._waiting: list[_Waiting] = []

    def __enter__(self) -> Keeping:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def read(self, targets: Sequence[Target], contents: Contents) -> None:
        """Read what is to be kept of some targets. What a rule approves is not kept, because nobody saw it."""
        targets = [target for target in targets if not target.subject.startswith(CHANGE_PREFIX)]
        known: set[str] = set()
        for some in chunked({target.subject for target in targets}):
            known.update(Kept.objects.filter(fingerprint__in=some).values_list("fingerprint", flat=True))
        for target, data in contents(targets):
            if target.subject not in known:
                known.add(target.subject)
                packed = zlib.compress(data, 6)
                self._file.write(packed)
                self._waiting.append(_Waiting(target.subject, target.blob, len(data), len(packed)))

    def write(self, subjects: Collection[str]) -> None:
        """Store what was approved as one of these, in batches. Call it in the transaction of the action."""
        self._file.seek(0)
        for some in chunked(self._waiting, BATCH):
            read = [(one, self._file.read(one.packed)) for one in some]
            rows = [(one.subject, one.blob, one.size, data) for one, data in read if one.subject in subjects]
            add(Kept, ("fingerprint", "blob", "size", "data"), rows, clash=ANYWAY)


def kept_bytes(fingerprint: str) -> bytes | None:
    """Return the bytes that were approved under a fingerprint, None if none are kept."""
    row = Kept.objects.filter(fingerprint=fingerprint).first()
    return zlib.decompress(bytes(row.data)) if row else None
