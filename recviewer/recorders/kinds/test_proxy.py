"""The test proxy of Azure's SDKs: JSON with `Entries`. Source: azure-sdk-tools, `tools/test-proxy`, `RecordEntry.cs`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from recviewer.recorders.json_cassettes import JsonCassette

if TYPE_CHECKING:
    from recviewer.recorders.http_exchange import HttpExchange

_TEST = re.compile(r"(?:.*/)?SessionRecords/([^/]+)/(.+?)(?:Async)?\.json")


class TestProxy(JsonCassette):
    """Recordings of sessions; also a single entry cut out of one."""

    name = "test-proxy"
    called = "the test proxy"
    matched = ("method", "url", "headers", "body")
    is_in_order = True
    keys = ("Entries",)
    alone = "RequestUri"
    homes = frozenset({b"SessionRecords"})
    start = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"(?:Entries": *\[\s*(?:\]|\{\s*"Request)|RequestUri": *")')

    def test_of(self, path: str) -> str | None:
        """Return class and test: `SessionRecords/<Class>/<Test>[Async].json`."""
        found = _TEST.fullmatch(path)
        return f"{found[1]}::{found[2]}" if found else None

    def exchange(self, value: Any) -> HttpExchange:
        """Read an entry."""
        from recviewer.recorders.http_exchange import HttpExchange, extra_fields, first_text, listed

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
            {"entry": extra_fields(value, *_READ, texts=("RequestMethod",), numbers=("StatusCode",))},
        )


_READ = (
    *("RequestUri", "RequestHeaders", "RequestBody"),
    *("ResponseHeaders", "ResponseBody"),
)

_TEXTUAL = re.compile(r"json|text|xml|form|javascript|event-stream|jsonl", re.IGNORECASE)


def _body(body: Any, headers: Any) -> object:
    """Return a body: lines are joined; a text whose headers do not declare a text type is base64."""
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
