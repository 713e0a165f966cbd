"""Embeddings as several providers send them.

Source: API references: Cohere "Embed" (v1, v2), Gemini `:embedContent` and `:batchEmbedContents`, Vertex AI `:predict`,
Amazon Bedrock (Titan, Nova), DashScope (`output.embeddings`).
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Json, JsonPart, Kind, Message, Problem, Reply, Request, Text
from recviewer.exchange.shape import Shape
from recviewer.formats.contract import Match
from recviewer.formats.listing import no_chunks
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw, unwrap
from recviewer.formats.vectors import vector_of

SHAPE = Shape(
    "embed",
    taken=(
        *("embedding:vector", "embedding.values:vector", "embeddings.*[]:vector", "embeddings[]:vector"),
        *("embeddings[].values:vector", "embeddings[].embedding:vector", "predictions[].embeddings.values:vector"),
        *(f"predictions[].{name}:vector" for name in ("textEmbedding", "imageEmbedding")),
        *("predictions[].videoEmbeddings[].embedding:vector", "output.embeddings[].embedding:vector"),
    ),
    known=(
        "output.embeddings[].*",
        *(
            "texts",
            "images",
            "response_type",
            "meta.*",
            "embeddings[].*",
            "predictions[].*",
            "predictions[].embeddings.*",
            "predictions[].videoEmbeddings[].*",
        ),
        *("metadata.*", "embeddingsByType.*", "message"),
    ),
)
ASKED = ("texts", "inputText")
MULTIMODAL = ("textEmbedding", "imageEmbedding", "videoEmbeddings")
"""Keys of a prediction of Vertex AI's multimodal models."""


class Embed:
    """Embedding vectors, wherever they are in the reply."""

    name = "embed"
    kind = Kind.EMBEDDINGS
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by the location of the vectors; never the locations that OpenAI or Ollama use."""
        if raw.type_name or isinstance(raw.reply, list):
            return Match.NO
        head = _held(raw.first)
        one, many = head.get("embedding"), head.get("embeddings")
        first = many[0] if isinstance(many, list) and many else None
        is_own = isinstance(many, dict) or (
            isinstance(first, dict) and not first.keys().isdisjoint(("values", "embedding"))
        )
        is_own = is_own or (isinstance(one, list) and "inputTextTokenCount" in head)
        is_own = is_own or (isinstance(one, dict) and "values" in one) or (isinstance(first, list) and "texts" in head)
        return Match.SHAPE if is_own or _is_vertex(head) else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the texts to embed."""
        body = body_lookup(raw, problems)
        messages, taken = [], set()
        for key in ASKED:
            given = body.data.get(key)
            if isinstance(given, str | list):
                taken.add(key)
                items = given if isinstance(given, list) else [given]
                messages += [Message("input", (Text(one) if isinstance(one, str) else JsonPart(one),)) for one in items]
        if isinstance(body.data.get("input"), dict):  # DashScope
            texts = body.object("input").list("texts")
            messages += [Message("input", (Text(one) if isinstance(one, str) else JsonPart(one),)) for one in texts]
        holders = [*body.items("requests"), *([body] if "content" in body.data else [])]
        for holder in holders:
            parts = [Text(one.text("text")) if "text" in one.data else JsonPart(one.data) for one in _parts(holder)]
            messages.append(Message("input", tuple(parts)))
        for one in body.items("instances"):
            messages.append(
                Message("input", (Text(one.text("content")) if "content" in one.data else JsonPart(one.data),))
            )
        return request_of(raw, messages, problems, taken=frozenset(taken))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the vectors in order."""
        reply = Lookup(unwrap(raw.reply), "response.body", problems)
        found = list(_vectors(reply.object("output") if _held(reply.data) is not reply.data else reply))
        vectors = (vector_of(value, place, at, problems) for place, (value, at) in enumerate(found))
        exhibits = tuple([vector for vector in vectors if vector is not None])
        count = reply.data.get("inputTextTokenCount")
        counts = "usage" if _held(reply.data) is not reply.data else "usageMetadata"
        usage = {"inputTextTokenCount": count} if isinstance(count, int) else reply.mapping(counts)
        return Reply(exhibits=exhibits, usage=usage or None)

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield nothing: never streamed."""
        return no_chunks()


FORMAT = Embed()


def _held(reply: dict[str, Json]) -> dict[str, Json]:
    """Return the object with the vectors: DashScope's `output`, else the reply."""
    output = reply.get("output")
    return output if isinstance(output, dict) and isinstance(output.get("embeddings"), list) else reply


def _is_vertex(head: dict[str, Json]) -> bool:
    items = head.get("predictions")
    first = items[0] if isinstance(items, list) and items else None
    if not isinstance(first, dict):
        return False
    return isinstance(first.get("embeddings"), dict) or any(isinstance(first.get(key), list) for key in MULTIMODAL)


def _parts(holder: Lookup) -> list[Lookup]:
    return list(holder.object("content").items("parts"))


def _vectors(reply: Lookup) -> Iterator[tuple[Json, str]]:
    """Yield each vector with its path."""
    one, many = reply.data.get("embedding"), reply.data.get("embeddings")
    if one is not None:
        yield (
            (one.get("values"), "response.body.embedding.values")
            if isinstance(one, dict)
            else (one, reply.where("embedding"))
        )
    if isinstance(many, dict):
        for kind, some in many.items():
            for place, value in enumerate(some if isinstance(some, list) else ()):
                yield value, f"{reply.where('embeddings')}.{kind}[{place}]"
    elif isinstance(many, list):
        for place, value in enumerate(many):
            held = value.get("values", value.get("embedding")) if isinstance(value, dict) else value
            yield held, f"{reply.where('embeddings')}[{place}]"
    for place, value in enumerate(reply.items("predictions")):
        at = f"{reply.where('predictions')}[{place}]"
        if "embeddings" in value.data:
            yield value.object("embeddings").data.get("values"), f"{at}.embeddings.values"
        for key in MULTIMODAL[:2]:
            if key in value.data:
                yield value.data[key], f"{at}.{key}"
        for number, one in enumerate(value.items("videoEmbeddings")):
            yield one.data.get("embedding"), f"{at}.videoEmbeddings[{number}].embedding"
