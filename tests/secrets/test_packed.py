"""Secrets in what a file has as base64 are masked in its raw lines, and nothing else of it is."""

import base64
import gzip
import json

import pytest

from recviewer.secrets.raw import shown
from tests.secrets.planting import SECRETS

KEY = SECRETS["openai project"][0]
SAID = json.dumps({"choices": [{"message": {"role": "assistant", "content": f"Use {KEY} then."}}]}).encode()
PLAIN = json.dumps({"choices": [{"message": {"role": "assistant", "content": "No keys here at all. " * 9}}]}).encode()
PICTURE = bytes(range(256)) * 8


def block(data):
    spelled = base64.b64encode(data).decode()
    lines = "\n".join("        " + spelled[at : at + 76] for at in range(0, len(spelled), 76))
    return f"  body:\n    string: !!binary |\n{lines}\n  status: 200\n".encode()


def in_json(data):
    return json.dumps({"text": base64.b64encode(data).decode(), "encoding": "base64"}, indent=2).encode() + b"\n"


@pytest.mark.parametrize("packed", [SAID, gzip.compress(SAID)], ids=["base64", "gzip"])
@pytest.mark.parametrize("spelled", [block, in_json])
def test_a_secret_in_base64_is_masked(spelled, packed):
    data = spelled(packed)

    made = shown(data)

    held = base64.b64encode(packed)
    assert not any(held[at : at + 16] in made for at in range(0, len(held) - 16, 8))
    assert b"[masked " in made
    assert made.count(b"\n") == data.count(b"\n")
    assert made.splitlines()[-1] == data.splitlines()[-1]


@pytest.mark.parametrize(
    "packed",
    [PLAIN, gzip.compress(PLAIN), PICTURE, b"\x1f\x8b broken" * 9],
    ids=["base64", "gzip", "picture", "broken"],
)
@pytest.mark.parametrize("spelled", [block, in_json])
def test_what_holds_none_stays(spelled, packed):
    assert shown(spelled(packed)) == spelled(packed)


@pytest.mark.parametrize(
    "line",
    ["headers: {x-api-key: [KEY], accept: [text]}", "headers: {x-api-key: KEY, accept: text}", "x-api-key: [KEY]"],
)
def test_a_key_by_its_name_is_masked_in_lists_and_objects_of_yaml(line):
    key = SECRETS["mistral by name"][1]
    data = f"request:\n  {line}\n  method: POST\n".encode()

    made = shown(data.replace(b"KEY", key.encode()))

    assert key.encode() not in made
    assert made.count(b"masked") == 1
    assert made.endswith(data.partition(b"KEY")[2])
