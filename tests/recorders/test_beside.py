"""What a recorder keeps besides requests and responses counts, unless it is known to say nothing."""

import json
from pathlib import Path

import pytest

from recviewer.exchange.fingerprint import fingerprint
from recviewer.recorders.reading import read_file

CASES = Path(__file__).parent / "cases"
VCR = "a/cassettes/test_a/test_b.yaml", (CASES / "vcrpy/test_planets.yaml").read_text()
RUBY = "a/vcr_cassettes/x.yml", (CASES / "ruby-vcr/planets_are_named.yml").read_text()
GO = "a/testdata/TestX/y.yaml", (CASES / "go-vcr/planets.yaml").read_text()
HTTPMOCK = "a/cassettes/p/m/s.yaml", (CASES / "httpmock/planets.yaml").read_text()
PROXY = "a/SessionRecords/A/B.json", (CASES / "test-proxy/NamesPlanets.json").read_text()
SOCKET = (
    "a/cassettes/test_a/test_c.yaml",
    """interactions:
- kind: message
  direction: sent
  data: '{"type": "response.create"}'
- kind: message
  direction: received
  data: '{"type": "response.done", "response": {"status": "completed"}}'
version: 1
""",
)
SAMPLED = (
    "a/cassettes/test_a/test_d.yaml",
    """interactions:
- request_stream:
    json: {}
    raw: !!binary AA==
  response_stream:
    chunks_json:
    - chunk: {outputs: [{index: 0, delta: {content: tea}}]}
    chunks_raw: []
version: 1
""",
)
MAPPING = {
    "request": {"method": "POST", "url": "/v1/chat/completions"},
    "response": {"status": 200, "jsonBody": {"object": "chat.completion", "choices": []}},
}
WIREMOCK = "a/mappings/x.json", json.dumps(MAPPING)
PATTERNED = (
    "a/mappings/y.json",
    json.dumps({**MAPPING, "request": {**MAPPING["request"], "bodyPatterns": [{"equalToJson": "{}"}]}}),
)
DEFINITION = {
    "scope": "https://a.example:443",
    "method": "POST",
    "path": "/v1",
    "body": "",
    "status": 200,
    "response": {},
}
NOCK = "a/fixtures/x.json", json.dumps([DEFINITION])
ENTRY = {
    "request": {"method": "GET", "url": "https://a.example/v1", "headers": []},
    "response": {"status": 200, "headers": [], "content": {"text": "{}"}},
}
HAR = "a/__recordings__/x.har", json.dumps({"log": {"entries": [ENTRY]}})

MASTRA = (
    "a/__recordings__/x.json",
    json.dumps(
        {
            "meta": {"name": "x"},
            "recordings": [
                {
                    "hash": "0",
                    "request": {"url": "https://a.example/v1", "method": "POST", "body": {}},
                    "response": {"status": 200, "chunks": ["data: {}\n\n"], "isStreaming": True},
                }
            ],
        }
    ),
)


def traced(text):
    """Give a trace of one exchange the lengths that it has."""
    first, _, rest = text.partition("\n")
    asked, answer = rest.partition("\n")[2].split("HTTP/1.1 200", 1)
    return f"{first}\n{len(asked)} {len(answer) + 12}\n{asked}HTTP/1.1 200{answer}"


RAW = (
    "a/testdata/TestX.httprr",
    traced(
        "httprr trace v1\n0 0\nGET https://a.example/v1 HTTP/1.1\r\n\r\n"
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    ),
)


def said(path, text):
    return [fingerprint(one.reading.exchange) for one in read_file(text.encode(), path)]


def changed(case, old, new):
    path, text = case
    assert old in text
    made = text.replace(old, new, 1)
    return path, traced(made) if path == RAW[0] else made


