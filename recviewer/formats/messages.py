"""Requests in OpenAI's chat shape, and functions that other formats share with it."""

from __future__ import annotations

from collections.abc import Iterable

from recviewer.exchange.model import (
    Image,
    Json,
    JsonPart,
    Message,
    Part,
    Problem,
    Reasoning,
    RefusalPart,
    Request,
    SentFile,
    Text,
    ToolCall,
    ToolResult,
)
from recviewer.formats.answers import THOUGHTS, words_of
from recviewer.formats.deltas import compact
from recviewer.formats.lookup import Lookup
from recviewer.formats.raw import Raw


def request_of(raw: Raw, messages: Iterable[Message], problems: list[Problem], *, taken: frozenset[str]) -> Request:
    """Build a request.

    taken: the body's keys that `messages` already covers. `tools` is always separate; the rest are parameters.
    """
    body = raw.body
    tools = body.get("tools")
    if tools is not None and not isinstance(tools, list):
        problems.append(Problem("request.body.tools", "not a list, where a list of tools was expected"))
        tools = None
    left_out = taken if tools is None else taken | {"tools"}
    params = {key: value for key, value in body.items() if key not in left_out}
    return Request(tuple(messages), params, tuple(tools or ()), body)


def body_lookup(raw: Raw, problems: list[Problem]) -> Lookup:
    """Return a cursor on the request's body."""
    return Lookup(raw.body, "request.payload" if raw.request_kind == "http" else "request.body", problems)


def chat_messages(body: Lookup) -> list[Message]:
    """Read `messages` in OpenAI's shape, or in Ollama's (with its images and object arguments)."""
    return [_message(turn) for turn in body.items("messages")]


def _message(turn: Lookup) -> Message:
    role = turn.text("role")
    parts: list[Part] = []
    data = turn.data
    thought = next((words for words in (words_of(data.get(key)) for key in THOUGHTS) if words), "")
    if thought:
        parts.append(Reasoning(thought))
    content = content_parts(turn, "content")
    if role == "tool" or role == "function":
        content = [ToolResult(turn.text("tool_call_id"), turn.text("name") or turn.text("tool_name"), tuple(content))]
    parts += content
    if data.get("refusal"):
        parts.append(RefusalPart(turn.text("refusal")))
    if data.get("images"):
        parts += [Image(image) if isinstance(image, str) else JsonPart(image) for image in turn.list("images")]
    if data.get("tool_calls"):
        parts += tool_calls(turn)
    parts += function_call(turn)
    return Message(role, tuple(parts), "" if role == "tool" else turn.text("name"))


def content_parts(turn: Lookup, key: str) -> list[Part]:
    """Read content that is text, null, or a list of parts."""
    content = turn.data.get(key)
    if content is None:
        return []
    if type(content) is str:
        return [Text(content)]
    if type(content) is not list:
        turn.note(key, content, "text or a list of parts")
        return [JsonPart(content)]
    return [_part(item, f"{turn.where(key)}[{number}]", turn.problems) for number, item in enumerate(content)]


def _part(item: Json, at: str, problems: list[Problem]) -> Part:
    if isinstance(item, str):
        return Text(item)
    if not isinstance(item, dict):
        return JsonPart(item)
    part = Lookup(item, at, problems)
    kind = item.get("type")
    if kind in ("text", "input_text", "output_text"):
        return Text(part.text("text"))
    if kind == "image_url":
        address = item.get("image_url")
        return Image(address if isinstance(address, str) else part.object("image_url").text("url"))
    if kind == "file":
        file = part.object("file")
        return SentFile(file.text("filename"), file.text("file_id"), file.text("file_data"))
    if kind == "refusal":
        return RefusalPart(part.text("refusal"))
    if kind == "thinking" and words_of(item):
        return Reasoning(words_of(item))
    return JsonPart(item)


def tool_calls(holder: Lookup) -> list[ToolCall]:
    """Read complete `tool_calls` entries."""
    return [tool_call(entry) for entry in holder.items("tool_calls")]


def tool_call(entry: Lookup) -> ToolCall:
    """Read an entry of `tool_calls`, or a fragment of one.

    It is {id, function: {name, arguments}}, or {id, type: custom, custom: {name, input}}, whose input is free text.
    """
    if entry.data.get("function") is None and entry.data.get("custom") is not None:
        custom = entry.object("custom")
        return ToolCall(entry.text("id"), custom.text("name"), arguments_text(custom, "input"), is_text=True)
    if entry.data.get("function") is None and entry.data.get("type") not in ("function", "custom", None, ""):
        entry.note("type", entry.data["type"], "a call of a function or of a custom tool")
    function = entry.object("function")
    return ToolCall(entry.text("id"), function.text("name"), arguments_text(function, "arguments"))


def function_call(holder: Lookup) -> list[ToolCall]:
    """Read `function_call`, the older form of a call without an id. It is ignored without a name and arguments."""
    if not holder.data.get("function_call"):
        return []
    call = holder.object("function_call")
    name, arguments = call.text("name"), arguments_text(call, "arguments")
    return [ToolCall("", name, arguments)] if name or arguments else []


def arguments_text(holder: Lookup, key: str) -> str:
    """Return a call's arguments: text as sent, an object as compact JSON with sorted keys, "" if missing."""
    value = holder.data.get(key)
    if value is None:
        return ""
    return value if type(value) is str else compact(value)
