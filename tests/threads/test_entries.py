"""Recordings as entries of threads."""

import json

import pytest

from recviewer.formats.reading import read
from recviewer.threads.entries import entry_of


def recorded(body, **beside):
    request = {"method": "POST", "url": "https://api.openai.com/v1/responses", "body": {"model": "m", "input": "Hi"}}
    return read(json.dumps({"request": request, "response": {"body": body, **beside}}).encode())


@pytest.mark.parametrize(
    ("body", "id"),
    [
        ({"object": "response", "id": "resp_1", "output": []}, "resp_1"),
        ([{"type": "response.created", "response": {"id": "resp_2", "output": []}}], "resp_2"),
        ({"object": "response", "output": []}, ""),
        ([{"type": "response.created", "response": 7}], ""),
        (None, ""),
    ],
)
def test_the_id_of_an_answer_stands_at_its_top_or_in_its_first_events(body, id):
    assert entry_of("a", recorded(body), "current").answer_id == id


def test_what_nobody_can_read_has_no_id():
    assert entry_of("a", read(b"{"), "unverifiable").answer_id == ""


@pytest.mark.parametrize(
    ("state", "is_found"),
    [("current", True), ("unverifiable", True), ("older", False), ("edited", False), ("unknown", False)],
)
def test_what_replay_does_not_find_by_name_is_not_found(state, is_found):
    assert entry_of("a", recorded({}), state).is_found is is_found
