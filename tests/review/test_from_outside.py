import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection

from recviewer.review import from_outside
from recviewer.review.decide import decide
from recviewer.review.filters import standings_for
from recviewer.review.history import Saying
from recviewer.review.models import Decision, PairChoice
from recviewer.review.refusals import Refused
from recviewer.review.reviews_file import merging
from recviewer.review.subjects import Seen, subject_of

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def saying(verdict, reviewer="Ana", minutes=0, fingerprint="1:a"):
    at = NOON + timedelta(minutes=minutes)
    return Saying(fingerprint, reviewer, at, verdict, "", at, "tests/recordings/one.json", "b" * 40)


@pytest.mark.parametrize(
    ("spoken", "state"),
    [
        ([saying("approve")], "approved"),
        ([saying("approve"), saying("reject", "Ben")], "rejected"),
        ([saying("approve"), saying("delete", "Ben")], "delete"),
        ([saying("delete"), saying("reject", "Ben")], "rejected"),
        ([saying("approve", minutes=1), saying("reject")], "approved"),
        ([saying("clear", minutes=1), saying("reject")], None),
        ([saying("clear", minutes=1), saying("reject"), saying("approve", "Ben")], "approved"),
        ([saying("reject", minutes=1), saying("approve", minutes=2), saying("clear")], "approved"),
    ],
)
def test_of_each_reviewer_the_last_word_counts_and_one_rejection_blocks(spoken, state):
    expected = {} if state is None else {"1:a": state}

    assert from_outside.states(spoken) == expected
    assert from_outside.states(reversed(spoken)) == expected


def seen(recording):
    return [Seen(recording.path, recording.blob)]


def test_a_file_gives_the_states_that_its_import_gives(make_recording):
    one, two = make_recording(), make_recording("tests/recordings/two.json", answered="Mars.")
    decide(seen(one), actor="Ana", verdict="approve")
    decide(seen(one), actor="Ben", verdict="reject", note="too long")
    decide(seen(two), actor="Ana", verdict="delete")
    decide(seen(two), actor="Ana", verdict="clear")
    subjects = [subject_of(one), subject_of(two)]

    spoken, bad = from_outside.of_file(merging.export() + b"nonsense\n")

    assert from_outside.states(spoken) == {name: stand.state for name, stand in standings_for(subjects).items()}
    assert from_outside.states(spoken) == {subject_of(one): "rejected"}
    assert [why for _, why in bad] == ["it is not JSON"]


def test_what_is_no_file_of_reviews_is_refused():
    with pytest.raises(Refused, match="not a file of reviews"):
        from_outside.of_file(b"{}\n")


def copied(place):
    """Write the database of the test to a file."""
    connection.ensure_connection()
    with sqlite3.connect(place) as target:
        connection.connection.backup(target)
    target.close()
    return place


@pytest.mark.only_on("sqlite", reason="a database on a server is no file")
@pytest.mark.django_db(transaction=True)
def test_another_database_is_read_and_left_alone(make_recording, tmp_path):
    one = make_recording()
    decide(seen(one), actor="Ana", verdict="approve")
    PairChoice.objects.create(
        old_path="a", old_blob="1", new_path="b", new_blob="2", is_pair=False, actor="Ana", at=NOON
    )
    place = copied(tmp_path / "a #?b.sqlite3")
    PairChoice.objects.all().delete()
    Decision.objects.all()._raw_delete("default")
    before = place.read_bytes()

    spoken = from_outside.of_database(place, [subject_of(one)])

    assert from_outside.states(spoken) == {subject_of(one): "approved"}
    assert [choice.is_pair for choice in from_outside.choices_of_database(place)] == [False]
    assert place.read_bytes() == before
    assert not Decision.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("data", [b"", b"no database at all, but long enough to be looked at"])
def test_a_database_that_is_none_is_an_error_and_stays_as_it_is(tmp_path, data):
    place = tmp_path / "recviewer.sqlite3"
    place.write_bytes(data)

    with pytest.raises(DatabaseError):
        from_outside.of_database(place, ["1:a"])

    assert place.read_bytes() == data


@pytest.mark.django_db
def test_a_database_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(DatabaseError):
        from_outside.of_database(tmp_path / "recviewer.sqlite3", ["1:a"])

    assert list(tmp_path.iterdir()) == []
