"""What is read has masks, whatever a secret stands in, and hashes are those of what was recorded."""

import json

import pytest

from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats.decode import decode
from recviewer.formats.reading import read_document
from recviewer.recorders.reading import read_file, sum_file
from recviewer.secrets.raw import shown
from tests.secrets.planting import SECRETS
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
