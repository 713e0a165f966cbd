"""Predictions of Replicate: created, polled until they are done, or streamed as text. Source: Replicate, "HTTP API"."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Delta, Failure, Json, JsonPart, Kind, Message, Problem, Reply, Request, Text
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.framing import AT
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw
from recviewer.formats.sse import Event

SHAPE = Shape(
    "replicate",
    taken=("output:any", "status:last", "data", "reason:last"),
    known=("model", "version", "input.*", "data_removed", "source", "deadline", "logs", "urls.*", "stream"),
)
READ = frozenset({"data", "done.reason"})
_EVENTS = frozenset({"output", "done", "error", "logs"})


class Replicate:
    """A model's input and its output: a text, fragments of one, or any other value."""

    name = "replicate"
    kind = Kind.COMPLETION
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match a prediction, or events of its stream."""
        head = raw.first
        names = {event.name for event in raw.sse_events}
        if names and names <= _EVENTS and (not raw.heads or "output" in names):
            return Match.SHAPE
        is_own = isinstance(head.get("urls"), dict) and "status" in head and "input" in head and "version" in head
        return Match.SHAPE if is_own and isinstance(raw.reply, dict) else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the prompt."""
        body = body_lookup(raw, problems)
        asked = body.object("input").data.get("prompt") if isinstance(body.data.get("input"), dict) else None
        messages = [Message("prompt", (Text(asked),))] if isinstance(asked, str) else []
        return request_of(raw, messages, problems, taken=frozenset())

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the output, as far as it exists yet."""
        if isinstance(raw.reply, list):
            chunks = list(_chunks(raw))
            outputs = deltas.fold(delta for chunk in chunks for delta in chunk.deltas)
            error = next((Failure("", None, event.text) for event in raw.events() if event.name == "error"), None)
            return Reply(outputs, error=error, chunks=len(chunks), runs=deltas.runs_of(chunks))
        reply = Lookup(raw.reply, AT, problems)
        made = reply.data.get("output")
        pieces = made if isinstance(made, list) else [made]
        texts = [piece for piece in pieces if isinstance(piece, str)]
        if len(texts) == len(pieces):
            said = Delta(text="".join(texts), finish=reply.text("status"))
        else:
            said = Delta(parts=() if made is None else (JsonPart(made),), finish=reply.text("status"))
        return Reply(deltas.fold([said]), reply.mapping("metrics") or None, model=reply.text("model"))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the text of each event."""
        if isinstance(raw.reply, list):
            yield from _chunks(raw)


FORMAT = Replicate()


def _chunks(raw: Raw) -> Iterator[Chunk]:
    for number, event in enumerate(raw.events()):
        if event.name == "output":
            found = Delta(text=event.text)
            element: dict[str, Json] = {"data": event.text}
        else:
            found = Delta(finish=_reason(event) if event.name == "done" else "")
            element = {event.name or "message": event.data if isinstance(event.data, dict) else event.text}
        yield Chunk(number + 1, (found,), None, element, READ, event.size_bytes, event.name)


def _reason(event: Event) -> str:
    """Return why the stream ended: "done", or the reason in the event."""
    told = event.data.get("reason") if isinstance(event.data, dict) else None
    return told if isinstance(told, str) and told else "done"
