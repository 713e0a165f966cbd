"""Gemini: Google's genai SDK (snake_case keys) and its REST interface (camelCase), complete and streamed.

Source: google-genai SDK types `GenerateContentResponse`, `Candidate`, `Part`; Gemini API reference, `generateContent`
and `streamGenerateContent` (server-sent events, or one JSON list); Vertex AI, "Stream function call arguments".
Function calls are complete, and most have no id. A blocked prompt has no candidates but a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from recviewer.exchange.ends import End, end_of
from recviewer.exchange.model import (
    CallDelta,
    Chunk,
    Delta,
    Failure,
    Json,
    JsonPart,
    Kind,
    Message,
    Part,
    Problem,
    Reasoning,
    Reply,
    Request,
    Text,
    ToolCall,
)
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas, partial
from recviewer.formats.contract import Match
from recviewer.formats.deltas import last_usage
from recviewer.formats.failure import first_error
from recviewer.formats.framing import cursor
from recviewer.formats.gemini_parts import camel, key_in, part_list, part_of, parts_of, spelled, spellings
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import arguments_text, body_lookup, request_of
from recviewer.formats.raw import Raw

MARKS = (("candidates",), ("prompt_feedback",), ("usage_metadata", "model_version"))
"""Keys that only Gemini's replies have, in snake_case; other replies with token counts have no model version."""

BESIDE = ("citation_metadata", "grounding_metadata", "url_context_metadata")
"""Keys of a candidate with metadata of its answer."""

_ENDPOINTS = re.compile(r"(^|/)generate_content\w*$|:(generateContent|streamGenerateContent)$")

_PARTS = (
    *("function_response.id", "function_response.name", "function_response.response:any"),
    *("tool_call.id", "tool_call.tool_type", "tool_call.args:object"),
    *("tool_response.id", "tool_response.tool_type", "tool_response.response:any"),
    *("inline_data.mime_type", "inline_data.data", "file_data.file_uri"),
    *("executable_code:object", "code_execution_result:object"),
)
_SHOWN = ("function_call", "function_response", "tool_call", "tool_response", "inline_data", "file_data")
_TAKEN = (
    "candidates[].finish_reason:last",
    "candidates[].content.parts[].text",
    "candidates[].content.parts[].function_call.id",
    "candidates[].content.parts[].function_call.name",
    "candidates[].content.parts[].function_call.args:object",
    "candidates[].content.parts[].function_call.partial_args[].string_value",
    *(f"candidates[].content.parts[].{path}" for path in _PARTS),
    *(f"candidates[].{name}:object" for name in BESIDE),
    "prompt_feedback.block_reason:any",
    "prompt_feedback.block_reason_message",
)
SHAPE = Shape(
    "genai",
    taken=spelled(*_TAKEN),
    spellings=spellings(*_TAKEN),
    alternatives=tuple(
        ("candidates[].content.parts[]", tuple(map(spell, (*_SHOWN, name))))
        for spell in (str, camel)
        for name in ("executable_code", "code_execution_result")
    ),
    known=spelled(
        "model_version",
        "automatic_function_calling_history",
        "sdk_http_response",
        *(
            f"candidates[].{key}"
            for key in ("index", "finish_message", "safety_ratings", "grounding_attributions", "score")
        ),
        "candidates[].content.role",
        "candidates[].content.parts[].*",
        *(f"candidates[].content.parts[].{name}.*" for name in _SHOWN),
        "candidates[].content.parts[].function_call.partial_args[].*",
        "prompt_feedback.*",
    ),
)
READ = frozenset(
    either
    for path in (
        "candidates[].content.parts[].text",
        "candidates[].content.parts[].function_call",
        "candidates[].content.role",
        "candidates[].finish_reason",
        "candidates[].index",
        "usage_metadata",
    )
    for either in (path, camel(path))
)


