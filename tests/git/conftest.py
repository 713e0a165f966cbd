import os
import subprocess

import pytest

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_AUTHOR_DATE": "2026-01-02T03:04:05+02:00",
    "GIT_COMMITTER_DATE": "2026-01-02T03:04:05+02:00",
}


class Tree:
    """A git work tree in a temporary directory."""

    def __init__(self, top):
        self.top = top

    def git(self, *words, **more):
        done = subprocess.run(["git", *words], cwd=self.top, env=ENVIRONMENT | more, capture_output=True, check=True)
        return done.stdout.decode().strip()

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
