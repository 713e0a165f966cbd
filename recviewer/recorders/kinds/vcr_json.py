"""JSON cassettes of VCR.py (`interactions`), VCR for Ruby and betamax (`http_interactions`).

Before version 1 VCR.py wrote a bare list. Source: vcrpy 7, `vcr/serializers/jsonserializer.py`, `vcr/migration.py`; vcr
6, `lib/vcr/cassette/serializers.rb`; betamax 0.9, `serializers/`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import HOMES
from recviewer.recorders.json_cassettes import JsonCassette
from recviewer.recorders.kinds.vcrpy import exchange_of, test_of_cassette

if TYPE_CHECKING:
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
    homes = HOMES
    start = re.compile(
        rb'(?:\xef\xbb\xbf)?\s*\{\s*(?:"(?:version|recorded_with)"\s*:\s*(?:\d+|"[^"]*")\s*,\s*)*'
        rb'(?:"(?:http_)?interactions"\s*:\s*\[\s*(?:\]|\{\s*"(?:request|response|recorded_at)")'
        rb'|"(?:request|response)"\s*:\s*\{|"recorded_at"\s*:)'
        rb'|(?:\xef\xbb\xbf)?\s*\[\s*\{\s*"(?:request|response)"\s*:\s*\{\s*"(?:body|headers|host|method|path|port|protocol|status|uri)"'
    )

    def recognizes(self, data: bytes) -> bool:
        """Examine the first bytes, and check for the URL key that each request of the family has."""
        return super().recognizes(data) and (
            b'"uri"' in data or b'interactions": []' in data[:200] or all(key in data for key in _PARTED)
        )

    def test_of(self, path: str) -> str | None:
        """Return the test after which pytest-recording named a cassette."""
        return test_of_cassette(path)

    def exchange(self, value: Any) -> HttpExchange:
        """Read an item."""
        return exchange_of(value)


_PARTED = (b'"protocol"', b'"host"', b'"path"', b'"status"')
"""Keys of a URL stored in parts, and of the response."""

RECORDER = VcrJson()
