import os
import shutil

import pytest
from django.utils import timezone

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.review import deleting, reconciling, trash_notes
from recviewer.review.models import AuditEvent, TrashRecord
from recviewer.review.refusals import ChangedRecordings, Invalid, NotAllowed
from recviewer.review.subjects import Seen
from recviewer.review.undoing import undo
from recviewer.store import refusals
from recviewer.store.manifests import EntryState
from recviewer.store.trash import Trash


def seen(*recordings):
    return [Seen(recording.path, recording.blob) for recording in recordings]


def entry():
    return TrashRecord.objects.get().entry


def test_trash_moves_the_file_and_tells_the_catalog(make_recording, tree):
    recording, other = make_recording(), make_recording("tests/recordings/two.json", answered="Mars.")
    before = tree()

    done = deleting.trash(seen(recording), actor="Ana")

    assert tree() == {other.path: before[other.path]}
    assert list(Recording.objects.values_list("path", flat=True)) == [other.path]
    record = TrashRecord.objects.get()
    assert (record.path, record.blob, record.size, record.actor) == (
        recording.path,
        recording.blob,
        recording.size,
        "Ana",
    )
    assert record.fingerprint == recording.fingerprint
    assert trash_notes.trash_folder().read(record.entry) == before[recording.path]
    assert done.sentence == "Moved “Which planet do humans live on?” to the trash."


def test_a_note_that_is_too_long_is_refused_and_nothing_is_moved(make_recording, tree):
    recording = make_recording()
    before = tree()

    with pytest.raises(Invalid, match=r"longer than 2,000 characters"):
        deleting.trash(seen(recording), actor="Ana", note="key=abc123 " * 200)

    assert tree() == before
    assert TrashRecord.objects.count() == 0


def test_a_note_is_kept_without_its_secrets(make_recording):
    deleting.trash(seen(make_recording()), actor="Ana", note="made with password: Hunterblue7, by mistake")

    note = trash_notes.trash_folder().get(entry()).note
    assert "Hunterblue7" not in note
    assert note.startswith("made with password: ")


@pytest.mark.parametrize(
    "path",
    ["recordings/a b'\"<script>.json", "recordings/new\nline.json", "recordings/日本.json", "recordings/%2e%2e.json"],
)
def test_restore_brings_back_every_byte_whatever_the_name(make_recording, tree, path):
    recording = make_recording(path, data=b'{"odd": "\xff bytes"}\r\n')
    before = tree()
    deleting.trash(seen(recording), actor="Ana")
    assert tree() == {}

    restored = deleting.restore([entry()], actor="Ben")

    assert tree() == before
    assert restored.refused == ()
    assert Recording.objects.get().path == path
    assert TrashRecord.objects.get().restored_at is not None


def test_names_that_are_not_utf8_go_and_come_back(make_recording, root, tree):
    recording = make_recording()
    os.rename(os.fsencode(root / recording.path), os.fsencode(root / "tests/recordings/") + b"/\xff\xfe.json")
    indexer.refresh(processes=1)
    odd = Recording.objects.get()
    before = tree()
    assert odd.raw_path is not None

    deleting.trash(seen(odd), actor="Ana")
    assert tree() == {}
    deleting.restore([entry()], actor="Ana")

    assert tree() == before


def test_trash_refuses_what_changed_on_disk(make_recording, root, tree):
    recording = make_recording()
    (root / recording.path).write_text('{"other": 1}')
    before = tree()

    with pytest.raises(ChangedRecordings):
        deleting.trash(seen(recording), actor="Ana")

    assert tree() == before
    assert not TrashRecord.objects.exists()


def test_trash_refuses_a_stale_blob(make_recording, tree):
    recording = make_recording()
    before = tree()

    with pytest.raises(ChangedRecordings):
        deleting.trash([Seen(recording.path, "0" * 40)], actor="Ana")

    assert tree() == before


