import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from recviewer.plan.tree import make
from recviewer.review import audit, notes, searches, subjects
from recviewer.review.decide import decide
from recviewer.review.labels import rename
from recviewer.review.models import (
    AuditEvent,
    Decision,
    EventItem,
    EventMember,
    Note,
    SavedSearch,
    Standing,
    Tag,
    TagOn,
)
from recviewer.review.refusals import Invalid
from recviewer.review.reviews_file import beside, lines, merging
from recviewer.review.standing import rebuild
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag
from recviewer.review.undoing import redo, undo

HEAD = b'{"recviewer_reviews":1}\n'


def seen(*recordings):
    return [Seen(recording.path, recording.blob) for recording in recordings]


def empty():
    """Take away all reviews."""
    Note.objects.exclude(thread=None).delete()
    for model in (Decision, Note, SavedSearch, TagOn, Tag, Standing, EventItem, EventMember, AuditEvent):
        rows = model.objects.all()
        rows._raw_delete(rows.db)


def bring(data, by="Cleo"):
    return merging.bring_in(data, actor=by)


def standings():
    return sorted(Standing.objects.values_list("fingerprint", "state", "by", "note", "at"))


@pytest.fixture
def reviewed(make_recording):
    one = make_recording()
    two = make_recording("tests/recordings/two.json", answered="Mars.")
    twin = make_recording("tests/recordings/twin.json", id="2")
    decide(seen(one, twin), actor="Ana", verdict="delete", note="ünïcode \u2028 “quote”\nline")
    decide(seen(two), actor="Ben", verdict="reject", note="wrong")
    decide(seen(two), actor="Ana", verdict="approve")
    undo(actor="Ana")
    tag(seen(one, two), actor="Ana", name="Golden")
    rename("golden", "Reference", actor="Ben")
    notes.write(seen(two)[0], actor="Ana", body="**why**", anchor="m1")
    root = Note.objects.get()
    notes.write(seen(two)[0], actor="Ben", body="because", thread=root.uid)
    notes.close(root.uid, actor="Ben")
    searches.save("Cut off", "is:cut size:>1k", actor="Ana", sort="-size")
    notes.write(seen(one)[0], actor="Ana", body="to be deleted")
    notes.drop(Note.objects.last().uid, actor="Ana")
    return one, two, twin


def test_the_file_is_json_lines_sorted_with_a_version(reviewed):
    first, *lines = merging.export().decode().split("\n")[:-1]

    assert json.loads(first) == {"recviewer_reviews": 1}
    assert lines == sorted(set(lines))
    assert {json.loads(line)["type"] for line in lines} == {"decision", "tag", "tagged", "note", "search"}
    assert "to be deleted" not in merging.export().decode()


def test_export_import_export_is_the_same_bytes(reviewed):
    data, before, plan = merging.export(), standings(), [item.path for item in make().deletions]
    empty()

    imported = bring(data)

    assert imported.bad == ()
    assert merging.export() == data
    assert standings() == before
    assert (
        [item.path for item in make().deletions] == plan == ["tests/recordings/one.json", "tests/recordings/twin.json"]
    )
    rebuild()
    assert standings() == before


def test_a_large_import_is_taken_back_and_done_again_a_few_rows_at_a_time(db, monkeypatch):
    """Answers stand before and after what they hang on, in other batches."""
    monkeypatch.setattr(audit, "BATCH", 3)
    monkeypatch.setattr(subjects.chunked, "__defaults__", (4,))
    note = {"type": "note", "path": "p", "author": "A", "body": "b", "anchor": "", "at": "2026-01-01T00:00:00Z"}
    lines_ = [{"type": "tag", "name": "x", "colour": "red", "changed": "2026-01-01T00:00:00Z"}]
    for at in range(9):
        lines_.append({"type": "tagged", "path": f"p{at}", "tag": "x", "by": "A", "at": "2026-01-01T00:00:00Z"})
        lines_.append(note | {"id": f"{at:032x}", "thread": f"{20 - at:032x}"})
        lines_.append(note | {"id": f"{20 - at:032x}"})
    bring(HEAD + b"\n".join(json.dumps(line).encode() for line in lines_))
    data = merging.export()

    undo(actor="Cleo")
    assert (Note.objects.count(), TagOn.objects.count(), Tag.objects.count()) == (0, 0, 0)

    redo(actor="Cleo")
    assert merging.export() == data
    assert Note.objects.exclude(thread=None).count() == 9


