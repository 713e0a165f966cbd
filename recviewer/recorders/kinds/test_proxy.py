"""The test proxy of Azure's SDKs: JSON with `Entries`. Source: azure-sdk-tools, `tools/test-proxy`, `RecordEntry.cs`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import HEAD, parts_of, without_spans
from recviewer.recorders.contract import FilePart

if TYPE_CHECKING:
    from recviewer.exchange.model import Json
    from recviewer.recorders.http_exchange import HttpExchange
    from recviewer.replay.names import Replay

_START = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"(?:Entries": *\[\s*(?:\]|\{\s*"Request)|RequestUri": *")')


_TEST = re.compile(r"(?:.*/)?SessionRecords/([^/]+)/(.+?)(?:Async)?\.json")


class TestProxy:
    """Recordings of sessions; also one entry that was cut out of one."""

    name = "test-proxy"
    homes = frozenset({b"SessionRecords"})
    endings = (b".json",)

    def recognizes(self, data: bytes) -> bool:
        """Look at the first bytes alone."""
        return _START.match(data[:HEAD]) is not None

    def parts(self, data: bytes, *, exact: bool = False) -> Iterator[FilePart]:
        """Yield the entries."""
        from recviewer.recorders.json_items import BadJson, items_below

        try:
            items = items_below(data, "Entries", alone="RequestUri")
        except BadJson as reason:
            yield FilePart("", 0, len(data), None, str(reason))
            return
        if not items:
            yield FilePart("", 0, len(data), None, "a session without any entry")
            return
        yield from parts_of(items, _exchange, exact=exact)

    def test_of(self, path: str) -> str | None:
        """Return class and test: `SessionRecords/<Class>/<Test>[Async].json`."""
        found = _TEST.fullmatch(path)
        return f"{found[1]}::{found[2]}" if found else None

    def replay(self, document: Json, file_name: str) -> Replay:
        """Say that nobody can tell from a file whether its test still asks for it."""
        from recviewer.replay.names import Replay, ReplayState

        return Replay(ReplayState.UNVERIFIABLE)

    def without(self, data: bytes, parts: Collection[str]) -> bytes | None:
        """Take some entries out, each with the comma that parts it from its neighbour; None where none would be left."""
        from recviewer.recorders.json_items import with_commas

        every = list(self.parts(data))
        return without_spans(data, with_commas(data, every, parts), parts)


def _exchange(value: Any) -> HttpExchange:
    from recviewer.recorders.http_exchange import HttpExchange, first_text, listed

    if not isinstance(value, dict) or not isinstance(value.get("RequestUri"), str):
        raise ValueError("an entry without `RequestUri`")
    status = value.get("StatusCode")
    return HttpExchange(
        first_text((value.get("RequestMethod"),)) or "GET",
        value["RequestUri"],
        listed(value.get("RequestHeaders")),
        _body(value.get("RequestBody"), value.get("RequestHeaders")),
        status if isinstance(status, int) else None,
        listed(value.get("ResponseHeaders")),
        _body(value.get("ResponseBody"), value.get("ResponseHeaders")),
    )


_TEXTUAL = re.compile(r"json|text|xml|form|javascript|event-stream|jsonl", re.IGNORECASE)


def _body(body: Any, headers: Any) -> object:
    """Return a body: lines are joined as they are; a text that the headers do not call one is bytes in base64."""
    if isinstance(body, list) and body and all(isinstance(line, str) for line in body):
        return "".join(body)
    if isinstance(body, str) and body:
        import base64
        import binascii

        kinds = [str(value) for name, value in (headers or {}).items() if str(name).lower() == "content-type"]
        if kinds and not _TEXTUAL.search(kinds[0]):
            try:
                return base64.b64decode(body, validate=True)
            except (binascii.Error, ValueError):
                return body
    return body


RECORDER = TestProxy()
