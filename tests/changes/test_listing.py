import pytest

from recviewer.changes import listing, touched
from recviewer.changes.touched import Counter, Touch
from recviewer.git import refs
from recviewer.git.landmarks import landmarks
from recviewer.git.ranges import opened
from recviewer.git.repository import TooSlow


@pytest.fixture
def repository(tree, make):
    """Two pull requests, one of which touches two recordings, a merge request and some branches."""
    tree.put(make.chat())
    tree.commit("start")
    tree.git("checkout", "-q", "-b", "answers")
    tree.put(make.chat("Which planet is red?", "Mars."))
    tree.commit("Record Mars")
    tree.put(make.chat("Which planet is large?", "Jupiter."))
    tree.commit("fix")
    tree.git("update-ref", "refs/pull/7/head", "HEAD")
    tree.git("checkout", "-q", "-b", 'we"ird;ünï', "main")
    tree.write("readme.md", b"x")
    tree.commit("Write a readme")
    tree.git("update-ref", "refs/pull/12/head", "HEAD")
    tree.git("update-ref", "refs/merge-requests/3/head", "main")
    tree.git("checkout", "-q", "main")
    return opened(tree.top)


def test_requests_come_newest_first_with_what_they_touch(repository):
    found = listing.requests(repository, landmarks(repository), Counter())

    told = [(one.label, one.title, one.touch and one.touch.recordings) for one in found.entries]
    assert told == [("#12", "Write a readme", 0), ("#7", "Record Mars", 2), ("!3", "start", 0)]
    assert found.entries[1].spec == "main...refs/pull/7/head"
    assert (found.found, found.total) == (3, 3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "labels"), [("mars", ["#7"]), ("fix ADA", ["#7"]), ("12", ["#12"]), ("mars readme", [])]
)
def test_requests_are_searched_by_all_words(repository, query, labels):
    found = listing.requests(repository, landmarks(repository), Counter(), query=query)

    assert [entry.label for entry in found.entries] == labels


def test_requests_come_in_pages(repository):
    found = listing.requests(repository, landmarks(repository), Counter(), start=1, most=1)

    assert ([entry.label for entry in found.entries], found.found) == (["#7"], 3)


@pytest.mark.slow
def test_branches_are_listed_without_the_default_one(repository):
    entries, total = listing.branches(repository, landmarks(repository), Counter(), most=1)

    assert total == 2
    assert {entry.spec for entry in listing.branches(repository, landmarks(repository), Counter(), most=9)[0]} == {
        "main...answers",
        'main...we"ird;ünï',
    }
    assert len(entries) == 1


def test_where_nothing_is_named_recordings_every_json_counts(tree):
    tree.write("a.json", b"{}")
    base = tree.commit("start")
    tree.write("b.json", b"{}")
    tree.write("c.txt", b"")
    head = tree.commit("more")

    assert touched.count(opened(tree.top), base, [head]) == {head: Touch(1, 1, head)}


def test_what_is_too_slow_for_a_page_is_counted_in_the_background(repository, monkeypatch):
    counter, really = Counter(), touched.count
    marks = landmarks(repository)
    heads = [one.sha for one in refs.requests(repository)]

    def slow(*given, **words):
        if not words:  # a page waits for it
            raise TooSlow("too slow")
        return really(*given, **words)

    monkeypatch.setattr(touched, "count", slow)

    assert counter.touched(repository, marks.base, heads) == {}
    counter.wait(repository)
    assert sorted(one.recordings for one in counter.touched(repository, marks.base, heads).values()) == [0, 0, 2]


def test_one_head_that_is_too_slow_hides_no_other(repository, monkeypatch):
    counter, really = Counter(), touched.count
    marks = landmarks(repository)
    heads = [one.sha for one in refs.requests(repository)]
    asked = []

    def slow(repository, base, some, *, seconds=touched.SECONDS):
        asked.append(len(some))
        if heads[0] in some:
            raise TooSlow("too slow")
        return really(repository, base, some, seconds=seconds)

    monkeypatch.setattr(touched, "count", slow)
    counter.count_all(repository, marks.base, heads)
    counter.wait(repository)

    assert counter.count_all(repository, marks.base, heads).keys() == set(heads[1:])
    assert asked == [3, 1, 1, 1]


def test_counts_outlive_the_process(repository, monkeypatch, tmp_path):
    marks = landmarks(repository)
    heads = [one.sha for one in refs.requests(repository)]
    known = Counter(tmp_path / "counts.json").touched(repository, marks.base, heads)
    monkeypatch.setattr(touched, "count", None)

    assert Counter(tmp_path / "counts.json").touched(repository, marks.base, heads) == known != {}


@pytest.mark.parametrize("found", [b"", b"{}", b"[[1]]", b"[5]", b'"x"'])
def test_a_file_of_counts_that_is_none_is_passed_over(repository, tmp_path, found):
    (tmp_path / "counts.json").write_bytes(found)
    marks = landmarks(repository)

    assert Counter(tmp_path / "counts.json").touched(repository, marks.base, [marks.head])


def test_requests_without_recordings_are_left_out_where_asked(repository):
    counter = Counter()
    marks = landmarks(repository)

    found = listing.requests(repository, marks, counter, with_recordings=True)
    counter.wait(repository)
    found = listing.requests(repository, marks, counter, with_recordings=True)

    assert [one.label for one in found.entries] == ["#7"]
    assert (found.found, found.total, found.without, found.uncounted) == (1, 3, 2, 0)


def test_request_whose_commit_is_missing_is_listed(repository, tree):
    (tree.top / ".git/refs/pull/99").mkdir(parents=True)
    (tree.top / ".git/refs/pull/99/head").write_text("1" * 40 + "\n")

    (first, *_) = listing.requests(repository, landmarks(repository), Counter()).entries

    assert (first.label, first.head, first.touch) == ("#99", None, None)
