"""Secrets are found, and what only looks like one is not."""

import pytest

from recviewer.secrets import named, texts
from recviewer.secrets.documents import masked
from recviewer.secrets.kinds import KINDS, PROVIDERS
from recviewer.secrets.quick import suspects
from recviewer.secrets.raw import shown
from recviewer.secrets.texts import DATA, find, find_named, hidden
from tests.secrets.planting import SECRETS

PLAIN = {
    "id of a call": "call_abc123DEF456ghi789JKL012",
    "id of an answer": "chatcmpl-9aB3dE5fG7hJ9kL1mN2pQ4rS6tU8v",
    "uuid": "0b6f6a0e-7b1f-4f5e-9c56-3a1b2c3d4e5f",
    "hash": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "picture": "data:image/png;base64," + "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ" * 60,
    "redacted": "Authorization: Bearer REDACTED",
    "starred": "api_key=****************",
    "bracketed": "x-api-key: <ANTHROPIC_API_KEY>",
    "dummy": "sk-" + "test-dummy-key-for-replay-mode",
    "filler": "sk-" + "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "code": "client = OpenAI(api_key=os.environ['OPENAI_API_KEY'])",
    "words": "The task-management-and-planning-department wrote a risk-assessment-of-everything-there-is",
    "package": "import sk-learn-contrib-extensions-and-more",
    "model": "pplx-70b-online and xai-grok-4-fast-reasoning",
    "page": "next_page_token=CAUQAAxyzABCdefGHIjklMNOpqr123",
    "example address": "postgresql://user:password@localhost:5432/db",
    "mail at an example": "ada@mail.example.com",
    "remote": "git@github.com:acme/stack.git",
    "thought": "signature: EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pki",
    "id of a request": "x-request-id: 5f0c9d1e7b3a4c2d8e6f1a0b9c8d7e6f",
    "id of a tool's use": "toolu_01A7bC9dE1fG3hJ5kL7mN9pQ",
    "kebab with a version": "sk-" + "learn-classifier-v2-large-model",
    "key of a partition": "partition_key=2025-01-01T00:00:00Z-europe-west4",
    "key of a cache": "cache_key=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "key against repeating": "idempotency-key: stainless-python-retry-0b6f6a0e-7b1f-4f5e-9c56-3a1b2c3d4e5f",
    "trace": "traceparent: 00-5f0c9d1e7b3a4c2d8e6f1a0b9c8d7e6f-9c8d7e6f5a4b3c2d-01",
    "etag": 'etag: W/"5f0c9d1e7b3a4c2d8e6f1a0b9c8d7e6f"',
    "hash of a package": "pip install x==1 --hash=sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "your key": "OPENAI_API_KEY=your-openai-api-key-here",
    "a test's key": "x-api-key: test-key-1234567890-abcdef",
    "zeros": "api-key: 00000000-0000-0000-0000-000000000000",
    "variable": "Authorization: Bearer ${OPENAI_API_KEY_2}",
    "environment": 'api_key: str = os.getenv("MISTRAL_API_KEY_2")',
    "encrypted": '{"encrypted_content": "gAAAAABo9xZ2mQ7rT4vW6yB8dF0hJ2lN4pR6tV8xZ0bD2fH4jL6nP8"}',
    "id of a session": "mcp-session-id: 5f0c9d1e7b3a4c2d8e6f1a0b9c8d7e6f",
    "public key": "public_key=pk_live_51H8xYzAbCdEfGhIjKlMnOpQr",
    "public key of a person": '"public_key": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"',
    "key of an object": '{"key": "uploads/0cc175b9c0f1b6a831c399e269772661.png"}',
    "advice": "https://acme.example/blog/how-to-keep-your-api-key-safe-2025-edition",
}


def test_each_kind_is_found_by_itself():
    for name, (text, secret) in SECRETS.items():
        assert any(one.kind.is_masked for one in find(text)), name
        assert secret not in hidden(text, find(text)), name
        assert suspects(b'{"text": "Here it is: ' + text.encode() + b'"}'), name


def test_each_kind_is_hidden_among_words():
    for name, (text, secret) in SECRETS.items():
        whole = f"Please use this:\n{text}\nand say nothing of it."

        assert secret not in hidden(whole, find(whole)), name


