"""JSON of any page steers no terminal, and reads back as what was recorded."""

import json
import re

import pytest

from recviewer.review.decide import decide
from recviewer.review.subjects import Seen

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
HOSTILE = "tests/t.py::test_\x1b]0;x\x07\x7f\x9b31m\u202e\u200b\udc80é"


@pytest.mark.parametrize(
    "address",
    [
        "/r/recordings/one.json.json",
        "/history/recordings/one.json.json",
        "/recordings.json",
        "/plan/.json",
        "/activity/.json",
        "/tags/.json",
        "/searches/.json",
        "/trash/.json",
        "/changes/{first}...HEAD.json",
        "/report/{first}...HEAD?as=json",
        "/plan/{first}...HEAD?as=json",
        "/b/{blob}.json",
    ],
)
def test_json_of_a_page_steers_no_terminal(client, make_recording, commit, address):
    make_recording("recordings/one.json", test=HOSTILE, answered="Before.")
    first = commit("first \x1b[31m\u202e")
    one = make_recording("recordings/one.json", test=HOSTILE, answered=f"After {HOSTILE}.")
    commit("second \x1b[31m\u202e")
    decide([Seen(one.path, one.blob)], actor="Ana\u202e", verdict="reject", note="\x1b[31m why \u202e")

    answer = client.get(address.format(first=first, blob=one.blob))

    text = answer.content.decode()
    assert answer.status_code == 200
    assert STEERING.search(text) is None
    json.loads(text)


def test_what_was_recorded_reads_back(client, make_recording):
    test = HOSTILE.replace("\udc80", "")  # half of a character is spelled out before: see `exchange.contract`
    make_recording("recordings/one.json", test=test)

    assert json.loads(client.get("/r/recordings/one.json.json").content)["test_id"] == test
