"""What a reader takes once although a stream sends it again, or to another item: a client might not."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.exchange.fingerprint import fingerprint
from recviewer.recorders.reading import read_file
from tests.recorders import written

CHAT = "https://api.openai.com/v1/chat/completions"
RESPONSES = "https://api.openai.com/v1/responses"
DASHSCOPE = "https://dashscope.aliyuncs.com/api/v1/services/aigc/text-generation/generation"


def exchange(url, given):
    write, path = written.RECORDERS["vcrpy"]
    (part,) = read_file(write("POST", url, json.dumps({"model": "m-1", "input": "Look."}), given).encode(), path)
    return part.reading.exchange


def calling(*fragments):
    def chunk(delta, finish=None):
        choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
        return {"id": "c", "object": "chat.completion.chunk", "model": "m-1", "choices": choices}

    sent = [chunk({"tool_calls": [{"index": 0, "type": "function", **one}]}) for one in fragments]
    return exchange(CHAT, written.events([*sent, chunk({}, "tool_calls")]))


def fragment(arguments, name=None, id=None):
    function = {"arguments": arguments} | ({"name": name} if name else {})
    return {"function": function} | ({"id": id} if id else {})


BEGIN = fragment("", "look", "call_1")


@pytest.mark.parametrize(
    "again",
    [
        (fragment('{"at":', "look"), fragment('"x"}')),
        (fragment('{"at":'), fragment('"x"}', "look")),
        (fragment('{"at":"x"}', "look"),),
        (fragment('{"at":', "look", "call_1"), fragment('"x"}', "look", "call_1")),
    ],
)
def test_a_name_sent_again_counts(again):
    usual = calling(BEGIN, fragment('{"at":'), fragment('"x"}'))
    found = calling(BEGIN, *again)

    assert [call.name for call in found.outputs[0].tool_calls] == ["look"]
    assert compare(usual, found).churn is Churn.DETAILS


def test_how_often_a_name_is_sent_again_is_where_the_stream_was_cut():
    twice = calling(BEGIN, fragment('{"at":', "look"), fragment('"x"}', "look"))
    thrice = calling(BEGIN, fragment('{"at"', "look"), fragment(":", "look"), fragment('"x"}', "look"))

    assert compare(twice, thrice).churn is Churn.CHUNKING


def test_whole_calls_of_one_name_send_none_again():
    found = calling(fragment("{}", "look"), fragment("{}", "look"))

    assert len(found.outputs[0].tool_calls) == 2
    assert "blocks" not in found.rest


def answered(item_id, *, id="msg_1"):
    message = {"type": "message", "id": id, "role": "assistant", "content": []}
    place = {"output_index": 0, "content_index": 0}
    done = {**message, "content": [{"type": "output_text", "text": "Rings.", "annotations": []}]}
    events = [
        {"type": "response.output_item.added", "output_index": 0, "item": message},
        {"type": "response.output_text.delta", **place, "item_id": id, "delta": "Rin"},
        {"type": "response.output_text.delta", **place, "item_id": item_id, "delta": "gs."},
        {"type": "response.output_item.done", "output_index": 0, "item": done},
        {"type": "response.completed", "response": {"id": "r", "object": "response", "output": [done]}},
    ]
    return exchange(RESPONSES, written.events(events))


def test_a_piece_that_names_another_item_counts():
    assert compare(answered("msg_1"), answered("msg_2")).churn is Churn.DETAILS
    assert compare(answered("msg_1"), answered("msg_2", id="msg_2")).churn is Churn.IDENTICAL
    assert compare(answered("msg_2"), answered("msg_3")).churn is Churn.IDENTICAL  # both name an item that is not there


def listed(*, of_choices=(0, 1), of_calls=(0, 1)):
    calls = [
        {"index": n, "id": f"call_{n}", "type": "function", "function": {"name": name, "arguments": "{}"}}
        for n, name in enumerate(("first", "second"))
    ]
    messages = [{"role": "assistant", "content": "", "tool_calls": [calls[n] for n in of_calls]}, {"content": "Rings."}]
    choices = [{"index": n, "finish_reason": "stop", "message": one} for n, one in enumerate(messages)]
    return exchange(DASHSCOPE, json.dumps({"request_id": "r", "output": {"choices": [choices[n] for n in of_choices]}}))


@pytest.mark.parametrize("other", [{"of_choices": (1, 0)}, {"of_calls": (1, 0)}])
def test_a_list_counts_in_its_order_whatever_index_its_items_have(other):
    assert listed().read_as == "dashscope"
    assert compare(listed(), listed(**other)).churn not in (Churn.IDENTICAL, Churn.CHUNKING)


def thinking(*deltas):
    chunks = [{"id": "c", "model": "m-1", "choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    return exchange(CHAT, written.events([*chunks, {"id": "c", "model": "m-1", "choices": []}]))


def thought(words, *pieces):
    plain = {"reasoning": words} if words else {}
    return plain | {"reasoning_details": [{"type": "reasoning.text", "text": piece} for piece in pieces]}


@pytest.mark.parametrize(
    ("usual", "other"),
    [
        ([thought("Do", "Do"), thought("Pay", "Pay")], [thought("Do", "Do"), {"reasoning": "Pay"}]),
        ([thought("Do", "Do"), thought("Pay", "Pay")], [thought("Do", "Do", "Do"), thought("Pay", "Pay")]),
        ([{"reasoning": "Do"}, thought("", "Do")], [{"reasoning": "Do"}, thought("", "Do"), thought("", "Do")]),
        ([{"reasoning": "DoPay"}, thought("", "DoPay")], [{"reasoning": "DoPay"}, thought("", "Do")]),
        (
            [{"reasoning": "Do", "reasoning_content": "Do"}, {"reasoning": "Pay", "reasoning_content": "Pay"}],
            [{"reasoning": "Do", "reasoning_content": "Do"}, {"reasoning": "Pay"}],
        ),
    ],
)
def test_thoughts_under_a_second_key_count_unless_they_are_the_same_as_a_whole(usual, other):
    before, after = thinking(*usual), thinking(*other)

    assert before.outputs == after.outputs
    assert compare(before, after).churn is Churn.DETAILS
    assert fingerprint(before) != fingerprint(after)


@pytest.mark.parametrize(
    ("usual", "other"),
    [
        ([thought("Do", "Do"), thought("Pay", "Pay")], [thought("DoPay", "DoPay")]),
        (
            [{"reasoning": "DoPay"}, thought("", "DoPay")],
            [{"reasoning": "DoPay"}, thought("", "Do"), thought("", "Pay")],
        ),
    ],
)
def test_where_thoughts_were_cut_does_not_matter_under_either_key(usual, other):
    before, after = thinking(*usual), thinking(*other)

    assert compare(before, after).churn in (Churn.IDENTICAL, Churn.CHUNKING)
    assert fingerprint(before) == fingerprint(after)
