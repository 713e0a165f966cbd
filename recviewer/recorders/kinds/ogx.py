"""OGX: one JSON document a file, named by a hash of its request, in a folder `recordings` beside the test."""

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
    """Files of OGX's recorder. In its home it takes what no other recorder recognizes, so that a broken file shows as one.

    So it does elsewhere with what has a name of its own; of all else that lies about, only what it recognizes.
    """

    name = "ogx"
    homes = frozenset({b"recordings"})
    endings = (b".json",)
    is_one_document = True

    def recognizes(self, data: bytes) -> bool:
        """Look at the first bytes: a test, or a request or a response with one of the keys that these have."""
        return _START.match(data[:HEAD]) is not None

    def names(self, name: str) -> bool:
        """Tell whether a file has a name as this recorder gives: a hash. Then it is one, whatever is in it."""
        return _NAME.fullmatch(name) is not None

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
