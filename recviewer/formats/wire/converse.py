"""AWS Bedrock's Converse, complete and streamed; Nova models use it through `invoke` too.

Source: Amazon Bedrock API reference, "Converse", "ConverseStream", `ContentBlock`, `ContentBlockDelta`. The elements of
a stream are objects with one key, or the event's data beside its name. Exceptions can occur inside a successful stream.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from recviewer.exchange.model import (
    CallDelta,
    Chunk,
    Delta,
    Failure,
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
from recviewer.formats.extra_keys import extra_around
from recviewer.formats.failure import error_in
from recviewer.formats.framing import AT
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import arguments_text, body_lookup, request_of
from recviewer.formats.raw import HEADS, Raw
from recviewer.formats.sse import DONE

EVENTS = frozenset(
    {"messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"}
)
OWN_EVENTS = EVENTS - {"metadata"}
"""Events with names that no other format uses."""

EXCEPTION = "Exception"
"""Suffix of the names of exceptions inside a stream."""

NAMES = ("type", "eventType", "event_type", "event", ":event-type", ":exception-type")
WRAPPINGS = ("chunk", "event", "payload", "data", "body", "value")
"""Keys that name an event beside its data, and keys with which recorders wrap one."""

_BLOCK = (
    "text",
    *("toolUse.toolUseId", "toolUse.name"),
    *("toolResult.toolUseId", "toolResult.content", "toolResult.content[].text"),
    *("reasoningContent.reasoningText.text", "reasoningContent.text"),
    *("citationsContent.content", "citationsContent.content[].text", "citationsContent.citations[]:any"),
    *("citation:any", "guardContent:any"),
    *("image.source.bytes", "document.source.bytes", "video.source.bytes", "audio.source.bytes"),
)
_SHOWN = ("toolUse", "toolResult", "reasoningContent", "citationsContent", "image", "document", "video", "audio")
_HOLDERS = ("output.message.content[]", "contentBlockStart.start", "contentBlockDelta.delta")
SHAPE = Shape(
    "converse",
    taken=(
        *(f"{holder}.{path}" for holder in _HOLDERS for path in _BLOCK),
        *("output.message.content[].toolUse.input:object", "contentBlockStart.start.toolUse.input:object"),
        *("contentBlockDelta.delta.toolUse.input", "contentBlockDelta.delta.toolResult[].text"),
        *(
            f"{event}.contentBlockIndex:whole"
            for event in ("contentBlockStart", "contentBlockDelta", "contentBlockStop")
        ),
        "stopReason:last",
        "messageStop.stopReason:last",
    ),
    known=(
        *(f"{holder}.{name}.*" for holder in _HOLDERS for name in _SHOWN),
        *(f"{holder}.{name}.content[].*" for holder in _HOLDERS for name in ("toolResult", "citationsContent")),
        "contentBlockDelta.delta.toolResult[].*",
        *(f"{holder}.{name}.source.*" for holder in _HOLDERS for name in ("image", "document", "video", "audio")),
        "output.message.role",
        "output.message.content[].cachePoint",
        "messageStart.role",
        "additionalModelResponseFields",
        "messageStop.additionalModelResponseFields",
        *("performanceConfig", "serviceTier", "trace", "metadata.trace"),
        "metadata.performanceConfig",
        "metadata.serviceTier",
        "type",
        "event",
        "amazon-bedrock-*",
    ),
    alternatives=one_of.CONVERSE,
)
READ = frozenset(
    {
        "messageStart.role",
        "messageStop.stopReason",
        "metadata.usage",
        *(f"{event}.contentBlockIndex" for event in EVENTS),
        *(f"contentBlockDelta.delta.{path}" for path in ("text", "toolUse.input", "reasoningContent.text", "citation")),
        *(f"contentBlockStart.start.toolUse.{path}" for path in ("name", "toolUseId", "type")),
    }
)


class Converse:
    """Bedrock's protocol."""

    name = "converse"
    kind = Kind.CONVERSE
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match `output.message.content` or the events of a stream; without a reply, the endpoint."""
        if isinstance(raw.reply, dict):
            heads = (_elements(raw) or [])[:HEADS]
            is_own = _is_whole(raw.first) or any(_opened(head)[0] in OWN_EVENTS for head in heads)
        else:
            names = [event.name for event in raw.sse_events[:HEADS]] + [_opened(head)[0] for head in raw.heads]
            is_own = any(name in OWN_EVENTS for name in names)
        if is_own:
            return Match.SHAPE
        return Match.ENDPOINT if raw.url_path.endswith(("/converse", "/converse-stream")) else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read `system`, `messages` and `toolConfig.tools`; the rest of `toolConfig` stays a parameter."""
        body = body_lookup(raw, problems)
        messages = []
        if body.data.get("system") not in (None, []):
            messages.append(Message("system", tuple(_parts_of(body, "system"))))
        messages += [Message(turn.text("role"), tuple(_parts_of(turn, "content"))) for turn in body.items("messages")]
        taken = {"messages", *(() if body.data.get("system") == [] else ("system",))}
        request = request_of(raw, messages, problems, taken=frozenset(taken))
        config = body.data.get("toolConfig")
        tools = config.get("tools") if isinstance(config, dict) else None
        if not isinstance(config, dict) or not isinstance(tools, list):
            return request
        left = {key: value for key, value in config.items() if key != "tools"}
        params = {key: value for key, value in request.params.items() if key != "toolConfig"}
        kept = {"toolConfig": left} if left else {}
        return Request(request.messages, params | kept, (*request.tools, *tools), request.body)

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the message's content, or join the events of a stream."""
        elements = _elements(raw)
        if elements is not None:
            return _joined(list(_events(elements, raw, problems)))
        reply = Lookup(raw.reply, AT, problems)
        found = [_of_block(block) for block in reply.object("output").object("message").items("content")]
        found.append(Delta(finish=reply.text("stopReason")))
        return Reply(deltas.fold(found), reply.mapping("usage") or None, error_in(reply.data))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each event."""
        for chunk, _ in _events(_elements(raw) or [], raw, []):
            yield chunk


FORMAT = Converse()


def _is_whole(head: dict[str, Json]) -> bool:
    output = head.get("output")
    message = output.get("message") if isinstance(output, dict) else None
    return isinstance(message, dict) and isinstance(message.get("content"), list)


def _elements(raw: Raw) -> list[Json] | None:
    """Return the elements of a stream, also if it is a value of the body as in boto3; None for a complete reply."""
    if isinstance(raw.reply, list):
        return raw.reply
    stream = raw.reply.get("stream") if isinstance(raw.reply, dict) else None
    return stream if isinstance(stream, list) else None


def _opened(element: Json, name: str = "") -> tuple[str, Json]:
    """Return the name and the data of an event, unwrapped. name: of the server-sent event, if it was one."""
    if not isinstance(element, dict):
        return name, element
    for key, value in element.items():
        if (key in EVENTS or key.endswith(EXCEPTION)) and isinstance(value, dict):
            return key, value
    named = next((element[key] for key in NAMES if isinstance(element.get(key), str)), name)
    held = next((element[key] for key in WRAPPINGS if isinstance(element.get(key), dict)), None)
    if held is not None:
        return _opened(held, named)
    return named, {key: value for key, value in element.items() if key not in NAMES}


def _parts_of(turn: Lookup, key: str) -> Iterator[Part]:
    content = turn.data.get(key)
    if isinstance(content, str):
        yield Text(content)
        return
    for number, item in enumerate(turn.list(key)):
        if isinstance(item, dict):
            yield from _parts(Lookup(item, f"{turn.where(key)}[{number}]", turn.problems))
        else:
            yield JsonPart(item)


def _parts(block: Lookup) -> Iterator[Part]:
    """Yield the parts of a block."""
    data = block.data
    if isinstance(data.get("text"), str):
        yield Text(data["text"])
    elif isinstance(data.get("toolUse"), dict):
        use = block.object("toolUse")
        yield ToolCall(use.text("toolUseId"), use.text("name"), arguments_text(use, "input"))
    elif isinstance(data.get("toolResult"), dict):
        yield _result(block.object("toolResult"))
    elif isinstance(data.get("reasoningContent"), dict):
        yield from _reasoning(block.object("reasoningContent"), data)
    elif isinstance(data.get("citationsContent"), dict):
        cited = block.object("citationsContent")
        yield from _parts_of(cited, "content")
        yield from map(JsonPart, cited.list("citations"))
    elif isinstance(data.get("image"), dict):
        yield _image(block.object("image"), data)
    elif any(isinstance(data.get(key), dict) for key in ("document", "video", "audio")):
        yield _file(block, data)
    elif data:
        yield JsonPart(data)


def _result(result: Lookup) -> ToolResult:
    status = result.data.get("status")
    said = (JsonPart({"status": status}),) if status not in (None, "success") else ()
    return ToolResult(result.text("toolUseId"), "", (*said, *_parts_of(result, "content")))


def _reasoning(held: Lookup, block: Json) -> Iterator[Part]:
    thought = held.object("reasoningText").text("text") if "reasoningText" in held.data else held.text("text")
    if thought:
        yield Reasoning(thought)
    elif held.data.get("redactedContent"):
        yield JsonPart(block)


def _image(image: Lookup, block: Json) -> Part:
    source = image.object("source")
    data = source.data.get("bytes")
    if isinstance(data, str):
        return Image(f"data:image/{image.text('format') or 'png'};base64,{data}")
    uri = source.object("s3Location").text("uri")
    return Image(uri) if uri else JsonPart(block)


def _file(block: Lookup, data: dict[str, Json]) -> Part:
    file = block.object(next(key for key in ("document", "video", "audio") if isinstance(data.get(key), dict)))
    source = file.object("source")
    named = file.text("name") or file.text("format")
    if isinstance(source.data.get("bytes"), str):
        return SentFile(named, "", source.text("bytes"))
    uri = source.object("s3Location").text("uri")
    return SentFile(named, uri, "") if uri else JsonPart(data)


def _is_server(use: Lookup) -> bool:
    return use.data.get("type") == "server_tool_use"


def _of_block(block: Lookup) -> Delta:
    """Return the delta of a complete block of an answer."""
    use = block.object("toolUse")
    if use.data and not _is_server(use):
        call = CallDelta(None, use.text("toolUseId"), use.text("name"), arguments_text(use, "input"))
        return Delta(calls=(call,))
    return _sorted(_parts(block))


def _sorted(parts: Iterator[Part]) -> Delta:
    """Join texts into the delta's text and reasoning into its reasoning; everything else stays a part."""
    found = list(parts)
    return Delta(
        text="".join(part.text for part in found if isinstance(part, Text)),
        reasoning="".join(part.text for part in found if isinstance(part, Reasoning)),
        parts=tuple([part for part in found if not isinstance(part, Text | Reasoning)]),
    )


