"""What is looked at of a file holds every secret that the whole of it would show, and little besides."""

import pytest

from recviewer.secrets.around import BEFORE, BEHIND, MOST, has_sign, stretches
from recviewer.secrets.quick import SIGNS
from recviewer.secrets.raw import found_in
from recviewer.secrets.texts import DATA, between_data, without_data
from tests.secrets.planting import SECRETS
from tests.secrets.planting_services import SERVICES

WORDS = "A kite rises against the wind, not with it, and so do most of us.\n" * 60
FEW_WORDS = WORDS[: len(WORDS) // 2]
MADE = "q8Zr2LmX0vTn5KwY" + "b7Ec3HdJ9sPf1Ga4"


def told(text):
    return [text[one.start : one.end] for one in found_in(text) if one.kind.is_masked]


@pytest.mark.parametrize("spelled", ["{}", "    x-note:\n    - {}\n", '{{"a": "{}"}}', "{}\n{}\n{}"])
def test_a_stretch_has_the_whole_secret(spelled):
    for name, secret in SECRETS.items():
        text = spelled.replace("{}", secret[0]).replace("{{", "{").replace("}}", "}")
        whole = FEW_WORDS + text + "\n" + FEW_WORDS

        found = stretches(whole.encode())

        assert has_sign(whole.encode()), name
        assert [one for stretch in found for one in told(stretch.decode())] == told(whole), name
        assert sum(map(len, found)) < len(whole) / 2, name


def test_words_without_a_secret_have_no_sign():
    assert not has_sign(WORDS.encode())


@pytest.mark.parametrize(
    "name",
    [
        *("x-api-key", "apiKey", "API_KEY", "X-Auth-Token", "client_secret", "CLIENT_SECRET", "Proxy-Authorization"),
        *("AUTHORIZATION", "password", "DB_PASSWORD", "jwt", "credentials", "passphrase", "private_key_id"),
        *("connection-string", "anthropic-organization-id", "X-Crewai-Organization-Id", "dg-project-id"),
        *("openai-organization", "OpenAI-Project", "cf-workspace-id"),
    ],
)
@pytest.mark.parametrize(
    "spelled", ["{}: {}\n", "      {}:\n      - {}\n", "{}: [{}]\n", '"{}": "{}"', r"\"{}\": \"{}\""]
)
def test_a_name_that_tells_is_a_sign_however_it_is_spelled(name, spelled):
    data = f"{WORDS}{spelled.format(name, MADE)}{WORDS}".encode()

    (stretch,) = stretches(data)

    assert MADE in told(stretch.decode())
    assert len(stretch) < BEFORE + BEHIND + 200


@pytest.mark.parametrize(
    "text",
    [
        "      authorization:\n      - AUTHORIZATION-XXX\n      x-api-key:\n      - X-API-KEY-XXX\n",
        "      Authorization:\n      - Bearer <OPENAI_API_KEY>\n      Cookie:\n      - '**REDACTED**'\n",
        '"usage": {"token": 1234567, "key": "plain"}',
        "next_token: page-two-of-all\nword: seventeen\n",
        f'"image": "{"iVBORw0KGgoAAAANSUhEUgAAAAEA" * (DATA // 20)}AIza{"A0" * 20}{"B1" * DATA}"',
    ],
)
def test_what_says_that_it_is_none_opens_nothing(text):
    assert stretches(text.encode()) == []


def test_a_private_key_is_not_cut():
    key = SECRETS["private key"][0].replace("\n", "\n" + "k9" * 900 + "\n", 1)

    (stretch,) = stretches(f"{WORDS}{key}{WORDS}".encode())

    assert key.strip() in stretch.decode()


def test_a_file_of_many_signs_is_looked_at_as_a_whole():
    data = "".join(f"a{n}@acme.org " for n in range(MOST)).encode()

    assert stretches(data) == [data]
    assert stretches(b"key: made-by-hand\n" * (MOST + 1)) == [b"key: made-by-hand\n" * (MOST + 1)]


@pytest.mark.parametrize("before", ["", "x", " ", "x" * (DATA // 2 - 1), "x " * DATA])
@pytest.mark.parametrize("size", [DATA - 1, DATA, DATA + 1, 3 * DATA + 7])
def test_files_in_base64_are_taken_out(before, size):
    before = before.encode()
    data = before + b" " + b"A" * size + b"== b"

    assert without_data(data) == (data if size < DATA else before + b"  == b" if before else b"  == b")


@pytest.mark.parametrize("size", [16_384 * 2 + DATA // 2 + off for off in (-1, 0, 1, 16_383)])
def test_bytes_are_taken_out_up_to_the_end_that_text_has(size):
    text = "a b" + "x+/9" * (size // 4) + "x" * (size % 4)

    for behind in ("", "=", "== c", " key: d"):
        parts = [piece for _, piece in between_data(text + behind)]
        assert without_data((text + behind).encode()) == b" ".join([parts[0].encode(), (behind or "").encode()])


def test_what_a_tag_says_is_base64_is_not_looked_at_where_it_is_packed():
    block = "AIza" + "Ab1" * 23 + "\n"
    data = f"- body:\n    string: !!binary |\n      {block}      {block}      QUI=\n    x-api-key: {MADE}\n{WORDS}"

    (stretch,) = stretches(data.encode())

    assert "AIza" not in stretch.decode()
    assert told(stretch.decode()) == [MADE]
    assert not has_sign(data.replace(MADE, "none").encode())
    assert has_sign(f"a: |\n  {block}".encode())


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.anchor.decode())
def test_a_sign_is_met_wherever_its_pattern_finds_it(sign):
    held = [*[text.encode() for text, _ in (SECRETS | SERVICES).values()], b'{"password": "aB3cx9Qz"}']
    anchor = sign.anchor
    few = b"\n" + (b" " * 2_000).join([*held, anchor * 3, b"k" + anchor]) + b" plain"
    many = b"\n" + (anchor + b" ").join(held * 2) + anchor * 100 + few

    for data in (few, many, anchor, b""):
        assert [one.span() for one in sign.matches(data)] == [one.span() for one in sign.pattern.finditer(data)]
    assert any(True for _ in sign.matches(few))