def test_what_an_answer_hangs_on_is_no_note_that_was_imported(db):
    note = {"type": "note", "path": "p", "author": "A", "body": "b", "anchor": "", "at": "2026-01-01T00:00:00Z"}

    done = bring(HEAD + json.dumps(note | {"id": "a" * 32, "thread": "b" * 32}).encode()).done

    assert done.sentence == "Imported 1 note."
    assert Note.objects.count() == 2


def test_import_is_idempotent(reviewed):
    data, events = merging.export(), AuditEvent.objects.count()

    done = bring(data).done

    assert (done.event, done.sentence) == (None, "Nothing in it is new.")
    assert (merging.export(), AuditEvent.objects.count()) == (data, events)


def test_reviewer_and_time_are_kept_in_one_event(reviewed):
    said = set(Decision.objects.values_list("reviewer", "at", "verdict"))
    data = merging.export()
    empty()

    done = bring(data).done

    event = AuditEvent.objects.get()
    assert (event.actor, event.pk) == ("Cleo", done.event)
    assert set(Decision.objects.values_list("reviewer", "at", "verdict")) == said
    assert event.summary.startswith("imported 5 verdicts, 2 tags on recordings")


def test_undo_and_redo_of_an_import(reviewed):
    data = merging.export()
    empty()
    nothing = merging.export()
    bring(data)

    undo(actor="Cleo")
    assert merging.export() == nothing
    assert standings() == []

    redo(actor="Cleo")
    assert merging.export() == data
    assert len(standings()) == 2


def test_imported_again_after_an_undo(reviewed):
    data = merging.export()
    empty()
    bring(data)
    undo(actor="Cleo")

    bring(data)

    assert merging.export() == data


def test_two_peoples_files_are_merged_without_loss(make_recording):
    one = make_recording()
    decide(seen(one), actor="Ana", verdict="approve")
    tag(seen(one), actor="Ana", name="golden")
    anas = merging.export()
    empty()
    decide(seen(one), actor="Ben", verdict="reject", note="no")
    tag(seen(one), actor="Ben", name="flaky")
    notes.write(seen(one)[0], actor="Ben", body="hm")
    bens = merging.export()

    bring(anas)

    assert set(merging.export().split(b"\n")) == set(anas.split(b"\n")) | set(bens.split(b"\n"))
    assert [state for _, state, *_ in standings()] == ["rejected"]


def test_the_later_verdict_of_a_reviewer_counts_whatever_comes_first(make_recording):
    one = make_recording()
    decide(seen(one), actor="Ana", verdict="approve", now=datetime(2026, 1, 1, tzinfo=UTC))
    old = merging.export()
    empty()
    decide(seen(one), actor="Ana", verdict="reject", note="no", now=datetime(2026, 1, 2, tzinfo=UTC))

    bring(old)

    assert standings()[0][1] == "rejected"


def test_what_was_undone_stays_undone_when_an_old_file_comes_back(make_recording):
    one = make_recording()
    decide(seen(one), actor="Ana", verdict="approve")
    old = merging.export()
    undo(actor="Ana")

    bring(old)

    assert standings() == []


def test_a_decision_after_an_import_from_the_future_counts(make_recording):
    one = make_recording()
    decide(seen(one), actor="Ana", verdict="approve", now=datetime.now(UTC) + timedelta(hours=20))
    future = merging.export()
    empty()
    bring(future)

    decide(seen(one), actor="Ana", verdict="reject", note="no")

    assert standings()[0][1] == "rejected"


@pytest.mark.parametrize(
    "data", [b"", b"{}\n", b"hello\n", b'{"recviewer_reviews":2}\n', b'{"recviewer_reviews":true}\n']
)
def test_an_unknown_version_is_refused_whole(db, data):
    line = b'{"type":"tag","name":"x","colour":"red","changed":"2026-01-01T00:00:00Z"}\n'

    with pytest.raises(lines.UnknownVersion, match="Nothing was imported"):
        bring(data + line)

    assert not Tag.objects.exists()


