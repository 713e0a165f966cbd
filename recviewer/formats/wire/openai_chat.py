"""OpenAI's chat completions, whole and streamed, from any provider that speaks them (also through litellm).

Source: OpenAI API reference, "Chat completion object" and "chunk object"; what providers add was measured over
10,733 recordings (tests/cases/openai_chat/ has one file for each trap).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import zip_longest

import orjson

from recviewer.exchange.elements import Elements, Flat, flat_of
from recviewer.exchange.encode import written
from recviewer.exchange.model import (
    CallDelta,
    Chunk,
    Delta,
    Failure,
    Json,
    Kind,
    Left,
    Output,
    Problem,
    Reply,
    Request,
)
from recviewer.exchange.shape import PASSED, Shape, Take
from recviewer.formats import deltas
from recviewer.formats.answers import RARE, said_in
from recviewer.formats.contract import Match
from recviewer.formats.deltas import OutputBuilder
from recviewer.formats.failure import error_in
from recviewer.formats.framing import cursor
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, chat_messages, function_call, request_of, tool_call, tool_calls
from recviewer.formats.raw import Raw, unwrap

SHAPE = Shape(
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
TYPES = frozenset({"ChatCompletion", "ChatCompletionChunk", "ModelResponse", "ModelResponseStream"})
CALL_TYPES = ("function", "custom", None, "")

READ = frozenset(
    {
        "choices[].index",
        "choices[].finish_reason",
        "choices[].delta.content",
        "choices[].delta.reasoning",
        "choices[].delta.reasoning_content",
        "choices[].delta.refusal",
        "choices[].delta.role",
        "choices[].delta.tool_calls",
        "choices[].delta.function_call",
        "choices[].delta.audio.transcript",
        "choices[].delta.images",
        "choices[].error",
        "error",
        "usage",
        "x_groq.usage",
    }
)


class OpenAIChat:
    """Chat completions."""

    name = "openai_chat"
    kind = Kind.CHAT
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by type; untyped by `choices[].message` or `choices[].delta`; without a reply by `messages`."""
        if raw.type_name in TYPES:
            return Match.TYPE
        if not raw.type_name and any(_is_chat(head) for head in raw.heads):
            return Match.SHAPE
        if "messages" in raw.body and not raw.url_path.endswith(("/messages", "/api/chat")):
            return Match.ENDPOINT
        return Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read messages; everything else of the body but tools is a parameter."""
        return request_of(raw, chat_messages(body_lookup(raw, problems)), problems, taken=frozenset({"messages"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read a whole completion, or join the chunks of a streamed one."""
        if not isinstance(raw.reply, list):
            return _whole(Lookup(unwrap(raw.reply), "response.body", problems))
        if not raw.sse_events:
            with suppress(TypeError, AttributeError, KeyError, ValueError):
                return _join(raw.reply)
        return _join_carefully(raw, problems)

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each chunk."""
        if isinstance(raw.reply, list):
            yield from read_chunks(raw.reply, [])

    def add_elements(self, raw: Raw, made: Elements, left: list[Left]) -> None:
        """Add each chunk, but look only once at those that differ in nothing but words."""
        for item, event in zip_longest(raw.reply, raw.sse_events):
            data = unwrap(item)
            frame = b"" if event is not None and event.name else _frame(data)
            flat = _KNOWN.get(frame) if frame else None
            if flat is None:
                found: list[Left] = []
                bare, repeated = _without_messages(data)
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
        if "message" in choice:
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


FORMAT = OpenAIChat()


def _is_chat(head: dict[str, Json]) -> bool:
    if head.get("object") in ("chat.completion", "chat.completion.chunk"):
        return True
    choices = head.get("choices")
    if not isinstance(choices, list):
        return "choices" in head and bool(head.get("error"))
    first = choices[0] if choices else None
    return isinstance(first, dict) and (
        isinstance(first.get("message"), dict) or (isinstance(first.get("delta"), dict) and "text" not in first)
    )


def _whole(reply: Lookup) -> Reply:
    outputs = []
    error = error_in(reply.data)
    for place, choice in enumerate(reply.items("choices")):
        error = error or _error_of(choice)
        message = choice.object("message" if choice.data.get("message") is not None else "delta")
        said = said_in(message)
        calls = tool_calls(message) if message.data.get("tool_calls") else []
        calls += function_call(message)
        index = choice.integer("index")
        outputs.append(
            Output(
                place if index is None else index,
                said.content,
                said.reasoning,
                said.refusal,
                tuple(calls),
                choice.text("finish_reason") or None,
                tuple(said.parts),
            )
        )
    outputs.sort(key=lambda output: output.index)
    return Reply(tuple(outputs), _usage_of(reply), error, model=reply.text("model"))


def _error_of(choice: Lookup) -> Failure | None:
    """Return the failure that a choice tells of: an error of its own, or no more than a finish reason."""
    found = error_in(choice.data)
    if found is None and choice.data.get("finish_reason") == "error":
        return Failure("", None, "finish_reason is error")
    return found


def _usage_of(data: Lookup) -> dict[str, Json] | None:
    """Return the usage, also where Groq puts it in a stream."""
    return data.mapping("usage") or data.object("x_groq").mapping("usage") or None


def _join(items: list[Json]) -> Reply:  # noqa: C901 - the pass over most chunks of a tree pays for every call
    """Join well-formed chunks fast. Raises TypeError, AttributeError, KeyError or ValueError on anything odd."""
    builders: dict[int, OutputBuilder] = {}
    runs: list[tuple[str, int]] = []
    last, count = "", 0
    known: list[str] = []
    thoughts: list[str] = []
    usage: dict[str, Json] | None = None
    model = ""
    for item in items:
        data = item.get("__data__", item)
        letter = deltas.NOTHING
        if "error" in data and data["error"]:  # noqa: RUF019 - nearly always absent: `in` is the faster question
            raise ValueError
        found = data.get("usage")
        if found:
            if type(found) is not dict:
                raise TypeError
            usage = found
            letter = deltas.USAGE
        if not model:
            model = data.get("model") or ""
        for choice in data.get("choices") or ():
            if "error" in choice and choice["error"]:  # noqa: RUF019
                raise ValueError
            index = choice.get("index") or 0
            builder = builders.get(index)
            if builder is None:
                if type(index) is not int:
                    raise TypeError
                builder = builders[index] = OutputBuilder()
            delta = choice.get("delta")
            if delta is None:
                if "message" in choice:
                    raise TypeError
                delta = {"content": choice.get("text")}
            keys = [*delta]
            if keys != known:
                if not RARE.isdisjoint(keys):
                    raise ValueError
                known, thoughts = keys, [key for key in ("reasoning", "reasoning_content") if key in delta]
            finish = choice.get("finish_reason")
            if finish:
                if type(finish) is not str or finish == "error" or "x_groq" in data:
                    raise TypeError
                builder.finish = finish
                if letter in "-u":
                    letter = deltas.FINISH
            value = delta.get("refusal")
            if value:
                builder.refusal.append(value)
                if letter in "-uf":
                    letter = deltas.REFUSAL
            if thoughts:
                value = delta[thoughts[0]] or delta[thoughts[-1]]
                if value:
                    builder.reasoning.append(value)
                    if letter in "-ufx":
                        letter = deltas.REASONING
            value = delta.get("content")
            if value:
                builder.content.append(value)
                if letter != deltas.CALL:
                    letter = deltas.TEXT
            value = delta.get("tool_calls")
            if value:
                for entry in value:
                    function = entry.get("function")
                    if function is None:
                        if entry.get("type") not in CALL_TYPES or "custom" in entry:
                            raise TypeError
                        function = {}
                    place, arguments = entry.get("index"), function.get("arguments")
                    if not (place is None or type(place) is int) or not (arguments is None or type(arguments) is str):
                        raise TypeError
                    builder.add_call(place, entry.get("id") or "", function.get("name") or "", arguments or "")
                letter = deltas.CALL
            value = delta.get("function_call")
            if value:
                name, arguments = value.get("name"), value.get("arguments")
                if not (arguments is None or type(arguments) is str):
                    raise TypeError
                if name or arguments:
                    builder.add_call(None, "", name or "", arguments or "")
                    letter = deltas.CALL
        if letter == last:
            count += 1
        else:
            runs.append((last, count))
            last, count = letter, 1
    if items and "x_groq" in data:
        raise ValueError
    runs.append((last, count))
    outputs = tuple([builders[index].build(index) for index in sorted(builders)])
    _check(outputs, usage, model)
    return Reply(outputs, usage, model=model, chunks=len(items), runs=tuple([run for run in runs if run[0]]))


def _check(outputs: tuple[Output, ...], usage: Json, model: Json) -> None:
    """Raise TypeError unless what was taken unseen has the right types."""
    texts: list[Json] = [model]
    for output in outputs:
        if type(output.index) is not int:
            raise TypeError
        texts.append(output.finish_reason)
        for call in output.tool_calls:
            texts += (call.id, call.name)
    if not deltas.is_texts(texts) or not (usage is None or type(usage) is dict):
        raise TypeError


def _join_carefully(raw: Raw, problems: list[Problem]) -> Reply:
    """Join chunks of which some hold what is rare, or values of a wrong type, naming each of these."""
    chunks = list(read_chunks(raw.reply, problems))
    names = [event.name for event in raw.sse_events] or [""] * len(chunks)
    errors = (_error_in_chunk(Lookup(chunk.element, "", []), name) for chunk, name in zip(chunks, names, strict=True))
    models = (Lookup(chunk.element, "", []).text("model") for chunk in chunks)
    return Reply(
        deltas.fold(delta for chunk in chunks for delta in chunk.deltas),
        next((chunk.usage for chunk in reversed(chunks) if chunk.usage), None),
        next((error for error in errors if error is not None), None),
        model=next((model for model in models if model), ""),
        chunks=len(chunks),
        runs=deltas.runs_of(chunks),
    )


def _error_in_chunk(data: Lookup, name: str) -> Failure | None:
    found = error_in(data.data, name) or error_in(data.data.get("x_groq"))
    return found or next((error for error in map(_error_of, data.items("choices")) if error is not None), None)


def read_chunks(items: list[Json], problems: list[Problem]) -> Iterator[Chunk]:
    """Yield the neutral form of chunks, tolerating any JSON value; oddities go to `problems`."""
    thinking: set[int] = set()
    for number, item in enumerate(items):
        data = cursor(item, number, problems)
        found = [_delta(choice, thinking) for choice in data.items("choices")]
        yield Chunk(
            number + 1,
            tuple(found),
            _usage_of(data),
            data.data,
            READ,
        )


def _delta(choice: Lookup, thinking: set[int]) -> Delta:
    """Return what a chunk adds to a choice. thinking: the choices whose thoughts came under a plain key so far."""
    index = choice.integer("index") or 0
    if choice.data.get("delta") is None and choice.data.get("message") is None:
        return Delta(choice=index, text=choice.text("text"), finish=choice.text("finish_reason"))
    delta = choice.object("delta" if choice.data.get("delta") is not None else "message")
    said = said_in(delta)
    if said.is_repeated and index in thinking:
        said.reasoning = ""
    elif said.reasoning and not said.is_repeated:
        thinking.add(index)
    calls = [_fragment(entry) for entry in delta.items("tool_calls")]
    calls += [CallDelta(None, call.id, call.name, call.arguments) for call in function_call(delta)]
    return Delta(
        choice=index,
        role=delta.text("role"),
        text=said.content,
        reasoning=said.reasoning,
        refusal=said.refusal,
        calls=tuple(calls),
        finish=choice.text("finish_reason"),
        parts=tuple(said.parts),
    )


def _fragment(entry: Lookup) -> CallDelta:
    call = tool_call(entry)
    return CallDelta(entry.integer("index"), call.id, call.name, call.arguments)
