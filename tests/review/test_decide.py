import os
import zlib
from datetime import timedelta

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from recviewer.catalog.models import Recording
from recviewer.review import standing
from recviewer.review.decide import count_beside, decide, say
from recviewer.review.filters import standings_for
from recviewer.review.keeping import kept_bytes
from recviewer.review.models import AppendOnly, AuditEvent, Decision, Kept, Standing
from recviewer.review.refusals import ChangedRecordings, Gone, Invalid
from recviewer.review.subjects import NOTE_LENGTH, Seen, Target, target_of


def seen(*recordings):
    return [Seen(recording.path, recording.blob) for recording in recordings]


def state_of(recording):
    return dict(Standing.objects.values_list("fingerprint", "state")).get(recording.fingerprint, "undecided")


def test_approve_writes_decision_event_and_standing(make_recording):
    recording = make_recording()

    done = decide(seen(recording), actor="Ana", verdict="approve")

    decision = Decision.objects.get()
    assert (decision.reviewer, decision.verdict, decision.path) == ("Ana", "approve", recording.path)
    assert (decision.blob, decision.test_id, decision.kind) == (recording.blob, recording.test_id, "chat")
    assert decision.event_id == done.event
    assert state_of(recording) == "approved"
    assert done.sentence == "Approved “Which planet do humans live on?”."


def test_approved_bytes_are_kept_compressed(make_recording, root):
    recording = make_recording()

    decide(seen(recording), actor="Ana", verdict="approve")

    assert kept_bytes(recording.fingerprint) == (root / recording.path).read_bytes()
    assert zlib.decompress(bytes(Kept.objects.get().data)) == (root / recording.path).read_bytes()


@pytest.mark.parametrize("note", ["", "   \n"])
def test_reject_asks_for_a_note(make_recording, note):
    recording = make_recording()

    with pytest.raises(Invalid, match="why"):
        decide(seen(recording), actor="Ana", verdict="reject", note=note)

    assert not AuditEvent.objects.exists()


def test_one_rejection_blocks_and_mine_is_kept_apart(make_recording):
    recording = make_recording()

    decide(seen(recording), actor="Ana", verdict="approve")
    decide(seen(recording), actor="Ben", verdict="reject", note="wrong model list")
    decide(seen(recording), actor="Ana", verdict="approve")

    row = Standing.objects.get()
    assert (row.state, row.by, row.note) == ("rejected", "Ben", "wrong model list")
    assert standing.latest([recording.fingerprint])[recording.fingerprint]["Ana"].verdict == "approve"


def test_latest_verdict_of_a_reviewer_counts(make_recording):
    recording = make_recording()

    decide(seen(recording), actor="Ben", verdict="reject", note="thin")
    decide(seen(recording), actor="Ben", verdict="approve")

    assert state_of(recording) == "approved"


def test_a_mark_for_deletion_is_not_passed_over_by_an_approval(make_recording):
    recording = make_recording()

    decide(seen(recording), actor="Ben", verdict="delete")
    decide(seen(recording), actor="Ana", verdict="approve")

    assert state_of(recording) == "delete"


def test_clear_leaves_no_standing(make_recording):
    recording = make_recording()
    decide(seen(recording), actor="Ana", verdict="approve")

    decide(seen(recording), actor="Ana", verdict="clear")

    assert state_of(recording) == "undecided"
    assert Decision.objects.count() == 2


def test_saying_it_again_is_no_event(make_recording):
    recording = make_recording()
    decide(seen(recording), actor="Ana", verdict="approve")

    again = decide(seen(recording), actor="Ana", verdict="approve")

    assert again.event is None
    assert AuditEvent.objects.count() == 1


def test_same_meaning_elsewhere_is_approved_too(make_recording):
    recording = make_recording()
    twin = make_recording("other/recordings/two.json", id="another-id")

    decide(seen(recording), actor="Ana", verdict="approve")

    assert twin.blob != recording.blob
    assert state_of(twin) == "approved"


def test_other_words_are_undecided(make_recording):
    recording = make_recording()
    decide(seen(recording), actor="Ana", verdict="approve")

    changed = make_recording(recording.path, answered="Mars.")
    assert state_of(changed) == "undecided"

    back = make_recording(recording.path)
    assert state_of(back) == "approved"


