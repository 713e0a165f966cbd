import os
import threading
import time

import pytest
from filelock import FileLock

from recviewer.changes import fetches
from recviewer.git import fetched, fetching
from recviewer.git.fetching import Came
from recviewer.git.ranges import opened
from recviewer.git.remotes import checked


@pytest.fixture
def remote(tree, tmp_path, monkeypatch):
    """The tree as a remote with one pull request."""
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    (tmp_path / "data").mkdir()
    tree.commit("start")
    tree.git("clone", "-q", str(tree.top), str(tmp_path / "clone"))
    tree.git("update-ref", "refs/pull/1/head", tree.commit("topic"))
    return checked(str(tree.top))


@pytest.mark.parametrize(
    ("came", "said"),
    [
        (Came(), "Nothing is new."),
        (
            Came(new=("refs/pull/1/head",) * 3, moved=("refs/pull/2/head",)),
            "3 pull requests are new, 1 moved.",
        ),
        (
            Came(gone=("refs/merge-requests/1/head",), left=1200),
            "1 merge request is gone from the remote and stays here. 1,200 older ones are not here; name one to fetch it.",
        ),
        (Came(moved=("refs/pull/1/head", "refs/merge-requests/1/head")), "2 requests moved."),
    ],
)
def test_what_came_is_a_sentence(came, said):
    assert fetches.sentence(came) == said


def test_fetch_leaves_what_came_for_all_processes(remote, tmp_path):
    here, data = opened(tmp_path / "clone"), tmp_path / "data"

    ended = fetches.start(here, remote, data, patience=120)

    assert (ended.is_running, ended.sentence, ended.error) == (False, "1 pull request is new.", "")
    assert fetches.state(here, remote, data) == ended
    assert ended.at == pytest.approx(time.time(), abs=60)


def test_fetch_that_fails_says_why_and_leaves_what_was_there(remote, tmp_path, tree):
    here, data = opened(tmp_path / "clone"), tmp_path / "data"
    fetches.start(here, remote, data, patience=120)
    os.rename(tree.top / ".git", tree.top / "away")

    ended = fetches.start(here, remote, data, patience=120)

    assert "does not appear to be a git repository" in ended.error
    assert fetched.with_fetched(here, remote, data).fetched is not None


@pytest.mark.slow
def test_fetch_that_takes_long_goes_on_with_its_progress(remote, tmp_path, monkeypatch):
    here, data = opened(tmp_path / "clone"), tmp_path / "data"
    said, go = threading.Event(), threading.Event()

    def slow(repository, remote, *, tell):
        tell("Receiving objects: 12%")
        said.set()
        go.wait(120)
        return Came()

    monkeypatch.setattr(fetching, "bring_newest", slow)

    while_running = fetches.start(here, remote, data, patience=0.2)
    said.wait(120)
    second = fetches.start(here, remote, data, patience=120)
    go.set()

    assert while_running.is_running
    assert second.line == "Receiving objects: 12%"
    with FileLock(fetched.place(data, here, remote).with_suffix(".lock"), timeout=120):
        pass
    assert fetches.state(here, remote, data).sentence == "Nothing is new."


def test_progress_of_a_process_that_died_is_not_believed(remote, tmp_path):
    here, data = opened(tmp_path / "clone"), tmp_path / "data"
    fetched.place(data, here, remote).with_suffix(".progress").write_text("Receiving objects: 12%")

    assert not fetches.state(here, remote, data).is_running


def test_repositories_and_remotes_do_not_share_what_was_fetched(remote, tmp_path, tree):
    here, data = opened(tmp_path / "clone"), tmp_path / "data"

    places = {
        fetched.place(data, here, remote),
        fetched.place(data, opened(tree.top), remote),
        fetched.place(data, here, checked("https://example.com/x")),
    }

    assert len(places) == 3
