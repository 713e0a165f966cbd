import pytest

from recviewer.catalog import indexer, rows
from recviewer.catalog.models import Recording
from recviewer.review import deleting
from recviewer.review.audit import with_fate
from recviewer.review.decide import decide
from recviewer.review.models import AuditEvent, Decision, Standing, Tag, TagOn, TrashRecord
from recviewer.review.refusals import NotAllowed, NothingToUndo, Overtaken
from recviewer.review.standing import latest
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag, untag
from recviewer.review.undoing import redo, undo
from recviewer.store.refusals import Occupied


def seen(*recordings):
    return [Seen(recording.path, recording.blob) for recording in recordings]


def spoken():
    """All that holds now: verdicts, standings, tags, what is in the trash."""
    decisions = {
        (fingerprint, reviewer): (one.verdict, one.note, one.at, one.path, one.blob)
        for fingerprint, by_reviewer in latest(set(Decision.objects.values_list("fingerprint", flat=True))).items()
        for reviewer, one in by_reviewer.items()
    }
    return (
        decisions,
        list(Standing.objects.order_by("pk").values()),
        list(TagOn.objects.order_by("path", "tag__name").values("path", "tag__name", "tag__colour", "actor", "at")),
        list(Tag.objects.order_by("name").values("name", "colour")),
        sorted(TrashRecord.objects.filter(restored_at=None, discarded_at=None).values_list("path", "blob")),
    )


ACTS = {
    "approve": lambda one, two: decide(seen(one), actor="Ana", verdict="approve"),
    "reject": lambda one, two: decide(seen(one, two), actor="Ana", verdict="reject", note="leaks"),
    "mark": lambda one, two: decide(seen(two), actor="Ana", verdict="delete"),
    "clear": lambda one, two: decide(seen(one), actor="Ana", verdict="clear"),
    "tag": lambda one, two: tag(seen(one, two), actor="Ana", name="flaky"),
    "tag again": lambda one, two: tag(seen(two), actor="Ana", name="golden"),
    "untag": lambda one, two: untag(seen(one), actor="Ana", name="golden"),
    "trash": lambda one, two: deleting.trash(seen(one, two), actor="Ana"),
}


@pytest.fixture
def two(make_recording):
    """Two recordings; one has an approval with a time of its own and a tag, both by Ana."""
    one, other = make_recording(), make_recording("tests/recordings/two.json", answered="Mars.")
    decide(seen(one), actor="Ana", verdict="delete")
    decide(seen(one), actor="Ben", verdict="approve")
    tag(seen(one), actor="Ana", name="golden")
    return one, other


@pytest.mark.parametrize("act", ACTS)
def test_undo_restores_exactly_and_redo_does_it_again(two, tree, act):
    before, files = spoken(), tree()

    done = ACTS[act](*two)
    after, files_after = spoken(), tree()
    assert (after, files_after) != (before, files)

    undo(actor="Ana", event=done.event)
    assert (spoken(), tree()) == (before, files)

    redo(actor="Ana")
    assert (spoken(), tree()) == (after, files_after)

    undo(actor="Ana")
    assert (spoken(), tree()) == (before, files)


def test_undo_goes_back_any_number_of_steps(two, tree):
    steps = [(spoken(), tree())]
    for act in ("approve", "reject", "tag", "mark", "trash"):
        ACTS[act](*two)
        steps.append((spoken(), tree()))

    for expected in reversed(steps[:-1]):
        undo(actor="Ana")
        assert (spoken(), tree()) == expected
    for expected in steps[1:]:
        redo(actor="Ana")
        assert (spoken(), tree()) == expected


def test_nothing_to_undo(db):
    with pytest.raises(NothingToUndo):
        undo(actor="Ana")
    with pytest.raises(NothingToUndo):
        redo(actor="Ana")


def test_something_new_ends_the_redo(two):
    ACTS["approve"](*two)
    undo(actor="Ana")
    ACTS["mark"](*two)

    with pytest.raises(NothingToUndo):
        redo(actor="Ana")


def test_undoing_twice_is_refused(two):
    done = ACTS["approve"](*two)
    undo(actor="Ana", event=done.event)

    with pytest.raises(NothingToUndo):
        undo(actor="Ana", event=done.event)


def test_a_verdict_given_since_is_not_overwritten(two):
    done = ACTS["reject"](*two)
    ACTS["approve"](*two)
    before = spoken()

    with pytest.raises(Overtaken, match="1 of these 2"):
        undo(actor="Ana", event=done.event)

    assert spoken() == before


def test_nobody_takes_back_what_another_said(two):
    done = ACTS["approve"](*two)

    with pytest.raises(NotAllowed, match="Ana"):
        undo(actor="Ben", event=done.event)


def test_anybody_may_bring_back_a_file(two, tree):
    before = tree()
    done = ACTS["trash"](*two)

    undo(actor="Ben", event=done.event)

    assert tree() == before


def test_undo_of_trash_never_overwrites(two, root, tree):
    done = ACTS["trash"](*two)
    (root / two[1].path).write_text("new")
    before = tree()

    with pytest.raises(Occupied):
        undo(actor="Ana", event=done.event)

    assert tree() == before
    assert not with_fate().get(pk=done.event).fate


def test_undo_of_restore_puts_it_back_into_the_trash(two, tree):
    ACTS["trash"](*two)
    restored = deleting.restore(list(TrashRecord.objects.values_list("entry", flat=True)), actor="Ana")
    files = tree()
    assert len(files) == 2

    undo(actor="Ana", event=restored.done.event)
    assert tree() == {}
    redo(actor="Ana")
    assert tree() == files


def test_everything_survives_the_loss_of_the_catalog(two, tree):
    ACTS["reject"](*two)
    ACTS["tag"](*two)
    before = spoken()
    rows.delete(list(Recording.objects.values_list("pk", flat=True)))
    assert not Recording.objects.exists()
    assert spoken() == before

    indexer.refresh(full=True, processes=1)

    assert spoken() == before
    one = Recording.objects.get(path=two[0].path)
    assert Standing.objects.get(fingerprint=one.fingerprint).state == "rejected"
    undo(actor="Ana")
    undo(actor="Ana")
    assert Standing.objects.get(fingerprint=one.fingerprint).state == "delete"


def test_events_are_in_order_and_never_vanish(two):
    for act in ("approve", "tag", "trash"):
        ACTS[act](*two)
    for _ in range(3):
        undo(actor="Ana")

    assert AuditEvent.objects.count() == 9
    assert [event.fate for event in with_fate().order_by("pk")][3:6] == ["undo", "undo", "undo"]
