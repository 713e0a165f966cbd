import os
import stat
import sys

import pytest

from tests import trees


class Tree(trees.Tree):
    """One whose paths may be bytes, and whose commits have an author and files."""

    def write(self, path, data):
        place = os.path.join(os.fsencode(self.top), os.fsencode(path))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(data)

    def commit(self, message, author="Ada", **files):
        """Write files (`__` in a name stands for `/`) and commit everything. Returns the commit's name."""
        for name, data in files.items():
            self.write(name.replace("__", "/") + ".json", data.encode())
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", message, GIT_AUTHOR_NAME=author)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def work_tree(tmp_path):
    """An empty repository."""
    top = tmp_path / "work"
    top.mkdir()
    made = Tree(top)
    made.git("init", "-q", "-b", "main")
    return made


@pytest.fixture
def tree_at():
    """The class of work trees, for those made by git itself."""
    return Tree


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Return a function that puts a program in git's place."""

    def put(script):
        place = tmp_path / "bin" / "git"
        place.parent.mkdir(exist_ok=True)
        place.write_text(f"#!{sys.executable}\n{script}")
        place.chmod(place.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{place.parent}:{os.environ['PATH']}")

    return put
