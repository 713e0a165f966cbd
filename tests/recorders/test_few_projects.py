"""Recorders that one project alone has: what was cut apart is whole again, and nothing that they say twice counts twice."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.recorders.cassettes import ELSEWHERE
from recviewer.recorders.reading import read_file
from recviewer.recorders.registry import recorder_of
from tests.recorders import written
from tests.recorders.test_contract import CASES as FILES

CASES = {f"{path.parent.name}/{path.name}": path for path in FILES}


def exchanges(case, home):
    return [one.reading.exchange for one in read_file(CASES[case].read_bytes(), f"{home}/{CASES[case].name}")]


@pytest.mark.parametrize(
    ("case", "home", "place"),
    [
        ("mastra/planets.json", "__recordings__", 1),
        ("req-llm/streaming.json", "fixtures", 0),
        ("seinfeld/planets.cassette.json", "__cassettes__", 1),
        ("dd-test-agent/openai_chat_completions_post_0a1b2c3e.json", "llmobs_cassettes/openai", 0),
    ],
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
        (
            "seinfeld/planets.cassette.json",
            "__cassettes__",
            {"entry": {"matchKey": "POST api.example.com/v1/chat/completions"}},
        ),
        (
            "dd-test-agent/openai_chat_completions_post_0a1b2c3d.json",
            "vcr-cassettes",
            {"response.status": {"message": "OK"}},
        ),
    ],
)
def test_of_whole_replies_only_what_finds_them_is_left_over(case, home, said):
    exchange = exchanges(case, home)[0]

    assert (exchange.outputs[0].content, exchange.usage["total_tokens"]) == ("Mercury", 6)
    assert not exchange.problems
    assert exchange.rest.get("file", {}).get("recorder", {}) == said


@pytest.mark.parametrize(
    ("case", "home"), [("mastra/planets.json", "__recordings__"), ("seinfeld/planets.cassette.json", "__cassettes__")]
)
def test_an_error_that_they_recorded_is_one(case, home):
    assert exchanges(case, home)[2].error.status == 429


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
        (
            "seinfeld/odd.json",
            "__cassettes__",
            {
                "entry": {"note": "by hand", "matchKey": "POST api.example.com/v1/chat/completions"},
                "request body": {"kind": "text"},
                "response body": {"kind": "base64", "contentType": "text/plain", "note": "x"},
            },
        ),
        (
            "dd-test-agent/odd.json",
            "cassettes",
            {"cassette": {"note": "by hand"}, "response.status": {"message": "Fine"}},
        ),
    ],
)
def test_what_else_they_say_counts(case, home, said):
    assert exchanges(case, home)[0].rest["file"]["recorder"] == said


@pytest.mark.parametrize(
    "home", ["fixtures", "tapes", "__recordings__", "tests/fixtures/a", "__cassettes__", "cassettes"]
)
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
        {"entries": [{"id": "x", "title": "a page"}], "meta": {"createdAt": "2026-01-01"}},
        {"version": 1, "entries": []},
        {"request": {"method": "GET", "url": "/a", "headers": {}}, "response": {"status": 200, "body": "x"}},
    ],
)
def test_other_json_in_their_folders_is_left_alone(home, value):
    assert recorder_of(f"{home}/a.json", json.dumps(value).encode()) is None


def test_an_answer_in_another_file_is_a_problem_that_names_it():
    mapping = {"request": {"url": "/v1/chat/completions"}, "response": {"status": 200, "bodyFileName": "a.txt"}}
    content = {"mimeType": "application/json", "_file": "b.json"}
    entry = {"request": {"method": "GET", "url": "https://h.test"}, "response": {"status": 200, "content": content}}
    binary = {"kind": "binary", "path": "a.cassette.blobs/0a.bin", "sha256": "0a" * 32}
    asked = {"method": "GET", "url": "https://h.test", "headers": {}, "body": {"kind": "empty"}}
    blob = {"matchKey": "GET h.test", "request": asked, "response": {"status": 200, "headers": {}, "body": binary}}
    for name, value, file in (
        ("mappings/a.json", mapping, "__files/a.txt"),
        ("har/a.har", {"log": {"entries": [entry]}}, "b.json"),
        ("__cassettes__/a.cassette.json", {"entries": [blob]}, "a.cassette.blobs/0a.bin"),
    ):
        (part,) = read_file(json.dumps(value).encode(), name)

        assert [one.what for one in part.reading.exchange.problems if one.where == "file"] == [f"{ELSEWHERE}: {file}"]


def test_a_cassette_of_the_test_agent_is_read_as_the_older_one_that_it_was():
    case = CASES["dd-test-agent/openai_chat_completions_post_0a1b2c3d.json"].read_bytes()
    held = json.loads(case)
    older = {"request": held["request"] | {"uri": held["request"]["url"]}, "response": held["response"]}
    del older["request"]["url"]

    (before,) = read_file(json.dumps({"interactions": [older], "version": 1}).encode(), "cassettes/a.json")
    (after,) = read_file(case, "cassettes/b.json")

    assert compare(before.reading.exchange, after.reading.exchange).churn is Churn.IDENTICAL


def entry_of_seinfeld(body):
    reply = {"status": 200, "headers": {}, "body": body}
    return {"matchKey": "GET h.test", "request": {"method": "GET", "url": "https://h.test"}, "response": reply}


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ({"kind": "json", "value": {"a": 1}}, {}),
        ({"kind": "json", "value": "a"}, {}),
        ({"kind": "text", "value": "a"}, {}),
        ({"kind": "empty"}, {}),
        ({"kind": "base64", "value": "//79"}, {}),
        ({"kind": "sse", "chunks": ["data: {}", "data: [DONE]"]}, {}),
        ({"kind": "text", "value": "7"}, {"kind": "text"}),
        ({"kind": "base64", "value": "YQ=="}, {"kind": "base64"}),
        ({"kind": "sse", "chunks": ["a"]}, {"kind": "sse"}),
        ({"kind": "text", "value": "a", "contentType": "text/plain"}, {"contentType": "text/plain"}),
    ],
)
def test_the_kind_of_a_body_counts_where_its_content_does_not_tell_it(body, left):
    (part,) = read_file(json.dumps({"entries": [entry_of_seinfeld(body)]}).encode(), "__cassettes__/a.json")

    assert part.reading.exchange.rest["file"]["recorder"].get("response body", {}) == left


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "base64", "value": "no base64!"},
        {"kind": "sse", "chunks": [1]},
        {"kind": "text", "value": 7},
        {"kind": "later", "value": "a"},
        {"kind": ["text"], "value": "a"},
    ],
)
def test_a_body_of_seinfeld_that_is_none_counts_as_it_is(body):
    (part,) = read_file(json.dumps({"entries": [entry_of_seinfeld(body)]}).encode(), "__cassettes__/a.json")

    assert part.reading.exchange.unread == body


@pytest.mark.parametrize("end", ["", "\n\n"])
def test_events_of_seinfeld_are_parted_whether_or_not_their_blank_line_is_in_the_file(end):
    events = [{"choices": [{"index": 0, "delta": {"content": said}}]} for said in ("Ve", "nus")]
    body = {"kind": "sse", "chunks": [f"data: {json.dumps(event)}{end}" for event in events]}

    (part,) = read_file(json.dumps({"entries": [entry_of_seinfeld(body)]}).encode(), "__cassettes__/a.json")

    exchange = part.reading.exchange
    assert (exchange.chunks, exchange.outputs[0].content) == (2, "Venus")
    assert not exchange.problems


def test_what_else_is_beside_the_entries_of_seinfeld_counts():
    file = {
        "version": 2,
        "meta": {"createdAt": "2026-01-01", "by": "hand"},
        "entries": [entry_of_seinfeld({"kind": "empty"})],
    }

    (part,) = read_file(json.dumps(file).encode(), "__cassettes__/a.json")

    assert part.reading.exchange.rest["file"]["recorder"]["file"] == {"version": 2, "meta": {"by": "hand"}}


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
