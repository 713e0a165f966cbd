"""What is read has masks, whatever a secret stands in, and hashes are those of what was recorded."""

import json

import pytest

from recviewer.difference.behind_masks import ANOTHER, behind_masks
from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats.decode import decode
from recviewer.formats.reading import read_document
from recviewer.recorders.reading import read_file, sum_file
from recviewer.secrets.mask import REST
from recviewer.secrets.raw import shown
from tests.secrets.planting import SECRETS, address, masked_alike
from tests.trees import chat

SECRET = SECRETS["openai project"][0]
NAME = "t/recordings/" + "a" * 64 + ".json"


def written(document):
    return json.dumps(document, indent=2).encode() + b"\n"


def streamed(words, pieces):
    """A stream that says words, cut into pieces of so many characters."""
    made = chat(answer="x", chunks=1)
    body = made["response"]["body"]
    chunk = next(one for one in body if one["__data__"]["choices"][0]["delta"].get("content"))
    cut = [words[at : at + pieces] for at in range(0, len(words), pieces)]
    made["response"]["body"] = [json.loads(json.dumps(chunk)) for _ in cut]
    for one, text in zip(made["response"]["body"], cut, strict=True):
        one["__data__"]["choices"][0]["delta"]["content"] = text
    return made


@pytest.mark.parametrize("read", [read_file, sum_file])
@pytest.mark.parametrize("size", [1, 3, 7, 20, 200])
def test_a_secret_that_a_stream_cut_apart_is_masked(read, size):
    data = written(streamed(f"Use {SECRET} for it, and nothing else of all that there is.", size))

    (part,) = read(data, NAME)

    assert SECRET not in part.reading.exchange.outputs[0].content
    assert part.reading.exchange.outputs[0].content.startswith("Use sk-proj-…[masked ")
    assert SECRET not in "".join(delta.text for chunk in part.reading.chunks() for delta in chunk.deltas)
    assert [one.kind for one in part.reading.exchange.secrets] == ["openai-key"]


@pytest.mark.parametrize("size", [1, 3, 7, 20, 200])
def test_the_lines_of_such_a_file_are_masked_too(size):
    data = written(streamed(f"Use {SECRET} for it.", size))
    lines = shown(data).decode()

    document = json.loads(lines)
    said = "".join(one["__data__"]["choices"][0]["delta"]["content"] for one in document["response"]["body"])
    assert SECRET not in said
    assert lines.count("\n") == data.count(b"\n")


OPAQUE = "q8Zr2LmX0vTn5KwY" + "b7Ec3HdJ9sPf1Ga4"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("secret", OPAQUE),
        ("client_secret", OPAQUE),
        ("Authorization", OPAQUE),
        ("note", f"SG.{OPAQUE[:22]}.{OPAQUE}{OPAQUE[:11]}"),
        ("note", f"ya29.{OPAQUE}"),
    ],
)
@pytest.mark.parametrize("place", ["headers", "body"])
def test_what_nothing_else_in_a_file_tells_of_is_masked(name, value, place):
    document = chat()
    document["request"][place][name] = value

    (part,) = read_file(written(document), NAME)

    assert len(part.reading.exchange.secrets) == 1
    assert OPAQUE.encode() not in shown(written(document))


def test_fingerprint_and_name_are_those_of_what_was_recorded():
    document = chat(question=f"Is {SECRET} a key?")
    (part,) = read_file(written(document), NAME)
    plain = read_document(decode(written(document)))

    assert SECRET in repr(plain.exchange)
    assert SECRET not in repr(part.reading.exchange)
    assert part.reading.fingerprint == fingerprint(plain.exchange)


def test_two_secrets_are_a_difference():
    first, second = (
        written(chat(question=f"Is sk-{'proj'}-{letter}B3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0 a key?")) for letter in "aZ"
    )

    before, after = (read_file(data, NAME)[0].reading for data in (first, second))

    assert before.fingerprint != after.fingerprint
    assert before.exchange.request.messages != after.exchange.request.messages


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_in_a_piece_of_its_own_is_masked_whatever_tells_it(name):
    text, secret = SECRETS[name]
    words = f"Use {text} now, please, and nothing else."
    start = words.index(secret)
    end = start + len(secret)
    for left, right in ((start, end), (start - 1, end + 1), (start - 2, end), (start + 4, end), (start, end - 4)):
        made = streamed("x", 1)
        (chunk,) = made["response"]["body"]
        cut = [one for one in (words[:left], words[left:right], words[right:]) if one]
        made["response"]["body"] = [json.loads(json.dumps(chunk)) for _ in cut]
        for one, piece in zip(made["response"]["body"], cut, strict=True):
            one["__data__"]["choices"][0]["delta"]["content"] = piece

        (part,) = read_file(written(made), NAME)
        lines = json.loads(shown(written(made)))["response"]["body"]

        assert secret not in part.reading.exchange.outputs[0].content
        assert secret not in "".join(one["__data__"]["choices"][0]["delta"]["content"] for one in lines)


@pytest.mark.parametrize("place", ["question", "answer", "headers"])
def test_two_secrets_that_are_masked_alike_are_a_difference_that_is_named(place):
    def of(password):
        document = chat(**({} if place == "headers" else {place: address(password)}))
        if place == "headers":
            document["request"]["headers"]["x-database"] = address(password)
        return read_file(written(document), NAME)[0].reading.exchange

    first, second = map(of, masked_alike())

    assert compare(first, of(masked_alike()[0])).churn is Churn.IDENTICAL
    found = compare(first, second)
    assert found.churn is Churn.DETAILS
    assert [value.new for part in found.sections for item in part.items for value in item.values] == [ANOTHER]
    assert not any(password in repr(found) for password in masked_alike())


