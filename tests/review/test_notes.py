import pytest

from recviewer.review import notes
from recviewer.review.models import AuditEvent, Note
from recviewer.review.refusals import ChangedRecordings, Gone, Invalid, NotAllowed
from recviewer.review.subjects import Seen
from recviewer.review.undoing import redo, undo


@pytest.fixture
def seen(make_recording):
    recording = make_recording()
    return Seen(recording.path, recording.blob)


def write(seen, body="Why **two** calls?", by="Ana", **words):
    notes.write(seen, actor=by, body=body, **words)
    return Note.objects.order_by("pk").last()


def shown(path):
    return [(one.root.body, [reply.body for reply in one.replies], one.is_open) for one in notes.threads(path)]


def test_a_thread_with_answers(seen):
    note = write(seen, anchor="m3")
    reply = write(seen, "Both are needed.", by="Ben", thread=note.uid)
    write(seen, "Ah.", thread=reply.uid)

    assert shown(seen.path) == [("Why **two** calls?", ["Both are needed.", "Ah."], True)]
    assert reply.anchor == "m3"


def test_open_ones_first_then_by_place(seen):
    for body, anchor in (("c", "m10"), ("b", "m9"), ("a", ""), ("d", "chunk-2")):
        write(seen, body, anchor=anchor)
    notes.close(write(seen, "done").uid, actor="Ben")

    assert [body for body, _, _ in shown(seen.path)] == ["a", "d", "b", "c", "done"]


def test_resolve_and_reopen(seen):
    note = write(seen)

    notes.close(note.uid, actor="Ben")
    assert Note.objects.get().resolved_by == "Ben"
    assert notes.close(note.uid, actor="Ben").event is None
    assert not notes.threads(seen.path)[0].is_open

    notes.reopen(note.uid, actor="Ana")
    assert Note.objects.get().resolved_at is None


def test_edit_ones_own(seen):
    note = write(seen)

    notes.edit(note.uid, actor="Ana", body=" Why three? ", seen_at=note.changed_at.isoformat())

    assert Note.objects.get().body == "Why three?"
    with pytest.raises(notes.NoteChanged):
        notes.edit(note.uid, actor="Ana", body="x", seen_at=note.changed_at.isoformat())


@pytest.mark.parametrize(
    "act", [lambda uid: notes.edit(uid, actor="Ben", body="x"), lambda uid: notes.drop(uid, actor="Ben")]
)
def test_anothers_note_is_left_alone(seen, act):
    note = write(seen)

    with pytest.raises(NotAllowed):
        act(note.uid)


def test_delete_keeps_the_answers(seen):
    note = write(seen)
    write(seen, "yes", by="Ben", thread=note.uid)

    notes.drop(note.uid, actor="Ana")

    (thread,) = notes.threads(seen.path)
    assert thread.root.withdrawn_at
    assert [reply.body for reply in thread.replies] == ["yes"]
    with pytest.raises(notes.NoNote):
        notes.edit(note.uid, actor="Ana", body="x")


@pytest.mark.parametrize(
    "act",
    [
        lambda uid: notes.edit(uid, actor="Ana", body="other"),
        lambda uid: notes.drop(uid, actor="Ana"),
        lambda uid: notes.close(uid, actor="Ana"),
    ],
)
def test_undo_and_redo(seen, act):
    note = write(seen)
    before = shown(seen.path)
    act(note.uid)
    after = shown(seen.path)
    assert before != after

    undo(actor="Ana")
    assert shown(seen.path) == before
    redo(actor="Ana")
    assert shown(seen.path) == after
    undo(actor="Ana")
    undo(actor="Ana")
    assert shown(seen.path) == []


def test_another_cannot_undo_my_note_but_may_undo_a_resolution(seen):
    note = write(seen)
    written = AuditEvent.objects.last()
    with pytest.raises(NotAllowed):
        undo(actor="Ben", event=written.pk)
    notes.close(note.uid, actor="Ana")

    undo(actor="Ben", event=AuditEvent.objects.order_by("pk").last().pk)

    assert notes.threads(seen.path)[0].is_open


def test_a_note_stays_when_the_recording_is_made_anew(seen, make_recording):
    write(seen)

    make_recording(seen.path, answered="Mars.")

    assert len(notes.threads(seen.path)) == 1
    with pytest.raises(ChangedRecordings):
        write(seen)


@pytest.mark.parametrize(
    "words", [{"body": " \n"}, {"body": "x" * 10_001}, {"anchor": "x"}, {"anchor": "m1\n"}, {"body": "\0"}]
)
def test_what_makes_no_sense_is_refused(seen, words):
    with pytest.raises(Invalid):
        write(seen, **words)

    assert not Note.objects.exists()


def test_a_gone_recording_is_refused(root, db):
    with pytest.raises(Gone):
        write(Seen("none.json", ""))


def test_an_answer_to_a_note_elsewhere_is_refused(seen, make_recording):
    other = make_recording("tests/recordings/two.json", answered="Mars.")
    note = write(Seen(other.path, other.blob))

    with pytest.raises(Invalid):
        write(seen, thread=note.uid)


def test_an_answer_whose_thread_lies_elsewhere_is_shown_on_both(seen, make_recording, client):
    other = make_recording("tests/recordings/other.json", answered="Mars.")
    write(seen, "the question")
    root = Note.objects.get()
    Note.objects.create(
        uid="b", path=other.path, author="Ben", body="the answer", thread=root, at=root.at, changed_at=root.at
    )

    (here,), (there,) = notes.threads(seen.path), notes.threads(other.path)

    assert [answer.body for answer in here.replies] == [answer.body for answer in there.replies] == ["the answer"]
    assert (here.elsewhere, there.elsewhere) == ("", seen.path)
    page = client.get(f"/r/{other.path}").content.decode()
    assert "the answer" in page
    assert f'begun on <a href="/r/{seen.path}">' in page
