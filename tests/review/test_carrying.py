"""Verdicts on an older version of the fingerprint reach what they were given on, and nothing else."""

import hashlib
import zlib
from datetime import UTC, datetime, timedelta

import pytest

from recviewer.catalog.models import Recording
from recviewer.review import carrying, filters
from recviewer.review.carrying import carried, carry
from recviewer.review.decide import decide
from recviewer.review.filters import standings_for
from recviewer.review.history import Saying
from recviewer.review.models import AuditEvent, Decision, Kept
from recviewer.review.reviews_file import merging
from recviewer.review.subjects import Seen, is_older, subject_of
from recviewer.review.undoing import redo, undo

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def older(monkeypatch):
    """Let what is decided within it hang on fingerprints of version 1, as an earlier recviewer wrote them."""

    class Older:
        def __enter__(self):
            self.patch = pytest.MonkeyPatch()
            self.patch.setattr("recviewer.review.subjects.subject_of", old_subject)
            self.patch.setattr("recviewer.review.choosing.target_of", old_target)

        def __exit__(self, *_):
            self.patch.undo()

    from recviewer.review.subjects import target_of

    def old_subject(recording):
        return "1:" + hashlib.sha256(recording.asked.encode() + recording.answered.encode()).hexdigest()

    def old_target(recording):
        return target_of(recording)._replace(subject=old_subject(recording))

    return Older


def seen(recording):
    return [Seen(recording.path, recording.blob)]


def state(recording):
    stand = standings_for([subject_of(recording)]).get(subject_of(recording))
    return stand.state if stand else ""


@pytest.mark.parametrize(
    ("subject", "expected"),
    [("1:a", True), ("gone:1:a", True), ("change:1:a", True), ("2:a", False), ("3:a", False), ("blob:a", False)],
)
def test_what_is_older(subject, expected):
    assert is_older(subject) is expected


@pytest.mark.parametrize(
    ("verdict", "note", "expected"),
    [("approve", "", "approved"), ("reject", "no", "rejected"), ("delete", "", "delete")],
)
def test_a_verdict_reads_on_where_its_content_is_there(make_recording, older, verdict, note, expected):
    one = make_recording()
    with older():
        decide(seen(one), actor="Ana", verdict=verdict, note=note)
    assert state(one) == ""

    done, left = carry(None)

    assert (state(one), done.count, left) == (expected, 1, ())
    assert AuditEvent.objects.get(pk=done.event).action == "carry"
    assert carry(None)[0].event is None
    assert Decision.objects.count() == 2


def test_what_is_kept_proves_what_is_nowhere_else(make_recording, older):
    one = make_recording()
    with older():
        decide(seen(one), actor="Ana", verdict="approve")
    changed = make_recording(answered="Mars.")

    assert carry(None)[0].count == 1

    assert (state(one), state(changed)) == ("approved", "")
    assert Kept.objects.filter(fingerprint=one.fingerprint).exists()


def test_kept_bytes_of_another_blob_prove_nothing(make_recording, older):
    one = make_recording()
    with older():
        decide(seen(one), actor="Ana", verdict="approve")
    make_recording(answered="Mars.")
    Kept.objects.update(data=zlib.compress(b"{}"))

    done, left = carry(None)

    assert (done.event, len(left)) == (None, 1)
    assert carrying.sentence_about(left).startswith("1 verdict under an older rule of what counts: ")


def test_a_rejection_that_nothing_proves_is_told_of(make_recording, older):
    one = make_recording()
    with older():
        decide(seen(one), actor="Ana", verdict="reject", note="no")
    make_recording(answered="Mars.")

    _, left = carry(None)

    assert "1 of them a wish to re-record" in carrying.sentence_about(left)


