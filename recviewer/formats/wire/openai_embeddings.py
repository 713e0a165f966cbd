"""OpenAI's embeddings.

Source: OpenAI API reference, "The embedding object"; vectors are lists of numbers or base64 (`encoding_format`).
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Kind, Problem, Reply, Request
from recviewer.exchange.shape import Shape
from recviewer.formats.contract import Match
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw, unwrap
from recviewer.formats.vectors import inputs, vector_of

SHAPE = Shape(
    "openai_embeddings",
    taken=("data[].embedding:vector",),
    known=("data[].index", "object", "model", "data[].object", "data[].raw_output", "perf_metrics"),
)


class OpenAIEmbeddings:
    """Vectors for texts."""

    name = "openai_embeddings"
    kind = Kind.EMBEDDINGS
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by type; if untyped, by `data[].embedding`; an empty list, or no reply, by the endpoint."""
        if raw.type_name == "CreateEmbeddingResponse":
            return Match.TYPE
        data = raw.first.get("data")
        if not raw.type_name and isinstance(data, list):
            first = data[0] if data else None
            if isinstance(first, dict) and "embedding" in first:
                return Match.SHAPE
        if not raw.url_path.endswith("/v1/embeddings") and raw.endpoint != "/v1/embeddings":
            return Match.NO
        return Match.SHAPE if data == [] and not raw.type_name else Match.ENDPOINT

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the texts to embed."""
        body = body_lookup(raw, problems)
        return request_of(raw, inputs(body.data.get("input")), problems, taken=frozenset({"input"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the vectors in order."""
        reply = Lookup(unwrap(raw.reply), "response.body", problems)
        found = []
        for place, item in enumerate(reply.items("data")):
            index = item.integer("index")
            vector = vector_of(
                item.data.get("embedding"), place if index is None else index, item.where("embedding"), problems
            )
            if vector is not None:
                found.append(vector)
        return Reply(exhibits=tuple(found), usage=reply.mapping("usage") or None, model=reply.text("model"))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield nothing: never streamed."""
        return iter(())


FORMAT = OpenAIEmbeddings()
