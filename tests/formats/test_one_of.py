"""Objects that hold two things of which a reader takes one: the other one counts, and is told."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.formats.reading import read

OPENAI = "https://a.example.com/v1/chat/completions"
ANTHROPIC = "https://a.example.com/v1/messages"
GEMINI = "https://a.example.com/v1beta/models/m-1:generateContent"
BEDROCK = "https://a.example.com/model/m-1/converse"


def reply(url, body):
    request = {"method": "POST", "url": url, "body": {"messages": [{"role": "user", "content": "Hello?"}]}}
    response = {"body": body, "is_streaming": isinstance(body, list)}
    return read(json.dumps({"request": request, "response": response}).encode()).exchange


def gemini(part):
    return {"candidates": [{"content": {"parts": [part], "role": "model"}, "finishReason": "STOP", "index": 0}]}


def message(block):
    return {"type": "message", "role": "assistant", "model": "m-1", "content": [block], "stop_reason": "end_turn"}


def begun(block):
    return [
        {"type": "message_start", "message": {"type": "message", "role": "assistant", "content": []}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "a"} | block},
    ]


def piece(delta):
    return [
        *begun({}),
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "b"} | delta},
    ]


def converse(block):
    return {"output": {"message": {"role": "assistant", "content": [{"text": "a"} | block]}}, "stopReason": "end_turn"}


def choice(more):
    return {"choices": [{"index": 0, "message": {"role": "assistant", "content": "a"}, "finish_reason": "stop"} | more]}


def call(more):
    made = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}} | more
    return choice({"message": {"role": "assistant", "tool_calls": [made]}})


@pytest.mark.parametrize(
    ("url", "make", "key", "old", "new"),
    [
        (ANTHROPIC, message, "thinking", "x", "y"),
        (ANTHROPIC, begun, "thinking", "x", "y"),
        (ANTHROPIC, piece, "partial_json", "x", "y"),
        (BEDROCK, converse, "toolUse", {"toolUseId": "1", "name": "f", "input": {}}, {"name": "g", "input": {}}),
        (OPENAI, call, "custom", {"name": "f", "input": "x"}, {"name": "f", "input": "y"}),
        (OPENAI, choice, "text", "x", "y"),
        (
            GEMINI,
            lambda part: gemini({"functionCall": {"name": "f"}} | part),
            "inlineData",
            {"data": "x"},
            {"data": "y"},
        ),
    ],
)
def test_what_stands_beside_what_is_read_counts_and_is_told(url, make, key, old, new):
    if make is message:
        make = lambda block: message({"type": "text", "text": "a"} | block)  # noqa: E731
    before, after = (reply(url, make({key: value})) for value in (old, new))

    assert compare(before, after).churn not in (Churn.IDENTICAL, Churn.CHUNKING)
    assert any(key in one.where for one in before.left)


def test_gemini_says_a_text_and_calls_a_tool_in_one_part():
    part = {"text": "Now.", "functionCall": {"name": "f", "args": {"a": 1}}}

    [output] = reply(GEMINI, gemini(part)).outputs

    assert (output.content, [(one.name, one.arguments) for one in output.tool_calls]) == ("Now.", [("f", '{"a":1}')])
    assert [one.name for one in reply(GEMINI, gemini(part | {"text": ""})).outputs[0].tool_calls] == ["f"]


def test_what_nobody_knows_of_a_candidate_is_told():
    body = {"candidates": [{"output": "An older answer.", "index": 0}]}

    assert [one.where for one in reply(GEMINI, body).left] == ["candidates[0].output"]