def test_what_a_rule_approved_is_not_carried(make_recording, older):
    one = make_recording()
    with older():
        decide(seen(one), actor="Ana", verdict="approve")
    row = Decision.objects.get()
    Decision.objects.filter(pk=row.pk)._raw_delete("default")
    row.pk, row.rule, row._state.adding = None, "only churn", True
    row.save()

    assert carry(None)[0].event is None
    assert state(one) == ""


def test_it_is_taken_back_and_stays_so(make_recording, older):
    one = make_recording()
    with older():
        decide(seen(one), actor="Ana", verdict="approve")
    done, _ = carry(None)

    undo(actor="Ben", event=done.event)
    carry(None)

    assert state(one) == ""
    redo(actor="Ben", event=done.event)
    assert state(one) == "approved"


def test_a_row_that_an_earlier_version_read_proves_nothing(make_recording, older):
    one = make_recording()
    with older():
        decide(seen(one), actor="Ana", verdict="approve")
    Recording.objects.update(fingerprint="1:as it was read then")

    carry(None)

    assert state(one) == "approved"
    assert not Decision.objects.filter(fingerprint="1:as it was read then").exists()


def test_taking_back_what_was_carried_leaves_what_was_said_since(make_recording, older):
    one = make_recording()
    with older():
        done = decide(seen(one), actor="Ana", verdict="approve")
    carry(None)
    decide(seen(one), actor="Ana", verdict="reject", note="Too short.")

    undo(actor="Ana", event=done.event)

    assert state(one) == "rejected"


def test_taking_back_what_was_carried_takes_it_back_as_it_reads_now(make_recording, older):
    one = make_recording()
    with older():
        decide(seen(one), actor="Ana", verdict="approve")
    carry(None)

    undo(actor="Ana")
    assert state(one) == ""
    carry(None)
    assert state(one) == ""
    redo(actor="Ana")
    assert state(one) == "approved"


def test_a_later_word_outweighs_what_is_carried(make_recording, older):
    one = make_recording()
    with older():
        decide(seen(one), actor="Ana", verdict="approve", now=NOON)
    decide(seen(one), actor="Ana", verdict="reject", note="no", now=NOON + timedelta(days=1))

    carry(None)

    assert state(one) == "rejected"


def test_a_file_of_reviews_is_carried_after_its_import_and_travels_on(make_recording, older):
    one = make_recording()
    with older():
        decide(seen(one), actor="Ana", verdict="approve")
    data = merging.export()
    carry(None)
    exported = merging.export()

    found = carried(merging.read(data).decisions.values(), {one.blob: one.fingerprint}, lambda _: ())

    assert {saying.fingerprint for saying in found.sayings} == {one.fingerprint}
    assert exported.count(b'"decision"') == 2
    assert merging.bring_in(exported, actor="Cleo").done.event is None


def saying(subject, verdict, *, by="Ana", blob="b", minutes=0, rule="", path="p.json"):
    at = NOON + timedelta(minutes=minutes)
    return Saying(subject, by, at, verdict, "", at, path, blob * 40, rule=rule)


def told(*spoken, known):
    found = carried(spoken, {blob * 40: subject for blob, subject in known.items()}, lambda _: ())
    return sorted((one.fingerprint, one.reviewer, one.verdict) for one in found.sayings), len(found.left)


def test_an_approval_reaches_only_the_contents_that_it_names():
    spoken = [saying("1:s", "approve", blob="a"), saying("1:s", "reject", by="Ben", blob="b")]

    assert told(*spoken, known={"a": "2:a", "b": "2:b"}) == (
        [("2:a", "Ana", "approve"), ("2:a", "Ben", "reject"), ("2:b", "Ben", "reject")],
        0,
    )


def test_only_the_last_word_is_carried():
    spoken = [saying("1:s", "approve", blob="a"), saying("1:s", "approve", blob="b", minutes=2)]
    between = saying("1:s", "reject", blob="a", minutes=1)

    assert told(*spoken, known={"a": "2:a", "b": "2:b"})[0] == [("2:a", "Ana", "approve"), ("2:b", "Ana", "approve")]
    assert told(*spoken, between, known={"a": "2:a", "b": "2:b"})[0] == [("2:b", "Ana", "approve")]
    assert told(spoken[0], saying("1:s", "clear", minutes=3), known={"a": "2:a"}) == ([], 0)


