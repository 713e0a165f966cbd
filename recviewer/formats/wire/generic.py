"""The fallback: replies that no format claims are shown as recorded, never dropped."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Kind, Problem, Reply, Request
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.framing import AT
from recviewer.formats.messages import body_lookup, chat_messages, request_of
from recviewer.formats.raw import Raw

SHAPE = Shape("generic")


UNKNOWN = "no format knows this reply: it is kept as it is, and counts"


class Generic:
    """Any reply."""

    name = "generic"
    kind = Kind.UNKNOWN
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match everything, with the lowest rank."""
        return Match.FALLBACK

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read `messages` if there are any; the rest are parameters."""
        if isinstance(raw.body.get("messages"), list):
            messages = chat_messages(body_lookup(raw, problems))
            return request_of(raw, messages, problems, taken=frozenset({"messages"}))
        return Request((), dict(raw.body), (), raw.body)

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Count the chunks; their meaning is unknown."""
        if not raw.is_empty:
            problems.append(Problem(AT, UNKNOWN))
        if raw.is_streaming and isinstance(raw.reply, list):
            count = len(raw.reply)
            return Reply(chunks=count, runs=((deltas.NOTHING, count),) if count else ())
        return Reply()

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield each element as recorded."""
        if raw.is_streaming and isinstance(raw.reply, list):
            for number, item in enumerate(raw.reply):
                yield Chunk(number + 1, (), None, item if isinstance(item, dict) else {"": item}, frozenset())


FORMAT = Generic()
