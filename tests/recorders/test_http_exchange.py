"""From what recorders keep of HTTP to a document: bodies by their bytes, headers by name, no credentials."""

import base64
import gzip
import json
import struct
import zlib

import pytest

from recviewer.formats.framing import frame
from recviewer.formats.reading import read_document
from recviewer.recorders import http_exchange
from recviewer.recorders.http_exchange import ODD, HttpExchange, document_of, listed
from recviewer.recorders.reading import read_file

URL = "https://api.example.com/v1/chat/completions"
ANSWER = {
    "object": "chat.completion",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Saturn é"}, "finish_reason": "stop"}],
}
TEXT = json.dumps(ANSWER, ensure_ascii=False)


def said(exchange):
    reading = read_document(document_of(exchange)).exchange
    return [(output.content, output.finish_reason) for output in reading.outputs], reading.streaming


def asked(body, **more):
    return HttpExchange("post", URL, {}, '{"messages": [{"role": "user", "content": "Which?"}]}', 200, {}, body, **more)


@pytest.mark.parametrize(
    "body",
    [
        TEXT,
        TEXT.encode(),
        gzip.compress(TEXT.encode(), mtime=0),
        zlib.compress(TEXT.encode()),
        ANSWER,
        f"\n\n  {TEXT}\n",
        "\ufeff" + TEXT,
    ],
)
def test_a_body_is_read_by_its_bytes(body):
    assert said(asked(body)) == ([("Saturn é", "stop")], False)


def test_events_are_a_stream():
    chunks = [{"choices": [{"index": 0, "delta": {"content": word}}]} for word in ("Sa", "turn")]
    chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    text = "".join(f"data: {json.dumps(chunk)}\r\n\r\n" for chunk in chunks) + "data: [DONE]\r\n\r\n"
    assert said(asked(text)) == ([("Saturn", "stop")], True)


def message(name, payload, kind="event", spoil=False):
    key = ":exception-type" if kind == "exception" else ":event-type"
    headers = b"".join(
        bytes([len(one)]) + one.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for one, value in ((":message-type", kind), (key, name))
    )
    head = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    head += struct.pack(">I", zlib.crc32(head))
    whole = head + headers + payload
    return whole + struct.pack(">I", zlib.crc32(whole) ^ spoil)


def converse(*messages):
    url = "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse-stream"
    body = '{"messages": [{"role": "user", "content": [{"text": "Which?"}]}]}'
    return read_document(document_of(HttpExchange("POST", url, {}, body, 200, {}, b"".join(messages)))).exchange


START = message("messageStart", b'{"role": "assistant"}')
WORD = message("contentBlockDelta", b'{"contentBlockIndex": 0, "delta": {"text": "Saturn"}}')
STOP = message("messageStop", b'{"stopReason": "end_turn"}')


def test_an_event_stream_of_aws_is_taken_apart():
    found = converse(START, WORD, STOP)
    assert (found.kind.value, found.streaming, found.chunks) == ("converse", True, 3)
    assert [(output.content, output.finish_reason) for output in found.outputs] == [("Saturn", "end_turn")]
    assert not found.problems


def test_an_exception_inside_an_event_stream_is_a_failure():
    found = converse(START, message("throttlingException", b'{"message": "slow down"}', "exception"))
    assert found.error is not None
    assert "slow down" in found.error.message


@pytest.mark.parametrize(
    ("messages", "what"),
    [
        ((START, WORD[:-1]), "cut off"),
        ((START, message("messageStop", b"{}", spoil=True)), "checksum of message 2"),
        ((START, b"\0" * 20), "checksum of a message's lengths"),
    ],
)
def test_what_is_wrong_with_an_event_stream_is_named(messages, what):
    assert what in " ".join(problem.what for problem in converse(*messages).problems)


def test_bytes_that_are_no_text_are_kept():
    document = document_of(asked(b"\x89PNG\xff")).document
    assert base64.b64decode(document["response"]["body"]["base64"]) == b"\x89PNG\xff"


