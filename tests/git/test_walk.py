import contextlib
import os

import pytest

from recviewer.git import walk
from recviewer.git.ranges import MissingObjects, opened
from recviewer.git.walk import OutOfTime, WalkedCommit


def back(tree, *raws, head="HEAD", limit=100, seconds=20.0):
    return list(walk.back(opened(tree.top), tree.git("rev-parse", head), *raws, limit=limit, seconds=seconds))


def kinds(steps):
    """Say per commit what happened: A, M, D or -, newest first."""
    letters = {(True, True): "M", (True, False): "D", (False, True): "A"}
    return "".join(letters[bool(one.old), bool(one.new)] for step in steps for one in step.changes[:1]) or "-"


def test_every_commit_is_a_step_and_says_what_it_did_to_the_file(work_tree):
    work_tree.commit("first", a="1")
    work_tree.commit("other", b="1")
    work_tree.commit("again", a="2")
    (work_tree.top / "a.json").unlink()
    work_tree.commit("gone")
    work_tree.commit("back", a="1")

    steps = back(work_tree, b"a.json")

    assert [len(step.changes) for step in steps] == [1, 1, 1, 0, 1]
    assert kinds(steps) == "ADMA"
    assert [step.parents for step in steps[:-1]] == [(step.sha,) for step in steps[1:]]
    assert steps[-1].parents == ()


def test_at_most_as_many_commits_as_asked_for(work_tree):
    for number in range(5):
        work_tree.commit(str(number), b=str(number))

    assert len(back(work_tree, b"a.json", limit=3)) == 3
    assert back(work_tree, b"a.json", limit=0) == []


def test_merge_counts_as_what_it_did_to_its_first_parent(work_tree):
    work_tree.commit("first", a="1")
    work_tree.git("checkout", "-q", "-b", "side")
    on_side = [work_tree.commit("one", a="2"), work_tree.commit("two", a="3"), work_tree.commit("else", c="3")]
    work_tree.git("checkout", "-q", "main")
    work_tree.commit("on main", b="1")
    work_tree.git("merge", "-q", "--no-ff", "-m", "merge", "side")

    steps = back(work_tree, b"a.json")

    assert [len(step.changes) for step in steps] == [1, 0, 1]
    assert len(steps[0].parents) == 2
    assert walk.inside(opened(work_tree.top), steps[0], b"a.json", limit=9) == [on_side[1], on_side[0]]
    assert walk.inside(opened(work_tree.top), steps[0], b"a.json", limit=1) == [on_side[1]]


def test_merge_that_takes_the_first_parents_file_is_no_change(work_tree):
    work_tree.commit("first", a="1")
    work_tree.git("checkout", "-q", "-b", "side")
    work_tree.commit("on the side", a="2")
    work_tree.git("checkout", "-q", "main")
    work_tree.commit("on main", b="1")
    work_tree.git("merge", "-q", "--no-ff", "-s", "ours", "-m", "merge", "side")

    assert [len(step.changes) for step in back(work_tree, b"a.json")] == [0, 0, 1]


ODD = [b"line\nbreak.json", b"\xff\xfe.json", b"-x.json", b"[a]*?.json", b":(glob)x.json", b" a b .json", b"\n:1.json"]


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_taken_to_the_letter(work_tree, name):
    work_tree.write(name, b"1")
    work_tree.write("a1.json", b"1")
    work_tree.write("x.json", b"1")
    work_tree.commit("first")
    work_tree.write("a1.json", b"2")
    work_tree.write("x.json", b"2")
    work_tree.commit("second")

    assert [len(step.changes) for step in back(work_tree, name)] == [0, 1]
    assert back(work_tree, name)[1].changes[0].raw == name


def test_folder_is_no_file(work_tree):
    work_tree.commit("first", a__b="1")

    assert back(work_tree, b"a")[0].changes == ()


def test_several_paths_are_told_apart(work_tree):
    work_tree.commit("first", a="1", b="1", c="1")

    assert [one.raw for one in back(work_tree, b"c.json", b"a.json")[0].changes] == [b"a.json", b"c.json"]


def test_long_way_ends_when_its_time_is_up(work_tree):
    work_tree.commit("first", a="1")

    with pytest.raises(OutOfTime, match="in the time there was, git came as far as"):
        back(work_tree, b"a.json", seconds=0)


class BrokenOff:
    """A git that has told of a commit, and not yet of its files, when it is ended."""

    def __init__(self, told):
        end, self.pipe = os.pipe()
        self.stdout = os.fdopen(end, "rb")
        os.write(self.pipe, told)

    def kill(self):
        os.close(self.pipe)

    def wait(self):
        return -9


def test_commit_whose_files_were_not_told_in_time_is_none_that_changed_nothing(work_tree, monkeypatch):
    work_tree.commit("first", a="1")
    process = BrokenOff(b"%s %s\0" % (b"a" * 40, b"b" * 40))
    monkeypatch.setattr(walk, "streaming", lambda *_: contextlib.nullcontext(process))

    steps = walk.back(opened(work_tree.top), "a" * 40, b"a.json", limit=9, seconds=0.01)

    with process.stdout, pytest.raises(OutOfTime, match="git came as far as"):
        next(steps)


def test_missing_commit_names_the_fetch(work_tree):
    first = work_tree.commit("first", a="1")
    work_tree.commit("second", a="2")
    os.unlink(work_tree.top / ".git" / "objects" / first[:2] / first[2:])
    steps = walk.back(opened(work_tree.top), work_tree.git("rev-parse", "HEAD"), b"a.json", limit=9, seconds=9)

    with pytest.raises(MissingObjects, match="fetch"):
        list(steps)


def test_shallow_clone_ends_with_a_commit_without_parents(work_tree, tree_at):
    for number in range(3):
        work_tree.commit(str(number), a=str(number))
    work_tree.git("clone", "-q", "--depth=2", f"file://{work_tree.top}", "../shallow")

    steps = back(tree_at(work_tree.top.parent / "shallow"), b"a.json")

    assert [step.parents == () for step in steps] == [False, True]
    assert kinds(steps) == "MA"


def test_walk_that_is_left_early_leaves_no_process(work_tree):
    for number in range(4):
        work_tree.commit(str(number), a=str(number))
    steps = walk.back(opened(work_tree.top), work_tree.git("rev-parse", "HEAD"), b"a.json", limit=9, seconds=9)

    assert isinstance(next(steps), WalkedCommit)
    steps.close()

    assert list(steps) == []
