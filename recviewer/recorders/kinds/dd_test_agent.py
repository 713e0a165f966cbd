"""Cassettes of Datadog's test agent: one exchange per JSON file. Source: dd-apm-test-agent, `ddapm_test_agent/vcr_proxy.py`.

Its older cassettes are YAML of VCR.py, and become such files; so both are read to the same document.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import HOMES, object_in
from recviewer.recorders.json_cassettes import JsonFile

if TYPE_CHECKING:
    from recviewer.recorders.http_exchange import HttpExchange


class DatadogTestAgent(JsonFile):
    """Cassettes of the test agent. Bodies are text, or base64 behind `base64:`."""

    name = "dd-test-agent"
    called = "Datadog's test agent"
    matched = ("method", "url", "body")
    homes = HOMES
    start = re.compile(
        rb'(?:\xef\xbb\xbf)?\s*\{\s*"request"\s*:\s*\{\s*"method"\s*:\s*"[A-Z]+"\s*,\s*"url"\s*:\s*"[^"]*"\s*,\s*"headers"\s*:\s*\{'
    )

    def recognizes(self, data: bytes) -> bool:
        """Examine the first bytes, and search for a status with a code, which other recorders do not have after them."""
        return super().recognizes(data) and _STATUS.search(data) is not None

    def exchange(self, value: Any) -> HttpExchange:
        """Read a cassette."""
        from recviewer.recorders.http_exchange import HttpExchange, extra_fields, first_text, listed

        asked, given = object_in(value, "request"), object_in(value, "response")
        status = object_in(given, "status", what="a response")
        code = status.get("code")
        return HttpExchange(
            first_text((asked.get("method"),)),
            first_text((asked.get("url"),)),
            listed(asked.get("headers")),
            _body(asked.get("body")),
            code if isinstance(code, int) else None,
            listed(given.get("headers")),
            _body(given.get("body")),
            {
                "cassette": extra_fields(value, "request", "response"),
                "request": extra_fields(asked, "headers", "body", texts=("method", "url")),
                "response": extra_fields(given, "headers", "body", "status"),
                "response.status": extra_fields(status, numbers=("code",)),
            },
        )


_STATUS = re.compile(rb'"response"\s*:\s*\{\s*"status"\s*:\s*\{\s*"code"\s*:')


def _body(body: Any) -> object:
    import base64
    import binascii

    if not isinstance(body, str) or not body.startswith("base64:"):
        return body
    try:
        return base64.b64decode(body.removeprefix("base64:"), validate=True)
    except (binascii.Error, ValueError):
        return body


RECORDER = DatadogTestAgent()