GOOD = {"type": "tag", "name": "x", "colour": "red", "changed": "2026-01-01T00:00:00Z"}
SAID = {"type": "decision", "path": "p", "fingerprint": "1:f", "entered": "2026-01-01T00:00:00Z", "reviewer": "A"}


def test_a_file_of_which_all_is_left_out_is_not_called_known(db):
    assert bring(HEAD + b"odd\n").done.sentence == "Nothing in it is new; 1 line was left out."
    assert bring(HEAD + b"odd\n[]\n").done.sentence == "Nothing in it is new; 2 lines were left out."


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("<<<<<<< HEAD", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not an object"),
        ('"x"', "not an object"),
        (json.dumps({"type": "vote"}), "means nothing here"),
        (json.dumps({**GOOD, "colour": "mauve"}), "not a colour"),
        (json.dumps({**GOOD, "name": " , "}), "not a name"),
        (json.dumps({**GOOD, "name": "x" * 121}), "longer than"),
        (json.dumps({**GOOD, "name": "\0"}), "no text holds"),
        (json.dumps({**GOOD, "name": "\ud800"}), "no text holds"),
        (json.dumps({**GOOD, "changed": "yesterday"}), "not a time"),
        (json.dumps({**GOOD, "changed": "2026-01-01T00:00:00"}), "not a time"),
        (json.dumps({**GOOD, "changed": 5}), "not text"),
        (json.dumps(SAID), "“verdict” is missing"),
        (json.dumps({**SAID, "verdict": "maybe"}), "not a verdict"),
        (json.dumps({"type": "note", "path": "p", "id": "a", "author": "A", "at": "2026-01-01T00:00:00Z"}), "“body”"),
    ],
)
def test_a_broken_line_is_told_by_number_and_the_rest_goes_on(db, line, why):
    imported = bring(HEAD + line.encode() + b"\n\n" + json.dumps(GOOD).encode())

    ((number, said),) = imported.bad
    assert number == 2
    assert why in said
    assert Tag.objects.get().name == "x"


def test_an_answer_to_a_note_that_is_not_there_is_kept(db):
    reply = {"type": "note", "path": "p", "id": "b", "thread": "a", "author": "A", "body": "yes"}
    line = json.dumps({**reply, "at": "2026-01-01T00:00:00Z"}).encode()

    bring(HEAD + line)

    (thread,) = notes.threads("p")
    assert (thread.root.uid, thread.replies[0].body) == ("a", "yes")
    data = merging.export()
    empty()
    bring(data)
    assert merging.export() == data


# The file beside the recordings


@pytest.fixture
def file(settings, tmp_path):
    settings.REVIEWS_FILE = tmp_path / "beside" / "reviews.jsonl"
    settings.REVIEWS_FILE.parent.mkdir()
    return settings.REVIEWS_FILE


def test_the_file_is_written_and_not_read_again(file, reviewed):
    told = beside.write_file()

    assert file.read_bytes() == merging.export()
    assert told.sentence.endswith("lines to reviews.jsonl.")
    assert beside.read_file() is None
    assert "says all of it already" in beside.write_file().sentence
    assert [place.name for place in file.parent.iterdir()] == ["reviews.jsonl"]


def test_the_file_is_read_when_it_changed(file, reviewed):
    beside.write_file()
    empty()
    assert beside.read_file() is None

    file.write_bytes(file.read_bytes() + b"odd\n")
    told = beside.read_file()

    assert told.sentence.startswith("Reviews: Imported")
    assert "was left out: it is not JSON" in told.bad[0]
    assert len(standings()) == 2


def test_what_others_brought_in_is_not_overwritten(file, make_recording):
    one = make_recording()
    decide(seen(one), actor="Ben", verdict="approve")
    bens = merging.export()
    empty()
    file.write_bytes(bens)
    decide(seen(one), actor="Ana", verdict="approve")

    beside.write_file()

    assert set(bens.split(b"\n")) < set(file.read_bytes().split(b"\n"))