def _joined(events: list[tuple[Chunk, Failure | None]]) -> Reply:
    return deltas.joined([chunk for chunk, _ in events], (failure for _, failure in events))


@dataclass(slots=True)
class _OpenBlock:
    """A block of a stream while its deltas arrive. is_server: it is a call that the server executes itself."""

    id: str = ""
    is_server: bool = False
    image: str = "png"


def _events(elements: list[Json], raw: Raw, problems: list[Problem]) -> Iterator[tuple[Chunk, Failure | None]]:
    blocks: dict[int | None, _OpenBlock] = {}
    names = [event.name for event in raw.sse_events] if len(raw.sse_events) == len(elements) else []
    sizes = [event.size_bytes for event in raw.sse_events] if names else []
    for number, element in enumerate(elements):
        inner = element["__data__"] if isinstance(element, dict) and "__data__" in element else element
        if isinstance(inner, str) and inner != DONE:
            problems.append(Problem(f"{AT}[{number}]", "data that is not JSON"))
        name, data = _opened(inner, names[number] if names else "")
        at = Lookup(data if isinstance(data, dict) else {}, f"{AT}[{number}]", problems)
        failure = _failure(name, at, inner)
        found = [] if failure else list(_deltas(name, at, blocks, inner))
        usage = at.mapping("usage") if name == "metadata" else None
        size, event = (sizes[number], names[number]) if names else (0, "")
        shown = _shown(inner, name, data)
        yield Chunk(number + 1, tuple(found), usage or None, shown, READ, size, event), failure


