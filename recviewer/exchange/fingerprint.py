"""The fingerprint: a hash of the meaning of an exchange. Verdicts refer to it, so they survive harmless differences.

Counted: the kind; the whole request body (roles, texts, images, tools, parameters, numbers); the outputs (content,
reasoning, refusal, tool calls, other parts, finish reason); what replies without choices show (model ids, vectors,
hits, passages); the error; the whole reply if no format understands it; and anything else that a reader did not take as
meaning and that is not known to be harmless (`exchange.harmless`), with its path. Arguments of tool calls count as
JSON: key order and white space do not matter, values do. Lists of models count in any order, tool calls by position and
not by `index`.

Not counted: what is harmless, and where the recording lies (path, test id, host, provider metadata). Ids of calls,
messages and earlier answers count only by order of first appearance, so that references still matter. Ids inside texts,
tool arguments or results, and ids that select something (a prompt, a user), count as text.

The version prefix changes with these rules, so that a new rule never approves anything silently.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from contextlib import suppress
from functools import lru_cache
from operator import itemgetter
from typing import Any

import orjson

from recviewer.exchange.encode import SourceFloat, encode, nesting
from recviewer.exchange.error_ids import without_ids
from recviewer.exchange.harmless import ENCRYPTED, OPAQUE, OPAQUE_DATA
from recviewer.exchange.made_ids import GENERATED
from recviewer.exchange.model import (
    Exchange,
    Exhibit,
    Hits,
    Image,
    Json,
    JsonPart,
    Kind,
    Output,
    Part,
    Passages,
    Reasoning,
    RefusalPart,
    SentFile,
    Table,
    Text,
    ToolCall,
    ToolResult,
    Vector,
)
from recviewer.exchange.signs import PASSED

VERSION = "2"

ID_KEYS = frozenset({"call_id", "tool_call_id", "tool_use_id", "toolUseId", "item_id", "approval_request_id"})
"""Keys whose text is always the id of a call or a message of this conversation, new each time."""

ITEM_IDS = frozenset({"id"})
"""Keys that hold such an id only if the object around them is a call or another item of a conversation: see `is_id`."""

FILE_IDS = frozenset({"file_id", "file_uri", "fileUri", "container_id"})
"""Keys of a file's name or location: an id if it was generated, text if a person chose it."""

EARLIER = frozenset({"previous_response_id", "previous_interaction_id"})
"""Keys of a request body that name an earlier answer."""

NAMED_LIKE_IDS = ID_KEYS | ITEM_IDS | EARLIER
"""Keys that mostly hold an id, for display only; `is_id` decides whether one counts as an id."""

TURNS = frozenset({"messages", "input", "contents", "history", "chat_history", "sent"})
"""Keys of a request body that hold the conversation's turns; only below them are ids those of calls and messages."""

VALUES = frozenset(
    {
        *("input", "args", "arguments", "kwargs", "response", "result", "parameters", "schema", "metadata"),
        *("json", "data", "value", "structuredContent", "structured_content"),
    }
)
"""Keys of a tool's arguments or result, of schemas and metadata: all of it counts as recorded."""

TIMES = frozenset({"created", "modified", "expires", "size", "in video memory"})
"""Columns of listings that change without a change of meaning: times, and the sizes of loaded models."""

LISTINGS = frozenset({Kind.MODELS, Kind.OLLAMA_PS})
"""Kinds whose rows have no significant order."""

TOLD_ELSEWHERE = frozenset({Kind.OLLAMA_PS, Kind.RESOURCE, Kind.TOKENS})
"""Kinds whose tables only repeat what `rest` already has, as far as it counts."""

ARGUMENTS_DEPTH = 40
"""Arguments nested deeper than this count as text, which bounds the work of the encoder."""

_LONG = re.compile(r"\d{19}")


def fingerprint(exchange: Exchange) -> str:
    """Return the fingerprint, `<version>:<64 hex>`; "" for unreadable files."""
    if exchange.kind is Kind.UNREADABLE:
        return ""
    return fingerprint_of(said(exchange))


