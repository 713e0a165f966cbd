"""Text completions of models with a single prompt, in the shapes of several vendors, complete and streamed.

Source: Amazon Bedrock, "Inference request parameters and response fields" (Titan, Llama, Mistral, AI21), Anthropic's
legacy "Text Completions", Aleph Alpha `/complete`.
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
from recviewer.formats.raw import Raw, unwrap

_TEXTS = ("outputText", "generation", "completion")
_ENDS = ("completionReason", "stop_reason", "finish_reason")
_LISTS = ("results", "outputs", "completions")
SHAPE = Shape(
    "invoke",
    taken=(
        *_TEXTS,
        *(f"{end}:last" for end in _ENDS),
        *("results[].outputText", "results[].completionReason:last", "outputs[].text"),
        *("completions[].completion", "completions[].finish_reason:last", "completions[].data.text"),
        *("completions[].finishReason.reason:last", "outputs[].stop_reason:last"),
    ),
    known=(
        *("index", "model", "model_version", "type", "stop", "prompt.*", "completions[].data.*", "completions[].*"),
        *("log_id", "amazon-bedrock-guardrailAction", "amazon-bedrock-trace"),
    ),
)
COUNTS = (
    *("inputTextTokenCount", "totalOutputTextTokenCount", "prompt_token_count", "generation_token_count"),
    *("num_tokens_prompt_total", "num_tokens_generated", "inputTokenCount", "outputTokenCount"),
)
READ = frozenset({*_TEXTS, *_ENDS, *COUNTS})
PROMPTS = ("prompt", "inputText")


class Invoke:
    """One prompt, one or several texts."""

    name = "invoke"
    kind = Kind.COMPLETION
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by the keys of a vendor's text."""
        if raw.type_name:
            return Match.NO
        return Match.SHAPE if any(map(_is_own, raw.heads)) else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the prompt."""
        body = body_lookup(raw, problems)
        asked = [key for key in PROMPTS if isinstance(body.data.get(key), str)]
        messages = [Message("prompt", (Text(body.data[key]),)) for key in asked]
        return request_of(raw, messages, problems, taken=frozenset(asked))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the text and the finish reason."""
        chunks = list(_chunks(raw.reply if isinstance(raw.reply, list) else [unwrap(raw.reply)], problems))
        outputs = deltas.fold(delta for chunk in chunks for delta in chunk.deltas)
        model = next((name for chunk in chunks if isinstance(name := chunk.element.get("model"), str)), "")
        usage: dict[str, Json] = {}
        for chunk in chunks:
            usage |= chunk.usage or {}
        if not isinstance(raw.reply, list) or not raw.is_streaming:
            return Reply(outputs, usage or None, model=model)
        error = first_error(raw.reply)
        return Reply(outputs, usage or None, error, model=model, chunks=len(chunks), runs=deltas.runs_of(chunks))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each element."""
        if isinstance(raw.reply, list) and raw.is_streaming:
            yield from _chunks(raw.reply, [])


FORMAT = Invoke()


def _is_own(head: dict[str, Json]) -> bool:
    if isinstance(head.get("outputText"), str):
        return True
    if isinstance(head.get("generation"), str) and "generation_token_count" in head:
        return True
    if isinstance(head.get("completion"), str) and "stop_reason" in head:
        return True
    for key, inner in (("results", "outputText"), ("completions", "completion"), ("completions", "data")):
        items = head.get(key)
        if isinstance(items, list) and items and isinstance(items[0], dict) and inner in items[0]:
            return True
    items = head.get("outputs")
    first = items[0] if isinstance(items, list) and items else None
    return isinstance(first, dict) and first.keys() == {"text", "stop_reason"}


def _chunks(items: list[Json], problems: list[Problem]) -> Iterator[Chunk]:
    for number, item in enumerate(items):
        data = cursor(item, number, problems) if len(items) > 1 else Lookup(item, AT, problems)
        yield Chunk(number + 1, tuple(_deltas(data)), _usage(data), data.data, READ)


def _usage(data: Lookup) -> dict[str, Json] | None:
    found = {key: data.data[key] for key in COUNTS if key in data.data}
    first = next(iter(data.items("results")), None) if "results" in data.data else None
    if first is not None and "tokenCount" in first.data:
        found["tokenCount"] = first.data["tokenCount"]
    return found or None


def _deltas(data: Lookup) -> Iterator[Delta]:
    listed = [one for key in _LISTS for one in data.items(key)]
    for place, one in enumerate(listed):
        inner = one.object("data") if "data" in one.data else one
        text = "".join(inner.text(key) for key in (*_TEXTS, "text"))
        ended = one.object("finishReason").text("reason") if "finishReason" in one.data else ""
        yield Delta(place, text=text, finish=ended or "".join(one.text(key) for key in _ENDS))
    if not listed:
        text = "".join(data.text(key) for key in _TEXTS)
        yield Delta(text=text, finish="".join(data.text(key) for key in _ENDS))
