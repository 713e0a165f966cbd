"""OGX: one JSON document a file, named by a hash of its request, in a folder `recordings` beside the test."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from recviewer.recorders.contract import FilePart

if TYPE_CHECKING:
    from recviewer.exchange.model import Json
    from recviewer.replay.names import Replay


class Ogx:
    """Files of OGX's recorder. It takes whatever no other recorder recognizes, so that a broken file shows as one."""

    name = "ogx"
    homes = frozenset({b"recordings"})
    endings = (b".json",)
    is_one_document = True

    def recognizes(self, data: bytes) -> bool:
        """An object, as far as the first character tells."""
        return data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"

    def parts(self, data: bytes, *, exact: bool = False) -> Iterator[FilePart]:
        """Yield the one exchange."""
        from recviewer.formats.decode import Unreadable, decode

        try:
            yield FilePart("", 0, len(data), decode(data, exact=exact))
        except Unreadable as reason:
            yield FilePart("", 0, len(data), None, str(reason))

    def replay(self, document: Json, file_name: str) -> Replay:
        """Ask the rules that name OGX's files."""
        from recviewer.replay.names import name_state

        return name_state(document, file_name)

    def without(self, data: bytes, parts: Collection[str]) -> bytes | None:
        """Return None: a file with one exchange goes as a whole."""
        return None


RECORDER = Ogx()
