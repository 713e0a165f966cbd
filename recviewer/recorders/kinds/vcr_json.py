"""Cassettes in JSON of VCR.py (`interactions`), VCR for Ruby and betamax (`http_interactions`).

Before its version 1 VCR.py wrote the list alone. Source: vcrpy 7, `vcr/serializers/jsonserializer.py`, `vcr/migration.py`;
vcr 6, `lib/vcr/cassette/serializers.rb`; betamax 0.9, `serializers/`.
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
    """Cassettes of the family of VCR that are written as JSON."""

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
        """Look at the first bytes, and for the address that each request of the family has."""
        return super().recognizes(data) and (
            b'"uri"' in data or b'interactions": []' in data[:200] or all(key in data for key in _PARTED)
        )

    def test_of(self, path: str) -> str | None:
        """Return the test that pytest-recording named a cassette after."""
        return test_of_cassette(path)

    def exchange(self, value: Any) -> HttpExchange:
        """Read an item."""
        return exchange_of(value)


_PARTED = (b'"protocol"', b'"host"', b'"path"', b'"status"')
"""Keys of an address in parts, and of its answer."""

RECORDER = VcrJson()
