"""The boundary of a multipart request is made anew each time; everything else of such a request counts."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.exchange.fingerprint import fingerprint
from recviewer.recorders.forms import BOUNDARY, without_boundary
from recviewer.recorders.reading import read_file

PATH = "tests/cassettes/test_a/test_b.yaml"
ONE, OTHER = "----made-1f0c", "made.2e7b"


def form(boundary, *, name="model", value="whisper-1", file=b"RIFF", ends="\r\n"):
    lines = [
        f"--{boundary}",
        f'Content-Disposition: form-data; name="{name}"',
        "",
        value,
        f"--{boundary}",
        'Content-Disposition: form-data; name="file"; filename="a.wav"',
        "",
        "FILE",
        f"--{boundary}--",
        "",
    ]
    return ends.join(lines).encode().replace(b"FILE", file)


def headers(boundary, kind="multipart/form-data", quote=""):
    return {"Content-Type": [f"{kind}; boundary={quote}{boundary}{quote}"]}


def exchange(sent_headers, body):
    given = json.dumps(json.dumps({"text": "Saturn has rings."}))
    sent = json.dumps(body.decode("latin-1")) if b"\xff" not in body else f"!!binary {_base64(body)}"
    data = (
        "interactions:\n- request: {method: POST, uri: https://api.openai.com/v1/audio/transcriptions, "
        f"headers: {json.dumps(sent_headers)}, body: {sent}}}\n"
        f"  response: {{status: {{code: 200, message: OK}}, headers: {{}}, body: {{string: {given}}}}}\nversion: 1\n"
    )
    (part,) = read_file(data.encode(), PATH)
    return part.reading.exchange


def _base64(data):
    import base64

    return base64.b64encode(data).decode()


def is_same(one, other):
    is_equal = fingerprint(one) == fingerprint(other)
    assert (compare(one, other).churn.value == "identical") == is_equal
    return is_equal


@pytest.mark.parametrize("file", [b"RIFF", b"RI\xff\xfe", b"--made", b"x\r\n--other\r\ny"])
@pytest.mark.parametrize("ends", ["\r\n", "\n"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_another_boundary_is_the_same_request(file, ends, quote):
    one = exchange(headers(ONE), form(ONE, file=file, ends=ends))

    assert is_same(one, exchange(headers(OTHER, quote=quote), form(OTHER, file=file, ends=ends))) == (not quote)
    assert is_same(one, exchange(headers(OTHER), form(OTHER, file=file, ends=ends)))


@pytest.mark.parametrize(
    "other",
    [
        (headers(OTHER), form(OTHER, value="whisper-2")),
        (headers(OTHER), form(OTHER, name="models")),
        (headers(OTHER), form(OTHER, file=b"RIFG")),
        (headers(OTHER), form(OTHER, ends="\n")),
        (headers(OTHER, "multipart/mixed"), form(OTHER)),
        (headers("mixed", "multipart/mixed-data"), form("mixed")),
        (headers(OTHER), form(ONE)),
        (headers(ONE), form(OTHER)),
        ({}, form(OTHER)),
        (headers(OTHER), form(OTHER) + form(ONE)),
        (headers(OTHER), form(OTHER)[:-4]),
    ],
)
def test_anything_else_of_the_request_counts(other):
    assert not is_same(exchange(headers(ONE), form(ONE)), exchange(*other))


@pytest.mark.parametrize(
    "body", [None, b"", {"a": 1}, "text", b"before\r\n" + form(ONE), form(BOUNDARY), form(ONE, file=b"--(boundary)")]
)
def test_what_does_not_begin_with_its_boundary_stays_as_it_is(body):
    named = headers(BOUNDARY if body == form(BOUNDARY) else ONE)

    assert without_boundary(named, body) == (named, body)


def test_a_boundary_is_replaced_only_where_a_line_begins():
    found = without_boundary(headers(ONE), form(ONE, file=f"see --{ONE}".encode()))[1]

    assert found == form(BOUNDARY, file=f"see --{ONE}".encode())
