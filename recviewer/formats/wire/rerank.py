"""Rerank calls: one query, many documents, a score for each document.

Source: vLLM documentation, "Re-rank API"; Cohere, Jina and Voyage API references (Voyage: `data` in place of `results`);
Amazon Bedrock, "Rerank" (`relevanceScore`); Pinecone API reference, "Rerank" (`data` with `score`).
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Hit, Hits, Json, JsonPart, Kind, Message, Problem, Reply, Request, Text
from recviewer.exchange.shape import Shape
from recviewer.formats.contract import Match
from recviewer.formats.listing import no_chunks
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw, unwrap

SHAPE = Shape(
    "rerank",
    taken=(
        "results[].relevance_score:number",
        "results[].document:text",
        "results[].document.text",
        *("data[].relevance_score:number", "data[].document:text", "results[].relevanceScore:number"),
        *("data[].score:number", "data[].document.text"),
    ),
    known=(
        *("results[].index", "model", "results[].document.multi_modal", "object", "data[].index", "meta.*", "provider"),
        *("results[].document.*", "data[].document.*"),
    ),
    alternatives=(
        *((f"{key}[]", ("relevanceScore", "relevance_score")) for key in ("results", "data")),
        *(("data[]", (other, "score")) for other in ("relevanceScore", "relevance_score")),
    ),
)


class Rerank:
    """Documents sorted by relevance to a query."""

    name = "rerank"
    kind = Kind.RERANK
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by `results[].relevance_score`; an empty list of results, `data[].score` or no reply, by the endpoint."""
        results = raw.first.get("results")
        if any(_are_scores(raw.first.get(key)) for key in ("results", "data")):
            return Match.SHAPE
        if not raw.url_path.endswith("/rerank"):
            return Match.NO
        return Match.SHAPE if results == [] or _has_keys(raw.first.get("data"), ("score",)) else Match.ENDPOINT

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the query and the documents."""
        body = body_lookup(raw, problems)
        messages = []
        if body.data.get("query") is not None:
            messages.append(Message("query", (Text(body.text("query")),)))
        for document in body.list("documents"):
            messages.append(Message("document", (Text(document) if isinstance(document, str) else JsonPart(document),)))
        return request_of(raw, messages, problems, taken=frozenset({"query", "documents"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the scores, in recorded order."""
        reply = Lookup(unwrap(raw.reply), "response.body", problems)
        hits = []
        for key, result in [
            *(("results", one) for one in reply.items("results")),
            *(("data", one) for one in reply.items("data")),
        ]:
            document = result.data.get("document")
            text = document if isinstance(document, str) else result.object("document").text("text")
            hits.append(Hit("", "", text, result.number(_score_in(result, key)), result.integer("index")))
        return Reply(
            exhibits=(Hits("scores", tuple(hits)),), usage=reply.mapping("usage") or None, model=reply.text("model")
        )

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield nothing: never streamed."""
        return no_chunks()


FORMAT = Rerank()


def _are_scores(items: Json) -> bool:
    return _has_keys(items, ("relevance_score", "relevanceScore"))


def _has_keys(items: Json, keys: tuple[str, ...]) -> bool:
    """Tell whether the first item of a list is an object with one of some keys."""
    first = items[0] if isinstance(items, list) and items else None
    return isinstance(first, dict) and not first.keys().isdisjoint(keys)


def _score_in(result: Lookup, key: str) -> str:
    """Return the key of a result's score. `score` is one only in `data`."""
    keys = ("relevanceScore", "relevance_score", *(("score",) if key == "data" else ()))
    return next((one for one in keys if one in result.data), "relevance_score")
