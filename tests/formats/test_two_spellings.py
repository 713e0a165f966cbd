"""Two spellings of one key are read alike; where an object has both and they differ, the one that is not read is told."""

from __future__ import annotations

import copy
import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats.reading import read

CALL = {"name": "look", "args": {"a_b": 1, "aB": 2}}
REPLY = {
    "candidates": [
        {
            "finish_reason": "STOP",
            "content": {
                "parts": [
                    {"text": "One."},
                    {"function_call": CALL},
                    {"inline_data": {"mime_type": "image/png", "data": "aa"}},
                ]
            },
        }
    ],
    "prompt_feedback": {},
    "usage_metadata": {"total_token_count": 3},
}


def recorded(reply, **request):
    asked = {"method": "POST", "url": "https://g/v1/models/m:generateContent", "body": {"contents": "Hi"}} | request
    document = {"test_id": "t", "request": asked, "response": {"body": reply, "is_streaming": isinstance(reply, list)}}
    return read(json.dumps(document).encode()).exchange


def with_double(steps, key, value):
    reply = copy.deepcopy(REPLY)
    held = reply
    for step in steps:
        held = held[step]
    held[key] = value
    return reply


PARTS = ("candidates", 0, "content", "parts")
DOUBLES = {
    "finish reason": (PARTS[:2], "finishReason", "SAFETY"),
    "finish reason of another type": (PARTS[:2], "finishReason", 1),
    "call": ((*PARTS, 1), "functionCall", {"name": "other", "args": {}}),
    "picture": ((*PARTS, 2), "inlineData", {"mimeType": "image/png", "data": "bb"}),
    "feedback": ((), "promptFeedback", {"blockReason": "SAFETY"}),
}


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("name", DOUBLES)
def test_a_second_spelling_with_another_value_counts_and_is_told(name, streamed):
    steps, key, value = DOUBLES[name]
    plain, double = (([one] if streamed else one) for one in (REPLY, with_double(steps, key, value)))

    before, after = recorded(plain), recorded(double)

    assert before.left == ()
    assert [(one.where.rpartition(".")[2], one.value) for one in after.left] == [(key, value)]
    assert any(problem.where.endswith(key) for problem in after.problems)
    assert fingerprint(before) != fingerprint(after)
    assert compare(before, after).churn is Churn.DETAILS


def test_a_second_spelling_below_a_first_one_counts():
    double = recorded(with_double((*PARTS, 2, "inline_data"), "mimeType", "image/gif"))

    assert compare(recorded(REPLY), double).churn is Churn.DETAILS


@pytest.mark.parametrize("value", [None, "STOP"])
def test_a_second_spelling_that_says_the_same_or_nothing_is_no_problem(value):
    assert recorded(with_double(PARTS[:2], "finishReason", value)).problems == ()


def test_an_empty_first_spelling_hides_no_second_one():
    reply = with_double(PARTS[:2], "finishReason", "SAFETY")
    reply["candidates"][0]["finish_reason"] = ""

    assert [one.where for one in recorded(reply).left] == ["candidates[0].finishReason"]


def test_one_spelling_or_the_other_is_the_same():
    other = json.loads(
        json.dumps(REPLY)
        .replace("finish_reason", "finishReason")
        .replace("function_call", "functionCall")
        .replace("inline_data", "inlineData")
        .replace("mime_type", "mimeType")
        .replace("prompt_feedback", "promptFeedback")
        .replace("usage_metadata", "usageMetadata")
    )

    assert recorded(other).outputs == recorded(REPLY).outputs
    assert recorded(other).left == ()


@pytest.mark.parametrize(("body", "is_told"), [({"contents": "Other"}, True), ({"contents": "Hi"}, False)])
def test_a_body_beside_a_payload_counts_and_is_told_where_it_is_another(body, is_told):
    one = recorded(REPLY, payload={"contents": "Hi"})
    both = recorded(REPLY, payload={"contents": "Hi"}, body=body)

    assert one.request.body == both.request.body == {"contents": "Hi"}
    assert [problem.where for problem in both.problems] == (["request.body"] if is_told else [])
    assert fingerprint(one) != fingerprint(recorded(REPLY, payload={"contents": "Hi"}, body={"contents": "Third"}))
