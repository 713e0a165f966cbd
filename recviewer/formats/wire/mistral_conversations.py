"""Mistral's conversations, whose turns the server stores: complete or as server-sent events.

Source: Mistral AI API reference, "Conversations" (`outputs[]` of the types `message.output`, `function.call`,
`tool.execution` and `agent.handoff`; events of a stream by `type`). Only function calls are for the client. A complete
response has no finish reason; a stream ends with `conversation.response.done`, of which `done` is taken as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from recviewer.exchange.model import (
    CallDelta,
    Chunk,
    Delta,
    Failure,
    JsonPart,
    Kind,
    Message,
    Part,
    Problem,
    Reply,
    Request,
    Text,
    ToolCall,
    ToolResult,
)
from recviewer.exchange.shape import Shape, ShapeOfTwo
from recviewer.formats import deltas
from recviewer.formats.answers import texts_in
from recviewer.formats.contract import Match
from recviewer.formats.failure import error_in, failure_of
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import arguments_text, body_lookup, content_parts, request_of
from recviewer.formats.raw import HEADS, Raw

EVENTS = ("conversation.response.", "message.output.", "tool.execution.", "function.call.", "agent.handoff.")
"""How the types of a stream's events begin."""

_ITEM = (
    *("content", "content[].text", "content[].thinking", "content[].thinking[].text"),
    *("content.text", "content.thinking", "content.thinking[].text"),
    *("tool_call_id", "name", "arguments:object"),
)
_KNOWN = (
    *("object", "type", "model", "agent_id", "role", "function", "info", "output_index", "content_index"),
    *("content[].*", "content[].thinking[].type", "content.*", "content.thinking[].type", "confirmation_status"),
    *("previous_agent_id", "previous_agent_name", "next_agent_id", "next_agent_name"),
)
_ALL_KNOWN = (*(f"{holder}{path}" for holder in ("", "outputs[].") for path in _KNOWN), "guardrails", "message", "code")
SHAPE = ShapeOfTwo(
    Shape("mistral_conversations", taken=tuple([f"outputs[].{path}" for path in _ITEM]), known=_ALL_KNOWN),
    taken=_ITEM,
    known=(*_ALL_KNOWN, "outputs"),
)
READ = frozenset({"type", "content", "name", "arguments", "tool_call_id", "output_index", "info", "usage"})