@pytest.mark.parametrize(
    "spoil",
    [
        lambda place: place.unlink(),
        lambda place: place.write_text("{}"),
        lambda place: (place.unlink(), place.symlink_to("one.json")),
        lambda place: (place.unlink(), os.mkfifo(place)),
        lambda place: (place.unlink(), place.mkdir()),
    ],
)
def test_bulk_leaves_out_and_names_what_is_not_what_was_seen(make_recording, root, spoil):
    first, second = make_recording(), make_recording("tests/recordings/two.json", answered="Mars.")
    spoil(root / second.path)

    done = deleting.trash(seen(first, second), actor="Ana")

    assert done.count == 1
    assert "Left out: tests/recordings/two.json (" in done.sentence
    assert [entry.key for entry in trash_notes.trash_folder().entries()] == [first.path]
    assert AuditEvent.objects.get().summary.startswith("moved “Which planet")


def test_bulk_is_all_or_nothing_where_a_place_cannot_be_written(make_recording, root, tree, monkeypatch):
    first, second = make_recording(), make_recording("tests/recordings/two.json", answered="Mars.")
    before, delete = tree(), Trash.delete

    def full(self, root, raw, **words):
        if raw.endswith(b"two.json"):
            raise refusals.NotWritable(self.folder, "the disk is full")
        return delete(self, root, raw, **words)

    monkeypatch.setattr(Trash, "delete", full)
    with pytest.raises(refusals.NotWritable):
        deleting.trash(seen(first, second), actor="Ana")

    assert tree() == before
    assert trash_notes.trash_folder().entries() == []
    assert not AuditEvent.objects.exists()


def test_files_come_back_when_the_database_fails(make_recording, tree, monkeypatch):
    recording = make_recording()
    before = tree()

    def fail(*args, **kwargs):
        raise RuntimeError("the database is locked")

    monkeypatch.setattr(deleting.audit, "write", fail)
    with pytest.raises(RuntimeError):
        deleting.trash(seen(recording), actor="Ana")

    assert tree() == before
    assert trash_notes.trash_folder().entries() == []


def test_restore_never_overwrites(make_recording, root, tree):
    recording = make_recording()
    deleting.trash(seen(recording), actor="Ana")
    (root / recording.path).write_text("new")
    before = tree()

    restored = deleting.restore([entry()], actor="Ana")

    assert restored.done is None
    assert "never overwrites" in restored.refused[0]
    assert tree() == before
    assert TrashRecord.objects.get().restored_at is None


def test_one_refusal_does_not_hold_up_the_others(make_recording, root):
    first, second = make_recording(), make_recording("tests/recordings/two.json", answered="Mars.")
    deleting.trash(seen(first, second), actor="Ana")
    (root / first.path).write_text("new")

    restored = deleting.restore(list(TrashRecord.objects.values_list("entry", flat=True)), actor="Ana")

    assert restored.done is not None
    assert restored.done.count == 1
    assert len(restored.refused) == 1
    assert (root / second.path).exists()


def test_restoring_twice_is_refused_with_a_sentence(make_recording):
    recording = make_recording()
    deleting.trash(seen(recording), actor="Ana")
    deleting.restore([entry()], actor="Ana")

    again = deleting.restore([entry()], actor="Ana")

    assert again.done is None
    assert "no entry" in again.refused[0]


def test_discard_is_for_good(make_recording, tree):
    recording = make_recording()
    deleting.trash(seen(recording), actor="Ana")

    done = deleting.discard([entry()], actor="Ana")

    assert done.count == 1
    assert trash_notes.trash_folder().entries() == []
    assert TrashRecord.objects.get().discarded_at is not None
    with pytest.raises(Invalid):
        deleting.discard([entry()], actor="Ana")


def test_read_only_refuses_to_move(make_recording, tree, settings):
    recording = make_recording()
    settings.READ_ONLY = True
    before = tree()

    with pytest.raises(NotAllowed, match="read-only"):
        deleting.trash(seen(recording), actor="Ana")

    assert tree() == before
    assert "read-only" in deleting.obstacle(recording)


def test_preview_counts_bytes_tests_and_last_recordings(make_recording):
    first, second = make_recording(), make_recording("tests/recordings/two.json", answered="Mars.")
    third = make_recording("tests/recordings/three.json", test="tests/test_other.py::test_other")

    found = deleting.preview(seen(first, third))

    assert (found.count, found.size, found.tests) == (2, first.size + third.size, 2)
    assert found.last_of_tests == ("tests/test_other.py::test_other",)
    assert deleting.preview(seen(first, second)).last_of_tests == (first.test_id,)


