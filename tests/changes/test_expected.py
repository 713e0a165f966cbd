"""Whether the answers of a range keep what their tests look for, with sources of tests in the repository."""

import os

import pytest

from recviewer.changes.expected import kept, state_on_disk
from recviewer.changes.overview import with_expected
from recviewer.difference.model import Churn
from recviewer.git import texts
from recviewer.git.ranges import MissingObjects, opened
from recviewer.git.repository import GitFailed
from recviewer.git.texts import MOST_BYTES, UNREAD, texts_of, texts_on_disk
from recviewer.report.report import Report, as_json
from recviewer.report.sentence import about_tests

SOURCE = """
def test_basic(client):
    reply = client.chat.completions.create(messages=[{"role": "user", "content": "Which planet has rings?"}])
    assert "saturn" in reply.choices[0].message.content.lower()
"""
PATH = "tests/integration/chat/test_chat.py"


def rerecord(tree, make, before, after, source=SOURCE):
    """A range in which answers of one test changed; each is a dict of `chat`."""
    tree.write(PATH, source.encode())
    paths = [
        tree.write(f"tests/integration/chat/recordings/{at}.json", make.bytes_of(make.chat(**one)))
        for at, one in enumerate(before)
    ]
    base = tree.commit("before")
    for path, one in zip(paths, after, strict=True):
        tree.write(path, make.bytes_of(make.chat(**one)))
    return f"{base}..{tree.commit('after')}"


def expected(tree, spec):
    return [change.expected for change in with_expected(tree.overview(spec)).changes]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("Saturn.", "It is Saturn.", (True, True, False)),
        ("Saturn.", "It is Jupiter.", (True, False, True)),
        ("Jupiter.", "It is Saturn.", (False, True, False)),
    ],
)
def test_both_answers_are_looked_through(tree, make, before, after, said):
    (one,) = expected(tree, rerecord(tree, make, [{"answer": before}], [{"answer": after}]))

    (met,) = one.met
    assert (met.before, met.now, one.loses) == said
    assert met.plain
    assert met.expectation.any_of == ("saturn",)


def test_an_answer_that_holds_nothing_before_or_now_is_not_said_to_lose(tree, make):
    (one,) = expected(tree, rerecord(tree, make, [{"answer": "Mars."}], [{"answer": "Venus."}]))

    assert (one.met, one.loses, one.is_read) == ((), False, True)


def test_what_another_new_answer_of_the_test_holds_is_not_lost(tree, make):
    spec = rerecord(
        tree,
        make,
        [{"answer": "Saturn."}, {"answer": "Hm."}],
        [{"answer": "", "calls": [("look", "{}")], "finish": "tool_calls"}, {"answer": "It is Saturn."}],
    )
    changed = with_expected(tree.overview(spec)).changes

    (met,) = next(one.expected.met for one in changed if one.churn is Churn.TOOL_CALL)
    assert (met.before, met.now, met.elsewhere, met.is_lost, met.plain) == (True, False, True, False, False)


def test_an_expectation_of_another_question_is_none_of_a_call(tree, make):
    asked = {"question": "Which car?"}
    (one,) = expected(tree, rerecord(tree, make, [asked | {"answer": "Saturn."}], [asked | {"answer": "Volvo."}]))

    assert (one.met, one.is_read) == ((), True)


def test_what_lost_words_comes_first_and_is_counted(tree, make):
    long = "Saturn, and much more is to be told of it than anybody would read."
    spec = rerecord(
        tree,
        make,
        [{"answer": "Saturn it is."}, {"answer": "Saturn has rings."}],
        [{"answer": long}, {"answer": "Mars has rings."}],
    )
    found = with_expected(tree.overview(spec))

    assert [one.expected.loses for one in found.changes] == [True, False]
    assert [one.expected.loses for one in tree.overview(spec).changes] == [False, False]
    assert tuple(kept(found.changes)) == (1, 2)


def test_without_a_source_nothing_is_said(tree, make):
    (one,) = expected(
        tree, rerecord(tree, make, [{"answer": "Saturn."}], [{"answer": "Mars."}], source="def test_other(): ...")
    )

    assert (one.is_read, one.met) == (False, ())


def test_git_is_not_asked_for_sources_where_no_test_is_known(tree, make, monkeypatch):
    spec = rerecord(tree, make, [{"answer": "Saturn.", "test": None}], [{"answer": "Mars.", "test": None}])
    monkeypatch.setattr("recviewer.changes.expected.texts_of", None)

    (change,) = with_expected(tree.overview(spec)).changes

    assert not change.expected.is_read


def test_the_source_is_that_of_the_head(tree, make):
    tree.write(PATH, SOURCE.encode())
    path = tree.write("tests/integration/chat/recordings/a.json", make.bytes_of(make.chat(answer="Saturn.")))
    base = tree.commit("before")
    tree.write(path, make.bytes_of(make.chat(answer="Mars.")))
    tree.write(PATH, SOURCE.replace("saturn", "mars").encode())
    spec = f"{base}..{tree.commit('after')}"
    tree.write(PATH, SOURCE.replace("saturn", "venus").encode())

    (one,) = expected(tree, spec)

    (met,) = one.met
    assert (met.expectation.any_of, met.before, met.now) == (("mars",), False, True)