def test_stale_blob_is_refused(make_recording):
    recording = make_recording()

    with pytest.raises(ChangedRecordings) as refusal:
        decide([Seen(recording.path, "0" * 40)], actor="Ana", verdict="approve")

    assert refusal.value.paths == (recording.path,)
    assert not Decision.objects.exists()


def test_approval_of_a_file_that_changed_on_disk_is_refused(make_recording, root):
    recording = make_recording()
    (root / recording.path).write_text("{}")

    with pytest.raises(ChangedRecordings):
        decide(seen(recording), actor="Ana", verdict="approve")

    assert not AuditEvent.objects.exists()


def test_approval_of_a_file_that_is_gone_is_refused(make_recording, root):
    recording = make_recording()
    (root / recording.path).unlink()

    with pytest.raises(Gone):
        decide(seen(recording), actor="Ana", verdict="approve")


def test_bulk_is_one_event(make_recording):
    first, second = make_recording(), make_recording("tests/recordings/two.json", answered="Mars.")

    done = decide(seen(first, second), actor="Ana", verdict="approve")
    assert (done.count, AuditEvent.objects.count(), Decision.objects.count()) == (2, 1, 2)
    assert AuditEvent.objects.get().items.count() == 2


@pytest.mark.parametrize("verdict", ["approve", "reject", "delete"])
def test_bulk_leaves_out_what_changed_is_gone_or_cannot_be_read_and_names_it(make_recording, root, verdict):
    good = [make_recording(f"recordings/{name}.json", answered=name) for name in ("a", "b")]
    changed = make_recording("recordings/changed.json", answered="c")
    (root / "recordings/link.json").symlink_to("a.json")
    link = make_recording("recordings/d.json", answered="d")
    link = Recording.objects.get(path="recordings/link.json")
    chosen = [*seen(*good, link), Seen(changed.path, "0" * 40), Seen("recordings/gone.json", "1" * 40)]

    done = decide(chosen, actor="Ana", verdict=verdict, note="why")

    assert done.count == 2
    assert set(Decision.objects.values_list("path", flat=True)) == {one.path for one in good}
    assert (
        "Left out: recordings/link.json (cannot be read: a symbolic link, which is not followed); "
        "recordings/changed.json (changed since you opened the page); recordings/gone.json (not there any more)."
    ) in done.sentence


@pytest.mark.parametrize(
    "spoil",
    [
        lambda place: place.unlink(),
        lambda place: place.write_text("{}"),
        lambda place: (place.unlink(), place.symlink_to("a.json")),
        lambda place: (place.unlink(), os.mkfifo(place)),
    ],
)
def test_a_bulk_approval_leaves_out_what_turned_bad_on_disk(make_recording, root, spoil):
    good, bad = make_recording("recordings/a.json", answered="a"), make_recording("recordings/bad.json", answered="b")
    spoil(root / bad.path)

    done = decide(seen(good, bad), actor="Ana", verdict="approve")

    assert [one.path for one in Decision.objects.all()] == [good.path]
    assert "Left out: recordings/bad.json (" in done.sentence


def test_a_bulk_act_of_which_nothing_is_left_is_refused_and_names_each(make_recording, root):
    (root / "recordings").mkdir()
    (root / "recordings/link.json").symlink_to("a.json")
    make_recording("recordings/a.json")
    link = Recording.objects.get(path="recordings/link.json")

    with pytest.raises(Invalid, match=r"link.json \(cannot be read.*gone.json \(not there any more"):
        decide([*seen(link), Seen("recordings/gone.json", "")], actor="Ana", verdict="approve")
    with pytest.raises(Invalid, match=r"This recording cannot be read: a symbolic link"):
        decide(seen(link), actor="Ana", verdict="approve")
    assert not AuditEvent.objects.exists()


def test_unreadable_files_are_decided_by_their_bytes(make_recording):
    broken = make_recording("tests/recordings/broken.json", data=b'{"cut')
    other = make_recording("tests/recordings/other.json", data=b"")

    decide(seen(broken), actor="Ana", verdict="delete")

    assert Standing.objects.get().fingerprint == f"blob:{broken.blob}"
    assert broken.blob != other.blob


