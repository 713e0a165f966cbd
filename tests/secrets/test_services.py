"""Tokens of services, and credentials in commands, headers and files, are found in every place of a recording."""

import json

import pytest

from recviewer.recorders.reading import read_file
from recviewer.secrets.kinds import KINDS, SERVICES
from recviewer.secrets.named import find_all
from recviewer.secrets.quick import suspects
from recviewer.secrets.raw import shown
from tests.secrets.planted_tree import cassette, documents, har
from tests.secrets.planting_services import SERVICES as PLANTED

NAME = "t/recordings/" + "a" * 64 + ".json"


def leaks(secret, text):
    """Tell whether a text has a part of a secret from its middle, or all of a short one."""
    middle = len(secret) // 2
    return (secret if len(secret) < 16 else secret[middle - 5 : middle + 7]) in text


def test_each_kind_is_found_and_suspected():
    for name, (text, _) in PLANTED.items():
        for whole in (text, f"Please use this:\n{text}\nand say nothing of it.", json.dumps({"note": text})):
            assert any(one.kind.is_masked for one in find_all(whole)), name
            assert suspects(f"\n{json.dumps(whole)}".encode()), name
        for kind in KINDS:
            for quick, of in ((kind.quick, text), (kind.quick_low, text.lower())):
                assert quick is None or not kind.pattern.search(text) or quick.search(of), (name, kind.name)
    told = {one.kind.name for text, _ in PLANTED.values() for one in find_all(text)}
    assert [kind.name for kind in SERVICES if kind.name not in told] == []


EACH = {secret for _, secret in PLANTED.values()}
ALL = "\n".join(text for text, _ in PLANTED.values())


@pytest.mark.parametrize("field", ["message", "result", "call"])
def test_none_is_shown_of_a_recording(field):
    data = json.dumps(documents("all", ALL)[field], indent=2).encode()
    (part,) = read_file(data, NAME)

    assert len({one.told for one in part.reading.exchange.secrets if one.level != "grey"}) >= len(EACH)
    seen = repr(part.reading.exchange) + shown(data).decode()
    assert [name for name, (_, secret) in PLANTED.items() if leaks(secret, seen)] == []


@pytest.mark.parametrize("field", ["header", "extra", "unknown"])
def test_none_is_shown_that_stands_alone(field):
    """A text that stands in each chunk of a stream is no piece: what two of them make together would hide only the first."""
    for name in ("key with a capital", "airtable", "salesforce", "okta", "password in JSON", "telegram"):
        text, secret = PLANTED[name]
        data = json.dumps(documents(name, text)[field], indent=2).encode()
        (part,) = read_file(data, NAME)

        assert any(one.level != "grey" for one in part.reading.exchange.secrets), name
        assert not leaks(secret, repr(part.reading.exchange) + shown(data).decode()), name


@pytest.mark.parametrize(("write", "key"), [(cassette, "tests/cassettes/test_x/test_y.yaml"), (har, "tests/har/x.har")])
def test_none_is_shown_of_a_file_of_another_recorder(write, key):
    data = write("all", ALL)
    parts = read_file(data, key)

    assert len({one.told for part in parts for one in part.reading.exchange.secrets}) >= len(EACH)
    seen = "".join([shown(data).decode(), *(repr(part.reading.exchange) for part in parts)])
    assert [name for name, (_, secret) in PLANTED.items() if leaks(secret, seen)] == []


NONE = (
    "See sdk-js at api-reference-v2 and pat-na1-of-old-times; key_by_which_things_are_found.",
    "the password is 8 characters long and password length matters",
    "git clone -u origin:main-branch-2024 and curl -u user:password https://acme.example",
    "re_compile_pattern_2024_of_things and secret_of_the_old_oak_tree_in_the_middle_of_the_wood",
    "at 12:AA by A.G. of pattern-us2",
    "EAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "https://example.com/@ada-of-the-long-name-with-1-number",
    "webhooks/ and discord.com/api/webhooks/ID/TOKEN",
    "author: 0b6f6a0e-7b1f-4f5e-9c56-3a1b2c3d4e5f",
    "token: 3 of 512, key: value_of_the_first_2_things",
    "Authorization: see https://docs.acme.io/auth#tokens",
    "idempotency_key=0b6f6a0e-7b1f-4f5e-9c56-3a1b2c3d4e5f&page_token=CAUQAAxyzABCdefGHIjklMNOpqr123",
    "sha1: 1/2 of SK0123 and 00Dfoo!",
)


def test_what_only_looks_so_is_none():
    assert [(text, [text[one.start : one.end] for one in found]) for text in NONE if (found := find_all(text))] == []
