"""Words behind the end of a stream reach nobody, however the stream was cut: they are told from those before it."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats.reading import read
from recviewer.recorders.reading import read_file
from tests.recorders import written

CHAT = "https://api.openai.com/v1/chat/completions"
URLS = {
    "openai_chat": CHAT,
    "openai_responses": "https://api.openai.com/v1/responses",
    "anthropic": "https://api.anthropic.com/v1/messages",
    "genai": "https://generativelanguage.googleapis.com/v1beta/models/m-1:streamGenerateContent?alt=sse",
    "converse": "https://bedrock-runtime.us-east-1.amazonaws.com/model/m-1/converse-stream",
    "ollama_chat": "http://localhost:11434/api/chat",
    "mistral_conversations": "https://api.mistral.ai/v1/conversations",
}


def exchange(wire, given):
    asked = {"messages": [{"role": "user", "content": "Ring?"}]}
    write, path = written.RECORDERS["vcrpy"]
    (part,) = read_file(write("POST", URLS[wire], json.dumps(asked), given).encode(), path)
    assert part.reading.exchange.read_as == wire
    return part.reading.exchange


def chunk(words="", finish=None, choice=0):
    delta = {"content": words} if words else {}
    choices = [{"index": choice, "delta": delta, "finish_reason": finish}]
    return {"id": "c", "object": "chat.completion.chunk", "model": "m-1", "choices": choices}


def chat(*chunks):
    return "".join(f"data: {json.dumps(one) if isinstance(one, dict) else one}\n\n" for one in chunks)


def named(*events):
    return "".join(f"event: {one['type']}\ndata: {json.dumps(one)}\n\n" for one in events)


DONE = "[DONE]"
FAILED = {"error": {"message": "overloaded", "type": "server_error"}}
PAY, NOT = chunk("Do pay"), chunk(", or do not")
STOP = chunk(finish="stop")
WHOLE = (PAY, NOT, STOP, DONE)


def block(words):
    return {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": words}}


BEGIN = {"type": "message_start", "message": {"id": "m", "role": "assistant", "model": "m-1", "content": []}}
OPEN = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
CLOSE = {"type": "content_block_stop", "index": 0}
REASON = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}
LAST = {"type": "message_stop"}


def part(words, **more):
    return {"candidates": [{"content": {"role": "model", "parts": [{"text": words}]}, "index": 0, **more}]}


def said(words):
    return {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": words}}}


HALT = {"messageStop": {"stopReason": "end_turn"}}
FIRST = {"messageStart": {"role": "assistant"}}


def line(words, *, done=False):
    return {"model": "m-1", "message": {"role": "assistant", "content": words}, "done": done}


ITEM = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "pay", "arguments": "{}"}
ADDED = {"type": "response.output_item.added", "output_index": 0, "item": ITEM | {"arguments": ""}}
FINISHED = {"type": "response.output_item.done", "output_index": 0, "item": ITEM}
RESPONSE = {"id": "r", "object": "response", "status": "completed", "model": "m-1", "output": [ITEM]}
COMPLETED = {"type": "response.completed", "response": RESPONSE}

BEGUN = {"type": "conversation.response.started", "conversation_id": "conv_1"}
OVER = {"type": "conversation.response.done", "usage": {}}
BROKEN = {"type": "conversation.response.error", "message": "overloaded", "code": 503}


def output(words):
    return {"type": "message.output.delta", "output_index": 0, "id": "msg_1", "content": words}


MOVED = [
    ("openai_chat", chat(*WHOLE), chat(PAY, DONE, NOT, STOP, DONE)),
    ("openai_chat", chat(*WHOLE), chat(DONE, *WHOLE)),
    ("openai_chat", chat(*WHOLE), chat(*WHOLE, DONE)),
    ("openai_chat", chat(*WHOLE), chat(chunk("Do"), chunk(" pay"), DONE, NOT, STOP)),
    ("openai_chat", chat(*WHOLE), chat(chunk("Do pay", "stop"), NOT, DONE)),
    ("openai_chat", chat(*WHOLE), chat(chunk("Do"), chunk(" pay", "stop"), NOT, DONE)),
    ("openai_chat", chat(PAY, NOT, FAILED), chat(chunk("Do"), chunk(" pay"), FAILED, NOT)),
    ("openai_chat", chat(PAY, NOT, FAILED), chat(FAILED, PAY, NOT, FAILED)),
    ("anthropic", named(BEGIN, OPEN, block("Do pay"), block(", not"), CLOSE, REASON, LAST),
     named(BEGIN, OPEN, block("Do"), block(" pay"), LAST, block(", not"), CLOSE, REASON)),
    ("anthropic", named(BEGIN, OPEN, block("Do pay"), CLOSE, REASON, LAST),
     named(BEGIN, BEGIN, OPEN, block("Do pay"), CLOSE, REASON, LAST)),
    ("genai", chat(part("Do pay"), part(", not", finishReason="STOP")),
     chat(part("Do pay", finishReason="STOP"), part(", not"))),
    ("genai", chat(part("Do pay", finishReason="STOP")),
     chat(part("Do pay", finishReason="STOP"), {"candidates": [{"finishReason": "STOP", "index": 0}]})),
    ("converse", written.aws([FIRST, said("Do pay"), said(", not"), HALT]),
     written.aws([FIRST, said("Do"), said(" pay"), HALT, said(", not")])),
    ("ollama_chat", written.lines([line("Do pay"), line(", not"), line("", done=True)]),
     written.lines([line("Do"), line(" pay"), line("", done=True), line(", not")])),
    ("openai_responses", named(ADDED, FINISHED, COMPLETED), named(ADDED, FINISHED, FINISHED, COMPLETED)),
    ("openai_responses", named(ADDED, FINISHED, COMPLETED), named(ADDED, ADDED, FINISHED, COMPLETED)),
    ("mistral_conversations", named(BEGUN, output("Do pay"), output(", not"), OVER),
     named(BEGUN, output("Do"), output(" pay"), OVER, output(", not"))),
    ("mistral_conversations", named(BEGUN, output("Do pay"), output(", not"), BROKEN),
     named(BEGUN, output("Do"), output(" pay"), BROKEN, output(", not"))),
    ("mistral_conversations", named(BEGUN, output("Do pay"), OVER), named(BEGUN, BEGUN, output("Do pay"), OVER)),
]  # fmt: skip


@pytest.mark.parametrize(("wire", "old", "new"), MOVED)
def test_what_came_behind_the_end_counts(wire, old, new):
    before, after = exchange(wire, old), exchange(wire, new)

    assert compare(before, after).churn not in (Churn.IDENTICAL, Churn.CHUNKING)
    assert fingerprint(before) != fingerprint(after)


def test_frames_of_a_session_that_came_again_count():
    heard = {"type": "conversation.item.input_audio_transcription.completed", "item_id": "i1", "transcript": "Ring?"}
    frames = [{"type": "session.created", "event_id": "e1"}, heard | {"event_id": "e2"}, heard | {"event_id": "e3"}]

    def session(*received):
        frame = "- kind: message\n  direction: {}\n  data: '{}'\n"
        lines = [frame.format("sent", '{"type": "response.create"}')]
        lines += [frame.format("received", json.dumps(one)) for one in received]
        data = "interactions:\n" + "".join(lines) + "version: 1\n"
        (part,) = read_file(data.encode(), "tests/cassettes/test_a/test_b.yaml")
        return part.reading.exchange

    assert session(*frames).read_as == "realtime"
    assert session(*frames).rest["behind"] == {f"{heard['type']} again": 1}
    assert "behind" not in session(*frames[:2]).rest


def test_the_words_are_told():
    found = compare(exchange("openai_chat", chat(*WHOLE)), exchange("openai_chat", chat(PAY, DONE, NOT, STOP, DONE)))

    told = {change.path: change.new for section in found.sections for item in section.items for change in item.values}
    assert told["behind the end.[DONE]"] == ", or do not"
    assert told["behind the end.[DONE] again"] == 1


def test_words_behind_the_finish_of_decoded_chunks_count():
    def recorded(*chunks):
        body = [{"__type__": "openai.types.chat.ChatCompletionChunk", "__data__": one} for one in chunks]
        return read(json.dumps({"request": {"body": {}}, "response": {"body": body, "is_streaming": True}}).encode())

    before = recorded(PAY, NOT, STOP).exchange
    after = recorded(chunk("Do"), chunk(" pay"), STOP, NOT).exchange
    assert fingerprint(before) != fingerprint(after)
    assert fingerprint(before) == fingerprint(recorded(chunk("Do"), chunk(" pay"), NOT, STOP).exchange)


ENDS_TWICE = (chunk("Do", "stop"), chunk(" pay", "stop"))
OTHER = (chunk("Yes", choice=0), chunk(finish="stop"), chunk("No", choice=1), chunk(finish="stop", choice=1), DONE)


@pytest.mark.parametrize(
    ("wire", "old", "new"),
    [
        ("openai_chat", chat(*WHOLE), chat(chunk("Do "), chunk("pay"), NOT, STOP, DONE)),
        ("genai", chat(part("Do", finishReason="STOP"), part(" pay", finishReason="STOP")),
         chat(part("Do pay", finishReason="STOP"))),
        ("openai_chat", chat(*ENDS_TWICE, DONE), chat(chunk("Do p", "stop"), chunk("ay", "stop"), DONE)),
        ("openai_chat", chat(*OTHER), chat(chunk("Y"), chunk("es"), *OTHER[1:])),
        ("openai_chat", chat(chunk("Do"), DONE, chunk(" pay")), chat(chunk("Do"), DONE, chunk(" p"), chunk("ay"))),
    ],
)  # fmt: skip
def test_where_a_stream_was_cut_does_not_matter(wire, old, new):
    before, after = exchange(wire, old), exchange(wire, new)

    assert compare(before, after).churn in (Churn.IDENTICAL, Churn.CHUNKING)
    assert fingerprint(before) == fingerprint(after)


@pytest.mark.parametrize("words", [chunk("Do pay, or do not"), chunk("Do pay")])
def test_nothing_is_told_of_a_stream_that_keeps_to_its_end(words):
    assert "behind" not in exchange("openai_chat", chat(words, STOP, DONE)).rest


def test_a_finish_reason_told_again_counts_however_often():
    once, twice, thrice = (exchange("openai_chat", chat(PAY, *[STOP] * many, DONE)) for many in (1, 2, 3))

    assert compare(once, twice).churn is Churn.DETAILS
    assert compare(twice, thrice).churn is Churn.CHUNKING
    assert compare(once, exchange("openai_chat", chat(chunk("Do pay", "stop"), DONE))).churn is Churn.CHUNKING


def test_a_finish_reason_in_each_chunk_is_no_second_end():
    given = chat(chunk("Do pay", "stop"), chunk(", or do not", "stop"), DONE)

    assert "behind" not in exchange("openai_chat", given).rest