def said(exchange: Exchange) -> dict[str, Json]:
    """Return everything that counts of an exchange, ready to be hashed: what exchanges with equal fingerprints share.

    Keys: `kind`, `request` (the body, ids by order of appearance), and, if present, `outputs` (index, content,
    reasoning, refusal, calls, finish reason; a call is id, name, arguments as JSON), `exhibits`, `unread`, `error`
    (type, status, message), `rest` (everything else that counts, by path).
    """
    ids = Ids()
    said: dict[str, Any] = {"kind": exchange.kind.value, "request": ids.body(exchange.request.body)}
    if exchange.outputs:
        said["outputs"] = [_output(output, ids) for output in exchange.outputs]
    if exchange.exhibits and exchange.kind not in TOLD_ELSEWHERE:
        is_listing = exchange.kind in LISTINGS
        said["exhibits"] = [_exhibit(exhibit, is_listing=is_listing) for exhibit in exchange.exhibits]
    if exchange.unread is not None:
        said["unread"] = exchange.unread
    error = exchange.error
    if error is not None:
        said["error"] = [error.type, error.status, without_ids(error.message)]
    if exchange.rest:
        said["rest"] = exchange.rest
    return said


def fingerprint_of(said: dict[str, Json]) -> str:
    """Return the fingerprint of the result of `said`."""
    return f"{VERSION}:{hashlib.sha256(canonical(said)).hexdigest()}"


def canonical(said: Json) -> bytes:
    """Serialize a value independently of key order and of whether its numbers keep their source text."""
    return encode(said, is_sorted=True, odd=_number)


def _number(value: Any) -> Json:
    """Return what counts of a `SourceFloat`: the number, or its recorded text if it overflows a float."""
    if not isinstance(value, SourceFloat):
        raise TypeError(type(value).__name__)
    return float(value) if math.isfinite(value) else orjson.Fragment(value.text.encode())


def _output(output: Output, ids: Ids) -> list[Json]:
    calls = [_call(call, ids) for call in output.tool_calls]
    said = [output.index, output.content, output.reasoning, output.refusal, calls, output.finish_reason]
    return [*said, [said_of_part(part, ids) for part in output.parts]] if output.parts else said


def said_of_part(part: Part, ids: Ids) -> Json:
    """Return what counts of a part of an output: ids by order of appearance, of opaque data only that it is there."""
    match part:
        case ToolCall():
            return ["call", *_call(part, ids)]
        case ToolResult():
            inner = [
                ["json", ids.given_back(item.value)] if isinstance(item, JsonPart) else said_of_part(item, ids)
                for item in part.parts
            ]
            return ["result", ids.rename(part.call_id) if part.call_id else "", part.name, inner]
        case JsonPart():
            return ["json", ids.opened(part.value)]
        case Text() | Reasoning() | RefusalPart():
            return [part.kind.value, part.text]
        case Image():
            return ["image", part.url]
        case SentFile():
            made = ids.rename(part.id) if is_id("file_id", part.id, {}) else part.id
            return ["file", part.name, made, part.data]


def _call(call: ToolCall, ids: Ids) -> list[Json]:
    return [ids.rename(call.id) if call.id else "", call.name, arguments_as_json(call.arguments)]


def arguments_as_json(text: str) -> Json:
    """Return the parsed arguments of a call; `{"text": …}` if they are not JSON."""
    data = text.encode("utf-8", "replace")
    if nesting(data, limit=ARGUMENTS_DEPTH) > ARGUMENTS_DEPTH:
        return {"text": text}
    try:
        value = orjson.loads(data)
        if _LONG.search(text):
            value = json.loads(text)
        return {"json": value} if _is_plain(value, text) else {"text": text}
    except ValueError:
        return {"text": text}


def _is_plain(value: Json, text: str) -> bool:
    """Tell whether arguments have no duplicate keys: with duplicates, which value a tool would use is undefined."""
    if type(value) not in (dict, list) or text.count(":") == len(value):
        return True
    is_plain = True

    def once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        nonlocal is_plain
        made = dict(pairs)
        is_plain = is_plain and len(made) == len(pairs)
        return made

    json.loads(text, object_pairs_hook=once)
    return is_plain


