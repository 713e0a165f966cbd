"""Builders of requests and responses in the very shapes the recorder writes: key order, null padding, type paths."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

Json = Any

OPENAI = "https://api.openai.com/v1"
AZURE = "https://assistant-team.openai.azure.com/openai/v1"
TOGETHER = "https://api.together.xyz/v1"
BEDROCK = "https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1"
WATSONX = "https://us-south.ml.cloud.ibm.com"
VLLM = "http://localhost:8000/v1"
OLLAMA = "http://0.0.0.0:11434"
GOOGLE = "https://generativelanguage.googleapis.com"

REC = "rec-............"
"""Stands for the normalised response id, which holds the first 12 digits of the request's hash."""

EPOCH = "1970-01-01T00:00:00.000000Z"


@dataclass(frozen=True)
class Scene:
    """One recording of the demo tree.

    suite: directory of the test. test_id: None is written as null, "" is left out of the file (first days).
    named: the rule its file is named by, see `naming.request_hash`. edit: (old, new) text replaced after naming.
    """

    suite: str
    test_id: str | None
    request: dict[str, Json]
    response: dict[str, Json]
    named: str = "current"
    edit: tuple[str, str] | None = None
    mapping: tuple[tuple[str, str], ...] = ()


def pieces(text: str, grain: int = 1) -> list[str]:
    """Cut a text as a tokenizer would, `grain` tokens to a piece; joined again, the pieces are the text."""
    words = re.findall(r"\s?\w{1,8}|\s?[^\w\s]|\s", text)
    return ["".join(words[place : place + grain]) for place in range(0, len(words), grain)]


def typed(path: str, data: dict[str, Json]) -> dict[str, Json]:
    """Wrap a value in the recorder's envelope for Python types."""
    return {"__type__": path, "__data__": data}


def post(base: str, endpoint: str, body: dict[str, Json], sdk: str = "") -> dict[str, Json]:
    """Build an inference request."""
    request = {
        "method": "POST",
        "url": base + endpoint,
        "headers": {},
        "body": body,
        "endpoint": endpoint,
        "model": body.get("model", ""),
    }
    if sdk:
        request["provider_metadata"] = {"openai_sdk_version": sdk}
    return request


def chat(base: str, model: str, messages: list[Json], **params: Json) -> dict[str, Json]:
    """Build a chat request; parameters follow in the order given."""
    return post(base, "/v1/chat/completions", {"model": model, "messages": messages, **params}, sdk="2.30.0")


STREAM = {"stream": True, "stream_options": {"include_usage": True}}


def user(content: str | list[Json]) -> dict[str, Json]:
    """Build a user's message."""
    return {"role": "user", "content": content}


def called(call_id: str, name: str, arguments: dict[str, Json], content: str = "") -> dict[str, Json]:
    """Build an assistant's message with one tool call, as the next request repeats it."""
    function = {"name": name, "arguments": json.dumps(arguments)}
    call = {"index": 0, "id": call_id, "type": "function", "function": function}
    return {"role": "assistant", "content": content, "tool_calls": [call]}


def result(call_id: str, *texts: str) -> dict[str, Json]:
    """Build a tool's message, a list of text parts."""
    parts = [{"type": "text", "text": text} for text in texts]
    return {"role": "tool", "tool_call_id": call_id, "content": parts}


def function(name: str, description: str, required: tuple[str, ...] = (), **properties: str) -> dict[str, Json]:
    """Declare a tool whose parameters are all strings with a description."""
    schema = {
        "type": "object",
        "properties": {key: {"type": "string", "description": text} for key, text in properties.items()},
        "required": list(required or properties),
    }
    return {"type": "function", "function": {"name": name, "description": description, "parameters": schema}}


def delta(content: str | None = None, role: str | None = None, calls: list[Json] | None = None, **extra: Json) -> Json:
    """Build what one chunk adds, with the nulls that pad it."""
    padded = {"content": content, "function_call": None, "refusal": None, "role": role, "tool_calls": calls}
    return padded | extra


