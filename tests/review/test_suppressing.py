"""Letting findings be: kept, undone, sent and brought in."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from recviewer.review import suppressing, undoing
from recviewer.review.models import AuditEvent, Suppression
from recviewer.review.refusals import Invalid
from recviewer.review.reviews_file import merging
from recviewer.review.suppressing import Aim
from recviewer.smells.suppressing import Reach, in_reviews

pytestmark = pytest.mark.django_db

TEST = Aim("recorded-error", Reach.TEST, "t.py::a")
ONE = Aim("broke-off", Reach.FINDING, "0" * 32, "a/recordings/1.json")


def kept():
    return sorted(Suppression.objects.filter(is_lifted=False).values_list("rule", "subject", "reason"))


def test_findings_are_let_be_with_a_reason():
    done = suppressing.suppress([TEST, ONE], "It is about that.", actor="Ada", until=date(2999, 1, 1))

    assert kept() == [("broke-off", "0" * 32, "It is about that."), ("recorded-error", "t.py::a", "It is about that.")]
    assert done.event
    event = AuditEvent.objects.get()
    assert event.summary == "made 2 suppressions of recorded-error, broke-off: It is about that"
    assert [item.path for item in event.items.all()] == [ONE.path]


def test_the_same_again_is_no_act():
    suppressing.suppress([TEST], "Why.", actor="Ada")

    assert suppressing.suppress([TEST], "Why.", actor="Bob").event is None
    assert suppressing.suppress([TEST], "Another why.", actor="Bob").event


@pytest.mark.parametrize(
    ("aim", "reason", "until"),
    [
        (TEST, " ", None),
        (TEST, "x" * 100_000, None),
        (TEST, "Why.", date(2020, 1, 1)),
        (TEST._replace(rule="no-such-rule"), "Why.", None),
        (TEST._replace(subject=""), "Why.", None),
    ],
)
def test_what_cannot_be_let_be_is_refused(aim, reason, until):
    with pytest.raises(Invalid):
        suppressing.suppress([aim], reason, actor="Ada", until=until)
    assert not AuditEvent.objects.exists()


def test_it_is_lifted_undone_and_done_again():
    suppressing.suppress([TEST], "Why.", actor="Ada")
    suppressing.lift([TEST], actor="Bob")
    assert kept() == []
    assert suppressing.lift([TEST], actor="Bob").event is None

    undoing.undo(actor="Bob")
    assert kept() == [("recorded-error", "t.py::a", "Why.")]
    undoing.undo(actor="Ada")
    assert not Suppression.objects.exists()
    undoing.redo(actor="Ada")
    assert kept() == [("recorded-error", "t.py::a", "Why.")]


def test_they_travel_in_the_file_and_so_does_that_one_was_lifted():
    at = timezone.now() - timedelta(hours=2)
    suppressing.suppress([TEST, ONE], "Why.", actor="Ada", until=date(2999, 1, 1), now=at)
    before = merging.export()
    assert {one.subject for one in in_reviews(before)[0]} == {TEST.subject, ONE.subject}
    suppressing.lift([ONE], actor="Ada", now=at + timedelta(hours=1))
    after = merging.export()
    Suppression.objects.all().delete()

    assert "Imported 2 suppressions" in merging.bring_in(before, actor="Bob").done.sentence
    merging.bring_in(after, actor="Bob")
    assert kept() == [("recorded-error", "t.py::a", "Why.")]
    assert merging.bring_in(before, actor="Bob").done.event is None
    assert merging.export() == after
    undoing.undo(actor="Bob")
    assert len(kept()) == 2


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"scope":"test"', '"scope":"all"', "scope"),
        ('"rule":"recorded-error"', '"rule":"A B"', "rule"),
        ('"until":"2999-01-01"', '"until":"soon"', "not a day"),
        ('"reason":"Why."', '"reason":""', "reason"),
        ('"reason":"Why."', '"reason":"Why.","lifted":1', "lifted"),
    ],
)
def test_a_line_that_cannot_be_used_says_why(old, new, why):
    suppressing.suppress([TEST], "Why.", actor="Ada", until=date(2999, 1, 1))
    data = merging.export().decode()
    assert old in data
    Suppression.objects.all().delete()

    ((_, told),) = merging.bring_in(data.replace(old, new).encode(), actor="Bob").bad

    assert why in told
    assert not Suppression.objects.exists()


def test_only_what_stands_counts():
    suppressing.suppress([TEST], "Why.", actor="Ada", until=timezone.localdate())

    assert suppressing.standing()
    assert not suppressing.standing(timezone.localdate() + timedelta(days=1))