def test_on_disk_the_files_there_are_read_and_their_state_is_noticed(tree, make):
    spec = rerecord(tree, make, [{"answer": "Saturn."}], [{"answer": "Mars."}])
    repository = opened(tree.top)
    (one,) = expected(tree, f"{spec.partition('..')[0]}..")
    before = state_on_disk(repository)
    assert one.loses

    tree.write(PATH, SOURCE.replace("saturn", "mars").encode() + b"\n")

    assert state_on_disk(repository) != before
    (one,) = expected(tree, f"{spec.partition('..')[0]}..")
    assert not one.loses


@pytest.mark.parametrize("where", ["commit", "disk"])
def test_only_texts_of_files_in_the_tree_are_given(tree, tmp_path, where):
    outside = tmp_path / "secret.py"
    outside.write_text("secret")
    tree.write("a.py", b"\xef\xbb\xbfa = 1")
    tree.write("a folder/within/\u00e9 2.py", b"b = 2")
    tree.write("bad.py", b"\xff\xfe")
    tree.write("long.py", b"#" * (MOST_BYTES + 1))
    os.symlink(outside, tree.top / "link.py")
    os.symlink(tmp_path, tree.top / "out")
    commit = tree.commit()
    os.mkfifo(tree.top / "pipe.py")
    repository = opened(tree.top)

    with texts_of(repository, commit) if where == "commit" else texts_on_disk(repository) as text:
        assert text("long.py") == UNREAD
        assert text("a.py") == "a = 1"
        assert text("a folder/within/\u00e9 2.py") == "b = 2"
        for path in ("a folder", "a folder/within", "none at all/a.py", "a\nb/a.py", "a\0b/a.py"):
            assert text(path) is None
        assert text("bad.py") == UNREAD
        assert text("link.py") == UNREAD
        for path in ("out/secret.py", "../secret.py", "none.py", "pipe.py", "", "a.py/b", "a\0b"):
            assert text(path) is None
        assert text("a.py") == "a = 1"


def test_only_folders_on_the_way_to_a_text_are_read(tree, monkeypatch):
    tree.write("a/b.py", b"b = 1")
    tree.write("a/other/c.py", b"c = 1")
    for number in range(30):
        tree.write(f"many/{number}.py", b"d = 1")
    commit = tree.commit()
    read, one_of = [], texts._files_of
    monkeypatch.setattr(texts, "_files_of", lambda folder: read.append(list(one_of(folder))) or read[-1])

    with texts_of(opened(tree.top), commit) as text:
        assert text("a/b.py") == "b = 1"

    assert [[name for name, _ in folder] for folder in read] == [[b"b.py"]]


def test_a_commit_without_its_tree_is_said(tree):
    tree.write("a.py", b"a = 1")
    commit = tree.commit()
    (tree.top / ".git/objects" / (root := tree.git("rev-parse", f"{commit}^{{tree}}"))[:2] / root[2:]).unlink()

    with pytest.raises(MissingObjects, match="no tree here"), texts_of(opened(tree.top), commit):
        raise AssertionError("it was opened")


def test_a_folder_that_is_too_large_hides_no_other(tree, monkeypatch):
    tree.write("a/b.py", b"b = 1")
    for number in range(30):
        tree.write(f"{number}.py", b"d = 1")
    commit = tree.commit()
    monkeypatch.setattr(texts, "FOLDER_BYTES", 100)

    with texts_of(opened(tree.top), commit) as text:
        assert (text("0.py"), text("a/b.py")) == (None, "b = 1")


def test_git_that_says_nothing_is_not_taken_for_a_commit_without_its_tree(tree, monkeypatch):
    tree.write("a.py", b"a = 1")
    commit = tree.commit()
    monkeypatch.setattr(texts, "_told", lambda *_: None)

    with pytest.raises(GitFailed, match="without a word"), texts_of(opened(tree.top), commit):
        raise AssertionError("it was opened")


def test_the_report_tells_it(tree, make):
    spec = rerecord(tree, make, [{"answer": "Saturn."}], [{"answer": "Jupiter."}])
    report = Report(with_expected(tree.overview(spec)))

    (change,) = as_json(report)["changes"]
    (told,) = change["expected"]
    assert (told["any_of"], told["before"], told["now"], told["lost"], told["line"]) == (
        ["saturn"],
        True,
        False,
        True,
        4,
    )
    assert as_json(report)["kept"] == {"keep": 0, "of": 1}
    line = (
        "The one answer with other words whose test was seen to look for words that it held does not keep all of them."
    )
    assert about_tests(report.found) == line


def test_an_expected_error_is_told_where_the_answer_is_an_error(tree, make):
    source = (
        "def test_basic(client):\n    with pytest.raises(RateLimited):\n        client.responses.create(input='a')\n"
    )
    (one,) = expected(tree, rerecord(tree, make, [{"answer": "Saturn."}], [{"error": "too many"}], source=source))
    assert one.errors == ("RateLimited",)

    (one,) = expected(tree, rerecord(tree, make, [{"answer": "Saturn."}], [{"answer": "Mars."}], source=source))
    assert one.errors == ()
