"""Which files are cassettes, which tests they are of, and what stays of one from which exchanges are taken."""

import json
from pathlib import Path

import pytest

from recviewer.catalog import indexer
from recviewer.catalog.models import File, Recording
from recviewer.exchange.text import Outcome, line_of, outcome_of
from recviewer.pages.recordings.neighbours import url_of
from recviewer.recorders.kinds.vcrpy import VcrPy
from recviewer.recorders.reading import read_file, without
from recviewer.recorders.registry import read_as, recorder_of

CASES = Path(__file__).parent / "cases"


@pytest.mark.parametrize(
    ("path", "test"),
    [
        ("tests/cassettes/test_planets/test_rings[small].yaml", "tests/test_planets.py::test_rings[small]"),
        ("tests/cassettes/test_planets/TestMoons.test_rings.yaml", "tests/test_planets.py::TestMoons::test_rings"),
        ("cassettes/test_planets/test_rings.yaml", "test_planets.py::test_rings"),
        ("tests/cassettes/test_planets/test_rings[small].xai.yaml", "tests/test_planets.py::test_rings[small]"),
        ("tests/_vcr/test_planets/test_rings.yaml", "tests/test_planets.py::test_rings"),
        ("tests/cassettes/agents/test_rings.yaml", None),
        ("tests/cassettes/test_rings.yaml", None),
    ],
)
def test_the_path_of_a_cassette_tells_its_test(path, test):
    data = (CASES / "vcrpy/test_planets.yaml").read_bytes()
    assert {one.reading.exchange.test_id for one in read_file(data, read_as(path))} == {test}


@pytest.mark.parametrize(
    ("case", "path", "test"),
    [
        ("go-vcr/planets.yaml", "llm/testdata/TestPlanets/small/planets.yaml", "llm::TestPlanets/small/planets"),
        ("httprr/TestPlanets.httprr", "llm/testdata/TestPlanets.httprr", "llm::TestPlanets"),
        ("httpmock/planets.yaml", "tests/cassettes/acme/chat/planets.yaml", "acme/chat::planets"),
        ("test-proxy/NamesPlanets.json", "tests/SessionRecords/Chat/NamesPlanetsAsync.json", "Chat::NamesPlanets"),
    ],
)
def test_each_recorder_tells_tests_in_its_way(case, path, test):
    data = (CASES / case).read_bytes()
    assert {one.reading.exchange.test_id for one in read_file(data, read_as(path))} == {test}


def test_a_test_id_that_was_recorded_is_kept_and_ogx_reads_by_name():
    assert read_as("tests/recordings/a.json") == "a.json"
    assert read_as("a.json") == read_as("b/a.json") == "./a.json"


STRANGERS = {
    "config.yaml": b"version: 1\nservices:\n- request: x\n",
    "openapi.yml": b"openapi: 3.0.0\ninteractions: none\n",
    "empty.yaml": b"",
}


@pytest.mark.parametrize("name", STRANGERS)
def test_other_yaml_is_no_recording(name):
    assert recorder_of(name, STRANGERS[name]) is None
    assert read_file(STRANGERS[name], name) == ()


def test_strangers_are_not_counted_and_become_recordings_when_they_are(root, db):
    home = root / "tests/cassettes/test_planets"
    home.mkdir(parents=True)
    for name, data in STRANGERS.items():
        (home / name).write_bytes(data)
    (home / "test_rings.yaml").write_bytes((CASES / "vcrpy/test_planets.yaml").read_bytes())

    first = indexer.refresh(processes=1)
    again = indexer.refresh(processes=1)

    assert (first.added, first.unchanged, Recording.objects.count(), File.objects.count()) == (1, 0, 3, 4)
    assert (again.added, again.changed, again.unchanged, again.removed) == (0, 0, 1, 0)

    (home / "config.yaml").write_bytes((CASES / "vcrpy/test_odd.yaml").read_bytes())
    (home / "test_rings.yaml").write_bytes(STRANGERS["config.yaml"])
    (home / "empty.yaml").unlink()
    third = indexer.refresh(processes=1)

    assert (third.added, third.changed, third.removed, Recording.objects.count()) == (1, 0, 1, 3)


def test_a_page_shows_an_exchange_of_a_cassette(root, db, client):
    home = root / "tests/cassettes/test_planets"
    home.mkdir(parents=True)
    (home / "test_rings.yaml").write_bytes((CASES / "vcrpy/test_planets.yaml").read_bytes())
    indexer.refresh(processes=1)

    pages = [client.get(f"/r/{one.path}").content.decode() for one in Recording.objects.order_by("place")]

    assert "Which moon?" in pages[1]
    assert "Saturn é" in pages[1]
    assert "Saturn, again." in pages[2]
    assert "Raw YAML" in client.get(url_of(Recording.objects.order_by("place").first().path)).content.decode()
    listed = client.get("/").content.decode()
    assert listed.count("test_rings") >= 1