def _exhibit(exhibit: Exhibit, *, is_listing: bool) -> list[Json]:
    match exhibit:
        case Table():
            kept = [place for place, name in enumerate(exhibit.columns) if name not in TIMES]
            rows = tuple([tuple([row[place] for place in kept]) for row in exhibit.rows])
            if is_listing:
                is_sure = all(type(cell) is str for row in rows for cell in row)
                rows = _without_order(rows) if is_sure else _without_order.__wrapped__(rows)
            return ["table", [exhibit.columns[place] for place in kept], [list(row) for row in rows]]
        case Vector():
            return ["vector", exhibit.index, exhibit.encoding, [str(value) for value in _odd(exhibit)], exhibit.values]
        case Hits():
            return ["hits", [[hit.title, hit.url, hit.text, hit.score, hit.index] for hit in exhibit.hits]]
        case Passages():
            return ["passages", [passage.text for passage in exhibit.passages]]


@lru_cache(maxsize=64)
def _without_order(rows: tuple[tuple[Json, ...], ...]) -> tuple[tuple[Json, ...], ...]:
    """Return rows in canonical order. Cached only for rows of text, where equality is unambiguous."""
    return tuple(sorted(rows, key=canonical))


def _odd(vector: Vector) -> list[float]:
    """Return the non-finite values of a vector, which JSON cannot tell apart (it writes all of them as null)."""
    with suppress(OverflowError):  # of an integer beyond all floats
        total = sum(vector.values)
        if total - total == 0:  # a finite sum proves that every value is finite
            return []
    return [value for value in vector.values if value != value or value in (float("inf"), float("-inf"))]


_key = itemgetter(0)


class Ids:
    """Numbers ids by order of first appearance, in one exchange or along one conversation."""

    __slots__ = ("_names",)

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    @property
    def seen(self) -> tuple[str, ...]:
        """The ids as recorded, in order of first appearance."""
        return tuple(self._names)

    def rename(self, id: str) -> str:
        """Return the normalized name of an id, `#1`, `#2`, …"""
        name = self._names.get(id)
        if name is None:
            name = self._names[id] = f"#{len(self._names) + 1}"
        return name

    def body(self, body: dict[str, Json]) -> dict[str, Json]:
        """Return the request body with ids renamed and call arguments parsed; parts with neither are not copied."""
        made = {}
        for key, item in sorted(body.items(), key=_key):
            if key in TURNS:
                item = self._value(item, key)
            elif type(item) is str and item and (key in EARLIER or is_id(key, item, {})):
                item = self.rename(item)
            made[key] = item
        return made

    def opened(self, value: Json) -> Json:
        """Return a value of an answer with ids renamed and opaque data replaced by a mark that it is present."""
        return without_opaque(self._value(value, ""))

    def given_back(self, value: Json) -> Json:
        """Return a tool's result with ids renamed. Only texts at keys of encrypted data are replaced by a mark."""
        return without_opaque(self._value(value, ""), ENCRYPTED)

    def _value(self, value: Json, key: str) -> Json:
        if type(value) is dict:
            return self._object(value, key)
        if type(value) is list:
            return [self._value(item, key) if type(item) in (dict, list) else item for item in value]
        return value

    def _object(self, value: dict[str, Json], holder: str) -> dict[str, Json]:
        made = {}
        for key, item in sorted(value.items(), key=_key):  # sorted, because ids are numbered by appearance
            kind = type(item)
            if kind is str:
                if item and is_id(key, item, value, holder):
                    item = self.rename(item)
                elif key == "arguments":
                    item = arguments_as_json(item)
                elif key in _SEALED and item and is_sealed(key, value, holder):
                    item = {"opaque": True}
            elif kind is dict and key == "arguments":
                item = {"object": item}  # marked: differs from the same arguments sent as text
            elif (kind is dict or kind is list) and key not in VALUES:
                item = self._value(item, key)
            if key == "tool_calls" and type(item) is list:
                item = [_without_place(call, place) for place, call in enumerate(item)]
            made[key] = item
        return made