def _shown(element: Json, name: str, data: Json) -> dict[str, Json]:
    """Return an element without its wrapper, as an object with one key, and the other content of the wrapper."""
    if not isinstance(element, dict):
        return {"data": element}
    if not name or name in element or not isinstance(data, dict):
        return element
    beside = extra_around(element, name, WRAPPINGS)
    return {name: data} | {key: value for key, value in beside.items() if key not in data or data[key] != value}


def _failure(name: str, data: Lookup, element: Json) -> Failure | None:
    if not name.endswith(EXCEPTION):
        return error_in(element, name)
    status = data.integer("originalStatusCode")
    return Failure(name, status, data.text("message") or data.text("Message") or data.text("originalMessage"))


def _deltas(name: str, data: Lookup, blocks: dict[int | None, _OpenBlock], element: Json) -> Iterator[Delta]:
    """Yield what an event adds."""
    index = data.integer("contentBlockIndex")
    if name == "contentBlockStart":
        blocks[index] = _OpenBlock()
        yield from _started(data.object("start"), index, blocks[index])
    elif name == "contentBlockDelta":
        yield from _continued(data.object("delta"), index, blocks.setdefault(index, _OpenBlock()))
    elif name == "messageStart":
        yield Delta(role=data.text("role"))
    elif name == "messageStop":
        yield Delta(finish=data.text("stopReason"))
    elif name not in EVENTS and element:
        yield Delta(parts=(JsonPart(element),))


