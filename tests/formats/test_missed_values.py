"""Texts where a format takes texts, in places where its reader does not look: they count, and are told as not understood."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.exchange.fingerprint import fingerprint
from recviewer.exchange.model import Hit, Hits
from recviewer.exchange.shape import Shape
from recviewer.formats.missed_values import of_whole
from recviewer.formats.reader_output import ReaderOutput
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
CHAT = "https://h.test/v1/chat/completions"
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


def test_words_that_are_only_heard_now_are_told():
    audio = {"id": "a", "transcript": "Hi."}
    old, new, again = (
        reading(CHAT, {"choices": [{"index": 0, "message": {"role": "assistant", "content": words, "audio": audio}}]})
        for words in ("Hi.", None, None)
    )

    assert old.outputs == new.outputs
    assert compare(old, new).churn is Churn.DETAILS
    assert compare(new, again).churn is Churn.IDENTICAL


SAME_LETTERS = {
    "a transcript": (LISTEN, lambda text: heard("Saturn is near", text)),
    "a text of an event": (
        WORDS,
        lambda text: lines(
            {"type": "transcript.text.delta", "delta": "Saturn is near"},
            {"type": "transcript.text.segment", "text": text},
            {"type": "transcript.text.done", "text": "Saturn is near"},
        ),
    ),
    "a text at the end": (
        WORDS,
        lambda text: lines(
            {"type": "transcript.text.delta", "delta": "Saturn is near"}, {"type": "transcript.text.done", "text": text}
        ),
    ),
}


@pytest.mark.parametrize("name", SAME_LETTERS)
@pytest.mark.parametrize("text", ["Saturn", "is near", "a", ""])
def test_letters_that_stand_elsewhere_do_not_make_a_text_taken(name, text):
    url, make = SAME_LETTERS[name]
    old, new = (reading(url, make(one)) for one in ("Saturn is near", text))

    assert compare(old, new).churn not in (Churn.IDENTICAL, Churn.CHUNKING)
    assert fingerprint(old) != fingerprint(new)


def test_of_texts_told_again_counts_which_one():
    old, new = (
        reading(LISTEN, {"results": {"channels": [{"alternatives": [{"transcript": one}]} for one in said]}})
        for said in (("Saturn", "Mars", "Saturn"), ("Saturn", "Mars", "Mars"))
    )

    assert compare(old, new).churn not in (Churn.IDENTICAL, Churn.CHUNKING)


def test_a_number_that_is_not_taken_is_told():
    shape = Shape("rerank", taken=("results[].relevance_score:number",))
    body = {"results": [{"relevance_score": 0.5}, {"relevance_score": 0.25}, {"relevance_score": 0.5}]}
    given = Hits("scores", (Hit("", "", "", 0.5, 0), Hit("", "", "", 0.25, 1)))
    left = []

    assert of_whole(body, shape.root, ReaderOutput(given), left).missed == {"results[2].relevance_score": 0.5}
    assert [one.where for one in left] == ["results[2].relevance_score"]


def test_pieces_of_one_text_are_found_in_any_order():
    assert ReaderOutput(["ababa", "x"]).lacks(["ab", "aba", "x", "x"]) == [3]
    assert ReaderOutput(["xabab"]).lacks(["ab", "xab"]) == []
    assert ReaderOutput(["abab"]).lacks(["b", "b", "b"]) == [2]


ADDED = {
    "thoughts that are a number": lambda value: {"message": {"content": "Hi", "reasoning": value, "audio": None}},
    "a text beside no message": lambda value: {"text": str(value)},
}


@pytest.mark.parametrize("name", ADDED)
def test_what_no_reader_takes_of_a_choice_counts(name):
    said = {"message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}
    old, new = (reading(CHAT, {"choices": [said, ADDED[name](value)]}) for value in (3, 4))

    assert compare(old, new).churn not in (Churn.IDENTICAL, Churn.CHUNKING)


def test_choices_of_a_chunk_without_an_index_are_told_apart_by_their_places():
    pieces = [[("Sat", "Ma"), None], [("urn", "rs"), ("stop", "length")]]
    chunks = [
        {
            "object": "chat.completion.chunk",
            "choices": [
                {"delta": {"content": text}, "finish_reason": ends[place] if ends else None}
                for place, text in enumerate(texts)
            ],
        }
        for texts, ends in pieces
    ]
    exchange = reading(CHAT, lines(*chunks))

    assert [(one.content, one.finish_reason) for one in exchange.outputs] == [("Saturn", "stop"), ("Mars", "length")]


HELD = {
    "a number of the reason of a stop": lambda value: {"stop_details": {"type": "refusal", "score": value}},
    "a number of a call in a text": lambda value: {"content": [{"type": "text", "text": "No.", "input": {"n": value}}]},
    "the same value again": lambda value: {
        "content": [
            {"type": "tool_use", "id": "a", "name": "add", "input": {"n": 1}},
            {"type": "text", "text": "No.", "input": {"n": value} if value == 1 else {}},
        ]
    },
}


@pytest.mark.parametrize("name", HELD)
def test_numbers_in_what_is_taken_whatever_it_is_count(name):
    message = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": "No."}],
        "stop_reason": "end",
    }
    old, new = (reading("https://h.test/v1/messages", message | HELD[name](value)) for value in (1, 2))

    assert compare(old, new).churn not in (Churn.IDENTICAL, Churn.CHUNKING)


def test_a_reason_around_an_event_counts_beside_the_one_in_it():
    ends = {"chunk": {"messageStop": {"stopReason": "end_turn"}}}
    old, new = (
        reading("https://h.test/model/m/converse-stream", [{"messageStart": {"role": "assistant"}}, {**ends, **more}])
        for more in ({"stopReason": "end_turn"}, {"stopReason": "max_tokens"})
    )

    assert compare(old, new).churn is Churn.DETAILS


def test_of_reasons_in_several_forms_each_counts():
    url = "https://bedrock-runtime.eu-west-1.amazonaws.com/model/m/invoke-with-response-stream"
    last = {"outputText": "Saturn.", "index": 0, "completionReason": "FINISH"}
    old, new = (
        reading(url, [{"index": 0, "completions": [{"finish_reason": reason}]}, last]) for reason in ("stop", "length")
    )

    assert compare(old, new).churn is Churn.DETAILS


def test_what_stands_beside_a_stream_below_a_key_counts():
    events = [{"messageStart": {"role": "assistant"}}, {"messageStop": {"stopReason": "end_turn"}}]
    old, new = (
        reading("https://h.test/model/m/converse-stream", {"stream": events, "stopReason": reason})
        for reason in ("end_turn", "max_tokens")
    )

    assert compare(old, new).churn not in (Churn.IDENTICAL, Churn.CHUNKING)
