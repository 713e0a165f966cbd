import json
import os
import subprocess

import pytest

from tests.conftest import exchange


class Repo:
    """The recordings root as a git work tree, or as a folder in one."""

    def __init__(self, top):
        self.top = top

    def git(self, *words, author="Ada"):
        names = {f"GIT_{who}_EMAIL": "a@b.example" for who in ("AUTHOR", "COMMITTER")}
        names |= {"GIT_AUTHOR_NAME": author, "GIT_COMMITTER_NAME": "Ada", "PATH": os.environ["PATH"]}
        done = subprocess.run(
            ["git", "-C", str(self.top), *words], check=True, capture_output=True, text=True, env=names
        )
        return done.stdout.strip()

    def put(self, path, **words):
        place = self.top / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(json.dumps(exchange(**words), indent=2).encode())

    def commit(self, subject, **who):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", subject, **who)
        return self.git("rev-parse", "HEAD")

    def blob(self, path, at="HEAD"):
        return self.git("rev-parse", f"{at}:{path}")


@pytest.fixture
def repo(root, settings, db):
    settings.REPOSITORY = None
    made = Repo(root)
    made.git("init", "-q", "-b", "main")
    return made


@pytest.fixture
def repo_at():
    """The class of work trees, for those in other places."""
    return Repo
