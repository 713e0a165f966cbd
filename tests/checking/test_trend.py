"""What rules found through the commits: counted by file, and a file that is known is not read again."""

import json

import pytest

from recviewer.checking import trend
from tests.trees import chat

CUT, ERROR, GOOD = chat("Cut?", finish="length"), chat("Slow?", error="slow down"), chat()


def counted(told, rule="broke-off"):
    return [point["counts"].get(rule, 0) for point in told["points"]]


@pytest.fixture
def grown(tree):
    """A tree of three commits: a good one, one that is cut off and an error, and the cut one gone."""
    tree.put(GOOD)
    tree.commit("one")
    (path, _) = tree.put(CUT, ERROR)
    tree.commit("two")
    (tree.top / path).unlink()
    tree.commit("three")
    tree.write("README", b"no recording")
    tree.commit("four")
    return tree


def test_each_commit_that_touched_recordings_has_its_counts(grown):
    told = trend.told_of(grown.top, {}, "a.b")

    assert [point["subject"] for point in told["points"]] == ["one", "two", "three"]
    assert counted(told) == [0, 1, 0]
    assert counted(told, "recorded-error") == [0, 1, 1]
    assert told["is_whole"] is True
    assert "broke-off" in told["rules"]
    assert "twin" not in told["rules"], "it looks at more than one recording"


@pytest.mark.slow
def test_a_file_is_read_once_and_what_is_known_is_kept(grown, monkeypatch):
    read = []
    real = trend.contents
    monkeypatch.setattr(
        trend, "contents", lambda repository, blobs: read.append(sorted(blobs)) or real(repository, blobs)
    )
    target = grown.top / "trends.json"

    trend.write(grown.top, target, "head.sources")
    first = json.loads(target.read_bytes())
    assert sum(map(len, read)) == 3
    read.clear()
    trend.write(grown.top, target, "another.sources")
    assert sum(map(len, read)) == 0
    assert json.loads(target.read_bytes())["points"] == first["points"]
    trend.write(grown.top, target, "another.changed")
    assert sum(map(len, read)) == 3


def test_of_many_commits_some_are_counted_the_first_and_the_last_among_them(grown, monkeypatch):
    monkeypatch.setattr(trend, "POINTS", 2)

    told = trend.told_of(grown.top, {}, "")

    assert [point["subject"] for point in told["points"]] == ["one", "three"]


def test_without_a_repository_there_is_none(tmp_path):
    assert trend.told_of(tmp_path, {}, "")["points"] == []