def choice(added: dict[str, Json], finish: str | None = None, index: int = 0, **extra: Json) -> dict[str, Json]:
    """Build one choice of a chunk."""
    return {"delta": added, "finish_reason": finish, "index": index, "logprobs": None} | extra


def chunk(model: str, *choices: Json, usage: Json = None, **extra: Json) -> dict[str, Json]:
    """Build one typed chunk; without a choice it is a usage tail."""
    data = {
        "id": REC,
        "choices": list(choices),
        "created": 0,
        "model": model,
        "object": "chat.completion.chunk",
        "service_tier": None,
        "system_fingerprint": None,
        "usage": usage,
    }
    return typed("openai.types.chat.chat_completion_chunk.ChatCompletionChunk", data | extra)


def tokens(prompt: int, completion: int, **extra: Json) -> dict[str, Json]:
    """Build a usage object of the chat API."""
    counts = {"completion_tokens": completion, "prompt_tokens": prompt, "total_tokens": prompt + completion}
    return counts | {"completion_tokens_details": None, "prompt_tokens_details": None} | extra


def fragment(arguments: str | None, call_id: str | None = None, name: str | None = None, index: int = 0) -> Json:
    """Build a fragment of a tool call: the head has id and name, the rest only arguments."""
    function = {"arguments": arguments, "name": name}
    return {"index": index, "id": call_id, "function": function, "type": "function" if call_id else None}


def talk(
    model: str, text: str, prompt: int, finish: str | None = "stop", *, grain: int = 6, **extra: Json
) -> list[Json]:
    """Build a whole stream for a text: role, pieces, finish, usage tail."""
    parts = pieces(text, grain)
    opening = chunk(model, choice(delta("", "assistant")), **extra)
    spoken = [chunk(model, choice(delta(part)), **extra) for part in parts]
    closing = [chunk(model, choice(delta(), finish), **extra)] if finish else []
    tail = [chunk(model, usage=tokens(prompt, len(pieces(text))), **extra)] if finish else []
    return [opening, *spoken, *closing, *tail]


def streamed(body: list[Json]) -> dict[str, Json]:
    """Build the response of a stream."""
    return {"body": body, "is_streaming": True}


def single(body: Json) -> dict[str, Json]:
    """Build the response of a call that is not streamed."""
    return {"body": body, "is_streaming": False}


def answered(model: str, message: dict[str, Json], usage: Json, finish: str = "stop", **extra: Json) -> dict[str, Json]:
    """Build the response of a chat that is not streamed."""
    padded = {"content": None, "refusal": None, "role": "assistant", "annotations": [], "audio": None}
    padded |= {"function_call": None, "tool_calls": None}
    data = {
        "id": REC,
        "choices": [{"finish_reason": finish, "index": 0, "logprobs": None, "message": padded | message}],
        "created": 0,
        "model": model,
        "object": "chat.completion",
        "service_tier": "default",
        "system_fingerprint": None,
        "usage": usage,
    }
    return single(typed("openai.types.chat.chat_completion.ChatCompletion", data | extra))


def http(test_id: str | None, url: str, payload: dict[str, Json]) -> dict[str, Json]:
    """Build a request of the plain HTTP kind."""
    return {"test_id": test_id, "url": url, "method": "POST", "payload": payload}


def replied(body: dict[str, Json], status: int = 200) -> dict[str, Json]:
    """Build a response of the plain HTTP kind."""
    return {"status": status, "body": body, "is_streaming": False}


def sse(*events: tuple[str, Json]) -> dict[str, Json]:
    """Build a response of server-sent events, kept as lines; blank lines part the events."""
    lines = []
    for name, data in events:
        text = data if isinstance(data, str) else json.dumps(data, separators=(",", ":"))
        lines += [f"event: {name}", f"data: {text}", ""]
    return streamed(lines)


def failed(data: dict[str, Json]) -> dict[str, Json]:
    """Build the response of a call that raised."""
    return {
        "body": None,
        "is_streaming": False,
        "is_exception": True,
        "exception_data": data,
        "exception_message": data["message"],
    }
