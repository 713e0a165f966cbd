"""Google's interactions API, whole or as raw server-sent events.

Source: Gemini API documentation, "Interactions"; the stream ends with `event: done` and data that is no JSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from recviewer.exchange.model import (
    CallDelta,
    Chunk,
    Delta,
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
    ToolResult,
)
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.failure import failure_of
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import arguments_text, body_lookup, request_of
from recviewer.formats.raw import HEADS, Raw

SHAPE = Shape(
    "interactions",
    taken=(
        "status:last",
        "index:whole",
        *(
            f"{holder}.{path}"
            for holder in ("outputs[]", "content", "delta")
            for path in ("id", "name", "text", "arguments:any", "args:any", "summary:any", "content:any")
        ),
        "interaction.status:last",
    ),
    known=(
        "object",
        "model",
        "role",
        "data",
        "event_type",
        "outputs[].type",
        "content.type",
        "delta.type",
        "interaction.object",
        "interaction.model",
        "interaction.role",
        "interaction.outputs",
    ),
)
READ = frozenset(
    {"event_type", "delta.text", "delta.type", "content.type", "content.text", "interaction.usage", "index"}
)


class Interactions:
    """Turns kept by the server."""

    name = "interactions"
    kind = Kind.INTERACTIONS
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match an interaction object or its events; without a reply by the endpoint."""
        if raw.first.get("object") == "interaction" or (
            isinstance(raw.first.get("outputs"), list) and isinstance(raw.first.get("status"), str)
        ):
            return Match.SHAPE
        if isinstance(raw.reply, list) and _first_event(raw).startswith(("interaction.", "content.")):
            return Match.SHAPE
        return Match.ENDPOINT if raw.url_path.endswith("/interactions") else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read `system_instruction` and `input`, text or a list of turns."""
        body = body_lookup(raw, problems)
        messages = []
        if isinstance(body.data.get("system_instruction"), str):
            messages.append(Message("system", (Text(body.text("system_instruction")),)))
        given = body.data.get("input")
        if isinstance(given, str):
            messages.append(Message("user", (Text(given),)))
        elif isinstance(given, dict):
            messages.append(Message("user", (_part(body.object("input")),)))
        else:
            messages += [_turn(turn) for turn in body.items("input")]
        return request_of(raw, messages, problems, taken=frozenset({"input", "system_instruction"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read outputs, or join the events of a stream. Thought summaries are reasoning; `status` is the finish."""
        if isinstance(raw.reply, list):
            return _joined(raw, problems)
        reply = Lookup(raw.reply, "response.body", problems)
        found = [_delta_of_content(content) for content in reply.items("outputs")]
        found.append(Delta(finish=reply.text("status")))
        return Reply(deltas.fold(found), reply.mapping("usage") or None, model=reply.text("model"))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each event."""
        if isinstance(raw.reply, list):
            for chunk, _ in _events(raw, []):
                yield chunk


FORMAT = Interactions()


def _first_event(raw: Raw) -> str:
    for event in islice(raw.events(), HEADS):
        if isinstance(event.data, dict) and isinstance(event.data.get("event_type"), str):
            return str(event.data["event_type"])
        if event.name:
            return event.name
    return ""


def _turn(turn: Lookup) -> Message:
    content = turn.data.get("content")
    if "role" not in turn.data and "content" not in turn.data:
        return Message("user", (_part(turn),))
    if isinstance(content, str):
        return Message(turn.text("role"), (Text(content),))
    return Message(turn.text("role"), tuple([_part(part) for part in turn.items("content")]))


def _part(part: Lookup) -> Part:
    kind = part.data.get("type")
    if kind == "text":
        return Text(part.text("text"))
    if kind == "function_call":
        return ToolCall(part.text("id"), part.text("name"), _arguments(part))
    if kind in ("function_result", "function_response"):
        result = part.data.get("result", part.data.get("response"))
        inner: Part = Text(result) if isinstance(result, str) else JsonPart(result)
        return ToolResult(part.text("call_id") or part.text("id"), part.text("name"), (inner,))
    if kind == "thought" and part.data.get("summary"):
        return Reasoning(_summary(part))
    return JsonPart(part.data)


def _arguments(call: Lookup) -> str:
    return arguments_text(call, "arguments" if "arguments" in call.data else "args")


def _summary(thought: Lookup) -> str:
    summary = thought.data.get("summary")
    if isinstance(summary, str):
        return summary
    if isinstance(summary, dict):
        return thought.object("summary").text("text")
    return "".join([item.text("text") for item in thought.items("summary")])


def _delta_of_content(content: Lookup, index: int | None = None) -> Delta:
    kind = content.data.get("type")
    if kind == "function_call":
        return Delta(calls=(CallDelta(index, content.text("id"), content.text("name"), _arguments(content)),))
    if kind in ("thought", "thought_summary"):
        inner = content.data.get("content")
        text = content.object("content").text("text") if isinstance(inner, dict) else content.text("text")
        return Delta(reasoning=text or _summary(content))
    if kind == "text":
        return Delta(text=content.text("text"))
    return Delta()


def _joined(raw: Raw, problems: list[Problem]) -> Reply:
    chunks, model, error = [], "", None
    for chunk, data in _events(raw, problems):
        chunks.append(chunk)
        if chunk.event == "error":
            error = failure_of(data.data, None)
        model = model or data.object("interaction").text("model")
    return Reply(
        deltas.fold(delta for chunk in chunks for delta in chunk.deltas),
        next((chunk.usage for chunk in reversed(chunks) if chunk.usage), None),
        error,
        model=model,
        chunks=len(chunks),
        runs=deltas.runs_of(chunks),
    )


def _events(raw: Raw, problems: list[Problem]) -> Iterator[tuple[Chunk, Lookup]]:
    for number, event in enumerate(raw.events()):
        at = f"response.body, event {number + 1}"
        if event.is_unread:
            problems.append(Problem(at, "data that is not JSON"))
        data = Lookup(event.data, at, problems)
        kind = data.text("event_type") or event.name
        found = _delta(kind, data)
        yield (
            Chunk(
                number + 1,
                (found,) if found is not None else (),
                data.object("interaction").mapping("usage") or None,
                data.data if event.data is not None else {"data": event.text},
                READ,
                event.size_bytes,
                kind,
            ),
            data,
        )


def _delta(kind: str, data: Lookup) -> Delta | None:
    index = data.integer("index")
    if kind == "content.delta":
        return _delta_of_content(data.object("delta"), index)
    if kind == "content.start":
        return _delta_of_content(data.object("content"), index)
    if kind == "interaction.complete":
        return Delta(finish=data.object("interaction").text("status"))
    return None
