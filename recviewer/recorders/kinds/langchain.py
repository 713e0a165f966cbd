"""LangChain's cassettes: compressed YAML with `requests` and `responses`, paired by position.

Source: langchain-tests, `langchain_tests/conftest.py`, `CustomSerializer` (VCR.py with a serializer of its own).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import Cassette, around_in
from recviewer.recorders.contract import FilePart
from recviewer.recorders.kinds.vcrpy import exchange_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from recviewer.recorders.http_exchange import HttpExchange
    from recviewer.recorders.yaml_text import FileItem, YamlDocument

_ALONE = re.compile(rb"- (?:body|headers|method|uri):")
_ASKED, _GIVEN = re.compile(rb"^(?:- |  )uri:", re.MULTILINE), re.compile(rb"^(?:- |  )status:", re.MULTILINE)


class LangChain(Cassette):
    """Cassettes of LangChain's tests: all requests, then all responses; a single exchange has both in one list."""

    name = "langchain"
    called = "VCR.py"
    matched = ("method", "url")
    is_in_order = True
    homes = frozenset({b"cassettes"})
    start = re.compile(rb"requests:\n- (?:body|headers|method|uri):")

    def recognizes(self, data: bytes) -> bool:
        """Examine the first bytes; for a single exchange, search for a URL and a status."""
        if super().recognizes(data):
            return True
        return _ALONE.match(data) is not None and _ASKED.search(data) is not None and _GIVEN.search(data) is not None

    def parts(self, data: bytes, *, exact: bool = False) -> Iterator[FilePart]:
        """Yield the exchanges; an unreadable one comes with the reason."""
        from recviewer.recorders.cassettes import no_exchange, parts_of
        from recviewer.recorders.yaml_text import BadYaml, FileItem, documents

        try:
            found = documents(data)
        except BadYaml as error:
            yield FilePart("", 0, len(data), None, str(error))
            return
        asked, given = _lists(found[0] if len(found) == 1 else None)
        if not asked and not given:
            yield no_exchange(data, {})
            return
        if not asked or len(asked) != len(given):
            reason = f"{len(asked):,} requests and {len(given):,} responses, which cannot be paired"
            yield FilePart("", 0, len(data), None, reason)
            return
        pairs = [
            FileItem([one.value, other.value], one.start, one.end) for one, other in zip(asked, given, strict=True)
        ]
        around = around_in(found[0].whole.value, ("requests", "responses"), self.plain)
        repeated = found[0].repeated
        parts = parts_of(pairs, self.exchange, exact=exact, repeated=repeated, around=around)
        for part, other in zip(parts, given, strict=True):
            yield part._replace(rest=(other.start, other.end))

    def exchange(self, value: Any) -> HttpExchange:
        """Read a request with its response."""
        return exchange_of({"request": value[0], "response": value[1]})


def _lists(document: YamlDocument | None) -> tuple[Sequence[FileItem], Sequence[FileItem]]:
    if document is None:
        return (), ()
    alone = document.items.get("", ())
    if len(alone) == 2:
        return alone[:1], alone[1:]
    return document.items.get("requests", ()), document.items.get("responses", ())


RECORDER = LangChain()
