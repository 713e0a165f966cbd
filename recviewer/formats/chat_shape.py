"""What the reader of OpenAI's chat takes of a reply, and what else counts.

Where paths cannot express it (content as a list, reasoning under several keys at once), `answers.without_read` removes what
was read from a message.
"""

from __future__ import annotations

import orjson

from recviewer.exchange.encode import exact, written
from recviewer.exchange.model import Json, Left
from recviewer.exchange.not_understood import is_hollow
from recviewer.exchange.shape import Shape
from recviewer.exchange.signs import PASSED, SIZE, passed_value
from recviewer.formats.answers import RARE, without_read, words_of


class ChatShape(Shape):
    """The shape of chat replies, for which paths alone do not tell what was read."""

    __slots__ = ()

    def rest(self, body: Json, left: list[Left]) -> Json:
        """Return what counts of a complete reply besides what its reader took."""
        frame = _frame(body)
        known = _KNOWN.get(frame)
        if known is None:
            found: list[Left] = []
            known = self._rest(body, found), found
            if frame and len(_KNOWN) < KNOWN_MOST and len(frame) <= FRAME_MOST:
                _KNOWN[exact(frame)] = known
        left += known[1]
        return known[0]

    def _rest(self, body: Json, left: list[Left]) -> Json:
        choices = body.get("choices") if type(body) is dict else None
        if type(choices) is list:
            body = {**body, "choices": [_rest_of_choice(choice) for choice in choices]}
        return super().rest(body, left)


HARMLESS = frozenset({"id", "created", "obfuscation", "system_fingerprint", "service_tier"})
"""Keys of a reply or a chunk of which nothing counts."""

KNOWN_MOST = 2_000
FRAME_MOST = 4_000
"""Most frames, and most bytes of one, that a process caches: the answers of a tree have few distinct frames."""

_KNOWN: dict[bytes, tuple[Json, list[Left]]] = {}
"""Cached results of `rest`, by frame."""

_FULL = (*RARE, "function_call")
"""Keys with which a message contains more than texts and tool calls."""

_SAID = ("content", "reasoning", "refusal")
"""Texts of a message that the reader takes."""


def _frame(body: Json) -> bytes:
    """Return a reply with one choice as JSON without the texts that its reader takes and harmless values; b"" for any
    other reply.

    Replies with equal frames do not differ in anything counted here, so most replies of a tree need not be examined.
    """
    try:
        (choice,) = body["choices"]
        message = choice["message"]
        if choice.get("delta") or choice.get("text") or any(map(message.get, _FULL)):
            return b""
        bare = _without_texts(message, _SAID)
        if message.get("reasoning_content"):
            if message["reasoning_content"] != message.get("reasoning"):
                return b""
            bare["reasoning_content"] = PASSED
        if any(type(value) in _NESTED for key, value in bare.items() if key != "tool_calls" and value):
            return b""
        if message.get("tool_calls"):
            bare["tool_calls"] = [_bare_call(call) for call in message["tool_calls"]]
        made = {key: value for key, value in body.items() if key not in HARMLESS}
        made["choices"] = {**choice, "message": bare}
        if choice.get("logprobs") and not is_hollow(choice["logprobs"]):
            made["choices"]["logprobs"] = passed_value(choice["logprobs"])
        if body.get("usage"):
            made["usage"] = SHAPE.passed("usage", body["usage"])
        return orjson.dumps(made, default=written)
    except (KeyError, TypeError, ValueError, AttributeError):
        return b""


_NESTED = frozenset({dict, list})


def _without_texts(value: dict[str, Json], keys: tuple[str, ...]) -> dict[str, Json]:
    """Return an object with its non-empty texts at some keys replaced by a placeholder; other values stay."""
    return {**value, **{key: PASSED for key in keys if type(value.get(key)) is str and value[key]}}


def _bare_call(call: Json) -> Json:
    """Return a call without its id, name and arguments if those are texts."""
    return {**_without_texts(call, ("id",)), "function": _without_texts(call["function"], ("name", "arguments"))}


def _rest_of_choice(choice: Json) -> Json:
    """Return a choice of a complete reply without what was read. A delta beside its message was not read."""
    if type(choice) is not dict:
        return choice
    key = "message" if choice.get("message") is not None else "delta"
    message = choice.get(key)
    made = choice
    if type(message) is dict:
        made = {**choice, key: without_read(message)}
        parts = message.get("content")
        if type(parts) is list and len(parts) > 1:  # the reader joins the parts; where one ends counts
            made[key] = {**made[key], SIZE: [len(words_of(part)) for part in parts]}
    if key == "message" and choice.get("delta"):
        made = {name: value for name, value in made.items() if name != "delta"} | {"beside": choice["delta"]}
    if (key == "message" or message is None) and choice.get("text"):  # of a text completion, whose reader takes it
        made = {name: value for name, value in made.items() if name != "text"} | {"text beside": choice["text"]}
    return made


SHAPE = ChatShape(
    "openai_chat",
    taken=(
        "choices[].finish_reason:last",
        "choices[].delta.annotations:each",  # clients add each of these to what they have
        "choices[].delta.audio.data:each",
        *(
            f"choices[].{holder}.{path}"
            for holder in ("message", "delta")
            for path in (
                "content",
                "reasoning",
                "refusal",
                "function_call.name",
                "function_call.arguments:written",
                "tool_calls[].id",
                "tool_calls[].index:whole",
                "tool_calls[].function.name",
                "tool_calls[].function.arguments:written",
                "tool_calls[].custom.name",
                "tool_calls[].custom.input:written",
            )
        ),
    ),
    known=(
        "object",
        "model",
        "amazon-bedrock-*",
        "choices[].index",
        "choices[].beside",
        "choices[].stop_reason",
        "choices[].native_finish_reason",
        "choices[].seed",
        "choices[].token_ids",
        "choices[].prompt_token_ids",
        "choices[].content_filter_result",
        "choices[].content_filter_offsets",
        *(
            f"choices[].{holder}.{path}"
            for holder in ("message", "delta")
            for path in (
                "role",
                SIZE,
                "name",
                "annotations",
                "audio.*",
                "content[].*",
                "graph_data",
                "images[].*",
                "provider_metadata",
                "reasoning_details[].*",
                "thinking_blocks[].*",
                "reasoning_beside",
                "reasoning_text",
                "thinking",
                "token_id",
                "tool_calls[].type",
                "provider_specific_fields",
            )
        ),
        "citations",
        "code",
        "detail",
        "error_type",
        "message",
        "param",
        "provider",
        "search_results",
        "type",
        "model_id",
        "model_version",
        "system",
        "venice_parameters",
        "x_groq.seed",
        "kv_transfer_params",
        "prompt",
        "prompt_token_ids",
        "provider_specific_fields",
    ),
    twins=(
        ("choices[].message.reasoning_content", "reasoning"),
        ("choices[].delta.reasoning_content", "reasoning"),
        ("choices[].text", "delta.content"),
    ),
    alternatives=tuple((f"choices[].{holder}.tool_calls[]", ("function", "custom")) for holder in ("message", "delta")),
)
