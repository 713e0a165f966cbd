"""A recorder's file without any exchange, written when no request was made."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Kind, Problem, Reply, Request
from recviewer.exchange.shape import Shape
from recviewer.formats.contract import Match
from recviewer.formats.listing import no_chunks
from recviewer.formats.raw import Raw

SHAPE = Shape("no_exchange")


class NoExchange:
    """No request, no reply."""

    name = "no_exchange"
    kind = Kind.NO_EXCHANGE
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match the document that recorders return for such a file (`recorders.cassettes.no_exchange`)."""
        is_none = raw.document.get("exchanges") == [] and not raw.request and raw.is_empty
        return Match.SHAPE if is_none else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Return nothing."""
        return Request()

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Return nothing."""
        return Reply()

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield nothing."""
        return no_chunks()


FORMAT = NoExchange()
