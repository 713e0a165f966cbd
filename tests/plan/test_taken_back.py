"""Old recordings that were asked back, as git itself carries the plan out."""

import json
import os

import pytest

from recviewer.memory.ranges import report_of
from recviewer.plan import model, range, tree
from recviewer.replay.names import name_state
from recviewer.review import ranges
from recviewer.review.models import Decision, Standing
from recviewer.review.refusals import Invalid
from recviewer.review.subjects import Seen
from recviewer.review.undoing import undo
from tests.conftest import exchange
from tests.plan.repositories import git

FOLDER = "t/recordings"
NAME = name_state(exchange(), "").expected


def written(**words):
    return json.dumps(exchange(**words), indent=2).encode()


@pytest.fixture
def put(root, db):
    def write(path, data):
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        return path

    return write


@pytest.fixture
def again(put, commit, root):
    """Return a function that makes a range in which one call was made again unasked. name: of its new file."""

    def make(old=b"", new=b"", *, name=NAME, mode=0o644):
        put(f"{FOLDER}/{NAME}", old or written(answered="The old answer."))
        os.chmod(root / FOLDER / NAME, mode)
        put("t/recordings/stays.json", written(asked="Who?", test="t.py::test_other"))
        base = commit("before")
        (root / FOLDER / NAME).unlink()
        put(f"{FOLDER}/{name}", new or written(answered="Quite another one."))
        return f"{base}...{commit('after')}"

    return make


def mine(spec):
    return next(one for one in report_of(spec).found.changes if one.unasked)


def take_back(spec, *, rule="", by="Ana", verdict="revert"):
    change = mine(spec)
    seen = [Seen(change.side.path, change.side.blob, change.own_subject)]
    return ranges.say(lambda: report_of(spec).found, seen, actor=by, verdict=verdict, rule=rule)


def made(spec):
    return range.make(report_of(spec).found)


def applied(root, plan, tmp_path):
    """Apply a plan in a fresh checkout of its head; return what its index has then."""
    top = tmp_path / "checkout"
    git(tmp_path, "clone", "-q", str(root), str(top))
    git(top, "checkout", "-q", "--detach", plan.ground.head)
    patch = b"".join(model.patch(plan))
    git(top, "apply", "--check", input=patch)
    git(top, "apply", "--index", input=patch)
    return git(top, "ls-files", "-s"), {one.name: one.read_bytes() for one in (top / FOLDER).iterdir()}


def held(root, commit):
    names = git(root, "ls-tree", "-r", "--name-only", commit, FOLDER).decode().split()
    return {name.rpartition("/")[2]: git(root, "show", f"{commit}:{name}") for name in names}


@pytest.mark.slow
@pytest.mark.parametrize("name", [NAME, "again.json"])
def test_the_new_file_goes_and_the_old_bytes_come_back(again, root, tmp_path, name):
    spec = again(name=name)
    take_back(spec)

    plan = made(spec)

    assert [(one.new.name.decode(), one.old.name.decode(), one.new.by) for one in plan.taken_back] == [
        (f"{FOLDER}/{name}", f"{FOLDER}/{NAME}", "Ana")
    ]
    assert (plan.deletions, plan.back, plan.kept, plan.losses) == ((), (), (), ())
    assert applied(root, plan, tmp_path)[1] == held(root, plan.ground.base)


@pytest.mark.slow
def test_odd_bytes_and_the_mode_come_back_just_so(again, root, tmp_path):
    old = written(answered="With \u2028 and more").replace(b"\n", b" \r\n") + b"\n\n\n"
    spec = again(old, mode=0o755)
    take_back(spec)

    plan = made(spec)
    index, files = applied(root, plan, tmp_path)

    assert files == held(root, plan.ground.base)
    assert b"100755" in index


def test_it_closes_the_change_for_good(again):
    spec = again()
    before = report_of(spec).numbers

    done = take_back(spec)

    now = report_of(spec).numbers
    assert (before.undecided, now.undecided, now.to_revert, now.need_you) == (1, 0, 1, 0)
    assert done.sentence.startswith("Asked for the old recording of ")
    assert mine(spec).verdict == "revert"
    assert list(Standing.objects.values_list("fingerprint", flat=True)) == [mine(spec).own_subject]


@pytest.mark.slow
def test_it_says_nothing_of_equal_words_elsewhere(again, put, commit, make_recording):
    spec = again()
    take_back(spec)
    base, _, head = spec.partition("...")
    put("t/recordings/other.json", written(answered="Quite another one.", test="t.py::test_third"))
    later = f"{head}...{commit('later')}"

    assert [one.verdict for one in report_of(later).found.changes] == [""]
    assert base


