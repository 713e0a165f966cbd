"""Predictions of Replicate: made, looked at until they are done, or streamed as text. Source: Replicate, "HTTP API"."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Delta, Json, JsonPart, Kind, Message, Problem, Reply, Request, Text
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.framing import AT
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw

SHAPE = Shape(
    "replicate",
    taken=("output:any", "status:last", "data"),
    known=("model", "version", "input.*", "data_removed", "source", "deadline", "logs", "urls.*", "stream"),
)
READ = frozenset({"data"})
_EVENTS = frozenset({"output", "done", "error", "logs"})


class Replicate:
    """What a model was given, and its output: a text, pieces of one, or whatever else it makes."""

    name = "replicate"
    kind = Kind.COMPLETION
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match a prediction, or events of its stream."""
        head = raw.first
        if raw.sse_events and not raw.heads and {event.name for event in raw.sse_events} <= _EVENTS:
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
        """Read the output, as far as it is there yet."""
        if isinstance(raw.reply, list):
            chunks = list(_chunks(raw))
            outputs = deltas.fold(delta for chunk in chunks for delta in chunk.deltas)
            return Reply(outputs, chunks=len(chunks), runs=deltas.runs_of(chunks))
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
        found = (
            Delta(text=event.text) if event.name == "output" else Delta(finish="done" if event.name == "done" else "")
        )
        element: Json = {"data": event.text}
        yield Chunk(number + 1, (found,), None, element, READ, event.size_bytes, event.name)
