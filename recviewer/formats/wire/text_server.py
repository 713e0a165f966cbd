"""Text completions of servers that run a model themselves, complete and streamed.

Source: text-generation-inference `/generate`, `/generate_stream` and Hugging Face's "Text generation" (a list with a
text for each sequence); llama.cpp's server, `/completion`; Triton's `/generate`; KoboldCpp `/api/v1/generate`; SGLang
`/generate` (not its streams, which repeat the whole text in each element).
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Delta, Json, JsonPart, Kind, Message, Problem, Reply, Request, Text
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.failure import first_error
from recviewer.formats.framing import AT, cursor
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw

_ENDS = ("details.finish_reason", "stop_type", "meta_info.finish_reason.type", "results[].finish_reason")
SHAPE = Shape(
    "text_server",
    taken=(
        *("generated_text", "[].generated_text", "content", "text", "text_output", "results[].text"),
        *(f"{end}:last" for end in _ENDS),
        "[].details.finish_reason:last",
    ),
    known=(
        *("index", "token.*", "top_tokens", "details.*", "[].details.*"),
        *("generation_settings.*", "id_slot", "prompt", "stop", "stopping_word", "stopped_*", "timings.*", "tokens"),
        *(
            "tokens_cached",
            "tokens_evaluated",
            "tokens_predicted",
            "truncated",
            "has_new_line",
            "completion_probabilities",
            "model",
            "slot_id",
            "multimodal",
        ),
        *(
            "model_name",
            "model_version",
            "sequence_*",
            "output_ids",
            "meta_info.*",
            "meta_info.finish_reason.*",
            "results[].*",
        ),
    ),
)
COUNTS = ("tokens_evaluated", "tokens_predicted", "prompt_tokens", "completion_tokens")
READ = frozenset({"generated_text", "token.text", "content", "text_output", *_ENDS, *COUNTS})
PROMPTS = ("inputs", "prompt", "text_input", "text")


class TextServer:
    """One prompt; one text, or one for each sequence that was asked for."""

    name = "text_server"
    kind = Kind.COMPLETION
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by the keys that a server puts beside its text."""
        if raw.type_name:
            return Match.NO
        own = map(_is_own, raw.heads)
        is_sequence = isinstance(raw.reply, list) and _is_stream(raw)
        if is_sequence and "meta_info" in raw.first:
            return Match.NO
        return Match.SHAPE if any(own) else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the prompt."""
        body = body_lookup(raw, problems)
        asked = [key for key in PROMPTS if isinstance(body.data.get(key), str)][:1]
        messages = [Message("prompt", (Text(body.data[key]),)) for key in asked]
        return request_of(raw, messages, problems, taken=frozenset(asked))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the text, or one text for each item of a list that is no stream."""
        if not isinstance(raw.reply, list):
            reply = Lookup(raw.reply, AT, problems)
            return Reply(deltas.fold(_deltas(reply)), _usage(reply), model=_model(reply.data), is_whole=True)
        if not _is_stream(raw):
            items = [Lookup(item, f"{AT}[{place}]", problems) for place, item in enumerate(raw.reply)]
            outputs = deltas.fold(_one_text(item, place) for place, item in enumerate(items))
            return Reply(outputs, is_whole=True)
        chunks = list(_chunks(raw.reply, problems))
        usage: dict[str, Json] = {}
        for chunk in chunks:
            usage |= chunk.usage or {}
        model = next((name for chunk in chunks if (name := _model(chunk.element))), "")
        outputs = deltas.fold(delta for chunk in chunks for delta in chunk.deltas)
        error = first_error(raw.reply)
        runs, is_whole = deltas.runs_of(chunks), bool(chunks) and _is_last(chunks[-1].element)
        return Reply(outputs, usage or None, error, model=model, chunks=len(chunks), runs=runs, is_whole=is_whole)

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each element of a stream."""
        if isinstance(raw.reply, list) and _is_stream(raw):
            yield from _chunks(raw.reply, [])


FORMAT = TextServer()


def _is_own(head: dict[str, Json]) -> bool:
    token, results = head.get("token"), head.get("results")
    if isinstance(token, dict) and isinstance(token.get("text"), str) and "generated_text" in head:
        return True
    if isinstance(head.get("generated_text"), str) or isinstance(head.get("text_output"), str):
        return True
    if isinstance(head.get("content"), str) and isinstance(head.get("stop"), bool):
        return True
    if isinstance(head.get("text"), str) and isinstance(head.get("meta_info"), dict):
        return True
    first = results[0] if isinstance(results, list) and results else None
    return isinstance(first, dict) and head.keys() == {"results"} and {"text"} <= first.keys() <= _KOBOLD


_KOBOLD = {"text", "finish_reason", "prompt_tokens", "completion_tokens", "tool_calls", "logprobs"}


def _is_stream(raw: Raw) -> bool:
    """Tell whether a list of elements is one text: it was sent as a stream, or its elements are single tokens."""
    return bool(raw.is_streaming or raw.sse_events or "token" in raw.first)


def _is_last(element: Json) -> bool:
    """Tell whether an element may be the last of a stream: it is marked as such, or is one of Triton, which marks none.

    text-generation-inference sends the whole text last, and a reason only if the request asks for details.
    """
    if not isinstance(element, dict):
        return False
    return element.get("stop") is True or any(
        isinstance(element.get(key), str) for key in ("generated_text", "text_output")
    )


_OLDER_ENDS = {"stopped_limit": "limit", "stopped_word": "word", "stopped_eos": "eos"}
"""What llama.cpp sent before `stop_type`."""


def _model(data: dict[str, Json]) -> str:
    return next((name for key in ("model", "model_name") if isinstance(name := data.get(key), str)), "")


def _usage(data: Lookup) -> dict[str, Json] | None:
    meta = data.data.get("meta_info")
    holder = meta if isinstance(meta, dict) else data.data
    return {key: holder[key] for key in COUNTS if key in holder} or None


def _finish(data: Lookup) -> str:
    if isinstance(data.data.get("details"), dict):
        return data.object("details").text("finish_reason")
    meta = data.data.get("meta_info")
    if isinstance(meta, dict):
        return Lookup(meta.get("finish_reason"), f"{data.where('meta_info')}.finish_reason", data.problems).text("type")
    if "stop_type" in data.data:
        return data.text("stop_type")
    return next((reason for key, reason in _OLDER_ENDS.items() if data.data.get(key) is True), "")


def _deltas(data: Lookup) -> Iterator[Delta]:
    if isinstance(data.data.get("results"), list):
        for number, one in enumerate(data.items("results")):
            yield Delta(number, text=one.text("text"), finish=one.text("finish_reason"))
    else:
        yield _one_text(data, 0)


def _one_text(data: Lookup, place: int) -> Delta:
    text = "".join(data.text(key) for key in ("generated_text", "content", "text_output", "text"))
    return Delta(place, text=text, finish=_finish(data))


def _chunks(items: list[Json], problems: list[Problem]) -> Iterator[Chunk]:
    said = ""
    for number, item in enumerate(items):
        data = cursor(item, number, problems)
        if isinstance(data.data.get("token"), dict):
            token, whole = data.object("token"), data.data.get("generated_text")
            text = "" if token.data.get("special") is True else token.text("text")
            said += text
            is_other = isinstance(whole, str) and whole != said
            parts = (JsonPart({"generated_text": whole}),) if is_other else ()
            found = [Delta(text=text, finish=_finish(data), parts=parts)]
        else:
            found = list(_deltas(data))
        yield Chunk(number + 1, tuple(found), _usage(data), data.data, READ)
