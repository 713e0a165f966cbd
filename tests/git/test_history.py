import io
from datetime import datetime, timedelta, timezone

import pytest

from recviewer.git import history
from recviewer.git.history import contents, objects, pasts
from recviewer.git.refs import commits
from recviewer.git.repository import find


def past_of(tree, path, folder=None, **how):
    found = find(tree.top)
    return pasts(found, tree.git("rev-parse", "HEAD"), folder or tree.top, [path], **how).get(path)


def test_last_commit_of_a_file_is_known(work_tree):
    work_tree.commit("Add a\n\nMade by:\n\n  make record\n", a="1")
    work_tree.commit("Add b", b="1", author="Grace Höpper")

    last = past_of(work_tree, b"a.json").last

    assert (last.author, last.subject, last.body) == ("Ada", "Add a", "Made by:\n\n  make record")
    assert last.at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))
    assert past_of(work_tree, b"b.json").last.author == "Grace Höpper"


def test_file_that_was_never_committed_has_no_past(work_tree):
    work_tree.commit("first", a="1")

    assert past_of(work_tree, b"b.json") is None


def test_file_below_a_folder_is_named_from_there(work_tree):
    work_tree.commit("first", deep__folder__a="1", deep__folder2__a="2", a="3")

    assert past_of(work_tree, b"folder/a.json", work_tree.top / "deep").last.subject == "first"
    assert past_of(work_tree, b"a.json", work_tree.top / "deep") is None


def test_folder_with_signs_that_git_understands_is_taken_to_the_letter(work_tree):
    work_tree.commit("first", **{":(top)[a]*__a": "1"})

    assert past_of(work_tree, b"a.json", work_tree.top / ":(top)[a]*").last.subject == "first"


@pytest.mark.parametrize("name", [b"line\nbreak.json", b"tab\t\"'.json", b"\xff\xfe.json", b":x.json", b"\x1e.json"])
def test_odd_file_names_have_a_past(work_tree, name):
    work_tree.write(name, b"1")
    work_tree.commit("first")

    assert past_of(work_tree, name).last.subject == "first"


@pytest.mark.parametrize(
    "message",
    [
        "subject\n\nbody \x1f with \x1f marks",
        "subject\n\nbody \x1e with marks\x1e",
        "subject\n\n:100644 100644 aaaa bbbb M\nnot/a/change.json",
        "subject\n\n\x1e:100644 100644 " + "a" * 40 + " " + "b" * 40 + " M",
    ],
)
def test_hostile_message_does_not_hide_or_move_changes(work_tree, message):
    work_tree.commit("earlier", b="1")
    work_tree.commit(message, a="1")

    assert past_of(work_tree, b"a.json").last.subject == "subject"
    assert past_of(work_tree, b"b.json").last.subject == "earlier"


def test_earlier_contents_are_known_newest_first(work_tree):
    for number in "123":
        work_tree.commit(number, a=number)
    blobs = [work_tree.git("rev-parse", f"HEAD~{back}:a.json") for back in range(3)]

    past = past_of(work_tree, b"a.json", deep=[b"a.json"])

    assert list(past.blobs) == blobs


def test_removed_and_restored_file_keeps_its_past(work_tree):
    work_tree.commit("first", a="1")
    (work_tree.top / "a.json").unlink()
    work_tree.commit("gone")
    work_tree.commit("back", a="2")

    past = past_of(work_tree, b"a.json", deep=[b"a.json"])

    assert past.last.subject == "back"
    assert len(past.blobs) == 2


def test_file_from_a_merged_branch_names_the_branch_commit(work_tree):
    work_tree.commit("first", a="1")
    work_tree.git("checkout", "-q", "-b", "side")
    work_tree.commit("on the side", b="1")
    work_tree.git("checkout", "-q", "main")
    work_tree.commit("on main", c="1")
    work_tree.git("merge", "-q", "--no-ff", "-m", "merge", "side")

    assert past_of(work_tree, b"b.json").last.subject == "on the side"


def test_shallow_clone_ends_where_its_history_does(work_tree, tree_at):
    work_tree.commit("first", a="1")
    work_tree.commit("second", b="1")
    work_tree.commit("third", c="1")
    work_tree.git("clone", "-q", "--depth=2", f"file://{work_tree.top}", "../shallow")
    shallow = tree_at(work_tree.top.parent / "shallow")

    assert find(shallow.top).is_shallow
    assert past_of(shallow, b"c.json").last.subject == "third"
    assert past_of(shallow, b"a.json").last.subject == "second"


def test_contents_of_blobs_are_read(work_tree):
    work_tree.commit("first", a="one", b="", c="x\n\0y")
    names = [work_tree.git("rev-parse", f"HEAD:{name}.json") for name in "abc"]

    assert dict(contents(find(work_tree.top), names)) == dict(zip(names, [b"one", b"", b"x\n\0y"], strict=True))


def test_contents_of_what_is_not_there_are_passed_over(work_tree):
    work_tree.commit("first", a="one")
    names = ["0" * 39 + "1", work_tree.git("rev-parse", "HEAD"), work_tree.git("rev-parse", "HEAD:a.json")]

    assert [data for _, data in contents(find(work_tree.top), names)] == [b"one"]


def test_contents_of_no_blobs_need_no_git(work_tree):
    assert list(contents(find(work_tree.top), [])) == []


def test_many_contents_do_not_block(work_tree):
    work_tree.commit("first", a="x" * 300_000)
    name = work_tree.git("rev-parse", "HEAD:a.json")

    assert sum(len(data) for _, data in contents(find(work_tree.top), [name] * 300)) == 90_000_000


@pytest.mark.parametrize("size", [10, 1 << 16, 5 * history.END_BYTES])
def test_of_a_long_message_both_ends_are_kept(size):
    said = b"\x1ebegin" + b"w" * size + b"end\x1e\n:entry\0path\0"

    head, path = history.tokens(io.BytesIO(said))

    assert head.startswith(b"\x1ebegin")
    assert head.endswith(b"end\x1e\n:entry")
    assert len(head) <= 3 * history.END_BYTES
    assert path == b"path"


def test_of_a_commit_with_a_long_message_the_beginning_is_read(work_tree):
    sha = work_tree.commit("Title\n\n" + "word " * 20_000, a="1")
    other = work_tree.commit("Other", b="1")

    found = commits(find(work_tree.top), [sha, other])

    assert [(found[one].author, found[one].subject) for one in (sha, other)] == [("Ada", "Title"), ("Ada", "Other")]
    (told, *_) = objects(find(work_tree.top), [sha], first=20)
    assert len(told[2]) == 20
