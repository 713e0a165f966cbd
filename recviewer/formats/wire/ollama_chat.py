"""Ollama's `/api/chat`, complete and streamed.

Source: Ollama API documentation, "Generate a chat completion". Tool arguments are objects; calls have ids only since
2025. A failure during a stream is a line with an `error`.
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.elements import Elements
from recviewer.exchange.model import CallDelta, Chunk, Delta, Kind, Left, Problem, Reply, Request
from recviewer.exchange.shape import Shape
from recviewer.formats.contract import Match
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import arguments_text, body_lookup, chat_messages, request_of
from recviewer.formats.ollama import add_elements, chunks_of, reply_of
from recviewer.formats.raw import Raw

SHAPE = Shape(
    "ollama_chat",
    taken=(
        "message.content",
        "message.thinking",
        "message.tool_calls[].id",
        "message.tool_calls[].function.name",
        "message.tool_calls[].function.index:whole",
        "message.tool_calls[].function.arguments:object",
        "done_reason:last",
    ),
    known=("model", "done", "message.role", "message.tool_calls[].type"),
)
READ = frozenset({"message.role", "message.content", "message.thinking", "message.tool_calls", "done_reason"})


class OllamaChat:
    """Chats with a local model."""

    name = "ollama_chat"
    kind = Kind.OLLAMA_CHAT
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by type; if untyped, by `message` and `done`; without a reply, by the endpoint."""
        if raw.type_name == "ChatResponse":
            return Match.TYPE
        if not raw.type_name and isinstance(raw.first.get("message"), dict) and "done" in raw.first:
            return Match.SHAPE
        return Match.ENDPOINT if raw.url_path.endswith("/api/chat") else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read messages with their images."""
        return request_of(raw, chat_messages(body_lookup(raw, problems)), problems, taken=frozenset({"messages"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Join `message.content`, `message.thinking` and `message.tool_calls`."""
        return reply_of(raw, problems, _delta, READ)

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each chunk."""
        if isinstance(raw.reply, list):
            yield from chunks_of(raw.reply, [], _delta, READ)

    def add_elements(self, raw: Raw, made: Elements, left: list[Left]) -> None:
        """Add each chunk. Of chunks that differ only in texts and times, only the first is examined."""
        add_elements(raw, SHAPE, made, left)


FORMAT = OllamaChat()


_PLAIN = frozenset({"role", "content", "thinking"})


def _delta(data: Lookup) -> Delta:
    plain = data.data.get("message")
    if (
        type(plain) is dict and _PLAIN.issuperset(plain) and set(map(type, plain.values())) == {str}
    ):  # nearly all chunks
        words, thoughts = plain.get("content", ""), plain.get("thinking", "")
        return Delta(role=plain.get("role", ""), text=words, reasoning=thoughts, finish=data.text("done_reason"))
    message = data.object("message")
    calls = []
    for entry in message.items("tool_calls"):
        function = entry.object("function")
        arguments = arguments_text(function, "arguments")
        # Each entry is a complete call; without an id, a name always starts a new one.
        calls.append(CallDelta(None, entry.text("id"), function.text("name"), arguments))
    return Delta(
        role=message.text("role"),
        text=message.text("content"),
        reasoning=message.text("thinking"),
        calls=tuple(calls),
        finish=data.text("done_reason"),
    )
