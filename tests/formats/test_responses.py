"""Streams of Responses: where they were cut does not matter, and what they tell twice must agree."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats.reading import read


def reading_of(events):
    lines = [line for event in events for line in (f"event: {event['type']}", f"data: {json.dumps(event)}", "")]
    response = {"body": lines, "is_streaming": True}
    return read(json.dumps({"request": {"payload": {"input": "x"}}, "response": response}).encode())


def message(text):
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": content}


def stream(pieces, *, done=None, item=None, last=None):
    """Return the events of one message. done, item, last: what is told of its text when part, item and response are done."""
    text = "".join(pieces)
    told = [text if said is None else said for said in (done, item, last)]
    place = {"output_index": 0, "content_index": 0, "item_id": "msg_1"}
    return [
        {
            "type": "response.created",
            "response": {"id": "r", "object": "response", "status": "in_progress", "output": []},
        },
        {"type": "response.output_item.added", "output_index": 0, "item": {**message(""), "content": []}},
        *({"type": "response.output_text.delta", **place, "delta": piece} for piece in pieces),
        {"type": "response.output_text.done", **place, "text": told[0]},
        {"type": "response.output_item.done", "output_index": 0, "item": message(told[1])},
        {
            "type": "response.completed",
            "response": {"id": "r", "object": "response", "status": "completed", "output": [message(told[2])]},
        },
    ]


@given(st.lists(st.text(max_size=4), min_size=1, max_size=6))
def test_where_a_stream_was_cut_does_not_matter(pieces):
    text = "".join(pieces)
    cut, whole = reading_of(stream(pieces)), reading_of(stream([text]))

    assert cut.exchange.outputs == whole.exchange.outputs
    assert fingerprint(cut.exchange) == fingerprint(whole.exchange)
    assert cut.exchange.left == ()
    assert cut.exchange.problems == ()


@pytest.mark.parametrize("place", ["done", "item", "last"])
def test_text_that_is_told_otherwise_a_second_time_counts(place):
    plain, odd = reading_of(stream(["Fo", "ur."])), reading_of(stream(["Fo", "ur."], **{place: "Five."}))

    assert fingerprint(plain.exchange) != fingerprint(odd.exchange)


def test_finished_response_counts_before_its_pieces_and_pieces_before_silence():
    assert reading_of(stream(["Four."], last="Five.")).exchange.outputs[0].content == "Five."
    assert reading_of(stream(["Four."], item="", last="")).exchange.outputs[0].content == "Four."