def test_a_rejection_is_not_lost_where_two_have_become_one():
    spoken = [saying("1:s", "reject", blob="a"), saying("1:t", "approve", blob="b", minutes=5)]

    assert told(*spoken, known={"a": "2:x", "b": "2:x"})[0] == [("2:x", "Ana", "reject")]


def test_an_approval_of_what_cannot_be_read_any_more_is_none():
    assert told(saying("1:s", "approve"), known={"b": "blob:b"}) == ([], 1)
    assert told(saying("1:s", "reject"), known={"b": "blob:b"}) == ([("blob:b", "Ana", "reject")], 0)


def test_a_removal_is_carried_for_its_test_and_place(root, commit, make_recording):
    from recviewer.git.ranges import opened
    from recviewer.report import report

    make_recording("tests/recordings/old.json")
    base = commit("before")
    (root / "tests/recordings/old.json").unlink()
    (change,) = report.make(opened(root), f"{base}...{commit('after')}").found.changes
    spoken = [saying("gone:1:x", "approve", path="tests/recordings/old.json")]
    spoken = [Saying("gone:1:x", "Ana", NOON, "approve", "", NOON, change.side.path, change.side.blob)]

    found = carried(spoken, {}, lambda blobs: carrying.in_git(opened(root), blobs))

    assert [one.fingerprint for one in found.sayings] == [change.subject]


def test_the_page_says_that_it_is_asked_again(client, make_recording, older):
    one = make_recording()
    with older():
        decide(seen(one), actor="Ana", verdict="approve")
    changed = make_recording(answered="Mars.")
    carry(None)
    Decision.objects.filter(event__action="carry")._raw_delete("default")

    bar = client.get(f"/r/{changed.path}").context["page"].bar

    assert bar.lead == "Undecided."
    assert bar.rest == "Ana approved what was here under an older rule of what counts, so it is asked again."


@pytest.mark.slow
@pytest.mark.parametrize("many", [500, 0])
def test_what_was_decided_under_an_older_rule_is_found_as_such(client, make_recording, older, monkeypatch, many):
    monkeypatch.setattr(filters, "MANY", many)
    with older():
        one = make_recording("t/recordings/one.json")
        rejected = make_recording("t/recordings/again.json", asked="Who?")
        decide([Seen(one.path, one.blob)], actor="Ana", verdict="approve")
        decide([Seen(rejected.path, rejected.blob)], actor="Ana", verdict="reject", note="no")
        taken_back = make_recording("t/recordings/back.json", asked="Where?")
        decide([Seen(taken_back.path, taken_back.blob)], actor="Ana", verdict="approve")
        decide([Seen(taken_back.path, taken_back.blob)], actor="Ana", verdict="clear")
    make_recording("t/recordings/never.json", asked="Never")

    def found(query):
        page = client.get(f"/?{query}", follow=True).context["page"]
        return [one.path.rpartition("/")[2] for one in page.recordings]

    assert sorted(found("state=older")) == ["again.json", "one.json"]
    assert sorted(found("state=!older")) == ["back.json", "never.json"]
    assert sorted(found("q=state:older")) == ["again.json", "one.json"]
    assert len(found("state=undecided")) == 4
    assert "older rule" in client.get("/").content.decode()

    now = Recording.objects.get(path=one.path)
    decide([Seen(now.path, now.blob)], actor="Ben", verdict="approve")
    assert found("state=older") == ["again.json"]
    decide([Seen(now.path, now.blob)], actor="Ben", verdict="clear")
    assert sorted(found("state=older")) == ["again.json", "one.json"]
