"""Google's interactions API, complete or as raw server-sent events.

Source: Gemini API documentation, "Interactions" (the first version had outputs and events `content.*`, the current one
has steps and events `step.*`). Calls other than `function_call` are executed by the server. The stream ends with
`event: done` and data that is not JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from recviewer.exchange.model import (
    CallDelta,
    Chunk,
    Delta,
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
    Text,
    ToolCall,
    ToolResult,
)
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.failure import error_in
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import arguments_text, body_lookup, request_of
from recviewer.formats.raw import HEADS, Raw

_ITEM = (
    *("id", "call_id", "name", "text", "arguments:object", "args:object", "annotations[]:any"),
    *("summary", "summary.text", "summary[].text"),
    *("result", "result[].text", "response", "response[].text", "data"),
)
_GIVEN = ("result", "response")
_HOLDERS = ("outputs[]", "steps[]", "steps[].content[]", "content", "step", "step.content[]", "delta")
SHAPE = Shape(
    "interactions",
    taken=(
        "status:last",
        "index:whole",
        *(f"{holder}.{path}" for holder in _HOLDERS for path in _ITEM),
        "delta.arguments:any",
        "delta.content.text",
        "interaction.status:last",
    ),
    known=(
        *("object", "model", "role", "data", "event_type", "agent", "metadata.*"),
        *(f"{holder}.{path}" for holder in _HOLDERS for path in ("*", "summary.*", "summary[].*")),
        *(f"{holder}.{name}{inner}" for holder in _HOLDERS for name in _GIVEN for inner in (".*", "[].*")),
        "delta.content.*",
        *(f"interaction.{name}" for name in ("object", "model", "agent", "role", "outputs[].*", "steps[].*")),
    ),
)
READ = frozenset(
    {
        *(
            "event_type",
            "interaction.usage",
            "index",
            "content.type",
            "content.text",
            "step.type",
            "step.name",
            "step.id",
        ),
        *("delta.text", "delta.type", "delta.arguments", "delta.content.text"),
    }
)


class Interactions:
    """Conversations whose turns the server stores."""

    name = "interactions"
    kind = Kind.INTERACTIONS
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match an interaction object or its events; without a reply, by the endpoint."""
        has_items = isinstance(raw.first.get("outputs", raw.first.get("steps")), list)
        if raw.first.get("object") == "interaction" or (has_items and isinstance(raw.first.get("status"), str)):
            return Match.SHAPE
        if isinstance(raw.reply, list) and _first_event(raw).startswith(("interaction.", "content.", "step.")):
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
        messages += [Message("user", tuple(map(_part, step.items("content")))) for step in _asked_before(raw)]
        return request_of(raw, messages, problems, taken=frozenset({"input", "system_instruction"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read outputs or steps, or join the events of a stream. Thought summaries are reasoning; `status` is the finish."""
        if isinstance(raw.reply, list):
            return _joined(raw, problems)
        reply = Lookup(raw.reply, "response.body", problems)
        asked = [step.data for step in _asked_before(raw)]
        found = [*_whole(reply, asked), Delta(finish=reply.text("status"))]
        return Reply(
            deltas.fold(found), reply.mapping("usage") or None, error_in(reply.data), model=reply.text("model")
        )

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
        return Message(_role(turn), (_part(turn),))
    if isinstance(content, str):
        return Message(_role(turn), (Text(content),))
    return Message(_role(turn), tuple([_part(part) for part in turn.items("content")]))


def _role(turn: Lookup) -> str:
    """Return the role of a turn: its `role`, or that implied by a step's type. Only function results are the user's."""
    kind = turn.kind
    is_own = kind in ("model_output", "thought") or kind.endswith(("_call", "_result"))
    return turn.text("role") or ("model" if is_own and kind != "function_result" else "user")


def _part(part: Lookup) -> Part:
    kind = part.data.get("type")
    if kind == "text":
        return Text(part.text("text"))
    if kind == "thought" and part.data.get("summary"):
        return Reasoning(_summary(part))
    if isinstance(kind, str) and kind.endswith("_call"):
        return ToolCall(part.text("id"), part.text("name") or kind.removesuffix("_call"), _arguments(part))
    if isinstance(kind, str) and kind.endswith(("_result", "function_response")):
        return ToolResult(part.text("call_id") or part.text("id"), part.text("name"), tuple(_results(part)))
    if kind == "image" and isinstance(part.data.get("data"), str):
        return Image(f"data:{part.data.get('mime_type') or 'image/png'};base64,{part.data['data']}")
    return JsonPart(part.data)


def _results(part: Lookup) -> Iterator[Part]:
    if part.data.get("is_error") is True:
        yield JsonPart({"is_error": True})
    result = part.data.get("result", part.data.get("response"))
    if isinstance(result, list):
        for item in result:
            yield _part(Lookup(item, part.where("result"))) if isinstance(item, dict) else JsonPart(item)
    else:
        yield Text(result) if isinstance(result, str) else JsonPart(result)


def _arguments(call: Lookup) -> str:
    return arguments_text(call, "arguments" if "arguments" in call.data else "args")


def _summary(thought: Lookup) -> str:
    summary = thought.data.get("summary")
    if isinstance(summary, str):
        return summary
    if isinstance(summary, dict):
        return thought.object("summary").text("text")
    return "".join([item.text("text") for item in thought.items("summary")])


def _asked_before(raw: Raw) -> list[Lookup]:
    """Return the steps of a reply with the user's input, if an interaction is retrieved later."""
    if isinstance(raw.reply, list) or raw.body.get("input") is not None:
        return []
    steps = Lookup(raw.first, "response.body").items("steps")
    return [step for step in steps if step.kind == "user_input" and step.data.keys() == {"type", "content"}]


def _whole(reply: Lookup, asked: Sequence[dict[str, Json]] = ()) -> Iterator[Delta]:
    """Yield the contents of outputs, or of the steps of newer replies. asked: steps with the user's input."""
    for key in ("outputs", "steps"):
        for item in reply.items(key):
            if item.data not in asked:
                yield from _deltas_of(item)


def _deltas_of(item: Lookup, index: int | None = None) -> Iterator[Delta]:
    """Yield what an output, a step, or a delta of either adds."""
    kind = item.text("type")
    if kind == "model_output":
        for content in item.items("content"):
            yield from _deltas_of(content, index)
    elif kind == "function_call":
        yield Delta(calls=(CallDelta(index, item.text("id"), item.text("name"), _arguments(item)),))
    elif kind in ("thought", "thought_summary"):
        inner = item.data.get("content")
        text = item.object("content").text("text") if isinstance(inner, dict) else item.text("text")
        yield Delta(reasoning=text or _summary(item))
    elif kind == "text":
        yield Delta(text=item.text("text"), parts=tuple(map(JsonPart, item.list("annotations"))))
    elif item.data and kind != "thought_signature":
        yield Delta(parts=(_part(item),))


def _joined(raw: Raw, problems: list[Problem]) -> Reply:
    chunks, model, error = [], "", None
    for chunk, data in _events(raw, problems):
        chunks.append(chunk)
        error = error or error_in(data.data, chunk.event)
        model = model or data.object("interaction").text("model")
    return deltas.joined(chunks, [error], model=model)


def _events(raw: Raw, problems: list[Problem]) -> Iterator[tuple[Chunk, Lookup]]:
    state = _State()
    for number, event in enumerate(raw.events()):
        at = f"response.body, event {number + 1}"
        if event.is_unread:
            problems.append(Problem(at, "data that is not JSON"))
        data = Lookup(event.data, at, problems)
        kind = data.text("event_type") or event.name
        found = [Delta(parts=(JsonPart(event.text),))] if event.is_unread else list(_deltas(kind, data, state))
        yield (
            Chunk(
                number + 1,
                tuple(found),
                data.object("interaction").mapping("usage") or None,
                data.data if event.data is not None else {"data": event.text},
                READ,
                event.size_bytes,
                kind,
            ),
            data,
        )


@dataclass(slots=True)
class _State:
    """What earlier events contained. kinds: of steps and contents by index, with ids; waiting: calls without arguments."""

    kinds: dict[int | None, tuple[str, str]] = field(default_factory=dict)
    waiting: set[int | None] = field(default_factory=set)
    has_said: bool = False


def _deltas(kind: str, data: Lookup, state: _State) -> Iterator[Delta]:
    """Yield what an event adds."""
    index = data.integer("index")
    if kind in ("content.start", "step.start"):
        yield from _started(data.object(kind.partition(".")[0]), index, state)
    elif kind in ("content.delta", "step.delta"):
        yield from _continued(data.object("delta"), index, state)
    elif kind in ("content.stop", "step.stop") and index in state.waiting:
        yield from _argued("{}", index, state)
    elif kind in ("interaction.complete", "interaction.completed"):
        interaction = data.object("interaction")
        if not state.has_said:
            yield from _whole(interaction)
        yield Delta(finish=interaction.text("status"))
    elif data.data and not kind.startswith(("interaction.", "content.", "step.")) and kind not in ("error", "done"):
        yield Delta(parts=(JsonPart(data.data),))


def _started(item: Lookup, index: int | None, state: _State) -> Iterator[Delta]:
    kind = item.text("type")
    state.kinds[index] = (kind, item.text("id"))
    state.has_said = state.has_said or kind not in ("", "thought", "model_output", "text")
    if kind.endswith("_call") and not item.data.get("arguments") and not item.data.get("args"):
        state.waiting.add(index)
        bare = {key: value for key, value in item.data.items() if key not in ("arguments", "args")}
        item = Lookup(bare, item.at, item.problems)
    if kind != "thought" or item.data.get("summary"):
        yield from _deltas_of(item, index)


def _continued(delta: Lookup, index: int | None, state: _State) -> Iterator[Delta]:
    state.has_said = True
    if delta.data.get("type") == "arguments_delta":
        yield from _argued(arguments_text(delta, "arguments"), index, state)
    elif delta.data.get("type") == "text_annotation":
        yield Delta(parts=tuple(map(JsonPart, delta.list("annotations"))))
    else:
        state.waiting.discard(index)
        yield from _deltas_of(delta, index)


def _argued(text: str, index: int | None, state: _State) -> Iterator[Delta]:
    """Yield arguments of the call at an index: a call for the client, or one that the server executes."""
    state.waiting.discard(index)
    kind, id = state.kinds.get(index, ("function_call", ""))
    if kind == "function_call":
        yield Delta(calls=(CallDelta(index, "", "", text),))
    elif text:
        yield Delta(parts=(ToolCall(id, "", text),))
