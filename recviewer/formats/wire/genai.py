"""Google's genai SDK: `generate_content` and its stream, recorded as bare dicts with the SDK's snake_case keys.

Source: google-genai SDK types `GenerateContentResponse`, `Candidate`, `Part`. Function calls are whole and have no id.
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import (
    CallDelta,
    Chunk,
    Delta,
    File,
    Json,
    JsonPart,
    Kind,
    Message,
    Part,
    Problem,
    Reasoning,
    Reply,
    Request,
    Text,
    ToolCall,
    ToolResult,
)
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.framing import cursor
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import arguments_text, body_lookup, request_of
from recviewer.formats.raw import Raw, unwrap

READ = frozenset(
    {
        "candidates[].content.parts[].text",
        "candidates[].content.parts[].function_call",
        "candidates[].content.role",
        "candidates[].finish_reason",
        "candidates[].index",
        "usage_metadata",
    }
)


class GenAI:
    """Gemini through Google's SDK."""

    name = "genai"
    kind = Kind.GENAI

    def match(self, raw: Raw) -> Match:
        """Match by `candidates` or genai's own keys; without a reply by the endpoint."""
        if not raw.type_name and ("candidates" in raw.first or "usage_metadata" in raw.first):
            return Match.SHAPE
        if raw.type_name == "GenerateContentResponse":
            return Match.TYPE
        return Match.ENDPOINT if raw.url_path.rpartition("/")[2].startswith("generate_content") else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read `config.system_instruction`, `contents` and `config.tools`; `config` stays a parameter."""
        body = body_lookup(raw, problems)
        config = body.data.get("config")
        messages = []
        system = config.get("system_instruction") if isinstance(config, dict) else None
        if isinstance(system, str):
            messages.append(Message("system", (Text(system),)))
        elif isinstance(system, dict):
            messages.append(Message("system", tuple(_parts(body.object("config").object("system_instruction")))))
        contents = body.data.get("contents")
        if isinstance(contents, str):
            messages.append(Message("user", (Text(contents),)))
        else:
            messages += [Message(turn.text("role") or "user", tuple(_parts(turn))) for turn in body.items("contents")]
        request = request_of(raw, messages, problems, taken=frozenset({"contents"}))
        tools = config.get("tools") if isinstance(config, dict) else None
        if not isinstance(config, dict) or not isinstance(tools, list) or not tools:
            return request
        params = dict(request.params)
        params["config"] = {key: value for key, value in config.items() if key != "tools"}
        return Request(request.messages, params, (*request.tools, *tools), request.body)

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Join the parts of each candidate; thoughts are reasoning; the last usage counts."""
        items = raw.reply if isinstance(raw.reply, list) else [raw.reply]
        chunks = list(_chunks(items, problems))
        models = (Lookup(unwrap(item), "", []).text("model_version") for item in items)
        streamed = isinstance(raw.reply, list)
        return Reply(
            deltas.fold(delta for chunk in chunks for delta in chunk.deltas),
            next((chunk.usage for chunk in reversed(chunks) if chunk.usage), None),
            model=next((model for model in models if model), ""),
            chunks=len(items) if streamed else 0,
            runs=deltas.runs_of(chunks) if streamed else (),
        )

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each chunk."""
        if isinstance(raw.reply, list):
            yield from _chunks(raw.reply, [])


FORMAT = GenAI()


def _parts(turn: Lookup) -> Iterator[Part]:
    for part in turn.items("parts"):
        data = part.data
        if data.get("text") is not None:
            text = part.text("text")
            yield Reasoning(text) if data.get("thought") is True else Text(text)
        elif data.get("function_call") is not None:
            call = part.object("function_call")
            yield ToolCall(call.text("id"), call.text("name"), arguments_text(call, "args"))
        elif data.get("function_response") is not None:
            answer = part.object("function_response")
            yield ToolResult(answer.text("id"), answer.text("name"), (JsonPart(answer.data.get("response")),))
        elif data.get("inline_data") is not None:
            inline = part.object("inline_data")
            yield File(inline.text("display_name") or inline.text("mime_type"), "", inline.text("data"))
        else:
            yield JsonPart(data)


def _chunks(items: list[Json], problems: list[Problem]) -> Iterator[Chunk]:
    for number, item in enumerate(items):
        data = cursor(item, number, problems)
        yield Chunk(
            number + 1,
            tuple([_delta(candidate, place) for place, candidate in enumerate(data.items("candidates"))]),
            data.mapping("usage_metadata") or None,
            data.data,
            READ,
        )


def _delta(candidate: Lookup, place: int) -> Delta:
    texts: list[str] = []
    thoughts: list[str] = []
    calls = []
    content = candidate.object("content")
    for part in content.items("parts"):
        text = part.text("text")
        (thoughts if part.data.get("thought") is True else texts).append(text)
        if part.data.get("function_call") is not None:
            call = part.object("function_call")
            calls.append(CallDelta(None, call.text("id"), call.text("name"), arguments_text(call, "args")))
    index = candidate.integer("index")
    return Delta(
        choice=place if index is None else index,
        role=content.text("role"),
        text="".join(texts),
        reasoning="".join(thoughts),
        calls=tuple(calls),
        finish=candidate.text("finish_reason"),
    )
