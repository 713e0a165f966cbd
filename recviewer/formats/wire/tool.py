"""Invocations of a tool runtime, such as a web search: the result is text that contains JSON."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from recviewer.exchange.model import (
    Chunk,
    Exhibit,
    Hit,
    Hits,
    Json,
    Kind,
    Message,
    Output,
    Problem,
    Reply,
    Request,
    ToolCall,
)
from recviewer.exchange.shape import Shape
from recviewer.formats.contract import Match
from recviewer.formats.deltas import compact
from recviewer.formats.listing import no_chunks
from recviewer.formats.lookup import Lookup
from recviewer.formats.raw import Raw, unwrap

SHAPE = Shape(
    "tool", taken=("content", "content[].text"), known=("error_code", "error_message", "metadata", "content[].type")
)


class Tool:
    """One call of a tool."""

    name = "tool"
    kind = Kind.TOOL
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by type; untyped, by `content` and the request's keys; without a reply, by the request's keys."""
        if raw.type_name == "ToolInvocationResult":
            return Match.TYPE
        if raw.request_kind != "tool":
            return Match.NO
        return Match.SHAPE if "content" in raw.first and not raw.type_name else Match.ENDPOINT

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the call: the tool's name and its keyword arguments."""
        request = Lookup(raw.request, "request", problems)
        arguments = request.mapping("kwargs") or {}
        call = Message("call", (ToolCall("", request.text("tool_name"), compact(arguments)),))
        params = {key: raw.request[key] for key in ("provider",) if key in raw.request}
        return Request((call,), params, (), {"tool_name": raw.request.get("tool_name"), "kwargs": arguments})

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the result's text, and the search results in it."""
        reply = Lookup(unwrap(raw.reply), "response.body", problems)
        content = reply.data.get("content")
        if isinstance(content, list):
            text = "".join([item.text("text") for item in reply.items("content")])
        else:
            text = reply.text("content")
        return Reply((Output(0, text),), exhibits=_results(text))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield nothing: never streamed."""
        return no_chunks()


FORMAT = Tool()


def _results(text: str) -> tuple[Exhibit, ...]:
    """Return the search results in a result's text, () if there are none."""
    try:
        value = orjson.loads(text)
    except ValueError:
        return ()
    listed: Json = None
    if isinstance(value, dict):
        listed = next((value[key] for key in ("top_k", "results") if isinstance(value.get(key), list)), None)
    if not isinstance(listed, list):
        return ()
    unheeded: list[Problem] = []
    hits = [_hit(Lookup(item, "", unheeded)) for item in listed if isinstance(item, dict)]
    return (Hits("results", tuple(hits)),) if hits else ()


def _hit(item: Lookup) -> Hit:
    return Hit(item.text("title"), item.text("url"), item.text("content"), item.number("score"), None)
