"""A recording that a range left unread is called so everywhere: nobody knows its words, and its own page compares it."""

from __future__ import annotations

import pytest

from recviewer.memory import ranges
from recviewer.pairing import sides
from recviewer.report import forms
from recviewer.report.report import as_json, make


@pytest.fixture
def left(repo, monkeypatch):
    """A range with one recording that changed and one that is new, both left unread. Returns its name."""
    repo.put("tests/recordings/moon.json", asked="How far is it, unread?", answered="One two three.")
    base = repo.commit("before")
    repo.put("tests/recordings/moon.json", asked="How far is it, unread?", answered="One two four.")
    repo.put("tests/recordings/new.json", asked="And this, unread?", answered="Five.", test="t.py::test_new")
    head = repo.commit("after")
    monkeypatch.setattr(sides, "LIGHT", 0)
    monkeypatch.setattr(sides, "ROOM", 0)
    return f"{base}...{head}"


@pytest.mark.slow
def test_lists_say_so(client, left):
    rows = client.get(f"/changes/{left}?by=change").context["page"].changes
    html = client.get(f"/changes/{left}").content.decode()

    assert [(row.change.churn.value, row.look.title, row.told) for row in rows] == [
        ("unread", "not read", sides.TOO_MUCH),
        ("new", "new", sides.TOO_MUCH),
    ]
    assert '<td class="figure">unknown</td>' in html
    assert '<td class="figure">0</td>' not in html
    assert "other details" not in client.get(f"/changes/{left}?change=tests/recordings/moon.json").content.decode()


def test_its_page_compares_it_and_says_what_the_range_did_not(client, left):
    html = client.get(f"/changes/{left}?change=tests/recordings/moon.json").content.decode()

    assert "One two <del>three</del><ins>four</ins>." in html
    assert "How far is it, unread?</bdi></h1>" in html
    assert f"not read among the others of the range: {sides.TOO_MUCH}" in html


def test_the_page_of_a_new_one_shows_it(client, left):
    html = client.get(f"/changes/{left}?change=tests/recordings/new.json").content.decode()

    assert "Five." in html
    assert f"not read among the others of the range: {sides.TOO_MUCH}" in html


def test_its_page_shows_lines_where_it_is_of_many_exchanges(client, left, monkeypatch):
    from recviewer.pages.ranges import change

    monkeypatch.setattr(change, "_read_here", lambda change, *_: change)

    page = client.get(f"/changes/{left}?change=tests/recordings/moon.json").context["page"].difference

    assert page.raw is not None
    assert page.facts[0].words == "not read, so that nobody knows how it differs"


def test_reports_say_so(left, repo):
    report = make(ranges.repository(), left)
    told = as_json(report)

    assert [(one["class"], one["unread"]) for one in told["changes"]] == [
        ("unread", sides.TOO_MUCH),
        ("new", sides.TOO_MUCH),
    ]
    assert told["classes"]["unread"] == 1
    assert told["classes"]["details"] == 0
    for form in ("md", "html", "status"):
        text = "".join(forms.pieces(report, form))
        assert "1 not read" in text.replace("</b>", "")
        assert "other details" not in text
