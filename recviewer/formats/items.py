"""Items of OpenAI's Responses: the elements of a request's `input` and of a reply's `output`.

Source: OpenAI API reference, "Responses", the item objects. A call that the server executes itself is an item `*_call`,
which often contains its results too.
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import (
    Image,
    JsonPart,
    Message,
    Part,
    Reasoning,
    RefusalPart,
    SentFile,
    Text,
    ToolCall,
    ToolResult,
)
from recviewer.formats.answers import words_of
from recviewer.formats.deltas import compact
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import arguments_text

CALLS = {"function_call": "arguments", "custom_tool_call": "input"}
"""Types of items that are calls for the client, and the key of their arguments."""

RESULTS = ("results", "outputs", "output", "result", "error")
"""Keys under which a server-side call has its results."""

BESIDE = frozenset({"type", "id", "call_id", "status", "name", "server_label", "approval_request_id", "container_id"})
"""Keys of a server-side call that are neither arguments nor results."""

_ONE_TEXT = ("arguments", "input", "code")

ONE_OF = (*_ONE_TEXT, *RESULTS)
"""Keys of a server-side call that map to the same field of the model, so the key itself has to be counted too."""


def client_call(item: Lookup) -> ToolCall:
    """Read a call for the client. Its id is `call_id`, to which the result will refer."""
    key = CALLS[item.kind]
    call_id = item.text("call_id") or item.text("id")
    return ToolCall(call_id, item.text("name"), arguments_text(item, key), is_text=key == "input")


def reasoning_of(item: Lookup) -> str:
    """Return the text of a reasoning item: its summary, or if there is none its content."""
    return words_of(item.data.get("summary")) or words_of(item.data.get("content"))


def server_parts(item: Lookup) -> list[Part]:
    """Read an item that is neither a message nor a call for the client: a server-side call with its results, or any."""
    kind = item.kind
    if not kind.endswith("_call"):
        return [JsonPart(item.data)]
    name = item.text("name") or kind.removesuffix("_call")
    call_id = item.text("call_id") or item.text("id")
    parts: list[Part] = [ToolCall(call_id, name, *_asked(item))]
    found = [_result(item, key) for key in RESULTS if item.data.get(key) not in (None, "", [])]
    return [*parts, ToolResult(call_id, name, tuple(found))] if found else parts


def _asked(item: Lookup) -> tuple[str, bool]:
    """Return the arguments of a server-side call, and whether they are free text."""
    asked = {key: value for key, value in item.data.items() if key not in BESIDE and key not in RESULTS}
    if len(asked) == 1 and (key := next(iter(asked))) in _ONE_TEXT and isinstance(asked[key], str):
        return str(asked[key]), key != "arguments"
    return compact(asked) if any(value not in (None, "", [], {}) for value in asked.values()) else "", False


def _result(item: Lookup, key: str) -> Part:
    value = item.data[key]
    if item.kind == "image_generation_call" and key == "result" and isinstance(value, str):
        media = item.data.get("output_format")
        return Image(f"data:image/{media if isinstance(media, str) else 'png'};base64,{value}")
    return Text(value) if isinstance(value, str) else JsonPart(value)


def message_of(item: Lookup) -> Message:
    """Read an item of a request as a turn."""
    kind = item.kind
    if kind in ("", "message"):
        return Message(item.text("role"), tuple(content_of(item, "content")))
    if kind in CALLS:
        return Message("assistant", (client_call(item),))
    if kind == "reasoning":
        thought = reasoning_of(item)
        return Message("assistant", (Reasoning(thought) if thought else JsonPart(item.data),))
    if kind.endswith("_call_output"):
        return Message("tool", (ToolResult(item.text("call_id"), "", tuple(content_of(item, "output"))),))
    if kind.endswith("_call"):
        return Message("assistant", tuple(server_parts(item)))
    return Message("", (JsonPart(item.data),))


def content_of(holder: Lookup, key: str) -> Iterator[Part]:
    """Yield the parts of content that is text, a list of parts, or anything else."""
    content = holder.data.get(key)
    if content is None:
        return
    if isinstance(content, str):
        yield Text(content)
        return
    if not isinstance(content, list):
        yield JsonPart(content)
        return
    for number, value in enumerate(content):
        if isinstance(value, dict):
            yield part_of(Lookup(value, f"{holder.where(key)}[{number}]", holder.problems))
        else:
            yield Text(value) if isinstance(value, str) else JsonPart(value)


def part_of(part: Lookup) -> Part:
    """Read a part of a message's content."""
    kind = part.kind
    if kind in ("input_text", "output_text", "text", "summary_text"):
        return Text(part.text("text"))
    if kind == "refusal":
        return RefusalPart(part.text("refusal"))
    if kind == "reasoning_text":
        return Reasoning(part.text("text"))
    if kind == "input_image" and isinstance(part.data.get("image_url"), str):
        return Image(part.text("image_url"))
    if kind in ("input_image", "input_file"):
        address = part.text("file_data") or part.text("file_url")
        return SentFile(part.text("filename"), part.text("file_id"), address)
    return JsonPart(part.data)
