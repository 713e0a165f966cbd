"""Calls of Gemini that come in pieces: one whose end never came is another thing than one that is complete."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.formats.reading import read

BEGUN = {"name": "look", "willContinue": True}
PIECE = {"partialArgs": [{"jsonPath": "$.at", "stringValue": "Saturn"}], "willContinue": True}
LAST = {"partialArgs": [{"jsonPath": "$.at", "stringValue": "Saturn"}]}
END = {}


def exchange(*calls):
    chunks = [{"candidates": [{"content": {"parts": [{"functionCall": call}]}}], "modelVersion": "m"} for call in calls]
    chunks.append({"candidates": [{"content": {"parts": []}, "finishReason": "STOP"}], "modelVersion": "m"})
    request = {"method": "POST", "url": "https://h.test/v1/models/m:streamGenerateContent", "body": {"contents": []}}
    return read(json.dumps({"request": request, "response": {"body": chunks, "is_streaming": True}}).encode()).exchange


@pytest.mark.parametrize(
    ("whole", "cut"),
    [
        ((BEGUN, PIECE, END), (BEGUN, PIECE)),
        ((BEGUN, PIECE, END, BEGUN, PIECE, END), (BEGUN, PIECE, BEGUN, PIECE, END)),
        ((BEGUN, PIECE, END, {"name": "look"}), (BEGUN, PIECE, {"name": "look"})),
        ((BEGUN, END), (BEGUN,)),
    ],
)
def test_that_the_end_of_a_call_never_came_counts_and_is_shown(whole, cut):
    old, new = exchange(*whole), exchange(*cut)

    assert [call.arguments for call in old.outputs[0].tool_calls] == [
        call.arguments for call in new.outputs[0].tool_calls
    ]
    assert compare(old, new).churn is Churn.TEXT
    assert (len(old.outputs[0].parts), len(new.outputs[0].parts)) == (0, 1)


def test_a_last_piece_that_does_not_go_on_ends_a_call():
    assert compare(exchange(BEGUN, PIECE, END), exchange(BEGUN, LAST)).churn in (Churn.IDENTICAL, Churn.CHUNKING)
