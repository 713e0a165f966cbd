"""Pieces of a stream that name another call or block than the one they are joined to: a client may do otherwise."""

import pytest

from recviewer.difference.compare import compare
from recviewer.exchange.fingerprint import fingerprint
from tests.exchange.test_hidden_changes_elsewhere import QUIET, exchange_of


def chat(*pieces):
    """A stream of a chat: pairs of (index, call)."""
    chunks = [{"delta": {"tool_calls": [{"index": index, **call}]}, "index": 0} for index, call in pieces]
    return [
        *[{"object": "chat.completion.chunk", "choices": [chunk]} for chunk in chunks],
        {"object": "chat.completion.chunk", "choices": [{"delta": {}, "index": 0, "finish_reason": "tool_calls"}]},
    ]


def begun(id="call_1"):
    return {"id": id, "type": "function", "function": {"name": "f", "arguments": '{"a'}}


MORE = {"function": {"arguments": '": 1}'}}
AGAIN = {"id": "call_1", "function": {"arguments": '": 1}'}}


def anthropic(*deltas):
    """A stream of a thought, a text and a call: triples of (index, type of delta, what it has)."""
    kinds = {0: {"type": "thinking", "thinking": ""}, 1: {"type": "text", "text": ""}}
    kinds[2] = {"type": "tool_use", "id": "t1", "name": "f", "input": {}}
    made = [{"type": "message_start", "message": {"role": "assistant", "content": [], "model": "m"}}]
    for block, started in kinds.items():
        made.append({"type": "content_block_start", "index": block, "content_block": started})
        made += [
            {"type": "content_block_delta", "index": index, "delta": {"type": kind, **said}}
            for at, index, kind, said in deltas
            if at == block
        ]
        made.append({"type": "content_block_stop", "index": block})
    return made


def sealed(block):
    return anthropic((0, block, "signature_delta", {"signature": "c2Vh"}), (1, 1, "text_delta", {"text": "a"}))


def argued(block):
    return anthropic(
        (2, 2, "input_json_delta", {"partial_json": '{"a'}), (2, block, "input_json_delta", {"partial_json": '": 1}'})
    )


def begun_with(given):
    made = argued(2)
    start = next(one for one in made if one.get("content_block", {}).get("type") == "tool_use")
    start["content_block"]["input"] = given
    return made


def responses(index, id="fc_1"):
    """A stream of Responses in which the first of two items is done. index, id: of what is done."""
    items = [
        {"type": "function_call", "id": f"fc_{at}", "call_id": f"c{at}", "name": "f", "arguments": ""} for at in (1, 2)
    ]
    done = {**items[0], "id": id, "arguments": "{}"}
    return [
        *[{"type": "response.output_item.added", "output_index": at, "item": item} for at, item in enumerate(items)],
        {"type": "response.output_item.done", "output_index": index, "item": done},
    ]


def xai(*reasons):
    outputs = [
        {"index": at, "finish_reason": reason, "message": {"role": "ROLE_ASSISTANT", "content": "a"}}
        for at, reason in enumerate(reasons)
    ]
    return {"id": "r", "outputs": outputs}


ELSEWHERE = {
    "chat: a piece at an index where no call began": (chat((0, begun()), (0, MORE)), chat((0, begun()), (1, MORE))),
    "chat: a piece with the id of a call at another index": (
        chat((0, begun()), (0, AGAIN)),
        chat((0, begun()), (1, AGAIN)),
    ),
    "anthropic: a piece of a block that did not begin": (argued(2), argued(7)),
    "anthropic: a piece of a block that is over": (argued(2), argued(0)),
    "anthropic: a seal of a block that did not begin": (sealed(0), sealed(7)),
    "anthropic: a seal of a block of text": (sealed(0), sealed(1)),
    "anthropic: what a call began with before its pieces": (begun_with({}), begun_with({"b": 2})),
    "anthropic: another thing that a call began with": (begun_with({"b": 1}), begun_with({"b": 2})),
    "responses: an item that is done where none began": (responses(0), responses(7)),
    "responses: an item that is done where another began": (responses(0), responses(1)),
    "xai: why an earlier output ended": (xai("REASON_STOP", "REASON_STOP"), xai("REASON_MAX_LEN", "REASON_STOP")),
}


@pytest.mark.parametrize("pair", ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_names_another_place_is_another_answer(pair):
    before, after = map(exchange_of, pair)

    assert compare(before, after).churn not in QUIET
    assert fingerprint(before) != fingerprint(after)


def test_where_a_stream_was_cut_is_no_difference():
    def cut(*pieces):
        return exchange_of(chat((0, begun()), *[(1, {"function": {"arguments": piece}}) for piece in pieces]))

    assert compare(cut('": 1}'), cut('": ', "1}")).churn in QUIET
    assert fingerprint(cut('": 1}')) == fingerprint(cut('": ', "1}"))


def test_calls_that_stand_where_they_began_are_told_of_nowhere():
    both = exchange_of(chat((0, begun()), (1, begun("call_2")), (0, MORE), (1, MORE)))

    assert [call.arguments for call in both.outputs[0].tool_calls] == ['{"a": 1}', '{"a": 1}']
    assert "blocks" not in both.rest


def responses(*deltas):
    """A stream of a response whose finished form has a source that no fragment has. deltas: fragments of its text."""
    said = {"type": "message", "content": [{"type": "output_text", "text": "ha"}]}
    sources = {"type": "search_results", "results": [{"title": "Tea"}]}
    made = [{"type": "response.output_text.delta", "delta": delta} for delta in deltas]
    return [*made, {"type": "response.completed", "response": {"status": "completed", "output": [said, sources]}}]


def test_equal_fragments_that_do_not_come_to_the_finished_response_are_counted():
    once, twice = exchange_of(responses("ha")), exchange_of(responses("ha", "ha"))

    assert compare(once, twice).churn not in QUIET
    assert fingerprint(once) != fingerprint(twice)
