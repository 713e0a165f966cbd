"""Secrets that lie in pieces in one text of JSON, spelled plainly, in a text of it, or over line ends."""

import json
import tracemalloc

import pytest

from recviewer.secrets import pieces
from recviewer.secrets.raw import shown
from tests.secrets.planting import SECRETS, address, masked_alike

TEXT, _ = SECRETS["openai"]
HALVES = TEXT[:20], TEXT[20:]


def lines(dumps, *halves):
    return "\n".join(dumps({"content": half}) for half in halves)


@pytest.mark.parametrize("spelled", [json.dumps, lambda one: json.dumps(one).replace('":', '" :')])
@pytest.mark.parametrize("depth", [0, 1])
def test_pieces_are_found_however_keys_are_spelled(spelled, depth):
    text = lines(spelled, *HALVES)
    text = json.dumps({"body": text}) if depth else text

    assert [one.joined for one in pieces.across(text)] == [TEXT]
    assert not pieces.across(pieces.hidden_across(text))


def test_pieces_in_a_text_and_around_it_are_masked_both():
    other = SECRETS["anthropic"][0]
    inner = lines(json.dumps, *HALVES)
    text = lines(json.dumps, f"{inner} {other[:20]}", other[20:])

    made = pieces.hidden_across(text)

    assert len(pieces.across(text)) == 2
    assert not any(part in made for part in (HALVES[1], other[20:]))
    assert json.loads(made.splitlines()[0])["content"].startswith('{"content": "')


def test_lines_keep_their_numbers_where_a_secret_goes_over_line_ends():
    body = "\n".join(["MIIEpAIBAAKCAQEA1c7+9z5Pad7OejecsQ0bu3aozN3tihPmljnnudb9G3HECdnH" for _ in range(3)])
    key = f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----"
    text = f'"content": "{key[:60]}"\n"content": "{key[60:]}"\n'

    made = pieces.hidden_across(text)

    assert made != text
    assert made.count("\n") == text.count("\n")


def test_keys_that_are_masked_alike_take_no_line_away():
    data = json.dumps(dict.fromkeys(map(address, masked_alike())), indent=2).encode()

    assert not any(password.encode() in shown(data) for password in masked_alike())
    assert shown(data).count(b"\n") == data.count(b"\n")


@pytest.mark.parametrize("escape", ["\\n", "\\\\n", '\\\\\\"'])
def test_a_text_of_many_escapes_takes_no_memory_for_each(escape):
    quote = '"' if escape == "\\n" else '\\"'
    text = f"{quote}arguments{quote}: {quote}" + f"line{escape}" * 100_000 + quote
    tracemalloc.start()

    pieces.across(text)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000