class Died(BaseException):
    """Stands for kill -9."""


STEPS = ("manifest", "copy", "verify copy", "sync", "set aside", "verify original", "unlink", "finish")


@pytest.mark.parametrize("step", STEPS)
def test_bytes_survive_a_death_at_any_step_and_the_next_start_tells(make_recording, tree, dies, step):
    recording = make_recording()
    before = tree()

    def stop(name):
        if name == step:
            os._exit(9)

    trash = Trash(deleting.settings.DATA_DIR / "trash", step=stop)
    dies(
        lambda: trash.delete(
            deleting.settings.RECORDINGS_ROOT,
            recording.raw,
            seen_blob=recording.blob,
            actor="Ana",
            note="",
            now=deleting.timezone.now(),
        )
    )

    told = reconciling.reconcile()

    held = TrashRecord.objects.filter(restored_at=None)
    if held:
        assert tree() == {}
        assert trash_notes.trash_folder().read(held.get().entry) == before[recording.path]
        assert AuditEvent.objects.get().actor == "Ana"
        deleting.restore([entry()], actor="Ana")
    else:
        assert not AuditEvent.objects.exists()
    assert tree() == before
    if step != "manifest":
        assert told


@pytest.mark.parametrize("step", ["mark", "write", "verify", "place", "finish"])
def test_a_restore_that_died_is_settled_at_the_next_start(make_recording, tree, dies, step):
    recording = make_recording()
    before = tree()
    deleting.trash(seen(recording), actor="Ana")

    def stop(name):
        if name == step:
            os._exit(9)

    trashed = entry()  # read before the child is there: a database's connection is no thing to share with it
    dies(lambda: Trash(deleting.settings.DATA_DIR / "trash", step=stop).restore(trashed))

    told = reconciling.reconcile()

    if TrashRecord.objects.get().restored_at is None:
        assert tree() == {}
        assert deleting.restore([entry()], actor="Ana").refused == ()
    assert tree() == before
    assert told or step == "mark"
    assert reconciling.reconcile() == []


def test_a_deletion_that_was_not_noted_down_is_noted_at_the_next_start(make_recording, tree):
    recording = make_recording()
    trash_notes.trash_folder().delete(
        deleting.settings.RECORDINGS_ROOT,
        recording.path.encode(),
        seen_blob=recording.blob,
        actor="Ana",
        note="",
        now=deleting.timezone.now(),
    )

    told = reconciling.reconcile()

    assert "had not been noted down" in told[0]
    record = TrashRecord.objects.get()
    assert (record.path, record.fingerprint, record.actor) == (recording.path, recording.fingerprint, "Ana")
    assert AuditEvent.objects.get().action == "trash"
    assert reconciling.reconcile() == []


def test_an_interrupted_bulk_is_one_act_with_one_undo(make_recording, tree):
    recordings = [make_recording(f"recordings/{number}.json", answered=str(number)) for number in range(3)]
    before, now = tree(), deleting.timezone.now()
    for recording in recordings[:2]:
        trash_notes.trash_folder().delete(
            deleting.settings.RECORDINGS_ROOT,
            recording.path.encode(),
            seen_blob=recording.blob,
            actor="Ana",
            note="",
            now=now,
        )

    assert len(reconciling.reconcile()) == 2

    assert AuditEvent.objects.get().count == 2
    undo(actor="Ana")
    assert tree() == before


def test_a_damaged_manifest_is_not_taken_for_an_emptied_trash(make_recording, settings):
    recording = make_recording()
    deleting.trash([*seen(recording)], actor="Ana")
    (settings.DATA_DIR / "trash" / f"{entry()}.trashed").write_text("{")

    told = reconciling.reconcile()

    assert "damaged" in told[0]
    assert TrashRecord.objects.get().discarded_at is None


def test_a_restore_that_was_not_noted_down_is_noted_at_the_next_start(make_recording):
    recording = make_recording()
    deleting.trash(seen(recording), actor="Ana")
    back = trash_notes.trash_folder().restore(entry())
    assert back.state is EntryState.RESTORED

    told = reconciling.reconcile()

    assert "was restored" in told[0]
    assert TrashRecord.objects.get().restored_at is not None
    assert AuditEvent.objects.order_by("pk").last().actor == trash_notes.KEEPER