@pytest.mark.parametrize(
    ("case", "old", "new"),
    [
        (VCR, "message: OK", "message: Teapot"),
        (VCR, "    method: POST\n", "    method: POST\n    timeout: 3\n"),
        (VCR, "  response:\n", "  aborted: true\n  response:\n"),
        (VCR, "    body:\n      string", "    body:\n      cut: true\n      string"),
        (VCR, "version: 1", "version: 2"),
        (VCR, "version: 1", "version: 1\nplayed: twice"),
        (VCR, "    method: POST\n", "    method: GET\n    method: POST\n"),
        (HTTPMOCK, "then:\n", "then:\n  delay: 3\n"),
        (HTTPMOCK, "when:\n", "when:\n  host: other.example\n"),
        (HTTPMOCK, "  query_param:\n", "  query_param:\n  - seed\n"),
        (HTTPMOCK, "  query_param:\n  - name:", "  query_param:\n  - regex: true\n    name:"),
        (SOCKET, "direction: sent\n", "direction: sent\n  late: true\n"),
        (SOCKET, "direction: received\n", "direction: receive\n"),
        (SOCKET, "version: 1", "version: 1\nplayed: twice"),
        (SAMPLED, "- chunk: {", "- at: 3\n      chunk: {"),
        (GO, "host: api.example.com", "host: other.example.com"),
        (GO, "    method: POST\n", "    method: POST\n    form:\n      a:\n      - b\n"),
        (PROXY, '"Variables": {}', '"Variables": {"seed": "1"}'),
        (PROXY, '"StatusCode": 200,', '"StatusCode": 200, "Odd": 1,'),
        (PROXY, '"StatusCode": 200,', '"StatusCode": 500, "StatusCode": 200,'),
        (WIREMOCK, '"status": 200,', '"status": 200, "fault": "EMPTY_RESPONSE",'),
        (WIREMOCK, '"method": "POST",', '"method": "POST", "headers": {"x-mode": {"equalTo": "b"}},'),
        (WIREMOCK, '"url":', '"urlPattern":'),
        (WIREMOCK, '{"request"', '{"requiredScenarioState": "b", "request"'),
        (PATTERNED, '"equalToJson": "{}"', '"equalToJson": "{}", "ignoreExtraElements": true'),
        (NOCK, '"status": 200,', '"status": 200, "delay": 5,'),
        (HAR, '"text": "{}"', '"text": "{}", "comment": "cut"'),
        (HAR, '"log": {', '"log": {"comment": "cut", '),
        (HAR, '{"request"', '{"_id": "x", "request"'),
        (HAR, '{"request"', '{"_order": 1, "request"'),
        (HAR, '"text": "{}"', '"text": "{}", "mimeType": "text/html"'),
        (HAR, '"headers": []', '"queryString": [{"name": "a", "value": "b"}], "headers": []'),
        (HAR, '"method": "GET"', '"method": 7'),
        (HAR, '"status": 200', '"status": "500"'),
        (HAR, '"headers": []}', '"headers": [], "postData": "{}"}'),
        (NOCK, '"status": 200,', '"status": "500",'),
        (NOCK, '"method": "POST"', '"method": ["GET"]'),
        (NOCK, '"status": 200,', '"status": 200, "responseIsBinary": true,'),
        (WIREMOCK, '"method": "POST",', '"method": {"oneOf": ["POST", "GET"]},'),
        (WIREMOCK, '"status": 200', '"status": "500"'),
        (PROXY, '"StatusCode": 200', '"StatusCode": "500"'),
        (RUBY, "code: 200", "code: '500'"),
        (HTTPMOCK, "status: 200", "status: '500'"),
        (MASTRA, '"isStreaming": true', '"isStreaming": false'),
        (MASTRA, '"hash": "0"', '"hash": "1"'),
        (MASTRA, '"status": 200', '"status": 200, "statusText": "Teapot"'),
        (MASTRA, '"meta": {', '"meta": {"model": "other", '),
        (RAW, "0\r\n\r\n", ""),
        (RAW, "0\r\n\r\n", "0\r\nx-more: 1\r\n\r\n"),
    ],
)
def test_what_nobody_knows_counts(case, old, new):
    assert said(*changed(case, old, new)) != said(*case)


@pytest.mark.parametrize(
    ("case", "old", "new"),
    [
        (VCR, "kept by hand", "kept by feet"),
        (RUBY, "00:00:00", "00:00:01"),
        (RUBY, "VCR 6.4.0", "VCR 6.5.0"),
        (RUBY, "encoding: UTF-8", "encoding: US-ASCII"),
        (GO, "duration: 1.2s", "duration: 3.4s"),
        (GO, "proto: HTTP/2.0", "proto: HTTP/1.1"),
        (HAR, '{"request"', '{"time": 12, "cache": {}, "request"'),
        (HAR, '"text": "{}"', '"text": "{}", "mimeType": "x-unknown"'),
        (HAR, '"headers": []', '"queryString": [], "headers": []'),
    ],
)
def test_what_is_known_to_say_nothing_does_not(case, old, new):
    assert said(*changed(case, old, new)) == said(*case)


def test_no_credential_stands_beside_either():
    path, text = changed(
        WIREMOCK, '"method": "POST",', '"method": "POST", "headers": {"Authorization": {"equalTo": "t0p"}},'
    )
    (one,) = read_file(text.encode(), path)
    assert "t0p" not in json.dumps(one.reading.document)
    assert "Authorization" in json.dumps(one.reading.document)
