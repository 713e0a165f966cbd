"""What a provider seals is new with each answer, also where a later request sends it back."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn, SectionKind
from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats.reading import read

ANTHROPIC = "https://api.anthropic.com/v1/messages"
CHAT = "https://h.test/v1/chat/completions"
GEMINI = "https://generativelanguage.googleapis.com/v1beta/models/g:generateContent"
CONVERSE = "https://bedrock-runtime.eu-west-1.amazonaws.com/model/m/converse"
RESPONSES = "https://h.test/v1/responses"


def exchange(url, request, body):
    return read(json.dumps({"request": {"url": url, "body": request}, "response": {"body": body}}).encode()).exchange


def said(*blocks):
    return {"messages": [{"role": "assistant", "content": list(blocks)}]}


SENT_BACK = {
    "thoughts": (ANTHROPIC, lambda seal: said({"type": "thinking", "thinking": "Hm.", "signature": seal})),
    "hidden thoughts": (ANTHROPIC, lambda seal: said({"type": "redacted_thinking", "data": seal})),
    "reasoning": (RESPONSES, lambda seal: {"input": [{"type": "reasoning", "summary": [], "encrypted_content": seal}]}),
    "a part": (
        GEMINI,
        lambda seal: {"contents": [{"role": "model", "parts": [{"text": "a", "thoughtSignature": seal}]}]},
    ),
    "thoughts of Converse": (
        CONVERSE,
        lambda seal: said({"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": seal}}}),
    ),
    "a call": (
        CHAT,
        lambda seal: {
            "messages": [
                {
                    "role": "assistant",
                    "tool_calls": [{"id": "a", "extra_content": {"google": {"thought_signature": seal}}}],
                }
            ]
        },
    ),
}


@pytest.mark.parametrize("name", SENT_BACK)
def test_a_seal_that_is_sent_back_counts_by_being_there(name):
    url, make = SENT_BACK[name]
    old, new, gone = (exchange(url, make(seal), {"id": "x"}) for seal in ("one", "two", ""))

    assert compare(old, new).churn is Churn.IDENTICAL
    assert fingerprint(old) == fingerprint(new)
    assert compare(old, gone).churn is Churn.REQUEST
    assert [one.path for one in compare(old, new).ignored]


@pytest.mark.parametrize(
    "make",
    [
        lambda text: said({"type": "signature_of_a_function", "signature": text}),
        lambda text: said({"type": "image", "data": text}),
        lambda text: said(
            {"type": "tool_use", "id": "a", "name": "f", "input": {"type": "thinking", "signature": text}}
        ),
    ],
)
def test_other_texts_under_such_a_key_are_words(make):
    old, new = (exchange(ANTHROPIC, make(text), {"id": "x"}) for text in ("f(a)", "f(b)"))

    assert compare(old, new).churn is Churn.REQUEST


@pytest.mark.parametrize("key", ["signature", "data"])
def test_beside_a_type_that_is_no_text_nothing_is_sealed(key):
    marks = {
        fingerprint(exchange(ANTHROPIC, said({"type": ["thinking"], key: text}), {"id": "x"}))
        for text in ("one", "two")
    }
    assert len(marks - {""}) == 2


def test_the_seal_of_a_call_counts_by_being_there():
    old, new, gone = (
        exchange(
            CHAT,
            {},
            {
                "choices": [
                    {
                        "index": 0,
                        "message": {
                            "role": "assistant",
                            "tool_calls": [
                                {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}} | more
                            ],
                        },
                    }
                ]
            },
        )
        for more in ({"extra_content": {"google": {"thought_signature": seal}}} for seal in ("one", "two", ""))
    )

    assert compare(old, new).churn is Churn.IDENTICAL
    assert compare(old, gone).churn is Churn.DETAILS


def test_where_pings_come_in_a_stream_says_nothing():
    begun = {"type": "message_start", "message": {"type": "message", "role": "assistant", "content": []}}
    block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    word = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Saturn"}}
    ping = {"type": "ping"}
    old, moved, more = (
        exchange(ANTHROPIC, {"stream": True}, [line for event in events for line in (f"data: {json.dumps(event)}", "")])
        for events in (
            (begun, ping, block, word),
            (begun, block, ping, word),
            (begun, ping, block, ping, word, {**ping, "note": "x"}),
        )
    )

    assert compare(old, moved).churn is Churn.IDENTICAL
    assert compare(old, more).churn is Churn.DETAILS


def reasoned(seal, *, answer="b", call="c", sent="c"):
    thought = {"type": "reasoning", "id": f"rs_{seal}", "summary": [], "encrypted_content": seal}
    asked = {"type": "function_call", "id": f"fc_{seal}", "call_id": sent, "name": "f", "arguments": "{}"}
    reply = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": answer}]}
    again = {**asked, "id": f"fc_{seal}2", "call_id": call}
    body = {"id": "x", "object": "response", "status": "completed", "model": "m", "output": [again, reply]}
    return exchange(RESPONSES, {"input": [{"role": "user", "content": "a"}, thought, asked]}, body)


def test_a_turn_that_differs_in_a_seal_and_an_id_alone_is_told_as_kept():
    difference = compare(reasoned("one"), reasoned("two", answer="other"))

    assert difference.churn is Churn.TEXT
    assert difference.section(SectionKind.MESSAGES) is None
    assert [same.count for same in difference.same if same.kind is SectionKind.MESSAGES] == [3]


def test_where_only_what_ids_refer_to_differs_that_is_told_and_no_seal():
    difference = compare(reasoned("one"), reasoned("two", call="other"))

    assert difference.churn is Churn.DETAILS
    assert [section.kind for section in difference.sections] == [SectionKind.REFERENCES]


def test_that_a_seal_of_a_turn_is_gone_is_told_in_words():
    difference = compare(reasoned("one"), reasoned(""))

    (item,) = difference.section(SectionKind.MESSAGES).items
    assert [change.old for change in item.values if change.keys[-1] == "encrypted_content"] == [
        "there (value not counted)"
    ]
