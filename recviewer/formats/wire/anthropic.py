"""Anthropic's messages, complete or as server-sent events; also through Vertex (`:rawPredict`) and Bedrock (`invoke`).

Source: Anthropic API reference, "Messages", "Streaming messages", "Web search tool", "Code execution tool", "MCP
connector", "Citations", "Compaction". Tool calls that the server executed, and their results, are part of the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from recviewer.exchange.model import (
    CallDelta,
    Chunk,
    Delta,
    Image,
    Json,
    JsonPart,
    Kind,
    Message,
    Part,
    Problem,
    Reasoning,
    Reply,
    Request,
    SentFile,
    Text,
    ToolCall,
    ToolResult,
)
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas, one_of
from recviewer.formats.contract import Match
from recviewer.formats.extra_keys import extra_in_blocks
from recviewer.formats.failure import error_in
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import arguments_text, body_lookup, request_of
from recviewer.formats.raw import HEADS, Raw

SHAPE = Shape(
    "anthropic",
    taken=(
        "content[].text",
        "content[].thinking",
        "content[].id",
        "content[].name",
        "content[].input:any",
        "stop_reason:last",
        "index:whole",
        "content_block.text",
        "content_block.thinking",
        "content_block.id",
        "content_block.name",
        "content_block.input:any",
        "delta.text",
        "delta.thinking",
        "delta.partial_json",
        "delta.citation:any",
        "delta.content:any",
        "delta.stop_details:any",
        "delta.stop_reason:last",
        "stop_details:any",
        *(
            f"{holder}.{path}"
            for holder in ("content[]", "content_block")
            for path in ("tool_use_id", "content:any", "citations:count", "data:any")
        ),
    ),
    known=(
        "type",
        "role",
        "model",
        "stop_sequence",
        "container.*",
        "context_management",
        *("content[].*", "content[].caller.*", "content_block.*", "content_block.caller.*"),
        "delta.*",
        "message.type",
        "message.role",
        "message.model",
        "message.content",
        "message.stop_reason",
        "message.stop_sequence",
        "message.container.*",
        "delta.container.*",
    ),
    alternatives=one_of.ANTHROPIC,
)
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
SERVER_CALLS = frozenset({"server_tool_use", "mcp_tool_use"})
"""Types of blocks with a call that the server executes itself."""

RESULT = "tool_result"
"""The suffix of the type of every block with a tool's result: `tool_result`, `web_search_tool_result`, …"""

DELTAS = {"text": "text_delta", "thinking": "thinking_delta", "partial_json": "input_json_delta"}
"""The type to assume for a delta without a type, by the key it has."""

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
    """Anthropic's protocol."""

    name = "anthropic"
    kind = Kind.ANTHROPIC
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match a message object or its events; without a reply, the endpoint."""
        if raw.first.get("type") == "message" and isinstance(raw.first.get("content"), list) and not _is_stored(raw):
            return Match.SHAPE
        if isinstance(raw.reply, list) and _first_event(raw) in EVENTS:
            return Match.SHAPE
        return Match.ENDPOINT if raw.url_path.endswith(("/messages", ":rawPredict", ":streamRawPredict")) else Match.NO

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
        found = [_of_block(block) for block in reply.items("content")]
        found.append(_ended(reply))
        return Reply(deltas.fold(found), reply.mapping("usage") or None, model=reply.text("model"))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each event."""
        if isinstance(raw.reply, list):
            yield from _chunks(raw, [])


FORMAT = Anthropic()


def _is_stored(raw: Raw) -> bool:
    """Tell whether a message is one of OpenAI's threads or stored conversations, whose items name no model."""
    return "model" not in raw.first and ("object" in raw.first or "/conversations/" in raw.url_path)


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
    elif isinstance(content, dict):
        yield JsonPart(content)
    else:
        for number, item in enumerate(turn.list(key)):
            if isinstance(item, dict):
                yield from _parts(Lookup(item, f"{turn.where(key)}[{number}]", turn.problems))
            else:
                yield JsonPart(item)


def _parts(block: Lookup) -> Iterator[Part]:
    """Yield the parts of a block: its content as one part, then one for each citation."""
    kind = block.text("type")
    if kind == "text":
        yield Text(block.text("text"))
        yield from _citations(block)
    elif kind == "thinking":
        yield Reasoning(block.text("thinking"))
    elif kind == "tool_use" or kind in SERVER_CALLS:
        yield ToolCall(block.text("id"), block.text("name"), arguments_text(block, "input"))
    elif kind.endswith(RESULT):
        failed = (JsonPart({"is_error": True}),) if block.data.get("is_error") is True else ()
        yield ToolResult(block.text("tool_use_id"), "", (*failed, *_content(block, "content")))
    elif kind in ("image", "document"):
        yield _attachment(block, kind)
    elif kind == "container_upload":
        yield SentFile("", block.text("file_id"), "")
    else:
        yield JsonPart(block.data)


def _citations(block: Lookup) -> Iterator[Part]:
    if block.data.get("citations"):
        yield from map(JsonPart, block.list("citations"))


def _attachment(block: Lookup, kind: str) -> Part:
    source = block.object("source")
    where = source.text("type")
    title = block.text("title")
    if where == "url":
        return Image(source.text("url")) if kind == "image" else SentFile(title or source.text("url"), "", "")
    if where == "file":
        return SentFile(title, source.text("file_id"), "")
    if where not in ("base64", "text"):
        return JsonPart(block.data)
    data, media = source.text("data"), source.text("media_type")
    if where == "base64" and media.startswith("image/"):
        return Image(f"data:{media};base64,{data}")
    return SentFile(title or media, "", data)


