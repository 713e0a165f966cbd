"""JSON cassettes of VCR.py and ReqCassette (`interactions`), VCR for Ruby and betamax (`http_interactions`), and ExVCR.

ExVCR writes a bare list, as VCR.py did before version 1. Source: vcrpy 7, `vcr/serializers/jsonserializer.py`,
`vcr/migration.py`; vcr 6, `lib/vcr/cassette/serializers.rb`; betamax 0.9, `serializers/`; exvcr 0.16, `lib/exvcr/json.ex`;
req_cassette 0.6, `lib/req_cassette/cassette.ex`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import HOMES
from recviewer.recorders.json_cassettes import JsonCassette
from recviewer.recorders.kinds.vcrpy import exchange_of, test_of_cassette

if TYPE_CHECKING:
    from recviewer.formats.reading import Matching
    from recviewer.recorders.http_exchange import HttpExchange


class VcrJson(JsonCassette):
    """Cassettes of the VCR family written as JSON."""

    name = "vcr-json"
    called = "VCR"
    matched = ("method", "url")
    is_in_order = True
    is_at_home_only = True
    keys = ("interactions", "http_interactions")
    may_be_list = True
    plain = {"version": (1, "1.0", "2.0"), "recorded_with": ()}
    homes = HOMES
    start = re.compile(
        rb'(?:\xef\xbb\xbf)?\s*\{\s*(?:"(?:version|recorded_with)"\s*:\s*(?:\d+|"[^"]*")\s*,\s*)*'
        rb'(?:"(?:http_)?interactions"\s*:\s*\[\s*(?:\]|\{\s*"(?:request|response|recorded_at)")'
        rb'|"(?:request|response)"\s*:\s*\{|"recorded_at"\s*:)'
        rb'|(?:\xef\xbb\xbf)?\s*\[\s*\{\s*"(?:request|response)"\s*:\s*\{\s*"(?:body|headers|host|method|options|path|port|protocol|request_body|status|uri|url)"'
    )

    def recognizes(self, data: bytes) -> bool:
        """Examine the first bytes, and check for the URL key that each request of the family has."""
        return super().recognizes(data) and (
            b'"uri"' in data
            or b'interactions": []' in data[:200]
            or any(all(key in data for key in keys) for keys in (_PARTED, _OF_EXVCR))
        )

    def matching(self, data: bytes) -> Matching | None:
        """Return how an exchange is found: ReqCassette compares the whole request, and replays the first that matches."""
        from recviewer.formats.reading import Matching

        if b'"body_type"' in data:
            return Matching("ReqCassette", frozenset({"method", "url", "headers", "body"}))
        return super().matching(data)

    def test_of(self, path: str) -> str | None:
        """Return the test after which pytest-recording named a cassette."""
        return test_of_cassette(path)

    def exchange(self, value: Any) -> HttpExchange:
        """Read an item."""
        return exchange_of(value)


_PARTED = (b'"protocol"', b'"host"', b'"path"', b'"status"')
"""Keys of a URL stored in parts, and of the response."""

_OF_EXVCR = (b'"request_body"', b'"url"', b'"status_code"')
"""Keys of a request and a response of ExVCR, which has another key for the URL than the rest of the family."""

RECORDER = VcrJson()