def test_a_file_with_conflict_marks_is_not_overwritten(file, reviewed):
    file.write_bytes(HEAD + b"<<<<<<< HEAD\n")

    with pytest.raises(Invalid, match="line 2"):
        beside.write_file()

    assert file.read_bytes() == HEAD + b"<<<<<<< HEAD\n"


def test_no_file_is_set(root, db, settings):
    settings.REVIEWS_FILE = None

    assert beside.read_file() is None
    with pytest.raises(Invalid):
        beside.write_file()


# Properties

times = st.integers(0, 6).map(lambda step: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=step))
stamps = times.map(lambda moment: moment.isoformat())
people = st.sampled_from(["Ana", "Ben", "Ünal"])
places = st.sampled_from(["a.json", "b/\\xff.json"])
uids = st.sampled_from(["n1", "n2", "n3"])
words = st.sampled_from(["", "why", "“ü”\n\u2028"])
spellings = st.sampled_from(["golden", "Golden", "flaky"])


def line(**fields):
    return st.fixed_dictionaries(
        {name: one if isinstance(one, st.SearchStrategy) else st.just(one) for name, one in fields.items()}
    )


any_line = st.one_of(
    line(
        type="decision",
        path=places,
        fingerprint=st.sampled_from(["1:f", "1:g"]),
        entered=stamps,
        at=stamps,
        reviewer=people,
        verdict=st.sampled_from(["approve", "reject", "delete", "clear"]),
        note=words,
        blob=st.sampled_from(["", "a" * 40]),
    ),
    line(type="tag", name=spellings, colour=st.sampled_from(["red", "blue"]), changed=stamps),
    line(type="tagged", path=places, tag=spellings, by=people, at=stamps),
    line(
        type="note",
        path=places,
        id=uids,
        author=people,
        body=st.just("x"),
        at=stamps,
        changed=stamps,
        anchor=st.sampled_from(["", "m3"]),
    ),
    line(
        type="note",
        path=places,
        id=st.sampled_from(["r1", "r2"]),
        thread=uids,
        author=people,
        body=st.just("y"),
        at=stamps,
        changed=stamps,
    ),
    line(type="note", path=places, id=uids, author=people, at=stamps, changed=stamps, withdrawn=stamps),
)
files = st.lists(any_line, max_size=8).map(
    lambda many: HEAD + b"".join(json.dumps(one).encode() + b"\n" for one in many)
)
quickly = settings(max_examples=30, deadline=None)


def after(*data):
    """Import files one after the other into nothing; return the export and the standings."""
    empty()
    for one in data:
        assert bring(one).bad == ()
    return merging.export(), standings()


@pytest.mark.slow
@quickly
@given(files)
def test_any_file_comes_out_as_it_went_in(db, data):
    with transaction.atomic():
        first = after(data)

        assert after(first[0]) == first
        assert after(data, data) == first
        transaction.set_rollback(True)


@pytest.mark.slow
@quickly
@given(files, files)
def test_the_order_of_two_files_does_not_matter(db, one, other):
    with transaction.atomic():
        assert after(one, other) == after(other, one) == after(one, other, one)
        transaction.set_rollback(True)


@pytest.mark.parametrize("field", [{"reviewer": "Ben"}, {"at": "2026-01-02T00:00:00Z"}], ids=["person", "time"])
def test_of_two_verdicts_of_one_moment_the_same_counts_in_either_order(db, field):
    said = {"type": "decision", "path": "a.json", "fingerprint": "1:f", "reviewer": "Ana", "verdict": "approve"}
    said |= {"entered": "2026-01-01T00:00:00Z", "at": "2026-01-01T00:00:00Z"}
    one, other = (HEAD + json.dumps(fields).encode() + b"\n" for fields in (said, said | field))

    assert after(one, other) == after(other, one)


@pytest.mark.slow
@quickly
@given(files, files)
def test_undo_of_an_import_leaves_what_was(db, one, other):
    with transaction.atomic():
        before = after(one)

        if bring(other, by="Dora").done.event:
            undo(actor="Dora")

        assert (merging.export(), standings()) == before
        transaction.set_rollback(True)
