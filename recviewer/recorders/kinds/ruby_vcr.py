"""VCR for Ruby and for R: YAML with `http_interactions`. Source: vcr 6, `lib/vcr/structs.rb`; vcr for R 2."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import Cassette
from recviewer.recorders.kinds.vcrpy import exchange_of

if TYPE_CHECKING:
    from recviewer.recorders.http_exchange import HttpExchange


class RubyVcr(Cassette):
    """Cassettes of VCR."""

    name = "ruby-vcr"
    called = "VCR"
    matched = ("method", "url")
    is_in_order = True
    key = "http_interactions"
    start = re.compile(rb"(?:\xef\xbb\xbf)?(?:#.*\n)*(?:---\n)?http_interactions:(?: *\[\]\n|\n(?:(?: *#.*| *)\n)* *-)")
    inside = re.compile(rb"(?m)^http_interactions: *\r?\n *- *request: *\r?\n")

    def exchange(self, value: Any) -> HttpExchange:
        """Read an item."""
        return exchange_of(value)


RECORDER = RubyVcr()
