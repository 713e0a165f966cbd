"""What the reader of OpenAI's chat takes of a reply, and what counts besides.

Where paths do not tell it (content as a list, thoughts under several keys at once), `answers.untold` leaves out of a
message what was read.
"""

from __future__ import annotations

from itertools import zip_longest

import orjson

from recviewer.exchange.elements import Elements, Flat, flat_of
from recviewer.exchange.encode import written
from recviewer.exchange.model import Json, Left
from recviewer.exchange.shape import PASSED, Shape, Take
from recviewer.formats.answers import RARE, THOUGHTS, untold
from recviewer.formats.raw import Raw, unwrap


class ChatShape(Shape):
    """The shape of chat replies, of which paths alone do not tell what was read."""

    __slots__ = ()

    def rest(self, body: Json, left: list[Left]) -> Json:
        """Return what counts of a whole reply besides what its reader took."""
        choices = body.get("choices") if type(body) is dict else None
        if type(choices) is list:
            body = {**body, "choices": [_untold_choice(choice) for choice in choices]}
        return super().rest(body, left)


def _untold_choice(choice: Json) -> Json:
    """Return a choice of a whole reply without what was read. A delta beside its message was not."""
    if type(choice) is not dict:
        return choice
    key = "message" if choice.get("message") is not None else "delta"
    message = choice.get(key)
    made = {**choice, key: untold(message)} if type(message) is dict else choice
    if key == "message" and choice.get("delta"):
        made = {name: value for name, value in made.items() if name != "delta"} | {"beside": choice["delta"]}
    return made


SHAPE = ChatShape(
    "openai_chat",
    taken=(
        "choices[].finish_reason:last",
        *(
            f"choices[].{holder}.{path}"
            for holder in ("message", "delta")
            for path in (
                "content",
                "reasoning",
                "refusal",
                "function_call.name",
                "function_call.arguments:any",
                "tool_calls[].id",
                "tool_calls[].index:whole",
                "tool_calls[].function.name",
                "tool_calls[].function.arguments:any",
                "tool_calls[].custom.name",
                "tool_calls[].custom.input:any",
            )
        ),
    ),
    known=(
        "object",
        "model",
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
                "name",
                "annotations",
                "audio.*",
                "content[].*",
                "images[].*",
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
)


def add_chunks(raw: Raw, made: Elements, left: list[Left]) -> None:
    """Add each chunk, but look only once at those that differ in nothing but words."""
    thinking: set[int] = set()
    for item, event in zip_longest(raw.reply, raw.sse_events):
        data = unwrap(item)
        frame = b"" if event is not None and event.name else _frame(data)
        flat = _KNOWN.get(frame) if frame else None
        if flat is None:
            found: list[Left] = []
            bare, repeated = _without_messages(data)
            bare = _untold(bare, thinking)
            flat = flat_of(bare, SHAPE, found, event=event.name if event is not None else "")
            flat |= {(path, Take.FINAL): message for path, message in repeated.items()}
            left += found
            if frame and not found and len(_KNOWN) < _KNOWN_MOST:
                _KNOWN[frame] = flat
        made.add(flat)


def _without_messages(data: Json) -> tuple[Json, dict[str, Json]]:
    """Return a chunk without the messages that stand beside its deltas, and those by their paths.

    They repeat all that was said so far, so that only the last one counts.
    """
    choices = data.get("choices") if type(data) is dict else None
    if type(choices) is not list or not any(
        type(one) is dict and "delta" in one and "message" in one for one in choices
    ):
        return data, {}
    bare, found = [], {}
    for place, choice in enumerate(choices):
        if type(choice) is dict and "delta" in choice and "message" in choice:
            found[f"choices[{choice.get('index', place)}].message"] = choice["message"]
            choice = {key: value for key, value in choice.items() if key != "message"}
        bare.append(choice)
    return {**data, "choices": bare}, found


def _untold(data: Json, thinking: set[int]) -> Json:
    """Return a chunk without what was read where no path tells that. thinking: choices whose thoughts had a plain key."""
    choices = data.get("choices") if type(data) is dict else None
    if type(choices) is not list:
        return data
    made = []
    for choice in choices:
        delta = choice.get("delta") if type(choice) is dict else None
        if type(delta) is dict:
            index = choice.get("index") or 0
            is_plain = any(delta.get(key) for key in THOUGHTS)
            bare = untold(delta, thinks=type(index) is int and index in thinking)
            if is_plain and type(index) is int:
                thinking.add(index)
            choice = choice if bare is delta else {**choice, "delta": bare}
        made.append(choice)
    return {**data, "choices": made}


_KNOWN: dict[bytes, Flat] = {}
"""What counts of chunks with one frame: the streams of a tree have few different ones."""

_KNOWN_MOST = 2_000
_PASSED = {"id": "", "created": 0, "obfuscation": "", "system_fingerprint": "", "service_tier": ""}


def _frame(data: Json) -> bytes:
    """Return a chunk without what its one choice says and what is harmless, as text; b"" for one that has more than that.

    Chunks with one frame differ in nothing but words that the reader takes: most of a stream need not be looked at.
    """
    try:
        (choice,) = data["choices"]
        delta = choice["delta"]
        if "message" in choice or not RARE.isdisjoint(delta):
            return b""
        words, thought = delta.get("content"), delta.get("reasoning")
        if not (words is None or type(words) is str) or not (thought is None or type(thought) is str):
            return b""
        bare_delta = {**delta, "content": "", "reasoning": ""}
        bare = {**choice, "obfuscation": "", "delta": bare_delta}
        for holder, key, twin in ((bare_delta, "reasoning_content", thought), (bare, "text", words)):
            if holder.get(key):
                if holder[key] != twin:
                    return b""
                holder[key] = PASSED
        if choice.get("logprobs"):
            bare["logprobs"] = PASSED
        if delta.get("tool_calls"):
            bare_delta["tool_calls"] = [_bare_call(call) for call in delta["tool_calls"]]
        frame = {**data, **_PASSED, "choices": bare}
        if data.get("usage"):
            frame["usage"] = SHAPE.passed("usage", data["usage"])
        return orjson.dumps(frame, default=written)
    except (KeyError, TypeError, ValueError, AttributeError):
        return b""


def _bare_call(call: Json) -> Json:
    """Return a fragment of a call without its id and its arguments, where they are texts."""
    function = call["function"]
    for value in (call.get("id"), function.get("name"), function.get("arguments")):
        if value is not None and type(value) is not str:
            raise TypeError
    return {**call, "id": "", "function": {**function, "arguments": "", "name": ""}}
