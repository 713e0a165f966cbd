import pytest

from recviewer.git import branch_points, ranges
from recviewer.git.branch_points import Fork
from recviewer.git.landmarks import Landmarks, landmarks
from recviewer.git.ranges import opened
from recviewer.git.repository import TooSlow


def test_many_heads_are_told_apart_at_once(work_tree):
    start = work_tree.commit("start", a="1")
    work_tree.git("checkout", "-q", "-b", "topic")
    first = work_tree.commit("first", b="1")
    second = work_tree.commit("second", c="1")
    work_tree.git("checkout", "-q", "main")
    main = work_tree.commit("later", d="1")
    work_tree.git("checkout", "-q", "--orphan", "other")
    other = work_tree.commit("unrelated", e="1")

    found = branch_points.forks(opened(work_tree.top), main, [second, start, main, other, "1" * 40], seconds=20)

    assert found == {
        second: Fork(start, 2, first),
        start: Fork(start, 0, ""),
        main: Fork(main, 0, ""),
        other: Fork("", 1, other),
    }


def test_base_that_was_merged_in_counts_from_there(work_tree):
    work_tree.commit("start", a="1")
    work_tree.git("checkout", "-q", "-b", "topic")
    first = work_tree.commit("first", b="1")
    work_tree.git("checkout", "-q", "main")
    main = work_tree.commit("later", d="1")
    work_tree.git("checkout", "-q", "topic")
    work_tree.git("merge", "-q", "--no-edit", "main")
    head = work_tree.commit("more", f="1")

    (fork,) = branch_points.forks(opened(work_tree.top), main, [head], seconds=20).values()

    assert fork == Fork(main, 2, first)
    assert fork.at == ranges.merge_base(opened(work_tree.top), main, head)


def test_changed_files_of_many_heads(work_tree):
    start = work_tree.commit("start", a="1")
    work_tree.write("\nodd:name", b"x")
    one = work_tree.commit("one", b="1")
    two = work_tree.commit("two", a="2")

    found = dict(branch_points.changed(opened(work_tree.top), {one: start, two: one, start: start}, seconds=20))

    assert found == {one: [b"\nodd:name", b"b.json"], two: [b"a.json"], start: []}


def test_counting_that_takes_too_long_is_stopped(work_tree):
    head = work_tree.commit("start", a="1")

    with pytest.raises(TooSlow, match="rev-list took more than"):
        branch_points.forks(opened(work_tree.top), head, [head], seconds=-1)  # over before it began, on any machine


def test_landmarks_of_a_work_tree_a_clone_and_a_mirror(work_tree, tmp_path):
    main = work_tree.commit("start", a="1")
    work_tree.git("checkout", "-q", "-b", "topic")
    topic = work_tree.commit("topic", b="1")
    for name, how in (("clone", ()), ("mirror", ("--mirror",))):
        work_tree.git("clone", "-q", *how, str(work_tree.top), str(tmp_path / name))

    assert landmarks(opened(work_tree.top)) == Landmarks("topic", topic, "main", main)
    assert landmarks(opened(tmp_path / "clone")) == Landmarks("topic", topic, "origin/topic", topic)
    assert landmarks(opened(tmp_path / "mirror")) == Landmarks("topic", topic, "topic", topic)
    work_tree.git("checkout", "-q", "--detach")
    assert landmarks(opened(work_tree.top)).current == ""


def test_landmarks_of_an_empty_repository_are_none(work_tree):
    assert landmarks(opened(work_tree.top)) == Landmarks("main", "", "", "")


def test_branch_with_the_name_of_a_tag_is_named_in_full(work_tree):
    work_tree.commit("start", a="1")
    work_tree.git("tag", "main")
    newest = work_tree.commit("more", b="1")

    marks = landmarks(opened(work_tree.top))

    assert (marks.default, marks.base) == ("heads/main", newest)
