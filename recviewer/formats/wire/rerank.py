"""Rerank calls: one query, many documents, a score for each document.

Source: vLLM documentation, "Re-rank API"; Cohere, Jina and Voyage API references (Voyage: `data` in place of `results`);
Amazon Bedrock, "Rerank" (`relevanceScore`); Pinecone and Mixedbread, "Rerank", and vLLM, "Score API" (`data` with
`score`); text-embeddings-inference `/rerank` (a list); NVIDIA NIM, "Ranking" (`rankings[].logit`); watsonx.ai, "Rerank"
(`results[].score`); Google Cloud, "Rank" (`records[].score`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from recviewer.exchange.model import Chunk, Hit, Hits, Json, JsonPart, Kind, Message, Problem, Reply, Request, Text
from recviewer.exchange.shape import Shape
from recviewer.formats.contract import Match
from recviewer.formats.framing import AT
from recviewer.formats.listing import no_chunks
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw, unwrap

_SCORES = ("relevanceScore", "relevance_score", "score", "logit")
SHAPE = Shape(
    "rerank",
    taken=(
        "results[].relevance_score:number",
        "results[].document:text",
        "results[].document.text",
        *("data[].relevance_score:number", "data[].document:text", "results[].relevanceScore:number"),
        *("data[].score:number", "data[].document.text", "[].score:number", "[].text", "rankings[].logit:number"),
        *("results[].score:number", "records[].score:number", "records[].content"),
    ),
    known=(
        *("results[].index", "model", "results[].document.multi_modal", "object", "data[].index", "meta.*", "provider"),
        *("results[].document.*", "data[].document.*", "[].index", "rankings[].index", "records[].*", "data[].object"),
        *("data[].input", "input_token_count", "model_id", "system.*", "results[].input.*", "top_k", "return_input"),
    ),
    alternatives=(
        *((f"{key}[]", pair) for key in ("results", "data") for pair in combinations(_SCORES, 2)),
        ("records[]", ("document", "content")),
    ),
)

_PLACES = ("/rerank", "/reranking", "/score", ":rank")
_DOCUMENTS = ("documents", "texts", "passages", "inputs", "input", "records", "text_2")
_LISTS = ("results", "data", "rankings", "records")


class Rerank:
    """Documents sorted by relevance to a query."""

    name = "rerank"
    kind = Kind.RERANK
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by `results[].relevance_score`; an empty list of results, `data[].score` or no reply, by the endpoint."""
        results = raw.first.get("results")
        if isinstance(raw.reply, list):
            is_list = not raw.is_streaming and "query" in raw.body and _has_keys(raw.reply, ("score",))
            return Match.SHAPE if is_list and "index" in raw.first else Match.NO
        if _has_keys(raw.first.get("rankings"), ("logit",)):
            return Match.SHAPE
        if "query" in raw.body and any(_has_keys(raw.first.get(key), ("score",)) for key in ("results", "records")):
            is_ranking = raw.url_path.endswith(_PLACES)
            return Match.SHAPE if is_ranking else Match.NO
        if any(_are_scores(raw.first.get(key)) for key in ("results", "data")):
            return Match.SHAPE
        if not raw.url_path.endswith(_PLACES):
            return Match.NO
        return Match.SHAPE if results == [] or _has_keys(raw.first.get("data"), ("score",)) else Match.ENDPOINT

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the query and the documents."""
        body = body_lookup(raw, problems)
        messages = []
        query = next((key for key in ("query", "text_1") if body.data.get(key) is not None), "")
        if isinstance(body.data.get(query), str):
            messages.append(Message("query", (Text(body.text(query)),)))
        elif query:
            messages.append(Message("query", (JsonPart(body.data[query]),)))
        given = next((key for key in _DOCUMENTS if isinstance(body.data.get(key), list)), "documents")
        for document in body.list(given):
            messages.append(Message("document", (Text(document) if isinstance(document, str) else JsonPart(document),)))
        return request_of(raw, messages, problems, taken=frozenset({query, given}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the scores, in recorded order."""
        if isinstance(raw.reply, list):
            items = [Lookup(item, f"{AT}[{place}]", problems) for place, item in enumerate(raw.reply)]
            found = [Hit("", "", item.text("text"), item.number("score"), item.integer("index")) for item in items]
            return Reply(exhibits=(Hits("scores", tuple(found)),))
        reply = Lookup(unwrap(raw.reply), AT, problems)
        hits = []
        for result in [one for key in _LISTS for one in reply.items(key)]:
            document = result.data.get("document", result.data.get("content"))
            text = document if isinstance(document, str) else result.object("document").text("text")
            hits.append(Hit("", "", text, result.number(_score_in(result)), result.integer("index")))
        count = reply.data.get("input_token_count")
        usage = {"input_token_count": count} if isinstance(count, int) else reply.mapping("usage")
        return Reply(exhibits=(Hits("scores", tuple(hits)),), usage=usage or None, model=reply.text("model"))

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


def _score_in(result: Lookup) -> str:
    """Return the key of a result's score."""
    return next((one for one in _SCORES if one in result.data), "relevance_score")
