"""Parts of Gemini's contents in requests and replies, in either spelling of their keys.

Source: google-genai SDK type `Part` (snake_case); Gemini API reference, `Part` (camelCase in REST).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from recviewer.exchange.model import Image, Json, JsonPart, Part, Reasoning, SentFile, Text, ToolCall, ToolResult
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import arguments_text


@lru_cache(maxsize=256)
def camel(name: str) -> str:
    """Convert a snake_case name to the camelCase of the REST API."""
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


def key_in(data: dict[str, Json], name: str) -> str:
    """Return a key in the spelling used by this object. name: in snake_case."""
    return name if data.get(name) is not None else camel(name)


def spelled(*paths: str) -> tuple[str, ...]:
    """Return paths in snake_case and in the camelCase of the REST API."""
    return tuple(dict.fromkeys(spelled for path in paths for spelled in (path, camel(path))))


def spellings(*paths: str) -> Iterator[tuple[str, str]]:
    """Yield, for each step that differs in camelCase, its camelCase path and the snake_case key, which takes precedence."""
    for path in paths:
        steps = path.partition(":")[0].split(".")
        for place, step in enumerate(steps):
            name = step.removesuffix("[]")
            if camel(name) != name:
                yield camel(".".join([*steps[:place], name])), name


def parts_of(turn: Lookup) -> Iterator[Part]:
    """Yield the neutral parts of a turn, in order."""
    for part in part_list(turn):
        yield from part_of(part)


def part_list(turn: Lookup) -> Iterator[Lookup]:
    """Yield the parts of a turn, which some clients send as one object instead of a list."""
    if isinstance(turn.data.get("parts"), dict):
        yield turn.object("parts")
    else:
        yield from turn.items("parts")


def part_of(part: Lookup) -> Iterator[Part]:
    """Yield the contents of a part: nothing if it only has a signature. It has one content, or a text and another one."""
    data = part.data
    if data.get("text") is not None:
        text = part.text("text")
        yield Reasoning(text) if data.get("thought") is True else Text(text)
        if _KEYS.isdisjoint(data):
            return
    for name, read in _READERS.items():
        key = key_in(data, name)
        if isinstance(data.get(key), dict):
            yield from read(part.object(key), data)
            return
    if data.get("text") is None and any(value for key, value in data.items() if key not in _SILENT):
        yield JsonPart(data)


def _call(call: Lookup, part: Json) -> Iterator[Part]:
    yield ToolCall(call.text("id"), call.text("name"), arguments_text(call, "args"))


def _response(answer: Lookup, part: Json) -> Iterator[Part]:
    inner = (JsonPart(answer.data.get("response")), *parts_of(answer))
    yield ToolResult(answer.text("id"), answer.text("name"), inner)


def _server_call(call: Lookup, part: Json) -> Iterator[Part]:
    yield ToolCall(call.text("id"), call.text(key_in(call.data, "tool_type")), arguments_text(call, "args"))


def _server_result(answer: Lookup, part: Json) -> Iterator[Part]:
    inner = (JsonPart(answer.data.get("response")),)
    yield ToolResult(answer.text("id"), answer.text(key_in(answer.data, "tool_type")), inner)


def _inline(inline: Lookup, part: Json) -> Iterator[Part]:
    media, data = inline.text(key_in(inline.data, "mime_type")), inline.text("data")
    if media.startswith("image/"):
        yield Image(f"data:{media};base64,{data}")
    else:
        yield SentFile(inline.text(key_in(inline.data, "display_name")) or media, "", data)


def _file(file: Lookup, part: Json) -> Iterator[Part]:
    name = file.text(key_in(file.data, "display_name"))
    uri = file.text(key_in(file.data, "file_uri"))
    yield SentFile(name or uri, uri if name else "", "")


def _as_it_is(inner: Lookup, part: Json) -> Iterator[Part]:
    yield JsonPart({key: value for key, value in part.items() if value is not None})


_READERS = {
    "function_call": _call,
    "function_response": _response,
    "tool_call": _server_call,
    "tool_response": _server_result,
    "inline_data": _inline,
    "file_data": _file,
    "executable_code": _as_it_is,
    "code_execution_result": _as_it_is,
}
_KEYS = frozenset(spelled(*_READERS))
_SILENT = frozenset({"thought_signature", "thoughtSignature", "text"})
