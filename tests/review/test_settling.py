"""What the last words of several reviewers add up to."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from recviewer.exchange import fingerprint
from recviewer.review import standing
from recviewer.review.decide import say
from recviewer.review.models import State, Verdict
from recviewer.review.standing import settle
from recviewer.review.subjects import Target

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Said:
    reviewer: str
    verdict: str
    minute: int = 0
    fingerprint: str = "1:a"
    rule: str = ""

    @property
    def at(self):
        return START + timedelta(minutes=self.minute)


@pytest.mark.parametrize(
    ("said", "state", "by"),
    [
        ([], State.UNDECIDED, None),
        ([Said("Ana", Verdict.APPROVE)], State.APPROVED, "Ana"),
        ([Said("Ben", Verdict.APPROVE, 2), Said("Ana", Verdict.APPROVE, 1)], State.APPROVED, "Ben"),
        ([Said("Ben", Verdict.APPROVE), Said("Ana", Verdict.APPROVE)], State.APPROVED, "Ben"),
        ([Said("Ana", Verdict.REJECT, 1), Said("Ben", Verdict.APPROVE, 2)], State.REJECTED, "Ana"),
        ([Said("Ana", Verdict.DELETE, 1), Said("Ben", Verdict.APPROVE, 2)], State.DELETE, "Ana"),
        ([Said("Ana", Verdict.REJECT, 1), Said("Ben", Verdict.DELETE, 2)], State.REJECTED, "Ana"),
    ],
)
def test_the_gravest_word_counts_and_of_equal_ones_the_last(said, state, by):
    found, settled = settle(said)

    assert found == state
    assert (settled.reviewer if settled else None) == by


RULE = "only churn"


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ([Said("Ana", Verdict.APPROVE, rule=RULE)], None),
        ([Said("Ana", Verdict.REJECT, rule=RULE)], Verdict.REJECT),
        ([Said("Ana", Verdict.APPROVE), Said("Ana", Verdict.DELETE, 1, rule=RULE)], None),
        ([Said("Ana", Verdict.APPROVE), Said("Ana", Verdict.APPROVE, 1, rule=RULE)], Verdict.APPROVE),
        ([Said("Ana", Verdict.REJECT), Said("Ana", Verdict.DELETE, 1, rule=RULE)], Verdict.REJECT),
        ([Said("Ana", Verdict.DELETE), Said("Ana", Verdict.CLEAR, 1, rule=RULE)], Verdict.DELETE),
        ([Said("Ben", Verdict.APPROVE), Said("Ana", Verdict.DELETE, 1, rule=RULE)], None),
    ],
)
def test_what_earlier_versions_let_a_rule_say_ends_an_approval_and_nothing_else(said, counts):
    found = standing.counting(said).get("1:a", {}).get("Ana")

    assert (found.verdict if found else None) == counts


@pytest.mark.django_db
def test_where_the_change_itself_was_decided_on_what_was_said_of_equal_words_counts_beside_it():
    words = Target("a.json", "b1", f"{fingerprint.VERSION}:words")
    change = words._replace(subject=f"{fingerprint.VERSION}:other", own="change:1:x")

    def said(target, actor, verdict, note=""):
        say(lambda: [target], lambda targets: {}, actor=actor, verdict=verdict, note=note)

    said(words, "Ana", "delete")
    asked = change._replace(subject=words.subject)
    assert standing.on(asked, asks=True) == []
    said(words, "Ben", "reject", "no")
    assert [one.reviewer for one in standing.on(asked, asks=True)] == ["Ben"]
    said(change, "Eve", "delete")
    assert {one.reviewer for one in standing.on(asked, asks=True)} == {"Ana", "Ben", "Eve"}
