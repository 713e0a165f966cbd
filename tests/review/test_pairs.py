import pytest

from recviewer.git.ranges import opened
from recviewer.pairing.pair import How
from recviewer.report import report
from recviewer.review import pairs
from recviewer.review.models import PairChoice
from recviewer.review.refusals import ChangedRecordings, Gone, Invalid
from recviewer.review.subjects import Seen
from recviewer.review.undoing import redo, undo


@pytest.fixture
def found(root, commit, make_recording):
    """Return a function that works out a range in which one recording was made anew and two others changed places."""
    make_recording("t/recordings/a1.json", asked="Name a river of Europe, please.", test="t/test_a.py::test_a")
    make_recording("t/recordings/b1.json", asked="Who wrote the book of Job?", test="t/test_b.py::test_b")
    make_recording("t/recordings/same.json", answered="Yes.")
    base = commit("before")
    for name in ("a1", "b1"):
        (root / f"t/recordings/{name}.json").unlink()
    make_recording("t/recordings/a2.json", asked="Name a river of Europe, now.", test="t/test_a.py::test_a")
    make_recording("t/recordings/c2.json", asked="Translate this poem.", test="t/test_c.py::test_c")
    make_recording("t/recordings/same.json", answered="No.")
    spec = f"{base}...{commit('after')}"
    return lambda: report.make(opened(root), spec, choices=pairs.choices()).found


def names(found):
    return {(one.old and one.old.name[:2], one.new and one.new.name[:2]) for one in found.changes}


def seen(found, name):
    sides = [side for change in found.changes for side in (change.old, change.new) if side]
    return next(Seen(side.path, side.blob) for side in sides if side.name == f"{name}.json")


@pytest.mark.slow
def test_a_pair_is_broken_up_and_another_made(found):
    first = found()
    assert names(first) == {("a1", "a2"), ("b1", None), (None, "c2"), ("sa", "sa")}

    pairs.choose(first, seen(first, "a1"), seen(first, "a2"), is_pair=False, actor="Ana")
    done = pairs.choose(first, seen(first, "b1"), seen(first, "c2"), is_pair=True, actor="Ana")

    assert names(found()) == {("a1", None), (None, "a2"), ("b1", "c2"), ("sa", "sa")}
    assert {one.pair.how for one in found().changes if one.pair} == {How.HAND, How.PATH}
    assert done.sentence == "Paired “Translate this poem.” with b1.json."


@pytest.mark.slow
def test_undo_and_redo_bring_the_pairing_back(found):
    first = found()
    pairs.choose(first, seen(first, "a1"), seen(first, "a2"), is_pair=False, actor="Ana")
    broken = names(found())

    undo(actor="Ana")
    assert names(found()) == names(first)
    redo(actor="Ana")
    assert names(found()) == broken


@pytest.mark.slow
def test_the_last_word_on_two_counts_and_is_said_once(found):
    first = found()
    old, new = seen(first, "a1"), seen(first, "a2")
    pairs.choose(first, old, new, is_pair=False, actor="Ana")
    pairs.choose(first, old, new, is_pair=True, actor="Ben")

    assert PairChoice.objects.get().actor == "Ben"
    assert pairs.choose(found(), old, new, is_pair=True, actor="Cem").event is None
    undo(actor="Ben")
    assert PairChoice.objects.get().is_pair is False


def test_a_pair_of_one_path_is_git_s_own_word(found):
    first = found()
    change = next(one for one in first.changes if one.side.name == "same.json")

    assert not pairs.can_break(change)
    same = [Seen(side.path, side.blob) for side in (change.old, change.new)]
    with pytest.raises(Invalid):
        pairs.choose(first, *same, is_pair=False, actor="Ana")


def test_what_is_not_in_the_range_is_refused(found):
    first = found()
    old, new = seen(first, "a1"), seen(first, "a2")

    with pytest.raises(Gone):
        pairs.choose(first, new, old, is_pair=True, actor="Ana")
    with pytest.raises(ChangedRecordings):
        pairs.choose(first, Seen(old.path, "0" * 40), new, is_pair=True, actor="Ana")