def test_a_compressed_body_that_cannot_be_opened_is_named():
    document = document_of(asked(b"\x1f\x8b\x08broken"))
    assert any("compressed" in problem.what for problem in document.problems)


@pytest.mark.parametrize("name", ["Authorization", "x-api-key", "X-Goog-Api-Key", "api-key", "x-auth-token", "Cookie"])
def test_no_credential_is_in_the_document(name):
    exchange = asked(TEXT)
    exchange.request_headers = {name: ["topsecret"], "x-app": ["tests"]}
    exchange.url += "?key=TOPSECRETtopsecret&alt=sse&api_key=topsecret"

    document = document_of(exchange).document

    assert "topsecret" not in json.dumps(document)
    assert document["request"]["headers"]["x-app"] == "tests"
    assert "alt=sse" in document["request"]["url"]


def test_headers_that_differ_each_time_say_nothing_and_others_count():
    one, other = asked(TEXT), asked(TEXT)
    one.response_headers = {
        "Date": ["Mon"],
        "X-Request-Id": ["1"],
        "cf-ray": ["a"],
        "content-type": ["application/json"],
    }
    other.response_headers = {"date": "Tue", "x-request-id": "2", "Content-Type": "application/json"}
    assert document_of(one) == document_of(other)
    other.response_headers = {"content-type": "text/plain"}
    assert document_of(one) != document_of(other)
    other.response_headers = {**one.response_headers, "retry-after": "5"}
    assert document_of(one) != document_of(other)


@pytest.mark.parametrize("body", ["--boundary\r\nfile", b"\x00\xff", [1, 2]])
def test_a_request_whose_body_is_no_object_is_kept(body):
    exchange = asked(TEXT)
    exchange.request_body = body
    assert document_of(exchange).document["request"]["body"]


@pytest.mark.parametrize(
    ("body", "encoding", "said"),
    [
        (b"\x28\xb5\x2f\xfd\x04\x00\xff", "", "Zstandard"),
        (b"\x8b\x02\x80\xff\xfe", "br", "Brotli"),
        (b'{"a":1}', "br", ""),
        (b"\x89PNG\xff", "", ""),
    ],
)
def test_a_body_that_cannot_be_opened_says_how_it_is_compressed(body, encoding, said):
    headers = {"Content-Encoding": [encoding]} if encoding else {}
    found = document_of(HttpExchange("POST", "https://a.example/x", {}, None, 200, headers, body))
    told = [problem.what for problem in found.problems]
    assert told == (
        [f"response.body: compressed by {said}, which cannot be opened here; its bytes are kept"] if said else []
    )


