"""A repository of recordings with secrets in every field of theirs, as several recorders write them."""

import base64
import json

from recviewer.replay.names import name_state
from tests.secrets.planting import SECRETS
from tests.secrets.planting_services import SERVICES

OTHERS = "all others"
"""The name of one recording with all that `planting_services` has: each by itself would take minutes."""

_TEXTS = {name: text for name, (text, _) in SECRETS.items()} | {
    OTHERS: "\n".join([text for text, _ in SERVICES.values()])
}

FIELDS = (
    "system",
    "message",
    "argument",
    "result",
    "header",
    "key",
    "answer",
    "reasoning",
    "call",
    "extra",
    "unknown",
    "error",
)


def documents(name, text):
    """Documents of OGX with a secret in each of their fields. Returns them by the field."""
    return {field: _document(field, name, text) for field in FIELDS}


def _document(field, name, text):
    here = {one: text if one == field else f"plain words of {one}" for one in FIELDS}
    function = {"name": "send", "arguments": json.dumps({"to": here["argument"]})}
    body = {
        "model": "small-1",
        "messages": [
            {"role": "system", "content": here["system"]},
            {"role": "user", "content": f"Earlier: {here['message']}"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
            },
            {"role": "tool", "tool_call_id": "call_1", "content": json.dumps({"found": here["result"]})},
            {"role": "user", "content": f"Tell me of {name}, {field}"},
        ],
        "metadata": {"note": here["key"]},
        "stream": True,
    }
    made = {
        "test_id": f"tests/test_planted.py::test_{field}[{name.replace(' ', '-')}]",
        "request": {
            "method": "POST",
            "url": "https://api.acme.example/v1/chat/completions",
            "headers": {"X-Told": here["header"]},
            "body": body,
            "endpoint": "/v1/chat/completions",
            "model": "small-1",
        },
        "response": {"body": _chunks(here), "is_streaming": True},
        "id_normalization_mapping": {},
        "left_over": {"of": [here["unknown"]]},
    }
    if field == "error":
        said = {
            "category": "provider_sdk",
            "type": "AuthenticationError",
            "message": f"Wrong key: {text}",
            "status": 401,
        }
        made["response"] = {"body": None, "is_streaming": False, "is_exception": True, "exception_data": said}
    return made


def _chunks(here):
    pieces = [("content", f"It is {here['answer']} then."), ("reasoning_content", f"So {here['reasoning']}")]
    deltas = [{key: text[at : at + 6]} for key, text in pieces for at in range(0, len(text), 6)]
    arguments = json.dumps({"value": here["call"]})
    calls = [
        {"tool_calls": [{"index": 0, **({"id": "call_2"} if not at else {}), "function": _part(arguments, at)}]}
        for at in range(0, len(arguments), 6)
    ]
    return [_chunk(delta, here["extra"]) for delta in [*deltas, *calls]]


def _part(arguments, at):
    return {"arguments": arguments[at : at + 6], **({"name": "send"} if not at else {})}


def _chunk(delta, extra):
    choices = [{"index": 0, "delta": delta, "finish_reason": None}]
    data = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "small-1", "choices": choices}
    return {
        "__type__": "openai.types.chat.chat_completion_chunk.ChatCompletionChunk",
        "__data__": {**data, "note": extra},
    }


def cassette(name, text):
    """A cassette of VCR.py with a secret in its header, its body and its reply."""
    said = {
        "object": "chat.completion",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": f"Use {text}"}}],
    }
    asked = {"model": "small-1", "messages": [{"role": "user", "content": f"Is this a key? {text}"}]}
    held = text.replace("\n", " ")
    plain = """interactions:
- request:
    body: '{"model": "small-1", "messages": [{"role": "user", "content": "Plain?"}]}'
    headers: {content-type: [application/json]}
    method: POST
    uri: https://api.acme.example/v1/chat/completions
  response:
    body: {string: '{"object": "chat.completion", "choices": [{"message": {"role": "assistant", "content": "Yes"}}]}'}
    headers: {Content-Type: [application/json]}
    status: {code: 200, message: OK}
"""
    return f"""{plain}- request:
    body: {json.dumps(json.dumps(asked))}
    headers:
      content-type: [application/json]
      x-told:
      - {json.dumps(held)}
    method: POST
    uri: {json.dumps(f"https://api.acme.example/v1/chat/completions?told={held}")}
  response:
    body:
      string: {json.dumps(json.dumps(said))}
    headers:
      Content-Type: [application/json]
      X-Also:
      - {json.dumps(held)}
    status: {{code: 200, message: OK}}
version: 1
""".encode()


def har(name, text):
    """A HAR file with a secret in a header, in what was sent and in what came."""
    said = {
        "object": "chat.completion",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": f"Use {text}"}}],
    }
    asked = {"model": "small-1", "messages": [{"role": "user", "content": f"Is this a key? {text}"}]}
    headers = [{"name": "Content-Type", "value": "application/json"}, {"name": "X-Told", "value": text}]
    entry = {
        "request": {
            "method": "POST",
            "url": "https://api.acme.example/v1/chat/completions",
            "headers": headers,
            "postData": {"mimeType": "application/json", "text": json.dumps(asked)},
        },
        "response": {
            "status": 200,
            "headers": headers,
            "content": {"mimeType": "application/json", "text": json.dumps(said)},
        },
    }
    return json.dumps({"log": {"version": "1.2", "entries": [entry]}}, indent=2).encode()


def plant(top, names, fields=FIELDS):
    """Write files with these secrets below a folder."""
    for name in names:
        text = _TEXTS[name]
        for field, document in documents(name, text).items():
            if field in fields:
                expected = (
                    name_state(document, "").expected or f"{base64.b16encode(name.encode()).decode().lower():0<64.64}"
                )
                _put(top / "tests/recordings" / expected, json.dumps(document, indent=2).encode() + b"\n")
        stem = name.replace(" ", "_")
        _put(top / f"tests/cassettes/test_planted/test_{stem}.yaml", cassette(name, text))
        _put(top / f"tests/har/{stem}.har", har(name, text))


def _put(place, data):
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
