"""In which commit a file went."""

import pytest

from recviewer.git import removals as module
from recviewer.git.ranges import opened
from recviewer.git.removals import removals
from tests.trees import tree

__all__ = ["tree"]


def test_the_commit_in_which_a_file_went_is_named_with_its_day(tree):
    tree.write("tests/test_a.py", b"a")
    tree.commit()
    (tree.top / "tests/test_a.py").unlink()
    gone = tree.commit()
    tree.write("other", b"a")
    tree.commit()

    told = removals(opened(tree.top), "HEAD")("tests/test_a.py")

    assert told == f"{gone[:7]}, 2026-01-02"


@pytest.mark.parametrize("path", ["tests/test_b.py", "never.py", "", "a\0b", "-x", ":(glob)**", "\udcff"])
def test_what_never_went_has_no_such_commit(tree, path):
    tree.write("tests/test_b.py", b"a")
    tree.commit()

    assert removals(opened(tree.top), "HEAD")(path) == ""


def test_an_unknown_commit_tells_nothing(tree):
    tree.commit()

    assert removals(opened(tree.top), "0" * 40)("a.py") == ""


def test_more_files_than_anybody_reads_are_not_looked_for(tree, monkeypatch):
    tree.write("a.py", b"a")
    tree.commit()
    (tree.top / "a.py").unlink()
    tree.commit()
    monkeypatch.setattr(module, "MOST", 1)
    told = removals(opened(tree.top), "HEAD")

    assert told("b.py") == told("a.py") == ""
