"""OGX: one JSON document per file, named by a hash of its request, in a folder `recordings` beside the test."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from recviewer.recorders.cassettes import HEAD
from recviewer.recorders.contract import FilePart

if TYPE_CHECKING:
    from recviewer.exchange.model import Json
    from recviewer.replay.names import Replay


_START = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*\{\s*(?:"exchanges"\s*:\s*\[\s*\]\s*,\s*)?(?:"(?:test_id|id_normalization_mapping)"\s*:'
    rb'|"request"\s*:\s*\{\s*(?:\}|"(?:method|url|endpoint|headers|body|payload|model|provider_metadata|test_id|tool_name|kwargs|api'
    rb'|file_id)"\s*:)|"response"\s*:\s*\{\s*"(?:body|is_streaming|is_exception)"\s*:)'
)
_NAME = re.compile(r"(?:[a-z]+-)?[0-9a-f]{8,64}(?:-[0-9a-f]{6,64})?\.json")


class Ogx:
    """Files of OGX's recorder. In its home it takes every file that no other recorder recognizes, so that broken files
    show.

    Elsewhere it does so for files whose name is a hash; any other file only if it recognizes it.
    """

    name = "ogx"
    homes = frozenset({b"recordings"})
    endings = (b".json",)
    is_one_document = True

    def recognizes(self, data: bytes) -> bool:
        """Examine the first bytes: a test id, or a request or response with one of their usual keys."""
        return _START.match(data[:HEAD]) is not None

    def names(self, name: str) -> bool:
        """Tell whether a file is named by a hash, as this recorder does. Then it is a recording whatever its content."""
        return _NAME.fullmatch(name) is not None

    def parts(self, data: bytes, *, exact: bool = False) -> Iterator[FilePart]:
        """Yield the one exchange."""
        from recviewer.formats.decode import Unreadable, decode

        try:
            yield FilePart("", 0, len(data), decode(data, exact=exact))
        except Unreadable as reason:
            yield FilePart("", 0, len(data), None, str(reason))

    def replay(self, document: Json, file_name: str) -> Replay:
        """Apply the rules by which OGX names files."""
        from recviewer.replay.names import name_state

        return name_state(document, file_name)

    def without(self, data: bytes, parts: Collection[str]) -> bytes | None:
        """Return None: a file has only one exchange."""
        return None


RECORDER = Ogx()
