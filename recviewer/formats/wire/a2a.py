"""Messages to another agent by the Agent2Agent protocol, and its answers.

Source: Agent2Agent protocol specification, versions 0.3 and 1.0, "Protocol data model" and "JSON-RPC protocol binding". A
reply is a message, or a task with its state and what it made; a stream has an event for each new state, and for each
piece of what the task makes. Version 1.0 names the object by the key that holds it, 0.3 by `kind`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from recviewer.exchange.model import Chunk, Delta, Json, JsonPart, Kind, Message, Part, Problem, Reply, Request, Text
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.failure import first_error
from recviewer.formats.framing import AT, cursor
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw

_HOLDERS = ("task", "message", "statusUpdate", "artifactUpdate")
"""Keys of a result that hold the object, in version 1.0."""

_AT = ("result", *(f"result.{key}" for key in _HOLDERS))
_PARTS = ("parts[]", "status.message.parts[]", "artifacts[].parts[]", "artifact.parts[]")
SHAPE = Shape(
    "a2a",
    taken=tuple(f"{at}.{parts}.text" for at in _AT for parts in _PARTS),
    known=(
        *("jsonrpc", "error.*", "result.*", *(f"{at}.*" for at in _AT[1:])),
        *(f"{at}.{parts}.*" for at in _AT for parts in _PARTS),
        *(f"{at}.{key}.*" for at in _AT for key in ("status", "status.message", "artifacts[]", "artifact")),
    ),
)
READ = frozenset({"jsonrpc", "id", *(f"{at}.{parts}.text" for at in _AT for parts in _PARTS)})
_METHODS = frozenset(
    {
        *("message/send", "message/stream", "tasks/get", "tasks/cancel", "tasks/resubscribe"),
        *("SendMessage", "SendStreamingMessage", "GetTask", "CancelTask", "SubscribeToTask"),
    }
)


STILL = frozenset({"submitted", "working", "TASK_STATE_SUBMITTED", "TASK_STATE_WORKING"})
"""States of a task that events of a stream tell before it ends."""


class A2a:
    """A message to an agent, and what it answers."""

    name = "a2a"
    kind = Kind.CHAT
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by the request's method and a response in JSON-RPC; without a reply, by the method."""
        if raw.body.get("method") not in _METHODS or raw.body.get("jsonrpc") != "2.0":
            return Match.NO
        return Match.SHAPE if any("jsonrpc" in head for head in raw.heads) else Match.ENDPOINT

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the message; everything else becomes parameters."""
        params = body_lookup(raw, problems).object("params")
        if not isinstance(params.data.get("message"), dict):
            return request_of(raw, (), problems, taken=frozenset())
        message = params.object("message")
        said = Message(message.text("role"), tuple(map(_part, message.items("parts"))))
        found = request_of(raw, (said,), problems, taken=frozenset({"params"}))
        beside = {key: value for key, value in message.data.items() if key not in ("role", "parts")}
        rest = {key: value for key, value in params.data.items() if key != "message"} | (
            {"message": beside} if beside else {}
        )
        return replace(found, params=found.params | {"params": rest})

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the texts of a message or a task, joined if they were streamed, and the task's last state."""
        is_stream = isinstance(raw.reply, list)
        elements = raw.reply if isinstance(raw.reply, list) else [raw.reply]
        chunks = list(_chunks([] if raw.is_empty else elements, problems))
        outputs = deltas.fold(delta for chunk in chunks for delta in chunk.deltas)
        runs, count = (deltas.runs_of(chunks), len(chunks)) if is_stream else ((), 0)
        is_message = any("status" not in _held(chunk.element)[1] for chunk in chunks[-1:])
        return Reply(outputs, None, first_error(elements), chunks=count, runs=runs, is_whole=is_message)

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield what each event of a stream adds."""
        if isinstance(raw.reply, list):
            yield from _chunks(raw.reply, [])


FORMAT = A2a()


def _held(element: Json) -> tuple[tuple[str, ...], dict[str, Json]]:
    """Return the object that a result holds, with the keys that lead to it; {} if there is none."""
    result = element.get("result") if isinstance(element, dict) else None
    if not isinstance(result, dict):
        return (), {}
    key = next((key for key in _HOLDERS if isinstance(result.get(key), dict) and len(result) == 1), "")
    return (("result", key), result[key]) if key else (("result",), result)


def _chunks(elements: list[Json], problems: list[Problem]) -> Iterator[Chunk]:
    for number, element in enumerate(elements):
        data = cursor(element, number, problems) if len(elements) > 1 else Lookup(element, AT, problems)
        found = _delta(data)
        is_interim = len(elements) > number + 1 and found.finish in STILL
        yield Chunk(number + 1, (replace(found, finish="") if is_interim else found,), None, data.data, READ)


def _delta(event: Lookup) -> Delta:
    """Return what an event adds: texts, other parts, and the state."""
    held = event
    for key in _held(event.data)[0]:
        held = held.object(key)
    parts = [*held.items("parts")]
    for artifact in (*held.items("artifacts"), held.object("artifact")):
        parts += artifact.items("parts")
    status = held.object("status")
    parts += status.object("message").items("parts")
    texts = "".join([part.text("text") for part in parts])
    others = tuple([JsonPart(part.data) for part in parts if not isinstance(part.data.get("text"), str)])
    return Delta(text=texts, parts=others, finish=status.text("state"))


def _part(part: Lookup) -> Part:
    is_text = isinstance(part.data.get("text"), str) and part.data.keys() <= {"kind", "text"}
    return Text(part.text("text")) if is_text else JsonPart(part.data)
