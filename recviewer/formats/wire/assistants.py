"""Messages of OpenAI's threads (Assistants): one, a list of them, or a streamed run.

Source: OpenAI API reference, "Messages" and "Assistants streaming" (beta, v2).
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import (
    CallDelta,
    Chunk,
    Delta,
    Failure,
    JsonPart,
    Kind,
    Message,
    Problem,
    Reply,
    Request,
    ToolCall,
)
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.failure import error_in, failure_of
from recviewer.formats.framing import AT
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, content_parts, request_of
from recviewer.formats.raw import Raw

_KNOWN = (
    *("object", "type", "role", "status", "thread_id", "assistant_id", "run_id", "completed_at", "incomplete_at"),
    *("incomplete_details.*", "attachments", "metadata.*", "content[].type", "content[].text.annotations"),
    *("content[].image_file.*", "content[].image_url.*", "content[].refusal"),
)
SHAPE = Shape(
    "assistants",
    taken=(
        *("content[].text.value", "data[].content[].text.value", "delta.content[].text.value"),
        *(f"delta.step_details.tool_calls[].function.{key}" for key in ("name", "arguments")),
        "delta.step_details.tool_calls[].code_interpreter.input",
    ),
    known=(
        *("delta.content[].*", "delta.content[].text.*", "delta.role", "delta.step_details.type", "*"),
        *("delta.step_details.tool_calls[].*", "delta.step_details.tool_calls[].code_interpreter.outputs"),
        *_KNOWN,
        *(f"data[].{path}" for path in (*_KNOWN, "id", "created_at")),
        "first_id",
        "last_id",
        "has_more",
    ),
)


class Assistants:
    """Messages of threads; each message of a list or of a streamed run is a choice, in order."""

    name = "assistants"
    kind = Kind.CHAT
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match a message, or a list of messages."""
        if isinstance(raw.reply, list):
            is_run = any(str(head.get("object", "")).startswith("thread") for head in raw.heads) and not raw.type_name
            return Match.SHAPE if is_run else Match.NO
        items = raw.first.get("data")
        first = items[0] if isinstance(items, list) and items else raw.first
        is_own = isinstance(first, dict) and first.get("object") == "thread.message"
        return Match.SHAPE if is_own else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the message to be added, if there is one."""
        body = body_lookup(raw, problems)
        if "content" not in body.data:
            return request_of(raw, (), problems, taken=frozenset())
        message = Message(body.text("role"), tuple(content_parts(body, "content")))
        return request_of(raw, (message,), problems, taken=frozenset({"role", "content"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the texts, and for a streamed run also its calls."""
        if isinstance(raw.reply, list):
            chunks = list(_chunks(raw, problems))
            errors = (_error(chunk) for chunk in chunks)
            names = (name for chunk in chunks if isinstance(name := chunk.element.get("model"), str))
            return deltas.joined(chunks, errors, model=next(names, ""))
        reply = Lookup(raw.reply, AT, problems)
        messages = list(reply.items("data")) if "data" in reply.data else [reply]
        outputs = deltas.fold(one for place, message in enumerate(messages) for one in _said(place, message))
        return Reply(outputs, is_whole=True)  # a message that is stored

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each event."""
        if isinstance(raw.reply, list):
            yield from _chunks(raw, [])


FORMAT = Assistants()


def _said(place: int, message: Lookup) -> Iterator[Delta]:
    yield Delta(place, role=message.text("role"))
    for part in message.items("content"):
        if isinstance(part.data.get("text"), dict):
            yield Delta(place, text=part.object("text").text("value"))
        elif part.data:
            yield Delta(place, parts=(JsonPart(part.data),))


def _chunks(raw: Raw, problems: list[Problem]) -> Iterator[Chunk]:
    run = _Run(problems)
    for number, event in enumerate(raw.events()):
        data = Lookup(event.data if isinstance(event.data, dict) else None, f"{AT}, event {number + 1}", problems)
        found = tuple(run.deltas(data))
        yield Chunk(number + 1, found, data.mapping("usage") or None, data.data, READ, event.size_bytes, event.name)


READ = frozenset({"object", "usage"})
OTHER = "the finished message is not what the pieces of the stream come to, and counts"
_ENDS = frozenset({"completed", "failed", "incomplete", "cancelled", "expired", "requires_action"})


class _Run:
    """State of a run: the choice of each message, and the text streamed so far."""

    def __init__(self, problems: list[Problem]) -> None:
        self._choices: dict[str, int] = {}
        self._told: dict[int, str] = {}
        self._problems = problems

    def deltas(self, data: Lookup) -> Iterator[Delta]:
        """Yield what an event adds, by the type of its object: events that a client parsed have no names."""
        kind, status = data.data.get("object"), data.data.get("status")
        if kind == "thread.message.delta":
            choice = self._choice(data.text("id"))
            found = list(_parts(choice, data.object("delta")))
            self._told[choice] = self._told.get(choice, "") + "".join(one.text for one in found)
            yield from found
        elif kind == "thread.message":
            choice = self._choice(data.text("id"))
            if status == "completed":
                yield from self._finished(choice, list(_parts(choice, data)))
        elif kind == "thread.run.step.delta":
            step = data.text("id")
            for call in data.object("delta").object("step_details").items("tool_calls"):
                yield from _call(max(len(self._choices) - 1, 0), step, call)
        elif kind == "thread.run" and isinstance(status, str) and status in _ENDS:
            for choice in sorted(self._choices.values()) or [0]:
                yield Delta(choice, finish=data.text("status"))

    def _finished(self, choice: int, found: list[Delta]) -> Iterator[Delta]:
        """Yield what a finished message adds: everything if nothing was streamed, nothing if it equals what was
        streamed.

        If it differs, it counts in addition, see `OTHER`.
        """
        words = "".join(one.text for one in found)
        if choice not in self._told:
            yield from found
        elif words != self._told[choice]:
            self._problems.append(Problem(AT, OTHER))
            yield Delta(choice, parts=(JsonPart({"finished": words}),))

    def _choice(self, message: str) -> int:
        return self._choices.setdefault(message, len(self._choices))


def _call(choice: int, step: str, call: Lookup) -> Iterator[Delta]:
    if "function" in call.data:
        function = call.object("function")
        index = call.integer("index")
        yield Delta(
            choice, calls=(CallDelta(index, call.text("id"), function.text("name"), function.text("arguments")),)
        )
    elif "code_interpreter" in call.data:
        made = call.object("code_interpreter").text("input")
        name = "code_interpreter" if call.data.get("id") else ""
        yield Delta(choice, parts=(ToolCall(call.text("id") or step, name, made, is_text=True),))
    elif call.data:
        yield Delta(choice, parts=(JsonPart(call.data),))


def _parts(choice: int, message: Lookup) -> Iterator[Delta]:
    for part in message.items("content"):
        if isinstance(part.data.get("text"), dict):
            yield Delta(choice, text=part.object("text").text("value"))
        elif part.data:
            yield Delta(choice, parts=(JsonPart(part.data),))


def _error(chunk: Chunk) -> Failure | None:
    told = chunk.element.get("last_error")
    if chunk.element.get("object") == "thread.run" and isinstance(told, dict):
        return failure_of({"error": told}, None)
    return error_in(chunk.element, chunk.event) if chunk.event == "error" else None