class GenAI:
    """Gemini."""

    name = "genai"
    kind = Kind.GENAI
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by keys that only Gemini's replies have; without a reply, by the endpoint."""
        if raw.type_name == "GenerateContentResponse":
            return Match.TYPE
        if not raw.type_name and any(_is_reply(head) for head in raw.heads):
            return Match.SHAPE
        return Match.ENDPOINT if _ENDPOINTS.search(raw.url_path) else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the system instruction, `contents` and tools, also those in the SDK's `config`; `config` stays a
        parameter.
        """
        body = body_lookup(raw, problems)
        config = body.object("config") if isinstance(body.data.get("config"), dict) else Lookup({}, "", problems)
        messages = [message for holder in (body, config) for message in _system(holder)]
        messages += _turns(body)
        taken = frozenset({"contents", "system_instruction", "systemInstruction"})
        request = request_of(raw, messages, problems, taken=taken)
        tools = config.data.get("tools")
        if not isinstance(tools, list) or not tools:
            return request
        params = dict(request.params)
        params["config"] = {key: value for key, value in config.data.items() if key != "tools"}
        return Request(request.messages, params, (*request.tools, *tools), request.body)

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Join the parts of each candidate; thoughts are reasoning; the last usage counts."""
        items = raw.reply if isinstance(raw.reply, list) else [raw.reply]
        chunks = list(_chunks(items, problems))
        elements = [Lookup(chunk.element, "", []) for chunk in chunks]
        models = (element.text(key_in(element.data, "model_version")) for element in elements)
        streamed = isinstance(raw.reply, list)
        return Reply(
            deltas.fold(delta for chunk in chunks for delta in chunk.deltas),
            last_usage(chunks),
            first_error(items) or next(filter(None, map(_blocked, elements)), None),
            model=next((model for model in models if model), ""),
            chunks=len(items) if streamed else 0,
            runs=deltas.runs_of(chunks) if streamed else (),
            told=tuple(chunks) if streamed else (),
        )

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each chunk."""
        if isinstance(raw.reply, list):
            yield from _chunks(raw.reply, [])


FORMAT = GenAI()


def _is_reply(head: dict[str, Json]) -> bool:
    return any(all(name in head or camel(name) in head for name in mark) for mark in MARKS)


def _system(holder: Lookup) -> Iterator[Message]:
    key = key_in(holder.data, "system_instruction")
    system = holder.data.get(key)
    if isinstance(system, str):
        yield Message("system", (Text(system),))
    elif isinstance(system, dict):
        instruction = holder.object(key)
        yield Message("system", tuple(parts_of(instruction) if "parts" in system else part_of(instruction)))
    elif system is not None:
        yield Message("system", (JsonPart(system),))


def _turns(body: Lookup) -> Iterator[Message]:
    contents = body.data.get("contents")
    if isinstance(contents, str):
        yield Message("user", (Text(contents),))
        return
    turns = [contents] if isinstance(contents, dict) else body.list("contents")
    for number, turn in enumerate(turns):
        at = body.where("contents") if isinstance(contents, dict) else f"{body.where('contents')}[{number}]"
        held = Lookup(turn if isinstance(turn, dict) else {}, at, body.problems)
        if not isinstance(turn, dict):
            yield Message("user", (Text(turn) if isinstance(turn, str) else JsonPart(turn),))
        elif "parts" in turn or "role" in turn:
            yield Message(held.text("role") or "user", tuple(parts_of(held)))
        else:
            yield Message("user", tuple(part_of(held)))


@dataclass(slots=True)
class _Calls:
    """The calls of a candidate while they arrive. count: calls started. arguments: of an incomplete call.

    cut: number of calls that were left incomplete and not reported yet.
    """

    count: int = 0
    arguments: dict[str, Json] = field(default_factory=dict)
    is_open: bool = False
    cut: int = 0


def _chunks(items: list[Json], problems: list[Problem]) -> Iterator[Chunk]:
    calls: dict[int, _Calls] = {}
    for number, item in enumerate(items):
        data = cursor(item, number, problems)
        found = [_delta(candidate, place, calls) for place, candidate in enumerate(data.items("candidates"))]
        if isinstance(item, str):
            found.append(Delta(parts=(JsonPart(item),)))
        if number == len(items) - 1:
            found += _unfinished(calls)
        yield Chunk(
            number + 1,
            tuple(found),
            data.mapping(key_in(data.data, "usage_metadata")) or None,
            data.data,
            READ,
        )


def _delta(candidate: Lookup, place: int, calls: dict[int, _Calls]) -> Delta:
    texts: list[str] = []
    thoughts: list[str] = []
    called: list[CallDelta] = []
    parts: list[Part] = []
    index = candidate.integer("index")
    choice = place if index is None else index
    state = calls.setdefault(choice, _Calls())
    if isinstance(candidate.data.get("content"), str | list):
        parts.append(JsonPart(candidate.data["content"]))
        content = Lookup({}, candidate.where("content"), candidate.problems)
    else:
        content = candidate.object("content")
    for part in part_list(content):
        key = key_in(part.data, "function_call")
        is_call = isinstance(part.data.get(key), dict)
        if is_call:
            called += _called(part.object(key), state)
            if part.data.get("text") is None:
                continue
        for item in part_of(part):
            if is_call and isinstance(item, ToolCall):
                continue
            if isinstance(item, Text):
                texts.append(item.text)
            elif isinstance(item, Reasoning):
                thoughts.append(item.text)
            else:
                parts.append(item)
    parts += [_WITHOUT_END] * state.cut
    state.cut = 0
    finish = _finish(candidate)
    parts += [JsonPart({name: candidate.data[name]}) for name in _beside(candidate.data, finish)]
    return Delta(
        choice=choice,
        role=content.text("role"),
        text="".join(texts),
        reasoning="".join(thoughts),
        calls=tuple(called),
        finish=finish,
        parts=tuple(parts),
    )


def _beside(candidate: dict[str, Json], finish: str) -> Iterator[str]:
    """Yield the keys of a candidate to show beside its parts; `finishMessage` only if the answer did not end normally."""
    is_good = not finish or end_of(finish) is End.DONE
    for name in BESIDE if is_good else (*BESIDE, "finish_message"):
        key = key_in(candidate, name)
        if candidate.get(key):
            yield key


def _finish(candidate: Lookup) -> str:
    """Return the finish reason; some clients record it as the number of an enum."""
    key = key_in(candidate.data, "finish_reason")
    value = candidate.data.get(key)
    return str(value) if type(value) is int else candidate.text(key)


def _called(call: Lookup, state: _Calls) -> Iterator[CallDelta]:
    """Yield what a call adds: all of it, or first its name, and its arguments once all fragments have arrived."""
    goes_on = call.data.get(key_in(call.data, "will_continue")) is True
    pieces = list(call.items(key_in(call.data, "partial_args")))
    if not state.is_open or call.text("name"):
        state.cut += state.is_open
        yield from _closed(state)
        if not (call.data or goes_on):
            return
        yield CallDelta(state.count, call.text("id"), call.text("name"), arguments_text(call, "args"))
        state.count += 1
        state.is_open = goes_on or bool(pieces)
    for piece in pieces:
        partial.put(state.arguments, piece)
    if not goes_on:
        yield from _closed(state)


_WITHOUT_END = JsonPart({"(a call without its end)": True})
"""Marks a call that announced a continuation that never came: a client would wait for it."""


def _closed(state: _Calls) -> Iterator[CallDelta]:
    """Yield the arguments of the incomplete call."""
    if state.is_open and state.arguments:
        yield CallDelta(state.count - 1, "", "", deltas.compact(state.arguments))
    state.is_open, state.arguments = False, {}


def _unfinished(calls: dict[int, _Calls]) -> Iterator[Delta]:
    """Yield the arguments of calls that were incomplete when the stream ended."""
    for choice, state in calls.items():
        if state.is_open:
            yield Delta(choice=choice, calls=tuple(_closed(state)), parts=(_WITHOUT_END,))


def _blocked(element: Lookup) -> Failure | None:
    """Return why a prompt was blocked, None if it was not."""
    feedback = element.object(key_in(element.data, "prompt_feedback"))
    reason = feedback.data.get(key_in(feedback.data, "block_reason"))
    if not reason:
        return None
    return Failure(str(reason), None, feedback.text(key_in(feedback.data, "block_reason_message")))
