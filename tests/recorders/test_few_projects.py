"""Recorders that one project alone has: what was cut apart is whole again, and nothing that they say twice counts twice."""

import json

import pytest

from recviewer.recorders.cassettes import ELSEWHERE
from recviewer.recorders.reading import read_file
from recviewer.recorders.registry import recorder_of
from tests.recorders import written
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
    ("case", "home", "said"),
    [
        ("mastra/planets.json", "__recordings__", {"recording": {"hash": "0a1b"}}),
        ("req-llm/basic.json", "fixtures", {"fixture": {"model_spec": "example:m", "provider": "example"}}),
        ("hf-tapes/planets.json", "tapes", {}),
    ],
)
def test_of_whole_replies_only_what_finds_them_is_left_over(case, home, said):
    exchange = exchanges(case, home)[0]

    assert (exchange.outputs[0].content, exchange.usage["total_tokens"]) == ("Mercury", 6)
    assert not exchange.problems
    assert exchange.rest.get("file", {}).get("recorder", {}) == said


def test_an_error_that_mastra_recorded_is_one():
    assert exchanges("mastra/planets.json", "__recordings__")[2].error.status == 429


@pytest.mark.parametrize(
    ("case", "home", "said"),
    [
        (
            "mastra/odd.json",
            "__recordings__",
            {"recording": {"note": "by hand", "hash": "0a1e"}, "response": {"chunks": ["data: {", 7]}},
        ),
        (
            "req-llm/odd.json",
            "fixtures",
            {
                "fixture": {"note": "by hand"},
                "request": {"canonical_json": '{"model": "other"}'},
                "response": {"status": "200"},
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


def test_an_answer_in_another_file_is_a_problem_that_names_it():
    mapping = {"request": {"url": "/v1/chat/completions"}, "response": {"status": 200, "bodyFileName": "a.txt"}}
    content = {"mimeType": "application/json", "_file": "b.json"}
    entry = {"request": {"method": "GET", "url": "https://h.test"}, "response": {"status": 200, "content": content}}
    for name, value, file in (
        ("mappings/a.json", mapping, "__files/a.txt"),
        ("har/a.har", {"log": {"entries": [entry]}}, "b.json"),
    ):
        (part,) = read_file(json.dumps(value).encode(), name)

        assert [one.what for one in part.reading.exchange.problems if one.where == "file"] == [f"{ELSEWHERE}: {file}"]


def mapping(said, **more):
    reply = {"choices": [{"index": 0, "message": {"content": said}, "finish_reason": "stop"}]}
    return {"response": {"status": 200, "jsonBody": reply}} | more | {"request": {"urlPathTemplate": "/v1/{a}"} | more}


@pytest.mark.parametrize("more", [{}, {"metadata": {"a": 1}}, {"requiredScenarioState": "Started"}])
def test_a_mapping_is_known_whatever_stands_first(more):
    (part,) = read_file(json.dumps(mapping("Venus", **more)).encode(), "mappings/a.json")

    assert part.reading.exchange.outputs[0].content == "Venus"


def test_mappings_of_one_file_are_exchanges_each():
    many = {"mappings": [mapping("Venus"), mapping("Mars", method="GET")], "meta": {"total": 2}}

    found = read_file(json.dumps(many).encode(), "mappings/a.json")

    assert [one.reading.exchange.outputs[0].content for one in found] == ["Venus", "Mars"]
    assert len({one.part for one in found}) == 2


def test_a_file_that_a_mapping_names_is_read_in_every_layout():
    said = {"choices": [{"index": 0, "delta": {"content": "Venus"}}], "object": "chat.completion.chunk", "model": "m"}
    frames = [
        {"messageStart": {"role": "assistant"}},
        {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "Venus"}}},
        {"messageStop": {"stopReason": "end_turn"}},
    ]
    for data in (f"data: {json.dumps(said)}\n\ndata: [DONE]\n\n".encode(), written.aws(frames)):
        (part,) = read_file(data, "__files/a.txt")

        assert part.reading.exchange.outputs[0].content == "Venus"
    assert read_file(b"data of ours", "__fixtures__/a.txt") == ()
    (unknown,) = read_file(b"data of ours", "__files/a.txt")
    assert unknown.reading.exchange.unread == "data of ours"


def test_bodies_of_req_cassette_are_read_whatever_their_type():
    found = exchanges("vcr-json/planets_req_cassette.json", "test/cassettes")

    assert [one.outputs[0].content for one in found] == ["Saturn.", "Mars.", "Neptune."]
    assert [one.url for one in found] == [
        f"https://api.anthropic.com/v1/messages{end}" for end in ("", "?beta=true", "")
    ]
    assert all(one.request.params["max_tokens"] == 64 and not one.problems for one in found)
    assert all("file" not in one.rest for one in found)


@pytest.mark.parametrize("odd", [{"body_type": "xml"}, {"body": "other"}, {"body_type": None}])
def test_a_body_of_req_cassette_that_does_not_fit_its_type_counts(odd):
    document = json.loads(CASES["vcr-json/planets_req_cassette.json"].read_bytes())
    document["interactions"][0]["response"] |= odd

    (exchange, *_) = [
        one.reading.exchange for one in read_file(json.dumps(document).encode(), "test/cassettes/planets.json")
    ]
    assert set(exchange.rest["file"]["recorder"]["response"]) >= {"body_json", "body_type"}


def test_answers_of_exvcr_have_their_status():
    rings, _, late = exchanges("vcr-json/planets_exvcr.json", "fixture/vcr_cassettes")

    assert (rings.status, rings.outputs[0].content) == (200, "Saturn.")
    assert rings.rest["file"]["recorder"]["response"] == {"binary": False, "type": "ok"}
    assert late.rest["file"]["recorder"]["response"]["type"] == "error"


def test_cassettes_of_php_vcr_are_read():
    asked = json.dumps({"model": "m-1", "messages": [{"role": "user", "content": "Which planet has rings?"}]})
    given = json.dumps({"object": "chat.completion", "choices": [{"index": 0, "message": {"content": "Saturn."}}]})
    data = f"""
-
    request:
        method: POST
        url: 'https://api.openai.com/v1/chat/completions'
        headers:
            Host: api.openai.com
        body: '{asked}'
    response:
        status:
            http_version: '1.1'
            code: '200'
            message: OK
        headers:
            Content-Type: application/json
        body: '{given}'
    index: 0
"""
    (part,) = read_file(data.encode(), "tests/fixtures/planets.yml")

    assert part.reading.exchange.outputs[0].content == "Saturn."
    assert part.reading.exchange.request.messages[0].parts[0].text == "Which planet has rings?"
