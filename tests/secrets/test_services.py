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


@pytest.mark.slow
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


@pytest.mark.slow
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
    "The password is SHA256-hashed, the password was AES-256-encrypted, and the password for OAuth2.0 is optional1st.",
    "Your password is too short: a password of 8-16 characters is needed, the passcode is 1234567890.",
    "the password is hunter2, the pwd is /home/ada/Projects2024, passwords are kept by bcrypt2",
    "the pwd is /home/ada/Work/2024 and the password is https://acme.io/Reset?id=1",
    '{"auth": "oauth2-with-pkce", "auth": "YmFzZTY0IHdpdGhvdXQgYSBjb2xvbg=="}',
    "das Passwort ist Base64-kodiert und das Passwort lautet wie im Jahr 2024",
    "mysql -u root -p main --port=3306 and docker run -p 8080:8080 -p 127.0.0.1:5432:5432 image2024",
    "--token <TOKEN> --key value_of_the_first_2_things --secret $SECRET_2024 --max-tokens 100000000000000000",
    "<token>id_token_of_2024</token><key>chapter-2-of-the-book</key><password>PASSWORD123</password>",
    'os.environ["PRIMARY_KEY", "id_of_the_table_of_2024"] and d["KEY"] = "the-name-of-version-2"',
    "The key is /usr/share/keys/2024/list.txt, the token is gpt-4o-mini-2024-07-18-and-more, the secret is patience2024",
    "the key for 2024 is call_abc123DEF456ghi789JKL012 and the token is 0b6f6a0e-7b1f-4f5e-9c56-3a1b2c3d4e5f",
    "see 1//0 and sl.exe and dp.st.x and up_to_date_with_all_of_the_things_1 and access-production-east",
    "secret-santa-of-the-long-name-with-1-number",
)


def test_what_only_looks_so_is_none():
    assert [(text, [text[one.start : one.end] for one in found]) for text in NONE if (found := find_all(text))] == []
