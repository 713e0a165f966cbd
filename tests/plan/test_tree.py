import json

import pytest

from recviewer.catalog.models import Recording
from recviewer.plan import model as plans
from recviewer.plan.tree import make
from recviewer.review.decide import decide
from recviewer.review.history import marks
from recviewer.review.reviews_file import merging
from recviewer.review.subjects import Seen
from recviewer.review.undoing import redo, undo
from recviewer.store.files import blob_id
from tests.plan.repositories import git


def seen(*recordings):
    return [Seen(recording.path, recording.blob) for recording in recordings]


def mark(*recordings, by="Ana"):
    return decide(seen(*recordings), actor=by, verdict="delete")


def paths(items):
    return [item.path for item in items]


@pytest.fixture
def one(make_recording):
    return make_recording("tests/recordings/one.json")


@pytest.fixture
def twin(make_recording, one):
    """The same meaning as `one`, at another path, with other bytes."""
    return make_recording("tests/recordings/twin.json", id="another")


def test_nothing_is_asked_for(one):
    assert make().is_empty


def test_a_marked_file_is_deleted(one):
    mark(one)

    plan = make()

    assert paths(plan.deletions) == [one.path]
    assert (plan.size, plan.tests) == (one.size, 1)
    assert plan.deletions[0].by == "Ana"


def test_the_same_meaning_elsewhere_is_left_out_and_named(one, twin):
    mark(one)

    plan = make()

    assert (paths(plan.deletions), paths(plan.alike)) == ([one.path], [twin.path])


def test_both_are_deleted_when_both_were_marked(one, twin):
    mark(one)
    mark(twin)

    assert paths(make().deletions) == [one.path, twin.path]


def test_marked_in_bulk(one, twin):
    mark(one, twin)

    assert paths(make().deletions) == [one.path, twin.path]
    assert len(marks()) == 2


def test_undo_takes_back_one_mark_and_leaves_the_other(one, twin):
    mark(one)
    mark(twin)
    undo(actor="Ana")

    assert paths(make().deletions) == [one.path]

    redo(actor="Ana")
    assert paths(make().deletions) == [one.path, twin.path]


def test_another_verdict_ends_the_marks_and_undo_brings_them_back(one, twin):
    mark(one, twin)
    decide(seen(one), actor="Ana", verdict="approve")
    assert make().is_empty

    undo(actor="Ana")
    assert paths(make().deletions) == [one.path, twin.path]

    decide(seen(one), actor="Ana", verdict="clear")
    mark(twin)
    assert (paths(make().deletions), paths(make().alike)) == ([twin.path], [one.path])


def test_a_rejection_outweighs_a_mark(one):
    mark(one)
    decide(seen(one), actor="Ben", verdict="reject", note="model is wrong")

    plan = make()

    assert not plan.deletions
    assert plan.again[0].test_id == one.test_id
    assert plan.again[0].reasons == (("Ben", "model is wrong"),)


@pytest.mark.parametrize(("words", "why"), [({"id": "2"}, "same meaning"), ({"answered": "Mars."}, "another answer")])
def test_a_file_recorded_anew_is_left_out_and_named(one, make_recording, words, why):
    mark(one)
    make_recording(one.path, **words)

    plan = make()

    assert not plan.deletions
    assert paths(plan.changed) == [one.path]
    assert why in plan.changed[0].why


@pytest.mark.parametrize("subject", ["2:" + "0" * 64, "3:" + "0" * 64, "blob:" + "0" * 40])
def test_a_mark_on_other_words_deletes_nothing_whatever_place_and_bytes_it_names(one, subject):
    said = {"type": "decision", "reviewer": "Ana", "verdict": "delete", "entered": "2026-01-02T12:00:00Z"}
    line = said | {"fingerprint": subject, "path": one.path, "blob": one.blob}
    merging.bring_in(f'{{"recviewer_reviews": 1}}\n{json.dumps(line)}\n'.encode(), actor="Ana")

    plan = make()

    assert (paths(plan.deletions), paths(plan.changed)) == ([], [one.path])
    assert plan.changed[0].why.startswith("was marked as saying something else")


def test_a_file_changed_behind_the_catalog_is_left_out(one, root, chat):
    mark(one)
    (root / one.path).write_text(json.dumps(chat(answered="Mars.")))

    plan = make()

    assert (paths(plan.deletions), paths(plan.changed)) == ([], [one.path])


def test_a_file_that_vanished_just_now_is_named(one, root):
    mark(one)
    (root / one.path).unlink()

    assert paths(make().changed) == [one.path]


def test_a_test_that_would_lose_its_last_replayable_one_is_told(one, make_recording):
    other = make_recording("tests/recordings/other.json", answered="Mars.")
    Recording.objects.filter(path=one.path).update(replay="current")
    Recording.objects.filter(path=other.path).update(replay="older")
    mark(one)

    (loss,) = make().losses

    assert (loss.test_id, loss.left) == (one.test_id, 1)


def test_a_test_that_keeps_a_replayable_one_is_not(one, make_recording):
    make_recording("tests/recordings/other.json", answered="Mars.")
    Recording.objects.update(replay="current")
    mark(one)

    assert make().losses == ()


def test_a_test_that_would_have_nothing_left_is_told(one):
    mark(one)

    assert make().losses[0].left == 0


def test_each_test_is_recorded_again_once(make_recording):
    many = [make_recording(f"tests/recordings/{number}.json", answered=str(number)) for number in range(3)]
    orphan = make_recording("tests/recordings/orphan.json", answered="?", test=None)
    decide(seen(*many, orphan), actor="Ana", verdict="reject", note="cut off")

    plan = make()

    assert [again.test_id for again in plan.again] == [many[0].test_id]
    assert len(plan.again[0].paths) == 3
    assert plan.orphans == (orphan.path,)


@pytest.fixture
def checkout(tmp_path, make_recording):
    """A git checkout whose recordings root is a folder in it."""
    made = [make_recording(f"deep/recordings/{name}.json", answered=name) for name in ("a b", "ü", "[c]", "stays")]
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "tree")
    git(tmp_path, "commit", "-qm", "all")
    return tmp_path, made


def test_git_applies_the_patch_at_the_top(checkout):
    top, made = checkout
    mark(*made[:3])
    plan = make()

    git(top, "apply", "--index", "-", input=b"".join(plans.patch(plan)))

    assert plan.ground.work_tree == top
    assert git(top, "ls-files") == b"tree/deep/recordings/stays.json\n"


@pytest.mark.parametrize("null", [False, True])
def test_git_removes_the_list_at_the_top(checkout, null):
    top, made = checkout
    mark(*made[:3])

    words = ["--pathspec-file-nul"] if null else []
    git(top, "rm", "-q", "--pathspec-from-file=-", *words, input=plans.git_rm(make(), null=null))

    assert git(top, "ls-files") == b"tree/deep/recordings/stays.json\n"


def test_the_patch_names_the_blob(one):
    mark(one)

    (made,) = plans.patch(make())

    assert f"index {one.blob}..{'0' * 40}".encode() in made


def test_json_is_json(one, twin, root):
    mark(one)

    told = json.loads(json.dumps(plans.as_json(make())))

    assert told["count"] == 1
    assert told["deletions"][0]["blob"] == blob_id((root / one.path).read_bytes())
    assert told["alike"][0]["path"] == twin.path
