"""What counts of chat chunks, found fast and found slowly: the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats import chat_chunks
from recviewer.formats.reading import read

ALIKE = [
    (0, False, 0.0),
    (1, True, 1.0),
    ([0], [False], [0.0]),
    ({"a": 1}, {"a": True}, {"a": 1.0}),
    (None, None, ""),
    ([], [], {}),
]
"""Values that Python calls equal, or that say as little, though JSON tells them apart."""

KNOWN = {"chunk": "provider", "choice": "stop_reason", "delta": "name"}


def chunk(value, holder, words):
    """A chunk of a stream with an odd value in one of its objects, at a key that is known."""
    made = {name: {key: value} if name == holder else {} for name, key in KNOWN.items()}
    choice = {"index": 0, "finish_reason": None, "delta": {**words, **made["delta"]}, **made["choice"]}
    return {"id": "x", "object": "chat.completion.chunk", "choices": [choice], **made["chunk"]}


@given(
    values=st.sampled_from(ALIKE),
    holder=st.sampled_from(sorted(KNOWN)),
    picks=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["content", "reasoning"])), min_size=1, max_size=8),
)
def test_chunks_that_are_alike_are_read_as_if_each_were_the_first(values, holder, picks):
    body = [chunk(values[pick], holder, {key: "a"}) for pick, key in picks]
    url = "https://h.test/v1/chat/completions"
    document = {
        "request": {"method": "POST", "url": url, "body": {"model": "m", "messages": []}},
        "response": {
            "body": [{"id": "x", "object": "chat.completion.chunk", **chunk} for chunk in body],
            "is_streaming": True,
        },
    }
    data = json.dumps(document).encode()

    fast = read(data).exchange
    kept = chat_chunks._frame
    chat_chunks._frame = lambda _: b""
    try:
        slow = read(data).exchange
    finally:
        chat_chunks._frame = kept

    assert repr(fast) == repr(slow)  # to Python 1, 1.0 and true are equal
    assert fingerprint(fast) == fingerprint(slow)


CALL = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
WORDS = {"role": "assistant", "content": "Hi."}


def with_message(message, delta, *, rare):
    """The reading of a stream whose last chunk has a message beside its delta. rare: read by the careful reader."""
    last = {"index": 0, "delta": {"content": ".", **delta}, "message": message, "finish_reason": "stop"}
    first = {"index": 0, "delta": {"content": "Hi", **({"annotations": []} if rare else {})}}
    body = [{"id": "x", "object": "chat.completion.chunk", "choices": [one]} for one in (first, last)]
    request = {"url": "https://h.test/v1/chat/completions", "body": {"model": "m", "messages": [], "stream": True}}
    return read(json.dumps({"request": request, "response": {"body": body, "is_streaming": True}}).encode()).exchange


@pytest.mark.parametrize("rare", [False, True])
@pytest.mark.parametrize(
    ("message", "delta", "is_shown"),
    [
        (WORDS, {}, False),
        ({**WORDS, "content": "Hi"}, {}, False),
        ({**WORDS, "tool_calls": [CALL]}, {"tool_calls": [{"index": 0, **CALL}]}, False),
        ({**WORDS, "tool_calls": [CALL]}, {}, True),
        ({"role": "assistant", "content": "Other words"}, {}, True),
        ({**WORDS, "reasoning_content": "Hm"}, {}, True),
        ({**WORDS, "refusal": "No"}, {}, True),
        ("Hi.", {}, True),
    ],
    ids=["words", "first part", "same call", "call", "other words", "thoughts", "refusal", "text"],
)
def test_a_message_beside_a_delta_is_shown_where_it_says_what_no_delta_said(message, delta, is_shown, rare):
    exchange = with_message(message, delta, rare=rare)

    shown = [(left.where, left.value) for left in exchange.left]
    assert shown == ([("choices[0].message", message)] if is_shown else [])
