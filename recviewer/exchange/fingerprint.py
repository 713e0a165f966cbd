"""The fingerprint: a hash of what an exchange says. Verdicts hang on it, so they survive whatever does not matter.

Counted: the kind; the whole request body (roles, words, images, tools, parameters, numbers); the outputs (content,
reasoning, refusal, calls, finish); what replies without choices show (model ids, vectors, hits, passages); the error.
Arguments of calls count as JSON: order of keys and white space do not matter, values do.

Not counted: ids of calls and files (they count only by order of appearance, so that what refers to what still
matters), times, usage, durations, logprobs, what the service says of itself (reported model, tier, system fingerprint,
filters), where chunks were cut, and where the recording stands (path, test id, host, endpoint, provider metadata).

The version in front changes with every change of these rules: a new rule never silently approves anything.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import orjson

from recviewer.exchange.model import Exchange, Exhibit, Hits, Json, Kind, Output, Passages, Table, ToolCall, Vector

VERSION = "1"

ID_KEYS = frozenset({"id", "call_id", "tool_call_id", "tool_use_id", "item_id", "file_id"})
"""Keys of a request body whose text is an id. It counts only by order of appearance."""

UNTOUCHED = frozenset({"tools", "functions", "input_schema", "parameters", "response_format", "format", "extra_body"})
"""Keys below which nothing is an id of the exchange: schemas have properties that are named `id`."""

TIMES = frozenset({"created", "modified", "expires", "size", "in video memory"})
"""Columns of listings that change without anything being said: times, and the sizes of what is loaded."""

METADATA_IDS = frozenset({"chunk_id", "document_id", "file_id", "created_timestamp", "updated_timestamp"})


def fingerprint(exchange: Exchange) -> str:
    """Return the fingerprint, `<version>:<64 hex>`. Unreadable files have none: ""."""
    if exchange.kind is Kind.UNREADABLE:
        return ""
    ids = _Ids()
    said: dict[str, Any] = {"kind": exchange.kind.value, "request": ids.body(exchange.request.body)}
    if exchange.outputs:
        said["outputs"] = [_output(output, ids) for output in exchange.outputs]
    if exchange.exhibits:
        said["exhibits"] = [_exhibit(exhibit) for exhibit in exchange.exhibits]
    error = exchange.error
    if error is not None:
        said["error"] = [error.type, error.status, error.message]
    return f"{VERSION}:{hashlib.sha256(_canonical(said)).hexdigest()}"


def _canonical(said: Json) -> bytes:
    """Write a value the same way whatever the order of its keys."""
    try:
        return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # an integer beyond 64 bits, or deep nesting
        return json.dumps(said, sort_keys=True, separators=(",", ":"), default=str).encode()


def _output(output: Output, ids: _Ids) -> list[Json]:
    calls = [_call(call, ids) for call in output.tool_calls]
    return [output.index, output.content, output.reasoning, output.refusal, calls, output.finish_reason]


def _call(call: ToolCall, ids: _Ids) -> list[Json]:
    return [ids.rename(call.id) if call.id else "", call.name, arguments_as_json(call.arguments)]


def arguments_as_json(text: str) -> Json:
    """Return the value that a call's arguments hold; the text itself, marked, where they are no JSON."""
    try:
        return {"json": orjson.loads(text)}
    except ValueError:
        return {"text": text}


def _exhibit(exhibit: Exhibit) -> list[Json]:
    match exhibit:
        case Table():
            kept = [place for place, name in enumerate(exhibit.columns) if name not in TIMES]
            rows = [[row[place] for place in kept] for row in exhibit.rows]
            return ["table", [exhibit.columns[place] for place in kept], rows]
        case Vector():
            return ["vector", exhibit.index, exhibit.encoding, [str(value) for value in _odd(exhibit)], exhibit.values]
        case Hits():
            return ["hits", [[hit.title, hit.url, hit.text, hit.score, hit.index] for hit in exhibit.hits]]
        case Passages():
            return ["passages", [passage.text for passage in exhibit.passages]]


def _odd(vector: Vector) -> list[float]:
    """Return the values that JSON cannot tell apart (it writes all of them as null)."""
    return [value for value in vector.values if value != value or value in (float("inf"), float("-inf"))]


class _Ids:
    """Names ids by the order in which they appear."""

    __slots__ = ("_names",)

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def rename(self, id: str) -> str:
        name = self._names.get(id)
        if name is None:
            name = self._names[id] = f"#{len(self._names) + 1}"
        return name

    def body(self, body: dict[str, Json]) -> dict[str, Json]:
        """Return the request body with ids renamed and call arguments as JSON; parts without either are shared."""
        return {key: value if key in UNTOUCHED else self._value(value) for key, value in body.items()}

    def _value(self, value: Json) -> Json:
        if type(value) is dict:
            return self._object(value)
        if type(value) is list:
            return [self._value(item) if type(item) in (dict, list) else item for item in value]
        return value

    def _object(self, value: dict[str, Json]) -> dict[str, Json]:
        made = {}
        for key, item in value.items():
            kind = type(item)
            if kind is str:
                if key in ID_KEYS and item:
                    item = self.rename(item)
                elif key == "arguments":
                    item = arguments_as_json(item)
            elif (kind is dict and key not in ("input", "args", "arguments")) or kind is list:
                item = self._value(item)
            made[key] = item
        return made