def test_calls_beside_no_conversation_stand_open_on_the_page_of_their_file(root, db, client):
    home = root / "tests/cassettes/test_planets"
    home.mkdir(parents=True)
    item = "- request: {{method: GET, uri: http://h/{0}}}\n  response: {{status: 200, body: {{string: 'page {0}'}}}}\n"
    (home / "test_pages.yaml").write_text("interactions:\n" + "".join(map(item.format, "ab")))
    indexer.refresh(processes=1)

    page = client.get("/r/tests/cassettes/test_planets/test_pages.yaml", follow=True).content.decode()

    assert "2 other calls" in page
    assert "page a" in page
    assert (
        "cannot be checked: what its test asks is in no file"
        in client.get(f"/r/{Recording.objects.order_by('place').first().path}").content.decode()
    )


def test_the_file_without_an_exchange_keeps_every_other_byte():
    data = (CASES / "vcrpy/test_planets.yaml").read_bytes()
    recorder = recorder_of("a.yaml", data)
    parts = list(recorder.parts(data))

    left = recorder.without(data, {parts[1].name})

    assert left == data[: parts[1].start] + data[parts[1].end :]
    assert left.startswith(b"# kept by hand\n")
    assert left.endswith(b"version: 1\n")


def test_the_last_entries_go_with_their_commas():
    data = (CASES / "test-proxy/NamesPlanets.json").read_bytes()
    recorder = recorder_of("a.json", data)
    names = [part.name for part in recorder.parts(data)]

    for gone in (names[:1], names[1:2], names[2:], names[1:], names[:2], names[::2]):
        left = json.loads(recorder.without(data, set(gone)))
        assert len(left["Entries"]) == 3 - len(gone)
        assert left["Variables"] == {}


def test_a_session_over_a_websocket_is_one_exchange_of_all_its_frames():
    data = (CASES / "vcrpy/test_session.yaml").read_bytes()
    [part] = read_file(data, "test_session.yaml")
    found = part.reading.exchange
    assert (found.kind.value, found.chunks, [one.content for one in found.outputs]) == ("realtime", 3, ["Saturn"])
    assert [one.parts[0].text for one in found.request.messages] == ["Which planet has rings?"]
    assert part.reading.document["request"]["body"]["sent"][0]["after"] == 0
    assert part.reading.document["response"]["body"][-1]["close"]["code"] == 1000


@pytest.mark.parametrize("case", ["go-vcr/empty.yaml", "test-proxy/Nothing.json", "httprr/TestNothing.httprr"])
def test_a_file_without_any_exchange_says_so_and_is_no_broken_one(case):
    [part] = read_file((CASES / case).read_bytes(), case.rpartition("/")[2])
    found = part.reading.exchange
    line = line_of(found)
    assert (found.kind.value, found.problems, line.asked, line.answered) == (
        "no_exchange",
        (),
        "",
        "no exchanges in it",
    )
    assert outcome_of(found) is Outcome.EMPTY


def test_of_a_reply_alone_nothing_is_said_to_have_been_asked():
    [part] = read_file((CASES / "bare-reply/planets.json").read_bytes(), "__fixtures__/planets.json")
    assert line_of(part.reading.exchange).asked == "a request that was not recorded"


def test_how_a_recorder_finds_an_exchange_and_what_it_did_to_it_is_known():
    [first, *_] = read_file((CASES / "vcrpy/test_planets.yaml").read_bytes(), "test_planets.yaml", exact=True)
    [other, *_] = read_file((CASES / "go-vcr/planets.yaml").read_bytes(), "planets.yaml", exact=True)
    assert (first.reading.matching.on, first.reading.matching.is_in_order) == ({"method", "url"}, True)
    assert other.reading.matching.on == {"method", "url", "headers", "body"}
    old = b"---\nversion: 1\ninteractions:\n- request:\n    url: https://a.example/\n    method: GET\n  response: {}\n"
    [oldest] = read_file(old, "a.yaml")
    assert oldest.reading.matching.on == {"method", "url"}


def test_marks_in_place_of_headers_and_bodies_that_were_taken_apart_are_told_and_do_not_count():
    text = (
        "interactions:\n- request:\n    method: POST\n    uri: https://a.example/v1/chat/completions\n"
        "    headers:\n      authorization: [AUTHORIZATION-XXX]\n      user-agent: [client/1]\n"
        "    parsed_body: {messages: []}\n  response:\n    status: {code: 200}\n    body: {string: '{}'}\nversion: 1\n"
    )
    readings = [read_file(text.encode(), "a.yaml", exact=exact)[0].reading for exact in (True, False)]
    notes = readings[0].document["shown"]["notes"]
    assert "parsed_body" in notes[0]
    assert notes[1] == "marks stand in place of authorization of the request"
    assert readings[0].document["shown"]["headers"] == {"user-agent": "client/1"}
    assert readings[0].exchange == readings[1].exchange


HTTPX_OF_OLD = b"""interactions:
- request:
    body: '{"model": "small-1", "messages": [{"role": "user", "content": "Which?"}]}'
    headers: {}
    method: POST
    uri: https://api.acme.example/v1/chat/completions
  response:
    content: '{"id": "a", "object": "chat.completion", "choices": [{"index": 0, "message": {"role": "assistant", "content":
      "Saturn."}, "finish_reason": "stop"}]}'
    headers: {}
    http_version: HTTP/1.1
    status_code: 200
version: 1
"""