def test_headers_are_read_however_they_are_written():
    assert listed({"A": ["1", "2"]}) == {"A": ["1", "2"]}
    assert listed([{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]) == {"a": "1", "b": "2"}
    assert listed(["Content-Type: text/plain\r\n", "X-Kettle: a: b"]) == {
        "Content-Type": "text/plain",
        "X-Kettle": "a: b",
    }
    assert listed([["a", "1"], ("b", "2")]) == {"a": "1", "b": "2"}
    assert listed(None) == listed([]) == listed("") == {}


def test_a_header_that_comes_again_keeps_all_its_values():
    assert listed([{"name": "a", "value": "1"}, {"name": "a", "value": "2"}, "a: 3"]) == {"a": ["1", "2", "3"]}


@pytest.mark.parametrize(
    ("odd", "kept"),
    [
        (["no header at all"], ["no header at all"]),
        ([{"name": 3}], [{"name": 3}]),
        ("a line", "a line"),
        ([{"name": "a", "value": "1", "matcher": "prefix"}], [{"a": {"matcher": "prefix"}}]),
    ],
)
def test_what_is_no_header_is_kept_among_them(odd, kept):
    assert listed(odd)[ODD] == (kept[0] if isinstance(kept, list) else kept)


def test_a_comment_without_words_says_nothing():
    assert listed([{"name": "a", "value": "1", "comment": ""}]) == {"a": "1"}


@pytest.mark.parametrize(
    "text",
    [
        'data: {"a": 1}\n\n',
        "event: ping\n\n",
        ": only a comment\n\n",
        "data:\n\n",
        '{"a": 1}\n{"a": 2}\n',
        ' {"a": 1} and more',
        '{"a": ',
        '{"a": 1}',
        '[{"a": 1}, {"a": ',
        '[{"a": 1}]',
        "[not JSON",
        "plain text",
        "",
        "{" * 300 + "}" * 300 + "{}",
        '\ufeff{"a": 1}\n{"a": 2}',
    ],
)
def test_a_text_is_a_stream_just_where_it_is_taken_apart(text):
    framed = frame(text)
    heard = HttpExchange("POST", URL, {}, None, 200, {}, text)
    is_kept = isinstance(document_of(heard).document["response"]["body"], str)
    expected = bool(framed.events) or isinstance(framed.body, list)
    assert not is_kept or document_of(heard).document["response"]["is_streaming"] is expected


def test_a_compressed_body_of_several_pieces_is_read_whole():
    whole = TEXT.encode()
    assert said(asked(gzip.compress(whole[:20]) + gzip.compress(whole[20:]))) == said(asked(whole))


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "deflate"])
def test_what_stands_behind_a_compressed_body_counts(pack):
    plain, more, other = (document_of(asked(pack(TEXT.encode()) + rest)) for rest in (b"", b"Z", b"Y"))
    assert plain.document == more.document
    assert not plain.problems
    assert more.problems != other.problems
    assert "behind the end" in more.problems[0].what


def test_many_small_pieces_behind_a_large_one_take_no_long_time():
    packed = gzip.compress(b"[" + b" " * 8_000_000) + gzip.compress(b" ") * 2_000
    assert not document_of(asked(packed + gzip.compress(b"]"))).problems


def test_bytes_differ_from_an_object_that_looks_like_them():
    kept = {"base64": base64.b64encode(b"\xff\x00").decode()}

    assert document_of(asked(b"\xff\x00")) != document_of(asked(json.dumps(kept)))


def test_compressed_bodies_are_opened_up_to_a_size_and_to_a_number_of_streams():
    for body, told in (
        (gzip.compress(bytes(http_exchange.BODY_LIMIT + 1)), "too large to be opened"),
        (gzip.compress(b"[" + b"{}," * 700_000 + b"0]"), "too large to be opened"),
        (gzip.compress(b"") * 10_001, "too many parts"),
        (zlib.compress(b"") * 10_001, "too many parts"),
        (gzip.compress(b"words" * 9)[:-9], "cut off"),
        (gzip.compress(b"words") + b"more", "more bytes behind the end"),
    ):
        assert told in document_of(asked(body)).problems[0].what
    assert document_of(asked(gzip.compress(b"ab") * 1_000)).document["response"]["body"] == "ab" * 1_000
    assert document_of(asked(gzip.compress(b"ab" * 90_000))).document["response"]["body"] == "ab" * 90_000


def test_the_compressed_bodies_of_a_file_are_opened_up_to_a_size_together(monkeypatch):
    monkeypatch.setattr(http_exchange, "BODIES_WEIGHT", 1_000)
    body = base64.b64encode(gzip.compress(b"a" * 200)).decode()
    entry = {
        "request": {"method": "GET", "url": URL, "headers": []},
        "response": {"status": 200, "headers": [], "content": {"text": body, "encoding": "base64"}},
    }
    for _ in range(2):  # the limit is that of each file
        parts = read_file(
            json.dumps({"log": {"version": "1.2", "creator": {}, "entries": [entry] * 3}}).encode(), "recordings/a.har"
        )
        told = [any("too large" in one.what for one in part.reading.exchange.problems) for part in parts]
        assert told == [False, True, True]
        assert all(document_of(asked(gzip.compress(b"a" * 200))).problems == () for _ in range(3))  # each by itself