def test_secrets_that_are_masked_alike_and_changed_places_are_a_difference():
    def of(*passwords):
        words = " and ".join(map(address, passwords))
        return read_file(written(chat(question=words)), NAME)[0].reading.exchange

    assert compare(of(*masked_alike()), of(*masked_alike())).churn is Churn.IDENTICAL
    assert compare(of(*masked_alike()), of(*reversed(masked_alike()))).churn is Churn.DETAILS


def test_the_place_that_is_named_is_that_of_the_secret_that_came():
    one, other = map(address, masked_alike())

    def of(*words):
        turns = [("user", word) for word in words]
        return read_file(written(chat(turns=turns)), NAME)[0].reading.exchange

    (change,) = behind_masks(of(one, one), of(one, other))

    assert change.keys == ("request.body.messages[1].content",)


def test_headers_of_a_cassette_are_told_though_no_document_has_them():
    secret = SECRETS["cohere by name"][1]
    data = f"""interactions:
- request:
    body: '{{"model":"small-1","messages":[{{"role":"user","content":"Hi"}}]}}'
    headers:
      content-type:
      - application/json
      x-api-key:
      - {secret}
    method: POST
    uri: https://api.acme.example/v1/chat/completions
  response:
    body:
      string: '{{"object":"chat.completion","choices":[{{"index":0,"message":{{"role":"assistant","content":"Hello"}}}}]}}'
    headers:
      Content-Type:
      - application/json
    status:
      code: 200
      message: OK
version: 1
""".encode()

    (part,) = read_file(data, "tests/cassettes/test_one/test_two.yaml")

    assert [(one.kind, one.where) for one in part.reading.exchange.secrets] == [("named-secret", "file")]
    assert secret.encode() not in shown(data)


def anthropic():
    """A stream of events of Anthropic, as text, in which a call's arguments hold a secret in pieces."""
    arguments = json.dumps({"key": SECRET})
    said = [
        {"type": "message_start", "message": {"id": "m", "type": "message", "role": "assistant", "content": []}},
        {
            "type": "content_block_start",
            "index": 0,
            "content_block": {"type": "tool_use", "id": "t", "name": "go", "input": {}},
        },
    ]
    said += [
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "input_json_delta", "partial_json": arguments[at : at + 5]},
        }
        for at in range(0, len(arguments), 5)
    ]
    return "".join(f"event: {one['type']}\ndata: {json.dumps(one)}\n\n" for one in said)


def events(body):
    request = {
        "method": "POST",
        "url": "https://api.anthropic.com/v1/messages",
        "headers": {},
        "endpoint": "/v1/messages",
    }
    request["body"] = {"model": "small-1", "messages": [{"role": "user", "content": "Go."}], "stream": True}
    return {"test_id": None, "request": request, "response": {"is_streaming": True, "body": body}}


def interleaved():
    """Two choices, told in turn, of which the first says a secret."""
    made = streamed(SECRET, 4)
    chunks = []
    for one in made["response"]["body"]:
        other = json.loads(json.dumps(one))
        other["__data__"]["choices"][0] |= {"index": 1, "delta": {"content": "la "}}
        chunks += [one, other]
    made["response"]["body"] = chunks
    return made


TEXT = anthropic()
HARD = {
    "events as one text": events(TEXT),
    "events as lines": events(TEXT.split("\n")),
    "events as the network cut them": events([TEXT[at : at + 37] for at in range(0, len(TEXT), 37)]),
    "choices in turn": interleaved(),
    "a key": chat(params={SECRET: 1}),
    "a test": chat(test=f"t/test_a.py::test_b[{SECRET}]"),
    "a model": chat(model=SECRET),
    "an error": chat(error=f"Incorrect API key provided: {SECRET}."),
}


def everything(part):
    """All that is made of an exchange, with what its chunks say together for each choice."""
    exchange = part.reading.exchange
    said = [
        "".join(delta.text for chunk in part.reading.chunks() for delta in chunk.deltas if delta.choice == choice)
        for choice in (0, 1)
    ]
    called = "".join(
        call.arguments for chunk in part.reading.chunks() for delta in chunk.deltas for call in delta.calls
    )
    return repr([exchange, part.reading.document, said, called])


@pytest.mark.parametrize("read", [read_file, sum_file])
@pytest.mark.parametrize("name", HARD)
def test_hard_ones_are_masked_too(name, read):
    (part,) = read(written(HARD[name]), NAME)

    assert SECRET in everything(ReadAsRecorded(part.reading.as_recorded))
    assert SECRET not in everything(part)
    assert part.reading.exchange.kind is part.reading.as_recorded.exchange.kind
    assert part.reading.exchange.chunks == part.reading.as_recorded.exchange.chunks


class ReadAsRecorded:
    def __init__(self, reading):
        self.reading = reading


@pytest.mark.parametrize("name", HARD)
def test_lines_with_hard_ones_are_masked_too(name):
    data = written(HARD[name])
    lines = shown(data)

    assert lines.count(b"\n") == data.count(b"\n")
    (part,) = read_file(lines, NAME)
    assert SECRET not in everything(part)
    assert repr(part.reading.exchange.outputs).replace(REST, "") == repr(
        read_file(data, NAME)[0].reading.exchange.outputs
    )


def test_what_stood_before_under_a_key_given_twice_is_masked_in_the_problem():
    data = written(chat()).replace(b'"test_id"', b'"left": "' + SECRET.encode() + b'", "left": "b", "test_id"', 1)
    (part,) = read_file(data, NAME)

    assert any("keys given twice" in one.what for one in part.reading.exchange.problems)
    assert SECRET not in everything(part)