def test_answers_of_httpx_are_read_where_vcr_py_put_them_before_its_version_6():
    (one,) = read_file(HTTPX_OF_OLD, "test_planets.yaml")

    assert [output.content for output in one.reading.exchange.outputs] == ["Saturn."]
    assert one.reading.exchange.status == 200
    assert "Saturn" not in json.dumps(one.reading.exchange.rest)


OLD = """- request: !!python/object:vcr.request.Request
    body: null
"""
PARTED = """- request:
    body: null
    headers: [!!python/tuple [accept, !!python/unicode 'text/plain']]
    host: api.example.com
    method: GET
    path: /v1/models
    port: 8080
    protocol: https
  response:
    body: {string: !!python/unicode "{}"}
    headers: [!!python/unicode "content-type: application/json\\r\\n"]
    status: {code: 200, message: OK}
"""
RUBY = """---\x20
- request:\x20
    method: get
    uri: http://api.example.com/v1/models
    body: ""
    headers: {}

  response:\x20
    status:\x20
      code: 200
      message: OK
    headers:\x20
      Content-Type:\x20
      - application/json
    body: "{}"
    http_version: "1.1"
"""


def test_cassettes_of_first_versions_are_read():
    [python] = read_file(PARTED.encode(), "a/cassettes/b.yaml")
    [ruby] = read_file(RUBY.encode(), "a/vcr_cassettes/b.yml")
    assert python.reading.exchange.url == "https://api.example.com:8080/v1/models"
    assert python.reading.document["request"]["headers"] == {"accept": "text/plain"}
    assert python.reading.document["response"]["headers"] == {"content-type": "application/json"}
    assert ruby.reading.exchange.url == "http://api.example.com/v1/models"
    assert python.reading.document["response"]["body"] == ruby.reading.document["response"]["body"] == {}


def test_objects_of_a_language_are_refused_by_name():
    data = OLD.encode()
    [part] = VcrPy().parts(data)
    assert "python/object:vcr.request.Request" in part.reason


LISTS = {
    "VCR.py": b"interactions:\n- request:\n    body: null\n",
    "go-vcr": b"---\nversion: 2\ninteractions:\n    - id: 0\n      request:\n",
    "VCR": b"http_interactions:\n- request:\n    method: post\n",
}


@pytest.mark.parametrize("path", ["cassettes/a.yaml", "a/kept/a.yml.gz"])
@pytest.mark.parametrize("data", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("before", [b"<<<<<<< HEAD\n", b"\0\0\0\0\n", b"- 1\n", b"kept\n---\n"])
def test_a_cassette_is_known_to_be_broken_where_something_stands_before_it(path, data, before):
    for text in (before + data, (before + data).replace(b"\n", b"\r\n")):
        (part,) = read_file(text, path)

        assert part.reading.exchange.kind.value == "unreadable"


def test_a_cassette_may_have_keys_of_others_before_its_exchanges():
    data = b"kept_by: us\n" + (CASES / "vcrpy/test_planets.yaml").read_bytes()

    assert "unreadable" not in {part.reading.exchange.kind.value for part in read_file(data, "cassettes/a.yaml")}


@pytest.mark.parametrize(
    "data",
    [b"", b"a: 1\n", b"a:\n  interactions:\n  - request:\n", b"interactions: 3\n", b"interactions:\n- name: x\n"],
)
def test_other_yaml_is_left_alone(data):
    assert read_file(data, "cassettes/a.yaml") == ()
    assert read_file(data, "a/kept/a.yaml") == ()


def test_a_list_of_vcr_py_in_json_from_before_its_version_1_is_read_and_cut():
    answer = {"status": {"code": 200, "message": "OK"}, "headers": ["content-type: text/plain\r\n"]}
    place = {"protocol": "https", "host": "a.example", "port": 443, "path": "/v1/models", "method": "GET"}
    exchanges = [
        {
            "request": {**asked, "headers": {}, "body": None},
            "response": {**answer, "body": {"string": f"answer {number}"}},
        }
        for number, asked in enumerate((place, {"method": "GET", "uri": "https://a.example/v1/models"}))
    ]
    data = json.dumps(exchanges, indent=4).encode()

    parts = read_file(data, "cassettes/old.json")

    assert [part.recorder for part in parts] == ["vcr-json"] * 2
    assert [part.reading.exchange.url for part in parts] == ["https://a.example/v1/models"] * 2
    assert json.loads(without(data, "cassettes/old.json", {parts[0].part})) == exchanges[1:]
    assert not read_file(b'[{"request": {"method": "GET", "path": "/x"}}]', "cassettes/other.json")


@pytest.mark.parametrize(
    "begin",
    ["- request: !!python/object:vcr.request.Request\n    body: null\n", "--- \n- !ruby/struct:VCR::A \n  b: 1\n"],
)
def test_a_cassette_whose_tags_make_objects_is_listed_with_the_reason(begin):
    [part] = read_file(f"# old\n{begin}".encode(), "cassettes/old.yaml")
    assert "a tag that names an object" in part.reading.exchange.problems[0].what