def test_bytes_that_others_took_out_of_the_trash_are_told_of_and_not_called_deleted(make_recording):
    one, other = make_recording(), make_recording("tests/recordings/other.json", answered="Mars.")
    deleting.trash(seen(one), actor="Ana")
    taken = entry()
    deleting.trash(seen(other), actor="Ana")
    trash_notes.trash_folder().discard(taken)

    (told,) = reconciling.reconcile()

    assert told.startswith(f"{one.path} is not in the trash folder any more.")
    assert not TrashRecord.objects.exclude(discarded_at=None).exists()
    done = deleting.discard([taken], actor="Ana")
    assert done.sentence.startswith("Gave up")
    assert reconciling.reconcile() == []


@pytest.mark.parametrize("is_there", [True, False], ids=["empty", "missing"])
def test_a_trash_folder_that_is_away_for_a_start_is_an_error_and_nothing_is_lost(
    make_recording, root, tree, settings, client, is_there
):
    one, other = make_recording(), make_recording("tests/recordings/other.json", answered="Mars.")
    before = tree()
    deleting.trash(seen(one), actor="Ana")
    id = entry()
    folder, away = settings.DATA_DIR / "trash", settings.DATA_DIR.parent / "away"
    folder.rename(away)
    if is_there:
        folder.mkdir()
    events = AuditEvent.objects.count()

    (told,) = reconciling.reconcile()

    assert ("has nothing in it" if is_there else "is missing") in told
    assert "1 recording is to lie there" in told
    assert TrashRecord.objects.get().discarded_at is None
    assert AuditEvent.objects.count() == events
    assert b"1 recording is to lie there" in client.get("/trash/").content
    for act in (
        lambda: deleting.trash(seen(other), actor="Ana"),
        lambda: deleting.restore([id], actor="Ana"),
        lambda: undo(actor="Ana"),
    ):
        with pytest.raises(refusals.TrashMissing):
            act()
    if is_there:
        shutil.rmtree(folder)
    away.rename(folder)

    assert reconciling.reconcile() == []
    deleting.restore([id], actor="Ana")
    assert tree() == before


def test_what_an_earlier_version_took_for_gone_is_offered_again(make_recording, tree, client):
    recording = make_recording()
    before = tree()
    deleting.trash(seen(recording), actor="Ana")
    TrashRecord.objects.update(discarded_at=timezone.now())

    told = reconciling.reconcile()

    assert told == [f"{recording.path} is in the trash after all, and can be restored."]
    assert reconciling.reconcile() == []
    assert deleting.restore([entry()], actor="Ana").refused == ()
    assert tree() == before


def test_an_emptying_that_was_cut_off_is_written_down(make_recording, monkeypatch):
    recording = make_recording()
    deleting.trash(seen(recording), actor="Ana")
    place = trash_notes.trash_folder().folder
    (place / f"{entry()}.trashed").rename(place / f"{entry()}.discarding")

    reconciling.reconcile()

    assert TrashRecord.objects.get().discarded_at is not None


def test_a_trash_that_cannot_be_written_refuses(make_recording, tree, settings):
    recording = make_recording()
    before = tree()
    (settings.DATA_DIR / "trash").write_text("in the way")

    with pytest.raises(refusals.NotWritable):
        deleting.trash(seen(recording), actor="Ana")

    assert tree() == before


def test_bulk_leaves_out_what_cannot_be_moved_from_its_folder(make_recording, monkeypatch):
    first, second = make_recording(), make_recording("tests/recordings/two.json", answered="Mars.")
    delete = Trash.delete

    def locked(self, root, raw, **words):
        if raw.endswith(b"two.json"):
            raise refusals.NotWritable(raw, "recviewer has no permission for it")
        return delete(self, root, raw, **words)

    monkeypatch.setattr(Trash, "delete", locked)
    done = deleting.trash(seen(first, second), actor="Ana")

    assert done.count == 1
    assert "Left out: tests/recordings/two.json (cannot be moved: recviewer has no permission for it)." in done.sentence
    with pytest.raises(refusals.NotWritable):
        deleting.trash(seen(second), actor="Ana")
