"""Events, calls and pieces that a stream sends again: where it was cut never does that, so that they count."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.exchange.fingerprint import fingerprint
from recviewer.recorders.reading import read_file
from tests.recorders import written

CHAT = "https://api.openai.com/v1/chat/completions"
ANTHROPIC = "https://api.anthropic.com/v1/messages"
GEMINI = "https://generativelanguage.googleapis.com/v1beta/models/m-1:streamGenerateContent?alt=sse"
OLLAMA = "http://localhost:11434/api/chat"
CONVERSE = "https://bedrock-runtime.us-east-1.amazonaws.com/model/m-1/converse-stream"


def exchange(url, given):
    write, path = written.RECORDERS["vcrpy"]
    asked = {"model": "m-1", "messages": [{"role": "user", "content": "Ring?"}]}
    (part,) = read_file(write("POST", url, json.dumps(asked), given).encode(), path)
    return part.reading.exchange


def chunk(delta, finish=None, **more):
    choice = {"index": 0, "delta": delta, "finish_reason": finish, **more}
    return {"id": "c", "object": "chat.completion.chunk", "model": "m-1", "choices": [choice]}


def is_told(url, before, after, layout=written.events):
    old, new = exchange(url, layout(before)), exchange(url, layout(after))
    assert old.chunks != new.chunks  # else the places of chunks would tell them apart
    return compare(old, new).churn not in (Churn.IDENTICAL, Churn.CHUNKING) and fingerprint(old) != fingerprint(new)


def lines(elements):
    return "".join(f"{json.dumps(one)}\n" for one in elements)


WORDS, STOP = chunk({"content": "No."}), chunk({}, "stop")
CALL = chunk({"tool_calls": [{"index": 0, "id": "call_a1", "function": {"name": "pay", "arguments": '{"n":1}'}}]})
UNPLACED = chunk({"tool_calls": [{"id": "call_a1", "function": {"name": "pay", "arguments": ""}}]})
CITED = chunk({"annotations": [{"type": "url_citation", "url_citation": {"url": "https://a.example"}}]})
HEARD = chunk({"audio": {"data": "UklG"}})
FAILED = chunk({"content": ""}, error={"code": "rate_limited", "message": "Slow down"})


@pytest.mark.parametrize("again", [CALL, UNPLACED, CITED, HEARD, FAILED])
def test_what_a_chat_sends_again_counts(again):
    assert is_told(CHAT, [WORDS, again, STOP], [WORDS, again, again, STOP])


def test_padding_sent_again_is_where_the_stream_was_cut():
    padding = chunk({"role": "assistant", "content": ""})

    assert not is_told(CHAT, [padding, WORDS, STOP], [padding, padding, WORDS, STOP])


def test_words_after_a_failed_choice_are_behind_the_end():
    said = chunk({"content": "Yes. "})

    assert is_told(CHAT, [said, WORDS, FAILED], [said, FAILED, WORDS, chunk({})])


DELTA = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}}
MESSAGE = [
    {"type": "message_start", "message": {"id": "m", "role": "assistant", "model": "m-1", "content": []}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "ha"}},
    {"type": "content_block_stop", "index": 0},
    DELTA,
    {"type": "message_stop"},
]


def test_an_event_sent_again_counts():
    assert is_told(ANTHROPIC, MESSAGE, [*MESSAGE[:5], DELTA, *MESSAGE[5:]])


def test_a_ping_sent_again_does_not_count():
    ping = {"type": "ping"}

    assert not is_told(ANTHROPIC, [*MESSAGE[:1], ping, *MESSAGE[1:]], [*MESSAGE[:1], ping, ping, *MESSAGE[1:]])


def test_an_equal_piece_of_text_is_no_event_sent_again():
    found = exchange(ANTHROPIC, written.events([*MESSAGE[:3], *MESSAGE[2:]]))

    assert found.outputs[0].content == "haha"
    assert "behind" not in found.rest


def test_a_second_end_of_ollama_counts():
    said = {"model": "m-1", "message": {"role": "assistant", "content": "No."}, "done": False}
    end = {"model": "m-1", "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"}

    assert is_told(OLLAMA, [said, end], [said, end, end], lines)


def test_words_after_a_blocked_prompt_are_behind_the_end():
    said = {"candidates": [{"content": {"role": "model", "parts": [{"text": "No."}]}}]}
    more = {"candidates": [{"content": {"role": "model", "parts": [{"text": ""}]}}]}
    blocked = {"promptFeedback": {"blockReason": "SAFETY"}}

    assert is_told(GEMINI, [said, blocked], [blocked, said, more])


def test_words_after_an_exception_are_behind_the_end():
    begin, said = (
        {"messageStart": {"role": "assistant"}},
        {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "No."}}},
    )
    failed = {"modelStreamErrorException": {"message": "It broke."}}
    empty = {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": ""}}}

    assert is_told(CONVERSE, [begin, said, failed], [begin, failed, said, empty], lines)


TEXT, MORE, CITE = (
    {"type": "text", "text": "A"},
    {"type": "text", "text": "B"},
    {"type": "reference", "reference_ids": [1]},
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([[TEXT], [CITE], [MORE]], [[TEXT], [MORE], [CITE], ""]),
        (["A", [CITE], "B"], ["AB", [CITE]]),
        ([[TEXT, CITE]], [[CITE, TEXT], ""]),
    ],
)
def test_where_a_part_stands_between_texts_counts(before, after):
    assert is_told(CHAT, [chunk({"content": one}) for one in before], [chunk({"content": one}) for one in after])


def test_where_a_text_in_parts_was_cut_does_not_count():
    whole = {"type": "text", "text": "AB"}

    assert not is_told(CHAT, [chunk({"content": [whole]})], [chunk({"content": [TEXT]}), chunk({"content": [MORE]})])
