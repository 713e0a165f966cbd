"""What moved the name of a recording."""

import pytest

from recviewer.replay.moved import MOST_VALUES, moved_by, newest_until

FOUND = (
    "[1] document_id: 3907d885-d8e7-a72d-1113-f7080454d97c, score: 0.0077513, attributes: {'a': 1} cited as 0.123456789"
)
BODY = {"messages": [{"role": "user", "content": "Which?"}, {"role": "tool", "content": [{"text": FOUND}]}]}


def told(slug, body):
    return [(one.rule, one.words) for one in moved_by(slug, body)]


def test_each_step_of_a_newer_rule_is_told_once_with_the_first_words_that_it_changes():
    assert told("F", BODY) == [
        ("G", "score: 0.0077513"),
        ("G", "attributes: {'a': 1}"),
        ("G", "document_id: 3907d885-d8e7-a72d-1113-f7080454d97c"),
    ]


def test_a_step_belongs_to_the_oldest_rule_that_has_it():
    assert told("B", BODY)[0] == ("C", "0.0077513")
    assert ("F", "extra_body/project_id") in told("B", {"extra_body": {"project_id": "1"}})


def test_words_are_said_where_they_stand():
    assert {one.pointer for one in moved_by("F", BODY)} == {"/messages/1/content/0/text"}
    assert moved_by("F", {"a/b": "score: 1.5"})[0].pointer == "/a~1b"


@pytest.mark.parametrize("body", [{}, None, [], "score: none", {"a": "score: none, attributes: {"}, {"a": 0.123456}])
def test_what_no_rule_changes_is_not_told(body):
    assert told("F", body) == []


def test_the_newest_rule_moves_nothing():
    assert told("G", BODY) == []


def test_a_rule_that_nobody_knows_moves_nothing():
    assert told("Z", BODY) == []


def test_drafts_that_never_reached_main_are_not_newer():
    assert "G2" not in {rule for rule, _ in told("F", {"a": "document_id: file-1"})}


def test_more_values_than_anybody_needs_are_not_looked_at():
    assert told("F", {"a": [0] * (MOST_VALUES + 1), "b": "score: 1.5"}) == []


@pytest.mark.parametrize(("slug", "day"), [("A", "2025-10-04"), ("F", "2026-04-09")])
def test_a_rule_was_the_newest_until_the_next_one_came(slug, day):
    assert newest_until(slug).isoformat() == day


@pytest.mark.parametrize("slug", ["G", "C6"])
def test_the_newest_rule_and_a_draft_have_no_such_day(slug):
    assert newest_until(slug) is None
