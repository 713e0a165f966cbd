"""xAI's chat over gRPC, with messages recorded as JSON: complete and streamed.

Source: xai-proto, `xai/api/v1/chat.proto` (`GetChatCompletionResponse`, `GetChatCompletionChunk`). All outputs are
steps of one answer: the model's text, calls that the server executed, and their results.
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import (
    CallDelta,
    Chunk,
    Delta,
    Image,
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
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.framing import AT
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw

_HOLDERS = ("message", "delta")
SHAPE = Shape(
    "xai",
    taken=(
        *(
            f"outputs[].{holder}.{path}"
            for holder in _HOLDERS
            for path in (
                *("content", "reasoning_content", "tool_calls[].id"),
                *("tool_calls[].function.name", "tool_calls[].function.arguments"),
            )
        ),
        "outputs[].finish_reason:final",
    ),
    known=(
        *("model", "citations", "settings.*", "outputs[].index"),
        *(
            f"outputs[].{holder}.{path}"
            for holder in _HOLDERS
            for path in ("role", "encrypted_content", "citations", "tool_calls[].type", "tool_calls[].status")
        ),
    ),
)
READ = frozenset(
    {
        *("outputs[].delta.content", "outputs[].delta.reasoning_content", "outputs[].delta.tool_calls[].id"),
        *("outputs[].delta.tool_calls[].function.name", "outputs[].delta.tool_calls[].function.arguments"),
        *("outputs[].delta.role", "outputs[].finish_reason"),
    }
)
CLIENT_SIDE = frozenset({"", "TOOL_CALL_TYPE_INVALID", "TOOL_CALL_TYPE_CLIENT_SIDE_TOOL"})
ROLES = {"ROLE_USER": "user", "ROLE_ASSISTANT": "assistant", "ROLE_SYSTEM": "system", "ROLE_DEVELOPER": "developer"}
_NO_REASON = "REASON_INVALID"


class Xai:
    """xAI's protocol."""

    name = "xai"
    kind = Kind.XAI
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match outputs whose messages or deltas have one of xAI's roles."""
        return Match.SHAPE if not raw.type_name and any(map(_is_own, map(_outputs_of, raw.heads))) else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the messages."""
        turns = [_turn(turn) for turn in body_lookup(raw, problems).items("messages")]
        return request_of(raw, turns, problems, taken=frozenset({"messages"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read a complete answer, or join its deltas."""
        if not isinstance(raw.reply, list):
            reply = Lookup(raw.reply, AT, problems)
            found = deltas.fold(_deltas(reply, {}))
            return Reply(found, reply.mapping("usage") or None, model=reply.text("model"))
        chunks = list(_chunks(raw, problems))
        model = next((str(head["model"]) for head in raw.heads if head.get("model")), "")
        return deltas.joined(chunks, model=model, told=chunks)

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each delta."""
        if isinstance(raw.reply, list):
            yield from _chunks(raw, [])


FORMAT = Xai()


def _outputs_of(head: dict[str, object]) -> list[object]:
    outputs = head.get("outputs")
    return outputs if isinstance(outputs, list) else []


def _is_own(outputs: list[object]) -> bool:
    for output in outputs:
        if isinstance(output, dict):
            said = output.get("message") or output.get("delta")
            if isinstance(said, dict) and str(said.get("role", "")).startswith("ROLE_"):
                return True
    return False


def _chunks(raw: Raw, problems: list[Problem]) -> Iterator[Chunk]:
    called: dict[str, ToolCall] = {}
    for number, event in enumerate(raw.events()):
        data = Lookup(event.data, f"{AT}[{number}]", problems)
        found = tuple(_deltas(data, called)) if data.data else (Delta(parts=(JsonPart(event.data),)),)
        yield Chunk(number + 1, found, data.mapping("usage") or None, data.data, READ, event.size_bytes, event.name)


def _deltas(reply: Lookup, called: dict[str, ToolCall]) -> Iterator[Delta]:
    """Yield what the outputs add. called: the calls so far, by id."""
    for output in reply.items("outputs"):
        said = output.object("message" if "message" in output.data else "delta")
        finish = output.text("finish_reason")
        if said.text("role") == "ROLE_TOOL":
            yield Delta(parts=(_result(said, called),))
        else:
            yield from _said(said, called)
        yield Delta(finish="" if finish == _NO_REASON else finish)


def _said(said: Lookup, called: dict[str, ToolCall]) -> Iterator[Delta]:
    yield Delta(role=said.text("role"), reasoning=said.text("reasoning_content"))
    for entry in said.items("tool_calls"):
        call = _call(entry)
        called[call.id] = call
        if entry.text("type") in CLIENT_SIDE:
            yield Delta(calls=(CallDelta(None, call.id, call.name, call.arguments),))
        else:
            yield Delta(parts=(call,))
    yield Delta(text=said.text("content"))


def _call(entry: Lookup) -> ToolCall:
    function = entry.object("function")
    return ToolCall(entry.text("id"), function.text("name"), function.text("arguments"))


def _result(said: Lookup, called: dict[str, ToolCall]) -> ToolResult:
    """Return the result of a server-side tool, and each call in it that is not among the earlier ones."""
    calls = [_call(entry) for entry in said.items("tool_calls")]
    texts = [said.text(key) for key in ("reasoning_content", "content")]
    parts: list[Part] = [Text(text) for text in texts if text]
    parts += [call for call in calls if called.get(call.id) != call]
    return ToolResult(calls[0].id if calls else "", calls[0].name if calls else "", tuple(parts))


def _turn(turn: Lookup) -> Message:
    role = turn.text("role")
    parts: list[Part] = [Reasoning(turn.text("reasoning_content"))] if turn.data.get("reasoning_content") else []
    content = [_part(item) for item in turn.items("content")]
    if role == "ROLE_TOOL":
        return Message("tool", (*parts, ToolResult(turn.text("tool_call_id"), turn.text("name"), tuple(content))))
    parts += [*content, *map(_call, turn.items("tool_calls"))]
    return Message(ROLES.get(role, role), tuple(parts), turn.text("name"))


def _part(item: Lookup) -> Part:
    if set(item.data) == {"text"}:
        return Text(item.text("text"))
    image = item.data.get("image_url")
    if isinstance(image, dict) and isinstance(image.get("image_url"), str):
        return Image(image["image_url"])
    file = item.data.get("file")
    if isinstance(file, dict) and isinstance(file.get("file_id"), str):
        return SentFile("", file["file_id"], "")
    return JsonPart(item.data)