def test_each_kind_is_found_between_long_files_in_base64():
    picture = "iVBORw0KGgoAAAANSUhEUgAAAAEA" * (DATA // 28 + 1)
    for name, (text, secret) in SECRETS.items():
        whole = f'"{picture}", {text} "{picture}=="'

        made = hidden(whole, find(whole))

        assert secret not in made, name
        assert made.startswith(f'"{picture}", '), name
        assert made.endswith(f' "{picture}=="'), name


def test_nothing_is_found_that_the_quick_look_misses():
    for text in (one for both in SECRETS.values() for one in both):
        texts = (text, text.upper(), f"see {text}, {text}", f'{{"a": "{text}"}}')
        for kind in KINDS:
            where = (kind.name, text)
            if kind.quick is not None:
                assert all(kind.quick.search(one) for one in texts if kind.pattern.search(one)), where
            if kind.quick_low is not None:
                assert all(kind.quick_low.search(one.lower()) for one in texts if kind.pattern.search(one)), where


def test_each_kind_of_key_is_planted():
    """What is planted has to be suspected in a file, too: a kind that nothing leads to would never be looked for."""
    planted = {one.kind.name for text, _ in SECRETS.values() for one in find(text)}

    assert [kind.name for kind in PROVIDERS if kind.name not in planted] == []


@pytest.mark.parametrize("name", PLAIN)
def test_what_is_no_secret_stays(name):
    assert hidden(PLAIN[name], find(PLAIN[name])) == PLAIN[name]


def test_the_name_of_a_value_tells_a_secret_that_nothing_else_tells():
    value = SECRETS["mistral by name"][1]

    assert find(value) == []
    assert [one.kind.name for one in find_named("x-api-key", value)] == ["named-secret"]
    assert find_named("id", value) == []


@pytest.mark.parametrize("value", ["Token {}", "Key {}", "{}"])
def test_a_key_in_a_header_is_found_behind_its_scheme(value):
    held = SECRETS["token by scheme"][1]
    text = value.format(held)

    assert [text[one.start : one.end] for one in find_named("Authorization", text)] == [held]
    assert find_named("x-note", text) == []


@pytest.mark.parametrize("name", ["agent_key", "prompt-cache-key", "taskKey", "partition_key"])
def test_a_key_by_which_a_thing_is_found_is_no_secret(name):
    value = "9f86d081884c7d659a2feaa0c55ad015"

    assert find_named(name, value) == []
    assert [one.kind.name for one in find_named("azure_openai_key", value)] == ["named-secret"]


def test_a_uuid_is_a_key_where_its_name_says_so():
    value = SECRETS["uuid by name"][1]

    assert [one.kind.name for one in find_named("x-api-key", value)] == ["named-secret"]
    assert [find_named(name, value) for name in ("key", "token", "session_token", "id")] == [[]] * 4


def test_the_same_secret_has_the_same_mask_and_another_one_another():
    first, second = (f"sk-{'proj'}-{letter}B3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY3zA5bC7dE9f" for letter in "aZ")

    assert hidden(first, find(first)) == hidden(first, find(first)) != hidden(second, find(second))
    assert hidden(first, find(first)).startswith("sk-proj-…[masked ")
    assert hidden(first, find(first)).endswith(", 51 characters]")


def test_an_address_stays_one_without_its_password():
    text, _ = SECRETS["connection string"]

    assert hidden(text, find(text)).startswith("postgresql://ada:(masked ")
    assert hidden(text, find(text)).endswith(" characters)@db.acme.example:5432/main")


def test_lines_of_a_file_keep_their_numbers():
    text = SECRETS["private key"][0]
    data = b"a:\n  key: |\n    " + text.replace("\n", "\n    ").encode() + b"\nb: 1\n"

    assert SECRETS["private key"][1].encode() not in shown(data)
    assert shown(data).count(b"\n") == data.count(b"\n")
    assert shown(data).endswith(b"\nb: 1\n")


@pytest.mark.slow
@pytest.mark.parametrize("size", [20_000])
def test_long_runs_take_no_longer_for_each_character(size):
    texts = ["a", "a-", "session", "eyJ", "https://", "key=", "@", "__Host-", "a.b/", "secretkey"]
    for text in (*[one * size for one in texts], "key=" + " " * size, ("A" * 9_999 + " ") * 40, "sk-" + "\\" * size):
        find(text)
        suspects(text.encode())


FULL_OF_NAMES = [
    "key=abc ",
    "key=abc123 ",
    "key=",
    "key=1,",
    "cookie: a=1; ",
    "[key=abc123 ",
    'key="abc 1',
    "authorization: Bearer ",
    "x=a@b ",
    "password: ab;cd ",
    "token=abc123;key=",
]


@pytest.mark.slow
@pytest.mark.parametrize("one", FULL_OF_NAMES)
def test_a_text_full_of_names_is_not_looked_through_again_for_each(one, monkeypatch):
    looked = []
    monkeypatch.setattr(
        named, "find_named", lambda name, value: looked.append(len(value)) or texts.find_named(name, value)
    )
    text = one * (40_000 // len(one))

    named.find_all(text)

    assert sum(looked) <= 40 * len(text)


@pytest.mark.slow
@pytest.mark.timeout(20)
def test_a_line_that_is_full_of_names_takes_seconds():
    named.find_all("[key=abc123 " * 20_000)


@pytest.mark.parametrize("one", FULL_OF_NAMES)
def test_a_password_behind_many_names_is_found(one):
    text = one * 3 + ' "x": 1, password: Hunterblue7'

    assert "Hunterblue7" not in hidden(text, named.find_all(text))


@pytest.mark.parametrize("spelled", ["\n  - {}", " {}", "\n  {}", ":\n{}", ": [{}]"])
@pytest.mark.parametrize("before", ["headers:\n  ", "headers:\n  accept: text\n  ", ""])
def test_the_first_name_of_a_mapping_is_not_taken_for_the_value_of_the_mapping(before, spelled):
    text = f"{before}x-password{':' if not spelled.startswith(':') else ''}{spelled.format('Hunterblue7')}\n"

    assert b"Hunterblue7" not in shown(text.encode())
    assert shown(text.encode()).count(b"\n") == text.count("\n")


def test_each_hint_is_looked_for_where_what_it_holds_stands():
    every = [hint for shared, some in texts._LOW_HINTS_BY for hint in some if shared in hint]

    assert sorted(every) == sorted(texts._LOW_HINTS)


@pytest.mark.parametrize("name", ["password", "x-api-key", "cookie", "openai-organization"])
def test_a_text_that_is_too_short_to_be_looked_at_holds_no_secret(name):
    assert find_named(name, "aB3$x"[: texts.SHORTEST - 1]) == []
    assert find("aB3-x9_Zq7L"[: texts.LEAST - 1]) == []


def test_a_short_password_is_hidden():
    found = masked({"password": "aB3cx9Qz"})

    assert found.values == {"aB3cx9Qz": found.document["password"]}
