import json
import re

import pytest

from recviewer.catalog import content
from recviewer.formats.decode import EFFORT_LIMIT, effort
from recviewer.pages.difference import comparing, raw


@pytest.fixture
def approved_then_changed(client, make_recording):
    first = make_recording("recordings/one.json", answered="The moon is 384,400 km away.")
    client.post("/do/decide", {"key": first.path, "seen": first.blob, "verdict": "approve", "next": "/"})
    return make_recording("recordings/one.json", answered="The moon is 384,401 km away.", asked="And the moon?")


def test_what_changed_since_the_approval_is_shown_without_git(client, approved_then_changed):
    html = client.get(f"/difference/{approved_then_changed.path}").content.decode()

    assert "<del>384,400</del>" in html
    assert "<ins>384,401</ins>" in html
    assert "other words" in html


def test_recording_that_changed_since_links_to_what_changed(client, approved_then_changed):
    html = client.get(f"/r/{approved_then_changed.path}").content.decode()

    assert f"/difference/{approved_then_changed.path}" in html


def test_nothing_approved_says_so(client, make_recording):
    one = make_recording("recordings/one.json")

    assert "Nothing to compare with" in client.get(f"/difference/{one.path}").content.decode()


def test_any_two_are_compared_both_ways(client, make_recording):
    make_recording("recordings/a.json", answered="Mars.")
    make_recording("recordings/b.json", answered="Venus.")

    one_way = client.get("/difference/?old=recordings/a.json&new=recordings/b.json").content.decode()
    other_way = client.get("/difference/?old=recordings/b.json&new=recordings/a.json&mode=side").content.decode()

    assert "<del>Mars.</del>" in one_way
    assert "<ins>Venus.</ins>" in one_way
    assert "<del>Venus.</del>" in other_way


def test_same_meaning_says_so_and_what_was_ignored(client, make_recording):
    make_recording("recordings/a.json", id="1")
    make_recording("recordings/b.json", id="2")

    html = client.get("/difference/?old=recordings/a.json&new=recordings/b.json").content.decode()

    assert "the same" in html
    assert "Nothing that counts differs" in html


def test_two_that_cannot_be_read_are_never_called_the_same(client, make_recording):
    make_recording("recordings/a.json", data=b'[{"said": "Mars."}]')
    make_recording("recordings/b.json", data=b'[{"said": "Venus."}]')

    html = client.get("/difference/?old=recordings/a.json&new=recordings/b.json").content.decode()

    assert "the same meaning" not in html
    assert "not read, so that nobody knows how it differs" in html
    assert "Venus" in html


def test_missing_recordings_are_not_found(client, make_recording):
    make_recording("recordings/a.json")

    assert client.get("/difference/?old=recordings/a.json&new=recordings/none.json").status_code == 404
    assert client.get("/difference/recordings/none.json").status_code == 404


def test_words_are_escaped(client, make_recording):
    make_recording("recordings/a.json", answered="<script>alert(1)</script>")
    make_recording("recordings/b.json", answered="<script>alert(2)</script>")

    assert (
        "<script>alert" not in client.get("/difference/?old=recordings/a.json&new=recordings/b.json").content.decode()
    )


def test_refusal_of_a_changed_file_leads_to_the_difference(client, make_recording):
    shown = make_recording("recordings/one.json", answered="Mars is red.")
    client.get(f"/r/{shown.path}")
    make_recording("recordings/one.json", answered="Mars is blue.")
    sent = {"key": shown.path, "seen": shown.blob, "verdict": "approve", "next": "/"}

    refused = client.post("/do/decide", sent, headers={"HX-Request": "true"})

    assert refused.status_code == 409
    html = refused.content.decode()
    assert "Show the difference" in html
    shown_difference = client.get(f"/difference/{shown.path}", {"from": shown.blob}).content.decode()
    assert "<del>red</del>" in shown_difference


def test_difference_from_bytes_nobody_has_says_so(client, make_recording):
    one = make_recording("recordings/one.json")

    assert "Nothing to compare with" in client.get(f"/difference/{one.path}?from={'0' * 40}").content.decode()
    assert client.get(f"/difference/{one.path}?from=--output=x").status_code == 200


def holding(many, word):
    """Return the bytes of a recording with so many choices."""
    choices = [{"index": at, "message": {"role": "assistant", "content": f"{at}"}} for at in range(many)]
    choices.append({"index": many, "message": {"role": "assistant", "content": word}})
    request = {
        "url": "http://x.example/v1/chat/completions",
        "body": {"messages": []},
        "endpoint": "/v1/chat/completions",
    }
    return json.dumps({"request": request, "response": {"body": {"choices": choices}}}).encode()


@pytest.fixture
def little_is_too_much(monkeypatch):
    """Files with more than 600 choices are too much; the real limit has a test of its own."""
    monkeypatch.setattr(content, "EFFORT_LIMIT", 30_000)
    monkeypatch.setattr(raw, "is_heavy", lambda data: False)  # their lines are compared here


@pytest.mark.slow
def test_60_000_choices_are_too_much():
    assert effort(holding(60_000, "one")) > EFFORT_LIMIT


@pytest.mark.parametrize("query", ["", "&view=raw", "&mode=side"])
@pytest.mark.usefixtures("little_is_too_much")
def test_what_holds_too_much_is_not_compared_and_says_so(client, make_recording, monkeypatch, query):
    make_recording("recordings/a.json", data=holding(600, "one"))
    make_recording("recordings/b.json", data=holding(600, "two"))
    monkeypatch.setattr(comparing, "compare", None)
    monkeypatch.setattr(content, "of_bytes", None)

    html = client.get(f"/difference/?old=recordings/a.json&new=recordings/b.json{query}").content.decode()

    assert re.search(r"Not compared value by value: a file with about 1,8\d\d values takes too long", html)
    assert "They count as different" in html
    assert "Nothing that counts differs" not in html
    assert "They are the same" not in html


@pytest.mark.usefixtures("little_is_too_much")
def test_what_holds_too_much_and_is_equal_says_so(client, make_recording):
    for name in "ab":
        make_recording(f"recordings/{name}.json", data=holding(600, "one"))

    html = client.get("/difference/?old=recordings/a.json&new=recordings/b.json").content.decode()

    assert "They are the same, byte for byte" in html