def _answered(block: Lookup) -> Iterator[Part]:
    """Yield the parts of an answer's block; for a tool result also its data that is not text, image or file."""
    yield from _parts(block)
    if block.text("type").endswith(RESULT):
        left = extra_in_blocks(block.data.get("content"), _parts)
        if left:
            yield JsonPart({"type": block.text("type"), "beside": left})


def _of_block(block: Lookup) -> Delta:
    """Return the delta of a complete block of an answer."""
    kind = block.text("type")
    if kind == "text":
        return Delta(text=block.text("text"), parts=tuple(_citations(block)))
    if kind == "thinking":
        return Delta(reasoning=block.text("thinking"))
    if kind == "tool_use":
        call = CallDelta(None, block.text("id"), block.text("name"), arguments_text(block, "input"))
        return Delta(calls=(call,))
    return Delta(parts=tuple(_answered(block)))


def _ended(holder: Lookup) -> Delta:
    """Return the stop reason, and the details given with it."""
    details = holder.data.get("stop_details")
    parts = (JsonPart({"stop_details": details}),) if details else ()
    return Delta(finish=holder.text("stop_reason"), parts=parts)


def _joined(raw: Raw, problems: list[Problem]) -> Reply:
    usage: dict[str, Json] = {}
    model, error = "", None
    chunks = []
    for chunk, data in _events(raw, problems):
        chunks.append(chunk)
        error = error or error_in(data.data, chunk.event)
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
    blocks: dict[int | None, _Block] = {}
    for number, event in enumerate(raw.events()):
        at = f"response.body, event {number + 1}"
        if event.is_unread:
            problems.append(Problem(at, "data that is not JSON"))
        data = Lookup(event.data, at, problems)
        kind = data.text("type") or event.name
        usage = data.object("message") if kind == "message_start" else data
        unread = (Delta(parts=(JsonPart(event.text),)),) if event.is_unread else ()
        yield (
            Chunk(
                number + 1,
                unread or tuple(_deltas(kind, data, blocks)),
                usage.mapping("usage") or None,
                data.data,
                READ,
                event.size_bytes,
                kind,
            ),
            data,
        )


@dataclass(slots=True)
class _Block:
    """A block of a stream while its deltas arrive. given: its initial content, used if no delta follows."""

    kind: str = ""
    id: str = ""
    given: str = ""
    held: dict[str, Json] = field(default_factory=dict)


def _deltas(kind: str, data: Lookup, blocks: dict[int | None, _Block]) -> Iterator[Delta]:
    """Yield what an event adds."""
    index = data.integer("index")
    if kind == "content_block_start":
        block = data.object("content_block")
        blocks[index] = _Block(block.text("type"), block.text("id"))
        yield _started(block, index, blocks[index])
    elif kind == "content_block_delta":
        yield _continued(data.object("delta"), index, blocks.setdefault(index, _Block()))
    elif kind == "content_block_stop":
        yield from _stopped(index, blocks.get(index, _Block()))
    elif kind == "message_start":
        message = data.object("message")
        yield Delta(role=message.text("role"))
        yield from map(_of_block, message.items("content"))
    elif kind == "message_delta":
        yield _ended(data.object("delta"))
    elif kind not in EVENTS and kind != "error" and data.data:
        yield Delta(parts=(JsonPart(data.data),))


def _started(block: Lookup, index: int | None, state: _Block) -> Delta:
    if state.kind == "tool_use":
        state.given = arguments_text(block, "input")
        return Delta(calls=(CallDelta(index, state.id, block.text("name"), ""),))
    if state.kind in SERVER_CALLS:
        state.given = arguments_text(block, "input")
        return Delta(parts=(ToolCall(state.id, block.text("name"), ""),))
    if state.kind == "compaction" and not block.data.get("content"):
        state.held = block.data
        return Delta()
    return _of_block(block)


def _continued(delta: Lookup, index: int | None, state: _Block) -> Delta:
    kind = delta.text("type") or next((kind for key, kind in DELTAS.items() if key in delta.data), "")
    if kind == "text_delta":
        return Delta(text=delta.text("text"))
    if kind == "thinking_delta":
        return Delta(reasoning=delta.text("thinking"))
    if kind == "citations_delta":
        return Delta(parts=(JsonPart(delta.data.get("citation")),))
    if kind == "input_json_delta":
        return _argued(delta.text("partial_json"), index, state)
    if kind == "signature_delta":
        return Delta()
    if kind == "compaction_delta":
        block = {key: value for key, value in delta.data.items() if key != "type"}
        state.held, begun = {}, state.held
        return Delta(parts=(JsonPart({"type": "compaction", **begun, **block}),))
    return Delta(parts=(JsonPart(delta.data),)) if delta.data else Delta()


def _argued(text: str, index: int | None, state: _Block) -> Delta:
    """Return a fragment of a call's input. If the block is not a call, the fragment is kept as data."""
    if not text:
        return Delta()
    state.given = ""
    if state.kind in SERVER_CALLS:
        return Delta(parts=(ToolCall(state.id, "", text),))
    if state.kind in ("tool_use", ""):
        return Delta(calls=(CallDelta(index, "", "", text),))
    return Delta(parts=(JsonPart({"partial_json": text}),))


def _stopped(index: int | None, state: _Block) -> Iterator[Delta]:
    """Yield the initial content of a block if no delta followed it."""
    given, held = state.given, state.held
    state.given, state.held = "", {}
    if given:
        yield _argued(given, index, state)
    if held:
        yield Delta(parts=(JsonPart(held),))
