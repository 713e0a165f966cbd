"""Ollama's `/api/generate`, complete and streamed; typed objects and the untyped dicts of early recordings.

Source: Ollama API documentation, "Generate a completion".
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import (
    Chunk,
    Delta,
    Image,
    JsonPart,
    Kind,
    Message,
    Part,
    Problem,
    Reply,
    Request,
    Text,
)
from recviewer.exchange.shape import Shape
from recviewer.formats.contract import Match
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.ollama import chunks_of, reply_of
from recviewer.formats.raw import Raw

SHAPE = Shape("ollama_generate", taken=("response", "thinking", "done_reason:last"), known=("model", "done"))
READ = frozenset({"response", "thinking", "done_reason"})


class OllamaGenerate:
    """Raw prompts to a local model."""

    name = "ollama_generate"
    kind = Kind.OLLAMA_GENERATE
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by type; if untyped, by `response` and `done`; without a reply, by the endpoint."""
        if raw.type_name == "GenerateResponse":
            return Match.TYPE
        if not raw.type_name and isinstance(raw.first.get("response"), str) and "done" in raw.first:
            return Match.SHAPE
        return Match.ENDPOINT if raw.url_path.endswith("/api/generate") else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read system text, prompt and images."""
        body = body_lookup(raw, problems)
        messages = []
        if body.data.get("system") is not None:
            messages.append(Message("system", (Text(body.text("system")),)))
        if body.data.get("prompt") is not None:
            parts: list[Part] = [Text(body.text("prompt"))]
            parts += [Image(item) if isinstance(item, str) else JsonPart(item) for item in body.list("images")]
            messages.append(Message("prompt", tuple(parts)))
        return request_of(raw, messages, problems, taken=frozenset({"prompt", "system", "images"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Join `response` and `thinking`; the counts come from the chunk that has them."""
        return reply_of(raw, problems, _delta, READ)

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each chunk."""
        if isinstance(raw.reply, list):
            yield from chunks_of(raw.reply, [], _delta, READ)


FORMAT = OllamaGenerate()


def _delta(data: Lookup) -> Delta:
    return Delta(text=data.text("response"), reasoning=data.text("thinking"), finish=data.text("done_reason"))
