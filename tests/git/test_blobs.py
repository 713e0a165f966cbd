from itertools import pairwise

import pytest

from recviewer.git import blobs
from recviewer.git.ranges import opened


def test_beginning_of_a_name_is_spelled_out_for_blobs_alone(work_tree):
    head = work_tree.commit("first", a="one")
    repository = opened(work_tree.top)
    name = work_tree.git("rev-parse", "HEAD:a.json")

    assert blobs.named(repository, name[:7]) == [name]
    assert blobs.named(repository, name) == [name]
    assert blobs.named(repository, head) == []
    assert blobs.named(repository, work_tree.git("rev-parse", "HEAD^{tree}")) == []


@pytest.mark.parametrize("beginning", ["", "abc", "--all", "HEAD~1", "g" * 40, "ABCDEF0", "0" * 41, "0000000\n"])
def test_what_is_no_beginning_of_a_name_is_not_looked_up(work_tree, beginning):
    work_tree.commit("first", a="one")

    assert blobs.named(opened(work_tree.top), beginning) == []


@pytest.mark.slow
def test_beginning_that_several_share_gives_all_of_them(work_tree, monkeypatch):
    monkeypatch.setattr(blobs, "_BEGINNING", blobs.re.compile("[0-9a-f]{4,40}"))
    work_tree.commit("first", **{f"f{number}": f"{number}\n" for number in range(700)})
    repository = opened(work_tree.top)
    names = sorted(work_tree.git("ls-tree", "-r", "--object-only", "HEAD").split())
    twins = next(one[:4] for one, other in pairwise(names) if one[:4] == other[:4])

    assert blobs.named(repository, twins) == [name for name in names if name.startswith(twins)]


def test_sizes_are_those_of_the_blobs_that_are_here(work_tree):
    head = work_tree.commit("first", a="one", b="")
    one, empty = (work_tree.git("rev-parse", f"HEAD:{name}.json") for name in "ab")

    assert blobs.sizes(opened(work_tree.top), [one, empty, head, "1" * 40]) == {one: 3, empty: 0}
    assert blobs.sizes(opened(work_tree.top), []) == {}


def test_commits_that_hold_a_path_are_told(work_tree):
    first = work_tree.commit("first", a="1")
    second = work_tree.commit("second", deep__b="1")
    repository = opened(work_tree.top)

    assert blobs.holding(repository, [first, second], b"deep/b.json") == [second]
    assert blobs.holding(repository, [first, second, "1" * 40], b"a.json") == [first, second]
    assert blobs.holding(repository, [first, second], b"deep") == []
    assert blobs.holding(repository, [first], b"new\nline") == []
    assert blobs.holding(repository, [], b"a.json") == []


def test_odd_paths_are_found(work_tree):
    for name in (b"\xff.json", b" a b.json", b"-x.json", b":x.json"):
        work_tree.write(name, b"1")
    head = work_tree.commit("first")

    assert [
        blobs.holding(opened(work_tree.top), [head], name)
        for name in (b"\xff.json", b" a b.json", b"-x.json", b":x.json")
    ] == [[head]] * 4
