"""OpenAI's legacy text completions, complete and streamed, typed or untyped.

Source: OpenAI API reference, "Completions (legacy)"; Together repeats the text as `delta.content`, so only one is read.
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Delta, Json, JsonPart, Kind, Message, Problem, Reply, Request, Text
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.failure import error_in
from recviewer.formats.framing import cursor
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw, unwrap

SHAPE = Shape(
    "openai_completion",
    taken=("choices[].text", "choices[].finish_reason:last"),
    known=(
        "choices[].index",
        "object",
        "model",
        "prompt",
        "choices[].stop_reason",
        "choices[].seed",
        "choices[].token_ids",
        "choices[].prompt_token_ids",
        "choices[].delta.content",
        "choices[].delta.role",
        "choices[].delta.token_id",
        "kv_transfer_params",
    ),
)
READ = frozenset({"choices[].index", "choices[].text", "choices[].finish_reason", "choices[].delta.content", "usage"})


class OpenAICompletion:
    """Text completions."""

    name = "openai_completion"
    kind = Kind.COMPLETION
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by type; if untyped, by `choices[].text`; without a reply, by `prompt` and the endpoint."""
        if raw.type_name == "Completion":
            return Match.TYPE
        if not raw.type_name and any(_is_completion(head) for head in raw.heads):
            return Match.SHAPE
        if "prompt" in raw.body and raw.endpoint.endswith("/completions"):
            return Match.ENDPOINT
        return Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the prompt, text or a list."""
        body = body_lookup(raw, problems)
        prompt = body.data.get("prompt")
        prompts = prompt if isinstance(prompt, list) and any(isinstance(item, str) for item in prompt) else [prompt]
        messages = [
            Message("prompt", (Text(item) if isinstance(item, str) else JsonPart(item),))
            for item in prompts
            if item is not None
        ]
        return request_of(raw, messages, problems, taken=frozenset({"prompt"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read a whole completion, or join the texts of a streamed one."""
        if not isinstance(raw.reply, list):
            reply = Lookup(unwrap(raw.reply), "response.body", problems)
            delta_list = [_delta(choice, place) for place, choice in enumerate(reply.items("choices"))]
            usage = reply.mapping("usage") or None
            return Reply(deltas.fold(delta_list), usage, error_in(reply.data), model=reply.text("model"))
        chunks = list(_chunks(raw.reply, problems))
        models = (Lookup(chunk.element, "", []).text("model") for chunk in chunks)
        names = [event.name for event in raw.sse_events] or [""] * len(chunks)
        errors = (error_in(chunk.element, name) for chunk, name in zip(chunks, names, strict=True))
        return deltas.joined(chunks, errors, model=next((model for model in models if model), ""), told=chunks)

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each chunk."""
        if isinstance(raw.reply, list):
            yield from _chunks(raw.reply, [])


FORMAT = OpenAICompletion()


def _is_completion(head: dict[str, Json]) -> bool:
    choices = head.get("choices")
    if head.get("object") == "text_completion":
        return isinstance(choices, list) or bool(head.get("error"))
    first = choices[0] if isinstance(choices, list) and choices else None
    return isinstance(first, dict) and "text" in first and "message" not in first


def _chunks(items: list[Json], problems: list[Problem]) -> Iterator[Chunk]:
    for number, item in enumerate(items):
        data = cursor(item, number, problems)
        yield Chunk(
            number + 1,
            tuple([_delta(choice, 0) for choice in data.items("choices")]),
            data.mapping("usage") or None,
            data.data,
            READ,
        )


def _delta(choice: Lookup, place: int) -> Delta:
    text = choice.text("text")
    if not text and choice.data.get("delta") is not None:
        text = choice.object("delta").text("content")
    index = choice.integer("index")
    end = choice.text("finish_reason" if "finish_reason" in choice.data else "stop_reason")  # the latter alone: Bedrock
    return Delta(choice=place if index is None else index, text=text, finish=end)
