"""Changes of the place or the form in which something stands: what a client reads there is another thing."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats.reading import read

TOKENS = {"content": [{"token": "H", "logprob": -0.5, "bytes": None, "top_logprobs": []}], "refusal": None}
BARE = {"content": None, "refusal": None}


def recording(body, url="https://h.test/v1/chat/completions"):
    request = {"method": "POST", "url": url, "body": {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}}
    return {"request": request, "response": {"body": body, "is_streaming": isinstance(body, list)}}


def said(message, **choice):
    """A whole reply of OpenAI's chat."""
    told = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", **message}, **choice}
    return recording({"id": "x", "model": "m", "object": "chat.completion", "choices": [told]})


def streamed(*deltas, **choice):
    return recording([{"id": "x", "model": "m", "choices": [{"index": 0, "delta": one, **choice}]} for one in deltas])


def called(arguments):
    return said({"content": None, "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": arguments}}]})


def ran(**block):
    """A reply of Anthropic's that holds what a tool on a server gave back."""
    result = {"type": "mcp_tool_result", "tool_use_id": "s", "is_error": False, "content": [block]}
    return recording({"type": "message", "role": "assistant", "model": "m", "content": [result]})


def filed(**source):
    return ran(type="document", title="t", source={"type": "url", "url": "https://h.test/a", **source})


def wrapped(**beside):
    """A stream of Converse's whose recorder put something around each event."""
    start, stop = {"messageStart": {"role": "assistant"}}, {"messageStop": {"stopReason": "end_turn"}}
    return recording([{"chunk": start}, {"chunk": {**stop, **beside}}], "https://h.test/model/m/converse-stream")


def served(key):
    """A reply of OpenAI's Responses in which a server's call holds a text under some key."""
    item = {"type": "mcp_call", "id": "i", "name": "f", "arguments": "{}", "server_label": "s", key: "no such file"}
    reply = {"id": "x", "object": "response", "status": "completed", "model": "m", "output": [item]}
    return recording(reply, "https://h.test/v1/responses")


PAIRS = {
    "probabilities of no tokens": (said({"content": "H"}, logprobs=TOKENS), said({"content": "H"}, logprobs=BARE)),
    "probabilities of no tokens in a stream": (
        streamed({"content": "H"}, logprobs=TOKENS),
        streamed({"content": "H"}, logprobs={"content": [], "refusal": None}),
    ),
    "arguments of an answer as an object": (called('{"a":1}'), called({"a": 1})),
    "arguments of an answer as a list": (called("[1]"), called([1])),
    "thoughts under another key": (said({"reasoning": "Hm"}), said({"reasoning_content": "Hm"})),
    "thoughts under another key in a stream": (streamed({"reasoning": "Hm"}), streamed({"reasoning_content": "Hm"})),
    "thoughts under a rare key": (said({"reasoning": "Hm"}), said({"thinking": "Hm"})),
    "thoughts under another rare key": (said({"reasoning_text": "Hm"}), said({"thinking": "Hm"})),
    "thoughts as an object": (said({"reasoning": "Hm"}), said({"reasoning": {"text": "Hm"}})),
    "thoughts as an object with another key": (
        said({"reasoning": {"content": "Hm"}}),
        said({"reasoning": {"text": "Hm"}}),
    ),
    "thoughts as a list": (said({"reasoning": "Hm"}), said({"reasoning": ["Hm"]})),
    "words as a list in a stream": (streamed({"content": "Hi"}), streamed({"content": ["Hi"]})),
    "a new key in a tool's result": (ran(type="text", text="a"), ran(type="text", text="a", zz=1)),
    "a file's address in a tool's result": (filed(), filed(url="https://h.test/b")),
    "a new key around an event": (wrapped(), wrapped(zz=1)),
    "a result that became an error": (served("output"), served("error")),
}


@pytest.mark.parametrize("name", PAIRS)
def test_another_place_or_form_is_told(name):
    before, after = (read(json.dumps(one).encode()).exchange for one in PAIRS[name])

    assert compare(before, after).churn not in (Churn.IDENTICAL, Churn.CHUNKING)
    assert fingerprint(before) != fingerprint(after)


SAME = {
    "a thought sent twice": (
        said({"reasoning": "Hm", "reasoning_content": "Hm"}),
        said({"reasoning": "Hm"}),
    ),
    "other probabilities": (
        said({"content": "H"}, logprobs=TOKENS),
        said({"content": "H"}, logprobs={**TOKENS, "content": [{**TOKENS["content"][0], "logprob": -0.75}]}),
    ),
    "thoughts cut otherwise": (
        streamed({"reasoning_content": "Hm"}, {"reasoning_content": ", so"}),
        streamed({"reasoning_content": "Hm, so"}),
    ),
    "probabilities of the last chunk": (
        streamed({"content": "H"}, {"content": ""}, logprobs=BARE),
        streamed({"content": "H"}, logprobs=BARE),
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_what_only_repeats_or_was_measured_anew_is_the_same(name):
    before, after = (read(json.dumps(one).encode()).exchange for one in SAME[name])

    assert compare(before, after).churn in (Churn.IDENTICAL, Churn.CHUNKING)
    assert fingerprint(before) == fingerprint(after)


def test_what_stands_beside_a_stream_below_a_key_counts():
    def held(status):
        events = [{"messageStart": {"role": "assistant"}}, {"messageStop": {"stopReason": "end_turn"}}]
        body = {"stream": events, "ResponseMetadata": {"HTTPStatusCode": status}}
        document = recording(body, "https://h.test/model/m/converse-stream")
        return read(json.dumps(document).encode()).exchange

    assert compare(held(200), held(500)).churn not in (Churn.IDENTICAL, Churn.CHUNKING)
    assert fingerprint(held(200)) != fingerprint(held(500))
