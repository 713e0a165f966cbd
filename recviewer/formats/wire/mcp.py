"""Calls of a Model Context Protocol server, which tests record beside the calls of the model that uses its tools.

Source: Model Context Protocol, "Base protocol" (JSON-RPC 2.0), "Transports" (Streamable HTTP), "Tools", "Resources",
"Prompts". A reply is one message, or a stream of messages of which the last is the response; the others are
notifications, and requests of the server to the client.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from recviewer.exchange.model import (
    Chunk,
    Delta,
    Exhibit,
    Failure,
    Json,
    JsonPart,
    Kind,
    Message,
    Part,
    Problem,
    Reply,
    Request,
    Table,
    Text,
    ToolCall,
)
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.failure import first_error
from recviewer.formats.framing import AT, cursor
from recviewer.formats.listing import table
from recviewer.formats.lookup import Lookup
from recviewer.formats.media import part_of
from recviewer.formats.messages import arguments_text, body_lookup, request_of
from recviewer.formats.raw import Raw

SHAPE = Shape(
    "mcp",
    taken=("result.content[].text", "result.contents[].text"),
    known=(
        *("jsonrpc", "method", "params.*", "error.*", "result.*"),
        *("result.content[].*", "result.contents[].*"),
    ),
)
READ = frozenset({"jsonrpc", "id", "result.content[].type", "result.content[].text", "result.contents[].text"})
_METHODS = frozenset({"initialize", "ping"})
_FAMILIES = (
    *("tools/", "resources/", "prompts/", "notifications/", "completion/", "logging/"),
    *("sampling/", "roots/", "elicitation/"),
)
"""Beginnings of the methods of each part of the protocol."""

_LISTS = ("tools", "resources", "resourceTemplates", "prompts")
"""Keys of a result that hold what a server offers."""


class Mcp:
    """A call of a tool and its result, or what a server offers."""

    name = "mcp"
    kind = Kind.TOOL
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by the request's method and a response in JSON-RPC; without a reply, by the method."""
        if not _is_method(raw.body.get("method")) or raw.body.get("jsonrpc") != "2.0":
            return Match.NO
        if any("jsonrpc" in head for head in raw.heads):
            return Match.SHAPE
        return Match.ENDPOINT

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the call of a tool, or the parameters of another method."""
        body = body_lookup(raw, problems)
        if body.data.get("method") != "tools/call" or not isinstance(body.data.get("params"), dict):
            return request_of(
                raw, (Message("call", (Text(body.text("method")),)),), problems, taken=frozenset({"method"})
            )
        params = body.object("params")
        call = Message("call", (ToolCall("", params.text("name"), arguments_text(params, "arguments")),))
        found = request_of(raw, (call,), problems, taken=frozenset({"params"}))
        rest = {key: value for key, value in params.data.items() if key not in ("name", "arguments")}
        return replace(found, params=found.params | {"params": rest}) if rest else found

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the response: what a tool returned, what a resource holds, or what the server offers."""
        if raw.is_empty:
            return Reply(is_whole=_is_notice(raw))
        is_stream = isinstance(raw.reply, list)
        elements = raw.reply if isinstance(raw.reply, list) else [raw.reply]
        chunks = list(_chunks(elements, problems))
        exhibits = tuple([shown for chunk in chunks for shown in _offered(Lookup(chunk.element, ""))])
        outputs = deltas.fold(delta for chunk in chunks for delta in chunk.deltas if delta.text or delta.parts)
        error = first_error(elements) or next((found for chunk in chunks if (found := _tools_failure(chunk))), None)
        runs = deltas.runs_of(chunks) if is_stream else ()
        count = len(chunks) if is_stream else 0
        return Reply(outputs, None, error, exhibits, chunks=count, runs=runs, is_whole=_is_answered(elements))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield what each message of a stream adds."""
        if isinstance(raw.reply, list):
            yield from _chunks(raw.reply, [])


FORMAT = Mcp()


def _is_method(method: Json) -> bool:
    return isinstance(method, str) and (method in _METHODS or method.startswith(_FAMILIES))


def _is_notice(raw: Raw) -> bool:
    """Tell whether a message asked for no response."""
    return "id" not in raw.body


def _is_answered(elements: Iterable[Json]) -> bool:
    return any(isinstance(element, dict) and "result" in element for element in elements)


def _chunks(elements: list[Json], problems: list[Problem]) -> Iterator[Chunk]:
    for number, element in enumerate(elements):
        data = cursor(element, number, problems) if len(elements) > 1 else Lookup(element, AT, problems)
        yield Chunk(number + 1, (_delta(data),), None, data.data, READ)


def _delta(message: Lookup) -> Delta:
    """Return what a message adds: texts of a result, its other blocks, or a notification as it is."""
    if "method" in message.data:
        return Delta(parts=(JsonPart({key: message.data[key] for key in ("method", "params") if key in message.data}),))
    result = message.object("result")
    texts: list[str] = []
    parts: list[Part] = []
    for block in (*result.items("content"), *result.items("contents")):
        texts.append(block.text("text"))
        if (part := _part(block)) is not None:
            parts.append(part)
    if result.data.get("structuredContent") is not None and not any(texts):
        parts.append(JsonPart(result.data["structuredContent"]))
    parts += [JsonPart(one) for one in result.list("messages")]
    return Delta(text="".join(texts), parts=tuple(parts))


def _part(block: Lookup) -> Part | None:
    """Return a block of a result that is no text, None for one that is."""
    data = next((block.data[key] for key in ("data", "blob") if isinstance(block.data.get(key), str)), None)
    if data is not None:
        return part_of(data, block.text("mimeType"))
    return None if isinstance(block.data.get("text"), str) else JsonPart(block.data)


def _offered(message: Lookup) -> Iterator[Exhibit]:
    """Yield what a server says of itself and of what it offers, as tables."""
    result = message.object("result")
    for key in _LISTS:
        if isinstance(result.data.get(key), list):
            second = "uriTemplate" if key == "resourceTemplates" else "uri" if key == "resources" else "description"
            yield table(key, (("name", "name"), (second, second)), iter(result.items(key)))
    if "serverInfo" in result.data:
        server = result.object("serverInfo")
        rows = [("protocol", result.text("protocolVersion")), ("server", server.text("name"))]
        rows += [("version", server.text("version")), ("instructions", result.text("instructions"))]
        yield Table("properties", ("property", "value"), tuple([row for row in rows if row[1]]))


def _tools_failure(chunk: Chunk) -> Failure | None:
    """Return the failure that a tool reports in its result."""
    result = Lookup(chunk.element, "").object("result")
    if result.data.get("isError") is not True:
        return None
    return Failure("isError", None, "".join([block.text("text") for block in result.items("content")]))
