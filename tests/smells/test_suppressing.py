"""What is let be: one finding, a rule on a test, a rule on a path."""

import json
from datetime import date, timedelta

import pytest

from recviewer import smells
from recviewer.smells.suppressing import BadReviews, Reach, Suppressed, Suppressions, in_reviews
from tests.smells.building import chat, recorded

TODAY = date(2026, 11, 29)
HEAD = {"recviewer_reviews": 1}


def found(document, path="a/b/recordings/1.json"):
    every = smells.of_recordings([recorded(document, path).side])
    return next(one for one in every if one.rule.name == "recorded-error")


ONE = found(chat(error="slow down"))


def over(*some, on=ONE):
    return Suppressions([Suppressed("recorded-error", *one) for one in some], TODAY).over(on)


@pytest.mark.parametrize(
    ("scope", "subject"),
    [
        (Reach.FINDING, ONE.identity),
        (Reach.TEST, ONE.test_id),
        (Reach.PATH, "a/b/recordings/1.json"),
        (Reach.PATH, "a/b/"),
        (Reach.PATH, "a/"),
    ],
)
def test_what_is_let_be_is_found(scope, subject):
    assert over((scope, subject, "because")).reason == "because"


@pytest.mark.parametrize(
    ("scope", "subject"),
    [(Reach.FINDING, "0" * 32), (Reach.TEST, ""), (Reach.TEST, "t.py::a"), (Reach.PATH, "a/b"), (Reach.PATH, "b/")],
)
def test_another_is_not(scope, subject):
    assert over((scope, subject, "because")) is None


def test_another_rule_is_not():
    one = Suppressed("broke-off", Reach.TEST, ONE.test_id, "because")

    assert Suppressions([one], TODAY).over(ONE) is None


@pytest.mark.parametrize(("days", "counts"), [(0, True), (1, True), (-1, False)])
def test_it_counts_up_to_its_last_day(days, counts):
    assert (over((Reach.PATH, "a/", "why", TODAY + timedelta(days))) is not None) == counts


def test_a_finding_is_let_be_wherever_the_recording_says_the_same():
    elsewhere = found(chat(error="slow down"), "c/recordings/2.json")

    assert over((Reach.FINDING, ONE.identity, "because"), on=elsewhere)
    assert not over((Reach.FINDING, ONE.identity, "because"), on=found(chat("Other?", error="slow down")))


def written(*lines):
    return b"\n".join(json.dumps(line).encode() for line in lines)


def line(**more):
    told = {"type": "suppression", "rule": "recorded-error", "scope": "path", "subject": "a/", "reason": "because"}
    return {**told, "changed": "2026-01-01T00:00:00.000000Z", **more}


def test_of_two_lines_on_one_thing_the_later_counts():
    later = line(reason="later", changed="2026-02-01T00:00:00.000000Z")

    assert [one.reason for one in in_reviews(written(HEAD, later, line()))[0]] == ["later"]
    assert in_reviews(written(HEAD, line(), line(lifted=True, changed="2026-02-01T00:00:00.000000Z"))) == ([], [])


@pytest.mark.parametrize(
    "bad", [{"scope": "all"}, {"subject": ""}, {"reason": 3}, {"until": "soon"}, {"rule": None}, {"changed": 1}]
)
def test_a_line_that_cannot_be_read_lets_nothing_be(bad):
    assert in_reviews(written(HEAD, line(**bad))) == ([], [2])


def test_other_lines_are_read_over_and_a_version_is_wanted():
    assert len(in_reviews(written({"type": "tag"}, HEAD, line(until="2027-01-01"), 3))[0]) == 1
    with pytest.raises(BadReviews):
        in_reviews(written(line()))
