import pytest

from recviewer.review.labels import listing, merge, quick, recolour, remove, rename
from recviewer.review.models import AuditEvent, Tag, TagOn
from recviewer.review.refusals import Invalid, Overtaken
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag, untag
from recviewer.review.undoing import redo, undo


def put(recording, name, by="Ana"):
    tag([Seen(recording.path, recording.blob)], actor=by, name=name)


def state():
    uses = TagOn.objects.order_by("path", "tag__folded").values_list("path", "tag__name", "actor", "at")
    return list(Tag.objects.order_by("folded").values_list("name", "folded", "colour")), list(uses)


@pytest.fixture
def tagged(make_recording):
    one, two = make_recording(), make_recording("tests/recordings/two.json", answered="Mars.")
    put(one, "golden")
    put(two, "golden", by="Ben")
    put(two, "flaky")
    return one, two


ACTS = {
    "rename": lambda: rename("golden", "Reference", actor="Ana"),
    "other case": lambda: rename("golden", "GOLDEN", actor="Ana"),
    "merge": lambda: merge("golden", "flaky", actor="Ana"),
    "merge back": lambda: merge("flaky", "golden", actor="Ana"),
    "recolour": lambda: recolour(
        "golden", "red" if Tag.objects.get(folded="golden").colour != "red" else "blue", actor="Ana"
    ),
    "remove": lambda: remove("golden", actor="Ana"),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_each_is_one_event_and_comes_back_exactly(tagged, act):
    before, events = state(), AuditEvent.objects.count()

    act()
    after = state()
    assert after != before
    assert AuditEvent.objects.count() == events + 1

    undo(actor="Ana")
    assert state() == before

    redo(actor="Ana")
    assert state() == after


def test_rename_moves_all_uses(tagged):
    done = rename("GOLDEN", " Reference  set ", actor="Cleo")

    assert done.sentence == "Renamed the tag golden to Reference set."
    assert done.count == 2
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["Reference set", "flaky"]
    assert TagOn.objects.filter(tag__name="Reference set").values_list("actor", flat=True).count() == 2


def test_rename_to_one_that_exists_is_refused(tagged):
    with pytest.raises(Invalid, match="Merge golden into it"):
        rename("golden", "Flaky", actor="Ana")


def test_merge_keeps_each_path_once(tagged):
    merge("golden", "flaky", actor="Ana")

    assert list(TagOn.objects.values_list("path", "tag__name").order_by("path")) == [
        ("tests/recordings/one.json", "flaky"),
        ("tests/recordings/two.json", "flaky"),
    ]


@pytest.mark.parametrize(
    "act",
    [
        lambda: rename("none", "x", actor="Ana"),
        lambda: rename("golden", "a,b", actor="Ana"),
        lambda: merge("golden", "golden", actor="Ana"),
        lambda: merge("golden", "none", actor="Ana"),
        lambda: recolour("golden", "mauve", actor="Ana"),
        lambda: remove("none", actor="Ana"),
    ],
)
def test_what_makes_no_sense_is_refused(tagged, act):
    before = state()

    with pytest.raises(Invalid):
        act()

    assert state() == before


def test_saying_the_same_again_is_no_event(tagged):
    assert rename("golden", "golden", actor="Ana").event is None
    assert recolour("golden", Tag.objects.get(folded="golden").colour, actor="Ana").event is None


def test_undo_is_refused_when_somebody_went_on(tagged):
    done = rename("golden", "reference", actor="Ana")
    untag([Seen(tagged[0].path, tagged[0].blob)], actor="Ben", name="reference")
    put(tagged[0], "golden", by="Ben")
    before = state()

    with pytest.raises(Overtaken):
        undo(actor="Ana", event=done.event)

    assert state() == before


def test_counts(tagged, make_recording, root):
    from recviewer.catalog import indexer

    (root / tagged[0].path).unlink()
    indexer.refresh(processes=1)

    assert [(use.name, use.count, use.gone) for use in listing()] == [("golden", 1, 1), ("flaky", 1, 0)]
    assert [one.name for one in quick()] == ["flaky", "golden"]
