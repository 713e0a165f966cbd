"""Agents and knowledge bases of Amazon Bedrock: a question, and a model's answer based on retrieved passages.

Source: Agents for Amazon Bedrock runtime API reference, "InvokeAgent", "InvokeInlineAgent", "RetrieveAndGenerate",
"RetrieveAndGenerateStream". Elements of a stream are objects with one key; the text of a chunk is base64.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from recviewer.exchange.model import (
    Chunk,
    Delta,
    Failure,
    Json,
    JsonPart,
    Kind,
    Message,
    Problem,
    Reply,
    Request,
    Text,
)
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.framing import AT
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw, unwrap

RATIONALE = "trace.trace.orchestrationTrace.rationale"
_SHOWN = ("citation", "citations", "returnControl", "files")
"""Keys that are shown as recorded."""

SHAPE = Shape(
    "bedrock_agents",
    taken=(
        *("chunk.bytes:base64", "output.text", f"{RATIONALE}.text"),
        *("citation:any", "citations[]:any", "returnControl:any", "files:any"),
    ),
    known=(
        *("chunk.*", "trace.*", "trace.trace.*", "trace.trace.orchestrationTrace.*", f"{RATIONALE}.*"),
        *("guardrail.*", "guardrailAction", "sessionId"),
    ),
)
READ = frozenset({"chunk.bytes", "output.text", f"{RATIONALE}.text", "citation"})
EVENTS = frozenset({"chunk", "trace", "citation", "guardrail", "output", "returnControl", "files"})
EXCEPTION = "Exception"
"""Suffix of the names of exceptions inside a stream."""


class BedrockAgents:
    """The question to an agent, its reasoning, and its answer."""

    name = "bedrock_agents"
    kind = Kind.COMPLETION
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match the events of a stream, or an answer with the passages it is based on."""
        head = raw.first
        if isinstance(raw.reply, list):
            is_own = any(map(_is_event, raw.heads)) and all(_is_event(one) or _failure(one) for one in raw.heads)
        else:
            output = head.get("output")
            is_own = isinstance(output, dict) and isinstance(output.get("text"), str) and "sessionId" in head
        return Match.SHAPE if is_own else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the question, and the instruction of an inline agent."""
        body = body_lookup(raw, problems)
        messages = []
        if isinstance(body.data.get("instruction"), str):
            messages.append(Message("system", (Text(body.text("instruction")),)))
        if body.data.get("inputText") is not None:
            messages.append(Message("user", (Text(body.text("inputText")),)))
        taken = {"instruction", "inputText"}
        asked = body.data.get("input")
        if isinstance(asked, dict):
            taken.add("input")
            messages.append(Message("user", (Text(asked["text"]) if _is_text(asked) else JsonPart(asked),)))
        return request_of(raw, messages, problems, taken=frozenset(taken))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Join the fragments of the answer, or read a complete one. Neither has a mark of its end."""
        if isinstance(raw.reply, list):
            chunks = list(_chunks(raw.reply, problems))
            outputs = deltas.fold(delta for chunk in chunks for delta in chunk.deltas)
            failure = next((found for found in map(_failure, raw.reply) if found is not None), None)
            return Reply(outputs, error=failure, chunks=len(chunks), runs=deltas.runs_of(chunks), is_whole=True)
        reply = Lookup(unwrap(raw.reply), AT, problems)
        parts = tuple(map(JsonPart, reply.list("citations")))
        return Reply(deltas.fold([Delta(text=reply.object("output").text("text"), parts=parts)]), is_whole=True)

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield what each event adds."""
        if isinstance(raw.reply, list):
            yield from _chunks(raw.reply, [])


FORMAT = BedrockAgents()


def _is_event(element: Json) -> bool:
    """Tell whether an element is an event of this format: an object with one key, not used like this by other formats."""
    if not isinstance(element, dict) or len(element) != 1:
        return False
    ((name, held),) = element.items()
    if name not in EVENTS or not isinstance(held, dict):
        return False
    return name not in ("chunk", "output") or isinstance(held.get("bytes" if name == "chunk" else "text"), str)


def _is_text(asked: dict[str, Json]) -> bool:
    return asked.keys() == {"text"} and isinstance(asked["text"], str)


def _chunks(elements: list[Json], problems: list[Problem]) -> Iterator[Chunk]:
    for number, element in enumerate(elements):
        event = Lookup(element, f"{AT}[{number}]", problems)
        yield Chunk(number + 1, (_delta(event),), None, event.data, READ)


def _delta(event: Lookup) -> Delta:
    chunk, output = event.mapping("chunk"), event.mapping("output")
    if chunk is not None:
        return Delta(text=_decoded(event.object("chunk")))
    if output is not None:
        return Delta(text=event.object("output").text("text"))
    parts = tuple([JsonPart({key: event.data[key]}) for key in _SHOWN if key in event.data])
    step = event.object("trace").object("trace")
    thought = step.object("orchestrationTrace").object("rationale").text("text")
    return Delta(reasoning=thought, parts=parts)


def _decoded(chunk: Lookup) -> str:
    try:
        return base64.b64decode(chunk.text("bytes"), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        chunk.note("bytes", chunk.data.get("bytes"), "text in base64")
        return chunk.text("bytes")


def _failure(element: Json) -> Failure | None:
    for key, value in element.items() if isinstance(element, dict) else ():
        if key.endswith(EXCEPTION) and isinstance(value, dict):
            message = value.get("message")
            return Failure(key, None, message if isinstance(message, str) else "")
    return None