def without_opaque(value: Json, opaque: frozenset[str] = OPAQUE) -> Json:
    """Return a value of an answer with encrypted texts replaced by a mark that says whether there is one."""
    if isinstance(value, dict):
        kind = value.get("type")
        hidden = {*opaque, "data"} if type(kind) is str and kind in OPAQUE_DATA else opaque
        return {
            key: {"opaque": bool(item)} if key in hidden and isinstance(item, str) else without_opaque(item, opaque)
            for key, item in value.items()
        }
    return [without_opaque(item, opaque) for item in value] if isinstance(value, list) else value


_SEALED = OPAQUE | {"data"}
_THOUGHTS = frozenset({"thinking", "thought", "reasoning.text", "reasoning.summary"})
"""Types of thinking blocks that the provider signs."""


def is_sealed(key: str, holder: dict[str, Json], held_by: str = "") -> bool:
    """Tell whether a text of a turn is opaque data, made anew with each answer, that the provider wants sent back.

    key: of the text; holder: the object that contains it; held_by: the key of that object.
    """
    kind = holder.get("type")
    if key == "signature":
        return held_by == "reasoningText" or (type(kind) is str and kind in _THOUGHTS)
    return type(kind) is str and kind in OPAQUE_DATA if key == "data" else key in OPAQUE


def without_made(value: Json, held_by: str = "", *, sign: str = PASSED) -> Json:
    """Return a value of a turn with each id and each opaque text replaced by `sign`, so that turns with equal meaning
    are equal.

    held_by: the key of the object, or of the list that contains it.
    """
    if type(value) is list:
        return [without_made(item, held_by, sign=sign) for item in value]
    if type(value) is not dict:
        return value
    made: dict[str, Json] = {}
    for key, item in value.items():
        if type(item) is not str:
            made[key] = item if key in VALUES else without_made(item, key, sign=sign)
        elif item and (is_id(key, item, value, held_by) or (key in _SEALED and is_sealed(key, value, held_by))):
            made[key] = sign
        else:
            made[key] = item
    return made


_ITEMS = frozenset(
    {
        *("message", "reasoning", "item_reference", "function_call", "tool_use", "tool_result"),
        *("mcp_approval_request", "mcp_approval_response", "mcp_list_tools", "compaction"),
    }
)
_WITHOUT_TYPE = frozenset({"toolUse", "toolResult"})
"""Keys of calls and results that have no type of their own."""

_CALL_HOLDERS = frozenset(
    {
        *("tool_calls", "function_call", "functionCall", "function_response", "functionResponse"),
        *("functionCalls", "functionResponses"),
    }
)


def is_id(key: str, text: str, holder: dict[str, Json], held_by: str = "") -> bool:
    """Tell whether a text of a turn is an id that is generated anew each time.

    key: of the text; holder: the object that contains it; held_by: the key of that object, or of the list that contains
    it.
    """
    if key in ID_KEYS:  # of anything else, such as what a tool returned, a key of this name is data
        return "type" in holder or "role" in holder or held_by in _WITHOUT_TYPE
    if key in ITEM_IDS:
        kind = holder.get("type")
        return held_by in _CALL_HOLDERS or (type(kind) is str and _is_item(kind))
    return key in FILE_IDS and GENERATED.fullmatch(text) is not None


def _is_item(kind: str) -> bool:
    """Tell whether this is the type of a call, a call's result, or another item of a conversation."""
    return kind in _ITEMS or kind.endswith(("_call", "_output", "_tool_use", "_tool_result", "_result"))


def _without_place(call: Json, place: int) -> Json:
    """Return a call of a request without its `index` if that only repeats its position in the list."""
    if type(call) is dict and call.get("index") == place:
        return {key: item for key, item in call.items() if key != "index"}
    return call
