"""Anthropic's messages, whole or as raw server-sent events.

Source: Anthropic API reference, "Messages" and "Streaming messages".
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from recviewer.exchange.model import (
    CallDelta,
    Chunk,
    Delta,
    File,
    Image,
    Json,
    JsonPart,
    Kind,
    Message,
    Output,
    Part,
    Problem,
    Reasoning,
    Reply,
    Request,
    Text,
    ToolCall,
    ToolResult,
)
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.failure import failure_of
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import arguments_text, body_lookup, request_of
from recviewer.formats.raw import HEADS, Raw

EVENTS = frozenset(
    {
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
        "ping",
    }
)
READ = frozenset(
    {
        "type",
        "index",
        "delta.type",
        "delta.text",
        "delta.thinking",
        "delta.partial_json",
        "delta.stop_reason",
        "content_block.type",
        "content_block.text",
        "content_block.thinking",
        "content_block.id",
        "content_block.name",
        "content_block.input",
        "message.role",
        "message.usage",
        "usage",
    }
)


class Anthropic:
    """Claude's own protocol."""

    name = "anthropic"
    kind = Kind.ANTHROPIC

    def match(self, raw: Raw) -> Match:
        """Match a message object or its events; without a reply by the endpoint."""
        if raw.first.get("type") == "message" and isinstance(raw.first.get("content"), list):
            return Match.SHAPE
        if isinstance(raw.reply, list) and _first_event(raw) in EVENTS:
            return Match.SHAPE
        return Match.ENDPOINT if raw.url_path.endswith("/messages") else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read `system` and `messages`."""
        body = body_lookup(raw, problems)
        messages = []
        if body.data.get("system") is not None:
            messages.append(Message("system", tuple(_content(body, "system"))))
        messages += [Message(turn.text("role"), tuple(_content(turn, "content"))) for turn in body.items("messages")]
        return request_of(raw, messages, problems, taken=frozenset({"messages", "system"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read content blocks, or join the events of a stream."""
        if isinstance(raw.reply, list):
            return _joined(raw, problems)
        reply = Lookup(raw.reply, "response.body", problems)
        texts, thoughts, calls = [], [], []
        for block in reply.items("content"):
            kind = block.data.get("type")
            if kind == "text":
                texts.append(block.text("text"))
            elif kind == "thinking":
                thoughts.append(block.text("thinking"))
            elif kind == "tool_use":
                calls.append(ToolCall(block.text("id"), block.text("name"), arguments_text(block, "input")))
        output = Output(0, "".join(texts), "".join(thoughts), "", tuple(calls), reply.text("stop_reason") or None)
        return Reply((output,), reply.mapping("usage") or None, model=reply.text("model"))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each event."""
        if isinstance(raw.reply, list):
            yield from _chunks(raw, [])


FORMAT = Anthropic()


def _first_event(raw: Raw) -> str:
    for event in islice(raw.events(), HEADS):
        if isinstance(event.data, dict) and isinstance(event.data.get("type"), str):
            return str(event.data["type"])
        if event.name:
            return event.name
    return ""


def _content(turn: Lookup, key: str) -> Iterator[Part]:
    content = turn.data.get(key)
    if isinstance(content, str):
        yield Text(content)
        return
    for block in turn.items(key):
        kind = block.data.get("type")
        if kind == "text":
            yield Text(block.text("text"))
        elif kind == "thinking":
            yield Reasoning(block.text("thinking"))
        elif kind == "tool_use":
            yield ToolCall(block.text("id"), block.text("name"), arguments_text(block, "input"))
        elif kind == "tool_result":
            yield ToolResult(block.text("tool_use_id"), "", tuple(_content(block, "content")))
        elif kind in ("image", "document"):
            yield _attachment(block)
        else:
            yield JsonPart(block.data)


def _attachment(block: Lookup) -> Part:
    source = block.object("source")
    kind = source.data.get("type")
    if kind == "url":
        return Image(source.text("url"))
    data = source.text("data")
    media = source.text("media_type")
    if kind == "base64" and media.startswith("image/"):
        return Image(f"data:{media};base64,{data}")
    return File(block.text("title") or media, "", data)


def _joined(raw: Raw, problems: list[Problem]) -> Reply:
    usage: dict[str, Json] = {}
    model, error = "", None
    chunks = []
    for chunk, data in _events(raw, problems):
        chunks.append(chunk)
        if chunk.event == "error":
            error = failure_of(data.data, None)
        if data.data.get("type") == "message_start":
            model = data.object("message").text("model")
        if chunk.usage:
            usage.update({key: value for key, value in chunk.usage.items() if value is not None or key not in usage})
    outputs = deltas.fold(delta for chunk in chunks for delta in chunk.deltas)
    return Reply(outputs, usage or None, error, model=model, chunks=len(chunks), runs=deltas.runs_of(chunks))


def _chunks(raw: Raw, problems: list[Problem]) -> Iterator[Chunk]:
    for chunk, _ in _events(raw, problems):
        yield chunk


def _events(raw: Raw, problems: list[Problem]) -> Iterator[tuple[Chunk, Lookup]]:
    given: dict[int | None, str] = {}
    for number, event in enumerate(raw.events()):
        at = f"response.body, event {number + 1}"
        if event.is_unread:
            problems.append(Problem(at, "data that is not JSON"))
        data = Lookup(event.data, at, problems)
        kind = data.text("type") or event.name
        usage = data.object("message") if kind == "message_start" else data
        found = _delta(kind, data, given)
        yield (
            Chunk(
                number + 1,
                (found,) if found is not None else (),
                usage.mapping("usage") or None,
                data.data,
                READ,
                event.size_bytes,
                kind,
            ),
            data,
        )


def _delta(kind: str, data: Lookup, given: dict[int | None, str]) -> Delta | None:
    """Return what an event adds. given: by block, the input that a call began with; it counts if no other follows."""
    index = data.integer("index")
    if kind == "content_block_start":
        block = data.object("content_block")
        if block.data.get("type") == "tool_use":
            given[index] = arguments_text(block, "input")
            return Delta(calls=(CallDelta(index, block.text("id"), block.text("name"), ""),))
        return Delta(text=block.text("text"), reasoning=block.text("thinking"))
    if kind == "content_block_delta":
        delta = data.object("delta")
        json_text = delta.text("partial_json")
        calls = (CallDelta(index, "", "", json_text),) if json_text else ()
        if json_text:
            given.pop(index, None)
        return Delta(text=delta.text("text"), reasoning=delta.text("thinking"), calls=calls)
    if kind == "content_block_stop" and given.get(index):
        return Delta(calls=(CallDelta(index, "", "", given.pop(index)),))
    if kind == "message_start":
        return Delta(role=data.object("message").text("role"))
    if kind == "message_delta":
        return Delta(finish=data.object("delta").text("stop_reason"))
    return None
