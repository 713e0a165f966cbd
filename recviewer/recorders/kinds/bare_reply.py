"""Replies alone in a folder of fixtures, one per file; `.chunks.txt` has one chunk per line. Source: vercel/ai.

The requests are unknown. A file counts if a format recognizes it; others are ignored, except in `__files`, all of whose
files are answers of WireMock mappings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from recviewer.recorders.cassettes import Unverifiable
from recviewer.recorders.contract import FilePart

if TYPE_CHECKING:
    from recviewer.formats.decode import Decoded

_FIRST = (b"{", b"[", b"d", b"e", b"id:", b":")
LIMIT = 8 * 1024 * 1024
"""Most bytes of a file that is examined."""


class BareReply(Unverifiable):
    """One reply per file. Also the answers of WireMock's mappings (`__files`), and fixtures of Prism for PHP
    (`Fixtures`).
    """

    name = "bare-reply"
    is_at_home_only = True
    homes = frozenset({b"__fixtures__", b"__files", b"Fixtures"})
    takes_all_in = frozenset({b"__files"})
    endings = (b".json", b".txt", b".sse")

    def recognizes(self, data: bytes) -> bool:
        """Read it and check whether a format recognizes it."""
        from recviewer.exchange.model import Kind
        from recviewer.formats.reading import read_document
        from recviewer.recorders import event_stream

        if len(data) > LIMIT:
            return False
        if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_FIRST) and not event_stream.is_stream(data):
            return False
        return read_document(_document(data, exact=False)).exchange.kind not in (Kind.UNKNOWN, Kind.UNREADABLE)

    def parts(self, data: bytes, *, exact: bool = False) -> Iterator[FilePart]:
        """Yield the one reply."""
        yield FilePart("", 0, len(data), _document(data, exact=exact))


def _document(data: bytes, *, exact: bool) -> Decoded:
    from dataclasses import replace

    from recviewer.recorders.http_exchange import HttpExchange, document_of

    made = document_of(HttpExchange("", "", response_body=data), exact=exact)
    request = {key: value for key, value in made.document["request"].items() if value}
    return replace(made, document={**made.document, "request": request})


RECORDER = BareReply()
