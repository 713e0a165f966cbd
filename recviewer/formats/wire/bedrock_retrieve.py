"""Passages that a knowledge base of Amazon Bedrock returns for a question.

Source: Agents for Amazon Bedrock runtime API reference, "Retrieve".
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Hit, Hits, JsonPart, Kind, Message, Problem, Reply, Request, Text
from recviewer.exchange.shape import Shape
from recviewer.formats.contract import Match
from recviewer.formats.listing import no_chunks
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw, unwrap

SHAPE = Shape(
    "bedrock_retrieve",
    taken=("retrievalResults[].score:number", "retrievalResults[].content.text"),
    known=("retrievalResults[].*", "retrievalResults[].content.*", "guardrailAction"),
)


class BedrockRetrieve:
    """Passages with scores."""

    name = "bedrock_retrieve"
    kind = Kind.RERANK
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by `retrievalResults`."""
        return Match.SHAPE if isinstance(raw.first.get("retrievalResults"), list) else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the question."""
        body = body_lookup(raw, problems)
        asked = body.data.get("retrievalQuery")
        messages = []
        if isinstance(asked, dict):
            is_text = asked.keys() == {"text"} and isinstance(asked["text"], str)
            messages.append(Message("query", (Text(asked["text"]) if is_text else JsonPart(asked),)))
        return request_of(raw, messages, problems, taken=frozenset({"retrievalQuery"} if messages else ()))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the passages, in recorded order."""
        reply = Lookup(unwrap(raw.reply), "response.body", problems)
        hits = [
            Hit("", "", one.object("content").text("text"), one.number("score"), None)
            for one in reply.items("retrievalResults")
        ]
        return Reply(exhibits=(Hits("scores", tuple(hits)),))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield nothing: never streamed."""
        return no_chunks()


FORMAT = BedrockRetrieve()
