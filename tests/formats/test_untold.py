"""Texts where a format takes texts, in places where its reader does not look: they count, and are told as not understood."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats.reading import read


def reading(url, body, request=None):
    """The exchange of a reply of a provider."""
    response = {"body": body, "is_streaming": isinstance(body, list)}
    return read(json.dumps({"request": {"url": url, "body": request or {}}, "response": response}).encode()).exchange


def heard(*said, **beside):
    return {"results": {"channels": [{"alternatives": [{"transcript": one} for one in said]}]}, **beside}


def lines(*events):
    return [line for event in events for line in (f"data: {json.dumps(event)}", "")]


PREDICTION = {"urls": {"get": "u"}, "status": "succeeded", "input": {}, "version": "v", "output": "Saturn"}
LISTEN = "https://h.test/v1/listen"
WORDS = "https://h.test/v1/audio/transcriptions"
COHERE = "https://api.cohere.com/v2/chat"
BEGAN = {"type": "message_start", "message": {"role": "assistant", "content": []}}
BLOCK = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
PIECE = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Saturn"}}
CALL = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
PLACES = {
    "a second transcript": (LISTEN, lambda text: heard("Saturn", text)),
    "a text beside transcripts": (LISTEN, lambda text: heard("Saturn", text=text)),
    "a text of an event that adds": (
        WORDS,
        lambda text: lines({"type": "transcript.text.delta", "delta": "Saturn", "text": text}),
    ),
    "a delta of the event that ends": (
        WORDS,
        lambda text: lines({"type": "transcript.text.done", "text": "Saturn", "delta": text}),
    ),
    "a reason beside a status": ("https://h.test/v1/predictions", lambda text: {**PREDICTION, "reason": text}),
    "parameters beside a function": (
        COHERE,
        lambda text: {
            "id": "x",
            "finish_reason": "TOOL_CALL",
            "message": {"role": "assistant", "tool_calls": [{**CALL, "parameters": text}]},
        },
    ),
    "content of a block of text": (
        "https://h.test/v1/messages",
        lambda text: lines(BEGAN, {**BLOCK, "content_block": {**BLOCK["content_block"], "content": text}}, PIECE),
    ),
    "a thought in a piece of text": (
        "https://h.test/v1/messages",
        lambda text: lines(BEGAN, BLOCK, {**PIECE, "delta": {**PIECE["delta"], "thinking": text}}),
    ),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_text_that_no_reader_looks_at_counts_and_is_told(name):
    url, make = PLACES[name]
    old, new = (reading(url, make(text)) for text in ("is near", "is far"))

    assert old.kind.value != "unknown"
    assert compare(old, new).churn not in (Churn.IDENTICAL, Churn.CHUNKING)
    assert fingerprint(old) != fingerprint(new)
    assert "is far" in json.dumps([left.value for left in new.left] + [repr(new.outputs)])


def test_a_text_that_is_taken_counts_once():
    exchange = reading(LISTEN, heard("Saturn"))

    assert exchange.left == ()
    assert "untold" not in exchange.rest


def test_of_a_status_that_comes_several_times_the_last_counts():
    events = [
        {"type": "interaction.start", "interaction": {"id": "i", "status": "in_progress"}},
        {"type": "interaction.complete", "interaction": {"id": "i", "status": "completed"}},
    ]

    assert reading("https://h.test/v1beta/interactions", lines(*events)).left == ()


def test_one_score_under_two_names_is_not_taken():
    url = "https://h.test/v1/rerank"
    old, new = (
        reading(url, {"results": [{"index": 0, "relevance_score": score, "relevanceScore": 0.5}]})
        for score in (0.1, 0.2)
    )

    assert compare(old, new).churn is Churn.DETAILS
