"""Recorders that one project alone has: what was cut apart is whole again, and nothing that they say twice counts twice."""

import json

import pytest

from recviewer.recorders.reading import read_file
from recviewer.recorders.registry import recorder_of
from tests.recorders.test_contract import CASES as FILES

CASES = {f"{path.parent.name}/{path.name}": path for path in FILES}


def exchanges(case, home):
    return [one.reading.exchange for one in read_file(CASES[case].read_bytes(), f"{home}/{CASES[case].name}")]


@pytest.mark.parametrize(
    ("case", "home", "place"), [("mastra/planets.json", "__recordings__", 1), ("req-llm/streaming.json", "fixtures", 0)]
)
def test_pieces_that_the_network_cut_are_one_stream(case, home, place):
    exchange = exchanges(case, home)[place]

    assert (exchange.kind, exchange.chunks, exchange.outputs[0].content) == ("chat", 5, "Vénus")
    assert exchange.request.messages[0].parts[0].text == "Which planet is number 2?"
    assert not exchange.problems


@pytest.mark.parametrize(
    ("case", "home"),
    [("mastra/planets.json", "__recordings__"), ("req-llm/basic.json", "fixtures"), ("hf-tapes/planets.json", "tapes")],
)
def test_whole_replies_are_read_and_nothing_is_left_over(case, home):
    exchange = exchanges(case, home)[0]

    assert (exchange.outputs[0].content, exchange.usage["total_tokens"]) == ("Mercury", 6)
    assert not exchange.problems
    assert "recorder" not in exchange.rest.get("file", {})


def test_an_error_that_mastra_recorded_is_one():
    assert exchanges("mastra/planets.json", "__recordings__")[2].error.status == 429


@pytest.mark.parametrize(
    ("case", "home", "said"),
    [
        (
            "mastra/odd.json",
            "__recordings__",
            {"recording": {"note": "by hand"}, "response": {"chunks": ["data: {", 7]}},
        ),
        (
            "req-llm/odd.json",
            "fixtures",
            {
                "fixture": {"note": "by hand"},
                "request": {"canonical_json": '{"model": "other"}'},
            },
        ),
        ("hf-tapes/odd.json", "tapes", {"tape": {"note": "by hand"}}),
    ],
)
def test_what_else_they_say_counts(case, home, said):
    assert exchanges(case, home)[0].rest["file"]["recorder"] == said


@pytest.mark.parametrize("home", ["fixtures", "tapes", "__recordings__", "tests/fixtures/a"])
@pytest.mark.parametrize(
    "value",
    [
        {"name": "x", "request": {"body": {"b64": "e30="}}},
        {"request": {"body": {"text": "x"}}, "response": {}},
        {"chunks": [{"text": "x"}]},
        {"url": "https://h.test", "init": True},
        {"meta": {"page": 1}, "data": []},
        {"recordings": [{"id": 1}]},
        {"hash": "x", "size": 1},
    ],
)
def test_other_json_in_their_folders_is_left_alone(home, value):
    assert recorder_of(f"{home}/a.json", json.dumps(value).encode()) is None
