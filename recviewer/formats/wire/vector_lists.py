"""Embedding vectors in lists of their own: several for one text, or without an object around them.

Source: Hugging Face "Feature extraction" and text-embeddings-inference `/embed` (a list of vectors); llama.cpp's server
`/embedding`; watsonx.ai "Embeddings" (`results[].embedding`); Voyage "Contextualized chunk embeddings"
(`data[].data[].embedding`); Jina, `return_multivector` (`data[].embeddings`).
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Json, JsonPart, Kind, Message, Problem, Reply, Request, Text
from recviewer.exchange.shape import Shape
from recviewer.formats.contract import Match
from recviewer.formats.framing import AT
from recviewer.formats.listing import no_chunks
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw
from recviewer.formats.vectors import inputs, vector_of

SHAPE = Shape(
    "vector_lists",
    taken=(
        *("[]:vector", "[].embedding:vector", "[].embedding[]:vector", "results[].embedding:vector"),
        *("data[].data[].embedding:vector", "data[].embeddings[]:vector"),
    ),
    known=(
        *("[].index", "results[].*", "data[].data[].*", "data[].*", "object", "model", "model_id"),
        *("input_token_count", "system.*"),
    ),
)
_LISTS = (("results", "embedding"), ("data", "data"), ("data", "embeddings"))
"""The key of a list in a reply, and the key of its items that has the vector or the vectors."""

PROMPTS = ("inputs", "content")


class VectorLists:
    """Texts in, one or several vectors for each."""

    name = "vector_lists"
    kind = Kind.EMBEDDINGS
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by the location of the vectors; of a list of numbers alone, also by what the request asks."""
        if raw.type_name or raw.is_streaming:
            return Match.NO
        if not isinstance(raw.reply, list):
            return Match.SHAPE if any(_are_vectors(raw.first, *keys) for keys in _LISTS) else Match.NO
        items = raw.reply
        if items and all(isinstance(item, dict) and isinstance(item.get("embedding"), list) for item in items):
            return Match.SHAPE
        is_asked = any(key in raw.body for key in PROMPTS)
        return Match.SHAPE if is_asked and items and all(map(_is_vector, items)) else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the texts to embed."""
        body = body_lookup(raw, problems)
        key = next((key for key in (*PROMPTS, "input") if body.data.get(key) is not None), "")
        if not key:
            return request_of(raw, (), problems, taken=frozenset())
        given = body.data[key]
        messages = (
            list(inputs(given)) if _are_texts(given) else [Message("input", (_part(one),)) for one in _all(given)]
        )
        return request_of(raw, messages, problems, taken=frozenset({key}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the vectors in order."""
        found = (vector_of(value, place, at, problems) for place, (value, at) in enumerate(_vectors(raw, problems)))
        vectors = tuple([vector for vector in found if vector is not None])
        if isinstance(raw.reply, list):
            return Reply(exhibits=vectors)
        reply = Lookup(raw.reply, AT, problems)
        count = reply.data.get("input_token_count")
        usage = {"input_token_count": count} if isinstance(count, int) else reply.mapping("usage")
        model = next((name for key in ("model", "model_id") if isinstance(name := reply.data.get(key), str)), "")
        return Reply(exhibits=vectors, usage=usage or None, model=model)

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield nothing: never streamed."""
        return no_chunks()


FORMAT = VectorLists()


def _are_vectors(head: dict[str, Json], key: str, inner: str) -> bool:
    items = head.get(key)
    first = items[0] if isinstance(items, list) and items else None
    held = first.get(inner) if isinstance(first, dict) else None
    if inner == "data":
        return isinstance(held, list) and bool(held) and isinstance(held[0], dict) and "embedding" in held[0]
    return isinstance(held, list)


def _is_vector(item: Json) -> bool:
    return (
        isinstance(item, list)
        and bool(item)
        and all(type(one) is not bool and not isinstance(one, str) for one in item)
    )


def _are_texts(given: Json) -> bool:
    return isinstance(given, str) or (isinstance(given, list) and all(isinstance(one, str) for one in given))


def _all(given: Json) -> list[Json]:
    return given if isinstance(given, list) else [given]


def _part(one: Json) -> Text | JsonPart:
    return Text(one) if isinstance(one, str) else JsonPart(one)


def _vectors(raw: Raw, problems: list[Problem]) -> Iterator[tuple[Json, str]]:
    """Yield each vector with its path."""
    if isinstance(raw.reply, list):
        for place, item in enumerate(raw.reply):
            at = f"{AT}[{place}]"
            if isinstance(item, dict):
                yield from _one_or_more(item.get("embedding"), f"{at}.embedding")
            else:
                yield item, at
        return
    reply = Lookup(raw.reply, AT, problems)
    for key, inner in _LISTS:
        for item in reply.items(key):
            if inner == "data":
                yield from ((one.data.get("embedding"), one.where("embedding")) for one in item.items(inner))
            elif inner in item.data:
                yield from _one_or_more(item.data[inner], item.where(inner))


def _one_or_more(value: Json, at: str) -> Iterator[tuple[Json, str]]:
    if isinstance(value, list) and value and isinstance(value[0], list):
        yield from ((one, f"{at}[{place}]") for place, one in enumerate(value))
    else:
        yield value, at
