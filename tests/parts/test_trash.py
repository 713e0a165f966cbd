"""One file with many exchanges: some go to the trash, and come back."""

import pytest

from recviewer.catalog.models import Recording
from recviewer.review import deleting, reconciling, undoing
from recviewer.review.models import EventItem, TrashRecord
from recviewer.review.refusals import ChangedRecordings, Invalid
from recviewer.review.subjects import Seen
from recviewer.review.trash_notes import trash_folder

FILE = "tests/lists/three.json"


def seen(*rows):
    return [Seen(row.path, row.blob) for row in rows]


def asked():
    return [row.asked for row in Recording.objects.order_by("place")]


def test_one_is_cut_out_of_its_file_and_comes_back(rows, root, three, listed):
    before = (root / FILE).read_bytes()

    done = deleting.trash(seen(rows[1]), actor="Ada")

    assert (root / FILE).read_bytes() == listed(three()[0], three()[2])
    assert asked() == ["one?", "three?"]
    assert "“two?”" in done.sentence
    record = TrashRecord.objects.get()
    assert (record.path, record.asked) == (rows[1].path, "two?")
    assert [item.path for item in EventItem.objects.all()] == [rows[1].path]

    back = deleting.restore([record.entry], actor="Ada")

    assert back.refused == ()
    assert (root / FILE).read_bytes() == before
    assert asked() == ["one?", "two?", "three?"]


def test_undo_and_redo(rows, root, three, listed):
    before = (root / FILE).read_bytes()
    done = deleting.trash(seen(*rows[:2]), actor="Ada")
    assert asked() == ["three?"]

    undoing.undo(actor="Ada", event=done.event)
    assert ((root / FILE).read_bytes(), asked()) == (before, ["one?", "two?", "three?"])

    undoing.redo(actor="Ada")
    assert ((root / FILE).read_bytes(), asked()) == (listed(three()[2]), ["three?"])


def test_all_of_a_file_take_it_along(rows, root):
    before = (root / FILE).read_bytes()

    done = deleting.trash(seen(*rows), actor="Ada")

    assert not (root / FILE).exists()
    assert "3 recordings" in done.sentence
    [record] = TrashRecord.objects.all()
    assert deleting.restore([record.entry], actor="Ada").refused == ()
    assert (root / FILE).read_bytes() == before


def test_a_file_that_changed_on_disk_is_left_alone(rows, root, three, listed):
    (root / FILE).write_bytes(listed(*three(three="Another.")))

    with pytest.raises(ChangedRecordings):
        deleting.trash(seen(rows[0]), actor="Ada")

    assert (root / FILE).read_bytes() == listed(*three(three="Another."))
    assert trash_folder().entries() == []


def test_what_was_cut_comes_back_only_over_what_was_left(rows, root, three, listed):
    deleting.trash(seen(rows[0]), actor="Ada")
    (root / FILE).write_bytes(listed(*three(three="Another.")[1:]))

    back = deleting.restore([TrashRecord.objects.get().entry], actor="Ada")

    assert back.done is None
    assert "changed meanwhile" in back.refused[0]
    assert (root / FILE).read_bytes() == listed(*three(three="Another.")[1:])


def test_a_recorder_that_cannot_cut_says_so(rows, root, list_recorder, monkeypatch):
    monkeypatch.setattr(type(list_recorder), "without", lambda self, data, parts: None)
    before = (root / FILE).read_bytes()

    with pytest.raises(Invalid, match="cannot be cut out of it"):
        deleting.trash(seen(rows[0]), actor="Ada")

    assert (root / FILE).read_bytes() == before


def test_a_recorder_that_cuts_wrong_is_not_believed(rows, root, list_recorder, monkeypatch, listed, three):
    monkeypatch.setattr(type(list_recorder), "without", lambda self, data, parts: listed(three()[2]))
    before = (root / FILE).read_bytes()

    with pytest.raises(Invalid, match="cannot be cut out of it"):
        deleting.trash(seen(rows[0]), actor="Ada")

    assert (root / FILE).read_bytes() == before


def test_page_asks_and_says_what_stays(client, rows):
    page = client.get("/do/trash", {"item": f"{rows[0].blob} {rows[0].path}"})
    if page.status_code != 200:
        page = client.get("/do/trash", {"key": rows[0].path, "seen": rows[0].blob})

    text = page.content.decode()
    assert "2 other recordings lie in the same file" in text
    assert "1 recording in 1 file" in text
    assert client.post("/do/trash", {"key": rows[0].path, "seen": rows[0].blob, "confirmed": "1"}).status_code == 303
    assert asked() == ["two?", "three?"]
    assert rows[0].part in client.get("/trash/").content.decode()


def test_a_cut_that_was_not_written_down_is_told_at_the_next_start(rows, root, monkeypatch):
    entry = trash_folder().delete(
        root,
        FILE.encode(),
        seen_blob=rows[0].file.blob,
        actor="Ada",
        note="",
        now=deleting.timezone.now(),
        cut=deleting.cut_of(FILE.encode(), rows[0].file.blob, (rows[0].part,)),
    )

    reconciling.reconcile()

    assert TrashRecord.objects.get().path == rows[0].path
    assert deleting.restore([entry.id], actor="Ada").refused == ()