class MistralConversations:
    """Conversations of Mistral."""

    name = "mistral_conversations"
    kind = Kind.INTERACTIONS
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match a response by its `object`, a stream by its events; without a reply, the endpoint and `inputs`."""
        if raw.first.get("object") == "conversation.response":
            return Match.SHAPE
        if isinstance(raw.reply, list) and _first_event(raw).startswith(EVENTS):
            return Match.SHAPE
        return Match.ENDPOINT if "inputs" in raw.body and "/conversations" in raw.url_path else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read `instructions` and `inputs`, text or a list of entries."""
        body = body_lookup(raw, problems)
        messages = []
        if isinstance(body.data.get("instructions"), str):
            messages.append(Message("system", (Text(body.text("instructions")),)))
        if isinstance(body.data.get("inputs"), str):
            messages.append(Message("user", (Text(body.text("inputs")),)))
        else:
            messages += [_turn(entry) for entry in body.items("inputs")]
        return request_of(raw, messages, problems, taken=frozenset({"inputs", "instructions"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the outputs, or join the events of a stream."""
        if isinstance(raw.reply, list):
            return _joined(raw, problems)
        reply = Lookup(raw.reply, "response.body", problems)
        outputs = list(reply.items("outputs"))
        found = [delta for item in outputs for delta in _whole(item)]
        model = next((item.text("model") for item in outputs if item.data.get("model")), "")
        return Reply(deltas.fold(found), reply.mapping("usage") or None, error_in(reply.data), model=model)

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each event."""
        if isinstance(raw.reply, list):
            for chunk, _ in _events(raw, []):
                yield chunk


FORMAT = MistralConversations()


def _first_event(raw: Raw) -> str:
    for event in islice(raw.events(), HEADS):
        kind = event.data.get("type") if isinstance(event.data, dict) else None
        if isinstance(kind, str) or event.name:
            return kind if isinstance(kind, str) else event.name
    return ""


def _turn(entry: Lookup) -> Message:
    """Read an entry of the inputs: a message, a call, or the result of a call."""
    kind = entry.kind
    if kind == "function.result":
        result = tuple(content_parts(entry, "result"))
        return Message("tool", (ToolResult(entry.text("tool_call_id"), "", result),))
    if kind in ("function.call", "tool.execution"):
        id = entry.text("tool_call_id" if kind == "function.call" else "id")
        return Message("assistant", (ToolCall(id, entry.text("name"), arguments_text(entry, "arguments")),))
    if "content" not in entry.data:
        return Message(entry.text("role"), (JsonPart(entry.data),))
    return Message(entry.text("role"), tuple(content_parts(entry, "content")))


def _whole(item: Lookup) -> Iterator[Delta]:
    """Yield what an output adds."""
    kind = item.kind
    if kind == "message.output":
        yield _said(item)
    elif kind == "function.call":
        yield Delta(calls=(_call(item, None),))
    elif kind == "tool.execution":
        call = ToolCall(item.text("id"), item.text("name"), arguments_text(item, "arguments"))
        yield Delta(parts=(call, *_results(item)))
    else:
        yield Delta(parts=(JsonPart(item.data),))


def _said(item: Lookup) -> Delta:
    """Return the texts of a message, whose content is text or a list, in a stream also one item of it."""
    content = item.data.get("content")
    said = texts_in(
        Lookup(item.data | {"content": [content]}, item.at, item.problems) if isinstance(content, dict) else item
    )
    return Delta(text=said.content, reasoning=said.reasoning, parts=tuple(said.parts))


def _call(item: Lookup, index: int | None) -> CallDelta:
    return CallDelta(index, item.text("tool_call_id"), item.text("name"), arguments_text(item, "arguments"))


def _results(item: Lookup) -> tuple[Part, ...]:
    info = item.data.get("info")
    return (ToolResult(item.text("id"), item.text("name"), (JsonPart(info),)),) if info else ()


def _joined(raw: Raw, problems: list[Problem]) -> Reply:
    chunks, errors, model = list[Chunk](), list[Failure | None](), ""
    for chunk, data in _events(raw, problems):
        chunks.append(chunk)
        is_error = data.kind == "conversation.response.error"
        errors.append(failure_of(data.data, None) if is_error else error_in(data.data, chunk.event))
        model = model or (data.text("model") if data.data.get("model") else "")
    return deltas.joined(chunks, errors, model=model)


def _events(raw: Raw, problems: list[Problem]) -> Iterator[tuple[Chunk, Lookup]]:
    for number, event in enumerate(raw.events()):
        at = f"response.body, event {number + 1}"
        if event.is_unread:
            problems.append(Problem(at, "data that is not JSON"))
        data = Lookup(event.data, at, problems)
        kind = data.kind or event.name
        found = [Delta(parts=(JsonPart(event.text),))] if event.is_unread else list(_added(kind, data))
        element = data.data if event.data is not None else {"data": event.text}
        usage = data.mapping("usage") or None
        yield Chunk(number + 1, tuple(found), usage, element, READ, event.size_bytes, kind), data


def _added(kind: str, data: Lookup) -> Iterator[Delta]:
    """Yield what an event adds."""
    if kind == "message.output.delta":
        yield _said(data)
    elif kind == "function.call.delta":
        yield Delta(calls=(_call(data, data.integer("output_index")),))
    elif kind == "tool.execution.started":
        yield Delta(parts=(ToolCall(data.text("id"), data.text("name"), arguments_text(data, "arguments")),))
    elif kind == "tool.execution.delta":
        yield Delta(parts=(ToolCall(data.text("id"), "", arguments_text(data, "arguments")),))
    elif kind == "tool.execution.done":
        yield Delta(parts=_results(data))
    elif kind == "conversation.response.done":
        yield Delta(finish="done")
    elif data.data and not kind.startswith("conversation.response."):
        yield Delta(parts=(JsonPart(data.data),))
