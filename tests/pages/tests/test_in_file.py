"""Where calls stand in a file of many, and by what a recorder finds them again: on the pages of their test and file."""

import json

import pytest

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.pages.tests import loading
from recviewer.pages.tests.in_file import _nth
from recviewer.pages.text.test_addresses import url_of_test

CALL = """- request:
    body: '{{"model": "small-1", "messages": [{{"role": "user", "content": "{asked}"}}]}}'
    headers: {{}}
    method: POST
    uri: https://api.example.com/v1/chat/completions
  response:
    body: {{string: '{{"id": "c", "object": "chat.completion", "created": 1, "model": "small-1", "choices":
      [{{"index": 0, "message": {{"role": "assistant", "content": "{said}"}}, "finish_reason": "stop"}}]}}'}}
    headers: {{content-type: [application/json]}}
    status: {{code: 200, message: OK}}
"""
TRACE = """- request: {body: 'x', headers: {}, method: POST, uri: 'https://api.example.com/v1/traces'}
  response: {body: {string: ''}, headers: {}, status: {code: 204, message: No Content}}
"""


@pytest.fixture
def page(root, db, client):
    """A function that returns the page of a file with two calls of a model and two others."""
    home = root / "tests/cassettes/test_planets"
    home.mkdir(parents=True)
    calls = [CALL.format(asked=asked, said=f"{asked}!") for asked in ("Saturn", "Titan")]
    parts = (TRACE, calls[0], TRACE, calls[1])
    (home / "test_rings.yaml").write_text(f"interactions:\n{''.join(parts)}version: 1\n")
    indexer.refresh(processes=1)
    loading._kept.clear()
    return client.get("/r/tests/cassettes/test_planets/test_rings.yaml", follow=True)


def test_each_call_says_where_it_stands_and_which_of_equal_ones_it_is(page):
    owns = [own for block in page.context["page"].blocks for own in getattr(block, "owns", ())]

    assert [own.facts[:2] for own in owns] == [
        ("#2 of 4", "1st of 2 to /v1/chat/completions"),
        ("#4 of 4", "2nd of 2 to /v1/chat/completions"),
    ]


def test_the_match_is_told_once(page):
    found = page.context["page"].found_by

    assert (found.recorder, found.count, found.is_loose) == ("VCR.py", 3, True)
    assert dict(found.rows) == {
        "method": "POST",
        "address": "2 different",
        "headers": "not compared",
        "body": "not compared",
        "place": "among equal ones",
    }
    assert "3 things move the match" in page.content.decode()


def test_calls_that_ask_no_model_say_where_they_went(page):
    (fold,) = [block.fold for block in page.context["page"].beside]

    assert (fold.title, fold.detail) == ("2 other calls", "POST /v1/traces · #1, #3 · 204")


def test_in_a_file_of_one_nothing_is_said_of_a_place(client, write_one):
    shown = client.get(url_of_test(write_one)).context["page"]

    assert shown.found_by is None
    assert not any("#" in fact for block in shown.blocks for own in getattr(block, "owns", ()) for fact in own.facts)


@pytest.fixture
def write_one(root, chat, db):
    """The id of a test with one recording in a file of its own."""
    test = "tests/test_cats.py::test_look"
    place = root / "tests/recordings/one.json"
    place.parent.mkdir(parents=True)
    place.write_bytes(json.dumps(chat(test=test)).encode())
    indexer.refresh(processes=1)
    assert Recording.objects.count() == 1
    return test


@pytest.mark.parametrize(
    ("number", "words"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd"), (113, "113th")]
)
def test_places_are_said_as_people_say_them(number, words):
    assert _nth(number) == words
