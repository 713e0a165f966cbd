"""Text generation of IBM watsonx.ai, complete and streamed.

Source: watsonx.ai API reference, "Infer text" and "Infer text event stream": a stream's elements count the generated
tokens so far, and only the first of them the tokens of the input. Its chats have OpenAI's form.
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Delta, Json, Kind, Message, Problem, Reply, Request, Text
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.failure import first_error
from recviewer.formats.framing import AT, cursor
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw

SHAPE = Shape(
    "watsonx",
    taken=("results[].generated_text", "results[].stop_reason:last"),
    known=("results[].*", "model_id", "model_version", "system.*"),
)
COUNTS = ("input_token_count", "generated_token_count")
READ = frozenset({"results[].generated_text", "results[].stop_reason", *(f"results[].{key}" for key in COUNTS)})
STILL = ("not_finished", "NOT_FINISHED")
"""Reasons of elements that are not the last."""


class Watsonx:
    """One prompt, one text."""

    name = "watsonx"
    kind = Kind.COMPLETION
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by `results[].generated_text`."""
        return Match.SHAPE if not raw.type_name and any(map(_is_own, raw.heads)) else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the prompt."""
        body = body_lookup(raw, problems)
        messages = [Message("prompt", (Text(body.text("input")),))] if isinstance(body.data.get("input"), str) else []
        return request_of(raw, messages, problems, taken=frozenset({"input"} if messages else ()))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the text, joined if it was streamed."""
        is_stream = isinstance(raw.reply, list)
        chunks = list(_chunks(raw.reply if isinstance(raw.reply, list) else [raw.reply], problems))
        outputs = deltas.fold(delta for chunk in chunks for delta in chunk.deltas)
        usage: dict[str, Json] = {}
        for chunk in chunks:
            usage |= {key: count for key, count in (chunk.usage or {}).items() if count or key not in usage}
        model = next((name for chunk in chunks if isinstance(name := chunk.element.get("model_id"), str)), "")
        if not is_stream:
            return Reply(outputs, usage or None, model=model)
        error = first_error(raw.reply)
        return Reply(outputs, usage or None, error, model=model, chunks=len(chunks), runs=deltas.runs_of(chunks))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each element of a stream."""
        if isinstance(raw.reply, list):
            yield from _chunks(raw.reply, [])


FORMAT = Watsonx()


def _is_own(head: dict[str, Json]) -> bool:
    results = head.get("results")
    first = results[0] if isinstance(results, list) and results else None
    return isinstance(first, dict) and isinstance(first.get("generated_text"), str)


def _chunks(items: list[Json], problems: list[Problem]) -> Iterator[Chunk]:
    for number, item in enumerate(items):
        data = cursor(item, number, problems) if len(items) > 1 else Lookup(item, AT, problems)
        found: list[Delta] = []
        usage: dict[str, Json] = {}
        for place, one in enumerate(data.items("results")):
            end = one.text("stop_reason")
            found.append(Delta(place, text=one.text("generated_text"), finish="" if end in STILL else end))
            usage |= {key: one.data[key] for key in COUNTS if key in one.data}
        yield Chunk(number + 1, tuple(found), usage or None, data.data, READ)
