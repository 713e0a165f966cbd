import random
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.db import connection

from recviewer.catalog.models import Recording
from recviewer.review import filters, standing
from recviewer.review.decide import decide
from recviewer.review.filters import Label
from recviewer.review.models import AuditEvent, Standing
from recviewer.review.refusals import NothingToUndo, Overtaken
from recviewer.review.subjects import Seen, subject_of
from recviewer.review.tagging import colour_for, tag
from recviewer.review.undoing import undo


def seen(*recordings):
    return [Seen(recording.path, recording.blob) for recording in recordings]


@pytest.fixture
def five(make_recording):
    """Approved, rejected, to delete (an unreadable one), and two undecided (one of them unreadable)."""
    words = ("Earth.", "Mars.", "Venus.")
    made = [make_recording(f"tests/recordings/{word}json", answered=word) for word in words]
    made += [
        make_recording("tests/recordings/x1.json", data=b"{"),
        make_recording("tests/recordings/x2.json", data=b"["),
    ]
    decide(seen(made[0]), actor="Ana", verdict="approve")
    decide(seen(made[1]), actor="Ana", verdict="reject", note="no")
    decide(seen(made[3]), actor="Ana", verdict="delete")
    return made


@pytest.mark.parametrize(
    ("state", "places"),
    [("approved", [0]), ("rejected", [1]), ("delete", [3]), ("undecided", [2, 4]), ("nonsense", [])],
)
def test_with_verdict(five, state, places):
    found = filters.with_verdict(Recording.objects.all(), state)

    assert {recording.path for recording in found} == {five[place].path for place in places}


def test_verdict_counts(five, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):
        counts = filters.verdict_counts(Recording.objects.order_by("path"))

    assert counts == {"approved": 1, "rejected": 1, "delete": 1, "undecided": 2}


def test_verdict_counts_of_some(five):
    counts = filters.verdict_counts(Recording.objects.filter(path=five[0].path))

    assert counts == {"approved": 1, "rejected": 0, "delete": 0, "undecided": 0}


ACTS = [(actor, verdict) for actor in ("Ana", "Ben") for verdict in ("approve", "reject", "delete", "clear")]


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 6))])
def test_counts_with_what_was_decided_since_are_those_of_all(seed, make_recording):
    chance = random.Random(seed)
    made = [
        make_recording(f"tests/recordings/{n}.json", answered=f"{n % 5}.", test=f"t.py::test_{n}") for n in range(9)
    ]
    plain = Recording.objects.exclude(path=made[0].path)
    then, counts = standing.state(), filters.verdict_counts(plain)
    for _ in range(12):
        for actor, verdict in chance.choices(ACTS, k=chance.choice([1, 1, 3])):
            some = chance.sample(made, chance.choice([1, 2]))
            decide(seen(*some), actor=actor, verdict=verdict, note="no" if verdict == "reject" else "")
            if chance.random() < 0.3:
                with suppress(NothingToUndo, Overtaken):
                    undo(actor=chance.choice(["Ana", "Ben"]))
        now = standing.state()
        counts = filters.counts_since(plain, counts, then, now)
        then = now

        assert counts == filters.verdict_counts(plain)
        assert filters.all_standings() == dict(Standing.objects.values_list("fingerprint", "state"))


def test_all_standings_are_read_once_and_then_only_what_was_decided_since(five, django_assert_num_queries):
    before = filters.all_standings()
    with django_assert_num_queries(1):
        again = filters.all_standings()
    decide(seen(five[3]), actor="Ana", verdict="reject", note="no")
    with django_assert_num_queries(6):
        after = filters.all_standings()

    assert again is before
    assert after == before | {subject_of(five[3]): "rejected"}


def test_what_was_read_before_an_older_copy_of_the_database_was_put_back_is_read_anew(five):
    decide(seen(five[3]), actor="Ana", verdict="approve")
    before, counts, plain = standing.state(), filters.verdict_counts(Recording.objects.all()), Recording.objects.all()
    assert filters.all_standings()[subject_of(five[3])] == "approved"
    with connection.cursor() as cursor:
        for table in ("review_decision", "review_standing"):
            cursor.execute(f"DELETE FROM {table} WHERE fingerprint = %s", [subject_of(five[3])])
    decide(seen(five[4]), actor="Ana", verdict="approve")
    decide(seen(five[1]), actor="Ana", verdict="approve")

    assert filters.all_standings() == dict(Standing.objects.values_list("fingerprint", "state"))
    assert filters.counts_since(plain, counts, before, standing.state()) is None


def test_counts_are_made_anew_after_other_things_than_verdicts_on_exchanges(five, make_recording, monkeypatch):
    plain = Recording.objects.all()
    counts, then = filters.verdict_counts(plain), standing.state()
    decide(seen(five[4]), actor="Ana", verdict="approve")
    unread, now = filters.counts_since(plain, counts, then, standing.state()), standing.state()
    monkeypatch.setattr(filters, "FEW", 1)
    decide(seen(five[1], five[2]), actor="Ana", verdict="approve")
    many, last = filters.counts_since(plain, counts, now, standing.state()), standing.state()
    AuditEvent.objects.create(actor="Ana", action="import", summary="", at=datetime.now(UTC))
    brought = filters.counts_since(plain, counts, last, standing.state())

    assert (unread, many, brought) == (None, None, None)
    assert filters.counts_since(plain, counts, last, last) == counts
    assert filters.counts_since(plain, counts, last, then) is None


def test_standings_for(five, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = filters.standings_for([subject_of(recording) for recording in five])

    assert found[five[1].fingerprint].note == "no"
    assert found[f"blob:{five[3].blob}"].state == "delete"
    assert five[2].fingerprint not in found


def test_tags(five, django_assert_num_queries):
    tag(seen(five[0], five[1]), actor="Ana", name="Golden")
    tag(seen(five[0]), actor="Ana", name="flaky")
    golden, flaky = Label("Golden", colour_for("golden")), Label("flaky", colour_for("flaky"))

    with django_assert_num_queries(2):
        assert filters.tag_counts(Recording.objects.all()) == [(golden, 2), (flaky, 1)]
    assert filters.tag_counts(Recording.objects.filter(path=five[1].path)) == [(golden, 1)]
    with django_assert_num_queries(1):
        found = filters.tags_for_paths([recording.path for recording in five])
    assert found == {five[0].path: [flaky, golden], five[1].path: [golden]}
    assert {row.path for row in filters.with_tags(Recording.objects.all(), ["gOLDEN"])} == {five[0].path, five[1].path}


def test_counts_by_ids_are_those_of_the_query(five):
    """Also for recordings without a fingerprint, whose decision is on their bytes."""
    tag(seen(*five[:2]), actor="Ana", name="Golden")
    tag(seen(five[1]), actor="Ana", name="flaky")

    for some in ([], five[:1], five[1:], five):
        ids = [one.pk for one in some]
        recordings = Recording.objects.filter(pk__in=ids)
        assert filters.verdict_counts_of(ids) == filters.verdict_counts(recordings)
        assert filters.tag_counts_of(ids) == filters.tag_counts(recordings)
    assert filters.verdict_counts_of(ids) == {"approved": 1, "rejected": 1, "delete": 1, "undecided": 2}
    assert [(label.name, count) for label, count in filters.tag_counts_of(ids)] == [("Golden", 2), ("flaky", 1)]
