"""Ollama's embeddings. Source: Ollama API documentation, "Generate embeddings"."""

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
    "ollama_embed",
    taken=("embeddings[]:vector", "embedding:vector"),
    known=("model", "done", "done_reason"),
)


class OllamaEmbed:
    """Vectors from a local model."""

    name = "ollama_embed"
    kind = Kind.EMBEDDINGS
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by type; if untyped, by `embeddings`; without a reply, by the endpoint."""
        if raw.type_name in ("EmbedResponse", "EmbeddingsResponse"):
            return Match.TYPE
        rows = raw.first.get("embeddings")
        is_others = "texts" in raw.first or (isinstance(rows, list) and bool(rows) and isinstance(rows[0], dict))
        if not raw.type_name and isinstance(rows, list) and not is_others:
            return Match.SHAPE
        if not raw.url_path.endswith(("/api/embeddings", "/api/embed")):
            return Match.NO
        return Match.SHAPE if "embedding" in raw.first and not raw.type_name else Match.ENDPOINT

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the texts to embed: `input`, or `prompt` in the older call."""
        body = body_lookup(raw, problems)
        key = "input" if "input" in body.data else "prompt"
        return request_of(raw, inputs(body.data.get(key)), problems, taken=frozenset({key}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the vectors; a bare `embedding` is one vector."""
        reply = Lookup(unwrap(raw.reply), "response.body", problems)
        rows = reply.list("embeddings") if "embeddings" in reply.data else [reply.data.get("embedding")]
        vectors = [
            vector_of(row, index, f"{reply.where('embeddings')}[{index}]", problems) for index, row in enumerate(rows)
        ]
        count = reply.integer("prompt_eval_count")
        return Reply(
            exhibits=tuple([vector for vector in vectors if vector is not None]),
            usage=None if count is None else {"prompt_eval_count": count},
            model=reply.text("model"),
        )

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield nothing: never streamed."""
        return iter(())


FORMAT = OllamaEmbed()