@pytest.mark.slow
def test_another_word_of_the_same_reviewer_ends_it(again):
    spec = again()
    take_back(spec)
    take_back(spec, verdict="approve")
    assert (mine(spec).verdict, made(spec).taken_back) == ("approved", ())
    take_back(spec)
    assert mine(spec).verdict == "revert"
    take_back(spec, verdict="clear")
    assert mine(spec).verdict == ""


def test_undo_takes_it_back(again):
    spec = again()
    done = take_back(spec, rule=ranges.BACK)
    assert "by the rule “made again unasked”" in done.sentence

    undo(event=done.event, actor="Ana")

    assert (mine(spec).verdict, made(spec).is_empty) == ("", True)


def test_who_wants_it_recorded_again_blocks(again):
    spec = again()
    take_back(spec)
    change = mine(spec)
    seen = [Seen(change.side.path, change.side.blob)]
    ranges.say(lambda: report_of(spec).found, seen, actor="Ben", verdict="reject", note="no")

    plan = made(spec)

    assert mine(spec).verdict == "rejected"
    assert (plan.taken_back, [one.paths for one in plan.again]) == ((), [(change.side.path,)])


def test_what_is_not_offered_is_refused(again, put, commit):
    spec = again()
    put("t/recordings/later.json", written(asked="Is this so? Quite another one."))
    base = spec.partition("...")[0]
    spec = f"{base}...{commit('more')}"

    with pytest.raises(Invalid, match="a later request of its test holds the new answer"):
        take_back(spec)

    assert not Decision.objects.exists()


@pytest.mark.slow
def test_what_leans_on_it_later_keeps_it(again, put, commit):
    spec = again()
    take_back(spec)
    put("t/recordings/later.json", written(asked="Is this so? Quite another one."))
    spec = f"{spec.partition('...')[0]}...{commit('more')}"

    plan = made(spec)

    assert mine(spec).verdict == "revert"
    assert plan.taken_back == ()
    assert [one.why for one in plan.kept] == ["stays, for a later request of its test holds the new answer"]


@pytest.mark.slow
def test_a_folder_at_the_old_path_keeps_the_new_one(again, put, commit):
    spec = again(name="again.json")
    take_back(spec)
    put(f"{FOLDER}/{NAME}/readme.txt", b"a folder now")
    spec = f"{spec.partition('...')[0]}...{commit('more')}"

    plan = made(spec)

    assert [one.why for one in plan.kept] == ["stays, for something else is at the path of the old one now"]
    assert plan.taken_back == ()


def test_what_was_made_once_more_keeps_it(again, put, commit):
    spec = again()
    take_back(spec)
    put(f"{FOLDER}/{NAME}", written(answered="Quite another one.", id="7"))
    spec = f"{spec.partition('...')[0]}...{commit('more')}"

    plan = made(spec)

    assert [one.why for one in plan.kept] == ["re-recorded since it was marked, with the same meaning"]


@pytest.mark.slow
def test_files_on_disk_get_their_old_bytes(again, root, put):
    spec = again()
    base = spec.partition("...")[0]
    take_back(f"{base}...")

    plan = made(f"{base}...")
    patch = b"".join(model.patch(plan))
    git(root, "apply", "--check", input=patch)
    git(root, "apply", input=patch)

    assert (root / FOLDER / NAME).read_bytes() == held(root, base)[NAME]


@pytest.mark.slow
def test_a_file_on_disk_that_changed_meanwhile_is_left_out_with_its_old_one(again, root, put):
    spec = again(name="again.json")
    base = spec.partition("...")[0]
    take_back(f"{base}...")
    plan = made(f"{base}...")

    put(f"{FOLDER}/again.json", b"{}")

    assert b"".join(model.patch(plan)) == b""


def test_the_plan_of_the_tree_names_what_its_range_takes_back(again, make_recording):
    spec = again()
    take_back(spec)
    make_recording(f"{FOLDER}/{NAME}", answered="Quite another one.")

    plan = tree.make()

    assert [(one.path, one.why) for one in plan.kept] == [
        (f"{FOLDER}/{NAME}", "is taken back by the plan of its range, which knows the old one")
    ]
    assert not plan.has_patch


def test_the_plan_for_scripts_names_both(again):
    spec = again(name="again.json")
    take_back(spec)

    told = model.as_json(made(spec))

    assert [(one["new"]["path"], one["old"]["path"]) for one in told["take_back"]] == [
        (f"{FOLDER}/again.json", f"{FOLDER}/{NAME}")
    ]
    assert told["not_taken_back"] == []