def _started(start: Lookup, index: int | None, state: _OpenBlock) -> Iterator[Delta]:
    data = start.data
    if isinstance(data.get("toolUse"), dict):
        use = start.object("toolUse")
        state.id, state.is_server = use.text("toolUseId"), _is_server(use)
        given = arguments_text(use, "input")
        if state.is_server:
            yield Delta(parts=(ToolCall(state.id, use.text("name"), given),))
        else:
            yield Delta(calls=(CallDelta(index, state.id, use.text("name"), given),))
    elif isinstance(data.get("toolResult"), dict):
        state.id = start.object("toolResult").text("toolUseId")
        status = start.object("toolResult").data.get("status")
        if status not in (None, "success"):
            yield Delta(parts=(ToolResult(state.id, "", (JsonPart({"status": status}),)),))
    elif isinstance(data.get("image"), dict):
        state.image = start.object("image").text("format") or "png"
    elif data:
        yield _sorted(_parts(start))


def _continued(delta: Lookup, index: int | None, state: _OpenBlock) -> Iterator[Delta]:
    data = delta.data
    if isinstance(data.get("toolUse"), dict):
        text = arguments_text(delta.object("toolUse"), "input")
        if state.is_server:
            yield Delta(parts=(ToolCall(state.id, "", text),))
        elif text:
            yield Delta(calls=(CallDelta(index, "", "", text),))
    elif isinstance(data.get("toolResult"), list):
        yield Delta(parts=(ToolResult(state.id, "", tuple(_parts_of(delta, "toolResult"))),))
    elif data.get("citation") is not None:
        yield Delta(parts=(JsonPart(data["citation"]),))
    elif isinstance(data.get("image"), dict):
        image = delta.object("image")
        yield Delta(parts=(_image(Lookup({"format": state.image} | image.data, image.at, image.problems), data),))
    else:
        yield _sorted(_parts(delta))
