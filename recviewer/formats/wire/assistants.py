"""Messages of OpenAI's threads (Assistants), one or a list of them. Source: OpenAI API reference, "Messages" (beta, v2)."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Delta, JsonPart, Kind, Message, Problem, Reply, Request
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.framing import AT
from recviewer.formats.listing import no_chunks
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, content_parts, request_of
from recviewer.formats.raw import Raw

_KNOWN = (
    *("object", "type", "role", "status", "thread_id", "assistant_id", "run_id", "completed_at", "incomplete_at"),
    *("incomplete_details.*", "attachments", "metadata.*", "content[].type", "content[].text.annotations"),
    *("content[].image_file.*", "content[].image_url.*", "content[].refusal"),
)
SHAPE = Shape(
    "assistants",
    taken=("content[].text.value", "data[].content[].text.value"),
    known=(*_KNOWN, *(f"data[].{path}" for path in (*_KNOWN, "id", "created_at")), "first_id", "last_id", "has_more"),
)


class Assistants:
    """Messages of threads; of a list each is a choice, in the order of the list."""

    name = "assistants"
    kind = Kind.CHAT
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match a message, or a list of messages."""
        items = raw.first.get("data")
        first = items[0] if isinstance(items, list) and items else raw.first
        is_own = isinstance(first, dict) and first.get("object") == "thread.message"
        return Match.SHAPE if is_own and not isinstance(raw.reply, list) else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the message that is added, if one is."""
        body = body_lookup(raw, problems)
        if "content" not in body.data:
            return request_of(raw, (), problems, taken=frozenset())
        message = Message(body.text("role"), tuple(content_parts(body, "content")))
        return request_of(raw, (message,), problems, taken=frozenset({"role", "content"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the texts."""
        reply = Lookup(raw.reply, AT, problems)
        messages = list(reply.items("data")) if "data" in reply.data else [reply]
        return Reply(deltas.fold(one for place, message in enumerate(messages) for one in _said(place, message)))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield nothing: never streamed as messages."""
        return no_chunks()


FORMAT = Assistants()


def _said(place: int, message: Lookup) -> Iterator[Delta]:
    yield Delta(place, role=message.text("role"))
    for part in message.items("content"):
        if isinstance(part.data.get("text"), dict):
            yield Delta(place, text=part.object("text").text("value"))
        elif part.data:
            yield Delta(place, parts=(JsonPart(part.data),))