def test_unknown_verdicts_are_refused(make_recording):
    recording = make_recording()

    with pytest.raises(Invalid):
        decide(seen(recording), actor="Ana", verdict="like")


def test_events_and_decisions_are_only_ever_added_to(make_recording):
    recording = make_recording()
    decide(seen(recording), actor="Ana", verdict="approve")

    for model in (AuditEvent, Decision):
        with pytest.raises(AppendOnly):
            model.objects.all().delete()
        with pytest.raises(AppendOnly):
            model.objects.update(at=None)
        with pytest.raises(AppendOnly):
            model.objects.get().save()
        with pytest.raises(AppendOnly):
            model.objects.get().delete()


@pytest.mark.parametrize("back", [timedelta(0), timedelta(hours=1)])
def test_the_last_word_counts_though_the_clock_was_put_back(make_recording, back):
    recording, now = make_recording("a/recordings/one.json"), timezone.now()

    decide(seen(recording), actor="Ana", verdict="reject", note="Too short.", now=now)
    decide(seen(recording), actor="Ana", verdict="approve", now=now - back)

    assert state_of(recording) == "approved"


@pytest.mark.parametrize("away", [timedelta(0), timedelta(days=400)])
def test_a_word_from_beyond_all_times_outlasts_none(make_recording, away):
    recording = make_recording("a/recordings/one.json")
    decide(seen(recording), actor="Ana", verdict="reject", note="Too short.")
    QuerySet(Decision).update(entered_at=standing.LAST + away)

    decide(seen(recording), actor="Ana", verdict="approve")

    assert Decision.objects.get(verdict="approve").entered_at < standing.LAST
    assert Standing.objects.get().state == "approved"


def test_standings_can_be_rebuilt(make_recording):
    first, second = make_recording(), make_recording("tests/recordings/two.json", answered="Mars.")
    decide(seen(first), actor="Ana", verdict="approve")
    decide(seen(second), actor="Ana", verdict="reject", note="no")
    before = list(Standing.objects.order_by("fingerprint").values())
    Standing.objects.all().delete()

    assert standing.rebuild() == 2

    assert list(Standing.objects.order_by("fingerprint").values()) == before


def test_a_verdict_on_content_that_is_only_in_git(db):
    target = Target("tests/recordings/a.json", "a" * 40, "1:abc", "t::test_a", "chat", "Hello")

    done = say(
        lambda: [target], lambda targets: iter([(targets[0], b"{}")]), actor="Ana", verdict="approve", origin="#3"
    )

    assert done.sentence == "Approved “Hello”."
    assert standing.latest(["1:abc"])["1:abc"]["Ana"].origin == "#3"
    assert kept_bytes("1:abc") == b"{}"


def test_an_approval_by_a_rule_says_so(db):
    targets = [Target(f"tests/recordings/{n}.json", f"{n}" * 40, f"change:2:{n}", rule="churn") for n in range(3)]

    done = say(lambda: targets, lambda _: iter(()), actor="Ana", verdict="approve")

    assert done.sentence == "Approved 3 recordings by the rule “churn”."
    assert {stand.rule for stand in standings_for(["change:2:0", "change:2:2"]).values()} == {"churn"}


@pytest.mark.parametrize(("length", "is_fit"), [(NOTE_LENGTH, True), (NOTE_LENGTH + 1, False)])
def test_a_note_has_a_length(make_recording, length, is_fit):
    recording = make_recording()

    if is_fit:
        decide(seen(recording), actor="Ana", verdict="reject", note="x" * length)
    else:
        with pytest.raises(Invalid, match="longer"):
            decide(seen(recording), actor="Ana", verdict="reject", note="x" * length)

    assert Decision.objects.count() == is_fit


def test_a_verdict_counts_whom_it_reaches_besides_also_of_what_cannot_be_read(make_recording):
    broken = make_recording("tests/recordings/a.json", data=b'{"cut')
    make_recording("tests/recordings/b.json", data=b'{"cut')
    make_recording("tests/recordings/c.json", data=b"{")
    target = target_of(broken)

    assert count_beside([target]) == 1
    assert count_beside([target, target]) == 1  # the same path twice is one recording
