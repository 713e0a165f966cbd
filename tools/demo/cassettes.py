"""Cassettes of other recorders: one of VCR.py, one of go-vcr, one of VCR for Ruby, each as its recorder writes it."""

from __future__ import annotations

import json
from typing import Any

OPENAI = "https://api.openai.com/v1/chat/completions"
_TOOL = {
    "type": "function",
    "function": {
        "name": "shop_stock",
        "description": "How many of an article are left",
        "parameters": {"type": "object", "properties": {"article": {"type": "string"}}, "required": ["article"]},
    },
}


def files() -> dict[str, bytes]:
    """Paths below the demo tree and contents."""
    return {
        "tests/cassettes/test_shop/TestStock.test_asks_the_shop.yaml": _vcrpy().encode(),
        "agent/testdata/TestKettle/streams_an_answer.yaml": _go_vcr().encode(),
        "spec/fixtures/vcr_cassettes/chat_explains_a_kettle_in_two_turns.yml": _ruby_vcr().encode(),
    }


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _quoted(value: Any) -> str:
    """A value as JSON in single quotes of YAML."""
    return "'" + _compact(value).replace("'", "''") + "'"


def _chat_reply(number: int, message: dict[str, Any], finish: str, asked: int, said: int) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-demo{number}",
        "object": "chat.completion",
        "created": 1767225600 + number,
        "model": "gpt-4o-mini-2024-07-18",
        "choices": [{"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}],
        "usage": {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said},
    }


def _vcrpy() -> str:
    question = {"role": "user", "content": "Is a copper kettle left, and would you buy it?"}
    call = {"id": "call_demo1", "type": "function"}
    call |= {"function": {"name": "shop_stock", "arguments": '{"article":"copper kettle"}'}}
    calls = {"role": "assistant", "content": None, "tool_calls": [call]}
    stock = {"role": "tool", "tool_call_id": "call_demo1", "content": '{"left":2}'}
    answer = {"content": "Two are left. If your stove is gas, yes: copper heats fast. On induction it stays cold."}
    turns = [
        ([question], _chat_reply(1, {"content": None, "tool_calls": [call]}, "tool_calls", 61, 18)),
        ([question, calls, stock], _chat_reply(2, answer, "stop", 92, 27)),
    ]
    items = "".join(
        _vcrpy_item(OPENAI, {"model": "gpt-4o-mini", "messages": messages, "tools": [_TOOL]}, reply, number)
        for number, (messages, reply) in enumerate(turns, 1)
    )
    telemetry = _vcrpy_item("https://telemetry.shop.example/v1/traces", {"spans": 2}, {"accepted": 2}, 3)
    return f"interactions:\n{items}{telemetry}version: 1\n"


def _vcrpy_item(uri: str, body: Any, reply: Any, number: int) -> str:
    return (
        f"- request:\n    body: {_quoted(body)}\n    headers:\n      accept:\n      - application/json\n"
        "      authorization:\n      - AUTHORIZATION-XXX\n      content-type:\n      - application/json\n"
        f"      user-agent:\n      - OpenAI/Python 2.1.0\n    method: POST\n    uri: {uri}\n"
        f"  response:\n    body:\n      string: {_quoted(reply)}\n    headers:\n      content-type:\n"
        f"      - application/json\n      date:\n      - Thu, 01 Jan 2026 00:00:0{number} GMT\n"
        f"      x-request-id:\n      - req_demo{number}\n    status:\n      code: 200\n      message: OK\n"
    )


def _go_vcr() -> str:
    words = ["Bring ", "a kettle ", "of water ", "to the boil, ", "then wait ", "a minute."]
    deltas = [{"role": "assistant", "content": ""}, *({"content": word} for word in words)]
    chunks = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    chunks.append({"index": 0, "delta": {}, "finish_reason": "stop"})
    head = {"id": "chatcmpl-demo4", "object": "chat.completion.chunk", "created": 1767225604, "model": "gpt-4o-mini"}
    events = "".join(f"data: {_compact({**head, 'choices': [chunk]})}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    messages = [{"role": "user", "content": "How is green tea made?"}]
    asked = _compact({"model": "gpt-4o-mini", "messages": messages, "stream": True})
    return (
        "---\nversion: 2\ninteractions:\n- id: 0\n  request:\n    proto: HTTP/1.1\n    proto_major: 1\n    proto_minor: 1\n"
        f"    content_length: {len(asked)}\n    host: api.openai.com\n    body: '{asked}'\n    headers:\n"
        "      Content-Type:\n      - application/json\n      User-Agent:\n      - kettle-agent/0.3.0\n"
        f"    url: {OPENAI}\n    method: POST\n  response:\n    proto: HTTP/2.0\n    proto_major: 2\n    proto_minor: 0\n"
        f"    content_length: -1\n    uncompressed: true\n    body: {json.dumps(events)}\n    headers:\n"
        "      Content-Type:\n      - text/event-stream; charset=utf-8\n    status: 200 OK\n    code: 200\n"
        "    duration: 812.4ms\n"
    )


def _ruby_vcr() -> str:
    first = {"role": "user", "content": [{"type": "text", "text": "Why does a kettle whistle?"}]}
    said = {
        "role": "assistant",
        "content": [{"type": "text", "text": "Steam leaves through two holes, one after the other."}],
    }
    second = {"role": "user", "content": [{"type": "text", "text": "And why does the pitch rise?"}]}
    rising = {
        "content": [{"type": "text", "text": "The steam gets faster, so it swirls off the second hole more often."}]
    }
    turns = [([first], said, 15, 14), ([first, said, second], rising, 44, 17)]
    items = ""
    for number, (messages, answer, asked, tokens) in enumerate(turns, 1):
        reply = {
            "id": f"msg_demo{number}",
            "type": "message",
            "role": "assistant",
            "model": "claude-haiku-4-5-20251001",
        }
        reply |= {"content": answer["content"], "stop_reason": "end_turn", "stop_sequence": None}
        reply |= {"usage": {"input_tokens": asked, "output_tokens": tokens}}
        body = {"model": "claude-haiku-4-5", "max_tokens": 256, "messages": messages}
        items += (
            "- request:\n    method: post\n    uri: https://api.anthropic.com/v1/messages\n    body:\n"
            f"      encoding: UTF-8\n      string: {_quoted(body)}\n    headers:\n      X-Api-Key:\n"
            "      - \"<ANTHROPIC_API_KEY>\"\n      Anthropic-Version:\n      - '2023-06-01'\n      Content-Type:\n"
            "      - application/json\n  response:\n    status:\n      code: 200\n      message: OK\n    headers:\n"
            f"      Date:\n      - Thu, 01 Jan 2026 00:01:0{number} GMT\n      Content-Type:\n      - application/json\n"
            f"    body:\n      encoding: ASCII-8BIT\n      string: {_quoted(reply)}\n"
            f"  recorded_at: Thu, 01 Jan 2026 00:01:0{number} GMT\n"
        )
    return f"---\nhttp_interactions:\n{items}recorded_with: VCR 6.4.0\n"
