"""OpenAI's chat completions, whole and streamed, from any provider that speaks them (also through litellm).

Source: OpenAI API reference, "Chat completion object" and "chunk object"; what providers add was measured over
10,733 recordings (tests/cases/openai_chat/ has one file for each trap).
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import (
    CallDelta,
    Chunk,
    Delta,
    Json,
    Kind,
    Output,
    Problem,
    Reply,
    Request,
    ToolCall,
)
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.deltas import OutputBuilder, Runs
from recviewer.formats.framing import cursor
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import arguments_text, body_lookup, chat_messages, request_of, tool_calls
from recviewer.formats.raw import Raw, unwrap

TYPES = frozenset({"ChatCompletion", "ChatCompletionChunk", "ModelResponse", "ModelResponseStream"})
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
        "usage",
    }
)


class OpenAIChat:
    """Chat completions."""

    name = "openai_chat"
    kind = Kind.CHAT

    def match(self, raw: Raw) -> Match:
        """Match by type; untyped by `choices[].message` or `choices[].delta`; without a reply by `messages`."""
        if raw.type_name in TYPES:
            return Match.TYPE
        choices = raw.first.get("choices")
        if not raw.type_name and isinstance(choices, list):
            if raw.first.get("object") in ("chat.completion", "chat.completion.chunk"):
                return Match.SHAPE
            first = choices[0] if choices else None
            if isinstance(first, dict) and (
                isinstance(first.get("message"), dict) or (isinstance(first.get("delta"), dict) and "text" not in first)
            ):
                return Match.SHAPE
        if "messages" in raw.body and not raw.url_path.endswith(("/messages", "/api/chat")):
            return Match.ENDPOINT
        return Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read messages; everything else of the body but tools is a parameter."""
        return request_of(raw, chat_messages(body_lookup(raw, problems)), problems, taken=frozenset({"messages"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read a whole completion, or join the chunks of a streamed one."""
        if isinstance(raw.reply, list):
            try:
                return _join(raw.reply)
            except (TypeError, AttributeError, KeyError, ValueError):
                return _join_carefully(raw.reply, problems)
        return _whole(Lookup(unwrap(raw.reply), "response.body", problems))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each chunk."""
        if isinstance(raw.reply, list):
            yield from read_chunks(raw.reply, [])


FORMAT = OpenAIChat()


def _whole(reply: Lookup) -> Reply:
    outputs = []
    for place, choice in enumerate(reply.items("choices")):
        message = choice.object("message")
        calls = tool_calls(message) if message.data.get("tool_calls") else []
        if message.data.get("function_call"):
            call = message.object("function_call")
            calls.append(ToolCall("", call.text("name"), arguments_text(call, "arguments")))
        index = choice.integer("index")
        outputs.append(
            Output(
                place if index is None else index,
                message.text("content"),
                message.text("reasoning") or message.text("reasoning_content"),
                message.text("refusal"),
                tuple(calls),
                choice.text("finish_reason") or None,
            )
        )
    outputs.sort(key=lambda output: output.index)
    return Reply(tuple(outputs), reply.mapping("usage") or None, model=reply.text("model"))


def _join(items: list[Json]) -> Reply:  # noqa: C901 - the pass over most chunks of a tree pays for every call
    """Join well-formed chunks fast. Raises TypeError, AttributeError, KeyError or ValueError on anything odd."""
    builders: dict[int, OutputBuilder] = {}
    runs = Runs()
    usage: dict[str, Json] | None = None
    model = ""
    for item in items:
        data = item.get("__data__", item)
        letter = deltas.NOTHING
        found = data.get("usage")
        if found:
            if type(found) is not dict:
                raise TypeError
            usage = found
            letter = deltas.USAGE
        if not model:
            model = data.get("model") or ""
        for choice in data.get("choices") or ():
            index = choice.get("index") or 0
            if type(index) is not int:
                raise TypeError
            builder = builders.get(index)
            if builder is None:
                builder = builders[index] = OutputBuilder()
            delta = choice.get("delta")
            if delta is None:
                delta = {"content": choice.get("text")}
            finish = choice.get("finish_reason")
            if finish:
                if type(finish) is not str:
                    raise TypeError
                builder.finish = finish
                if letter in "-u":
                    letter = deltas.FINISH
            value = delta.get("refusal")
            if value:
                builder.refusal.append(value)
                if letter in "-uf":
                    letter = deltas.REFUSAL
            value = delta.get("reasoning") or delta.get("reasoning_content")
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
                    function = entry.get("function") or {}
                    place, arguments = entry.get("index"), function.get("arguments")
                    if not (place is None or type(place) is int) or not (arguments is None or type(arguments) is str):
                        raise TypeError
                    builder.add_call(place, entry.get("id") or "", function.get("name") or "", arguments or "")
                letter = deltas.CALL
            value = delta.get("function_call")
            if value:
                arguments = value.get("arguments")
                if not (arguments is None or type(arguments) is str):
                    raise TypeError
                builder.add_call(None, "", value.get("name") or "", arguments or "")
                letter = deltas.CALL
        runs.add(letter)
    outputs = tuple([builders[index].build(index) for index in sorted(builders)])
    _check(outputs, usage, model)
    return Reply(outputs, usage, model=model, chunks=len(items), runs=runs.build())


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


def _join_carefully(items: list[Json], problems: list[Problem]) -> Reply:
    """Join chunks of which some hold values of a wrong type, naming each."""
    chunks = list(read_chunks(items, problems))
    usage = next((chunk.usage for chunk in reversed(chunks) if chunk.usage), None)
    models = (Lookup(unwrap(item), "", []).text("model") for item in items)
    return Reply(
        deltas.fold(delta for chunk in chunks for delta in chunk.deltas),
        usage,
        model=next((model for model in models if model), ""),
        chunks=len(items),
        runs=deltas.runs_of(chunks),
    )


def read_chunks(items: list[Json], problems: list[Problem]) -> Iterator[Chunk]:
    """Yield the neutral form of chunks, tolerating any JSON value; oddities go to `problems`."""
    for number, item in enumerate(items):
        data = cursor(item, number, problems)
        found = [_delta(choice) for choice in data.items("choices")]
        yield Chunk(
            number + 1,
            tuple(found),
            data.mapping("usage") or None,
            data.data,
            READ,
        )


def _delta(choice: Lookup) -> Delta:
    delta = choice.object("delta")
    calls = []
    for entry in delta.items("tool_calls"):
        function = entry.object("function")
        calls.append(
            CallDelta(
                entry.integer("index"), entry.text("id"), function.text("name"), arguments_text(function, "arguments")
            )
        )
    if delta.data.get("function_call"):
        function = delta.object("function_call")
        calls.append(CallDelta(None, "", function.text("name"), arguments_text(function, "arguments")))
    return Delta(
        choice=choice.integer("index") or 0,
        role=delta.text("role"),
        text=delta.text("content") if choice.data.get("delta") is not None else choice.text("text"),
        reasoning=delta.text("reasoning") or delta.text("reasoning_content"),
        refusal=delta.text("refusal"),
        calls=tuple(calls),
        finish=choice.text("finish_reason"),
    )
