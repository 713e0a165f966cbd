import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.changes import changeset
from recviewer.changes.changeset import counted_by_place, line_changes
from recviewer.git.ranges import Counted
from recviewer.git.repository import GitFailed
from recviewer.recorders.registry import claims
from recviewer.store.scan import scan


def numstat(tree, spec):
    """The numbers of git: files and lines."""
    out = tree.git("diff", "--numstat", "--no-renames", spec)
    rows = [line.split("\t") for line in out.split("\n") if line]
    return len(rows), sum(int(row[0]) + int(row[1]) for row in rows)


def test_counts_files_and_lines_as_git_does(tree, make):
    tree.put(make.chat("One?"), make.chat("Two?"), make.chat("Three?"))
    tree.commit()
    tree.git("checkout", "-q", "-b", "work")
    (gone,) = tree.put(make.chat("One?"))
    os.unlink(tree.top / gone)
    tree.put(
        make.chat("Two?", "Another answer, which is longer.", chunks=9),
        make.chat("Three?", "Short."),
        make.chat("Four?"),
    )
    tree.commit()

    found = tree.load("main...work")

    assert (len(found.added), len(found.modified), len(found.deleted)) == (1, 2, 1)
    assert (found.files, found.raw_lines) == numstat(tree, "main...work")


def test_the_base_is_where_the_branches_parted_unless_two_dots_are_asked_for(tree, make):
    tree.put(make.chat("One?"))
    parted = tree.commit()
    tree.git("checkout", "-q", "-b", "work")
    tree.put(make.chat("Two?"))
    tree.commit()
    tree.git("checkout", "-q", "main")
    tree.put(make.chat("Three?"))
    tree.commit()

    assert tree.load("main...work").range.base == parted
    assert (tree.load("main...work").files, tree.load("main..work").files) == (1, 2)


@pytest.mark.parametrize("has_home", [True, False])
def test_recordings_are_what_a_scan_of_the_files_finds(tree, has_home):
    places = ["a/recordings/x.json", "a/recordings/deep/er/y.json", "recordings/z.json", "b/recordings/.venv/n.json"]
    others = ["top.json", "a/other.json", "a/node_modules/p.json"]
    tree.commit()
    tree.git("checkout", "-q", "-b", "work")
    for path in (places if has_home else []) + others + ["a/recordings.json", "a/notes.md"]:
        tree.write(path, b'{"test_id": null}\n')
    tree.commit()

    found = {side.raw for side in tree.load("main...work").added}

    assert found == {stamp.raw for stamp in scan(tree.top, claims()).stamps}


def test_files_on_disk_are_compared_without_git_looking_at_them(tree, make):
    one, two, three = tree.put(make.chat("One?"), make.chat("Two?"), make.chat("Three?"))
    tree.commit()
    os.unlink(tree.top / one)
    tree.write(two, make.bytes_of(make.chat("Two?", "Other words.")))
    tree.put(make.chat("Four?"))
    (tree.top / "tests/integration/chat/recordings/link.json").symlink_to("/etc/hostname")

    found = tree.load("HEAD")

    assert [side.path for side in found.deleted] == [one]
    assert [item.new.path for item in found.modified] == [two]
    assert {side.exchange.kind.value for side in found.added} == {"chat", "unreadable"}
    assert three not in {side.path for side in changeset.each_side(found)}
    assert found.raw_lines == numstat(tree, "HEAD")[1] + sum(s.meaning.lines for s in found.added)


def test_an_untouched_tree_has_nothing_to_tell(tree, make):
    tree.put(make.chat())
    tree.commit()

    assert tree.load("HEAD").files == 0
    assert tree.load("HEAD...HEAD").files == 0


def test_links_and_broken_files_are_unreadable_not_fatal(tree):
    tree.commit()
    tree.git("checkout", "-q", "-b", "work")
    tree.write("recordings/broken.json", b'{"request": ')
    (tree.top / "recordings/link.json").symlink_to("/etc/hostname")
    tree.commit()

    found = tree.load("main...work")

    assert {side.exchange.kind.value for side in found.added} == {"unreadable"}


def test_missing_blobs_name_the_fetch(tree, make, tmp_path):
    tree.put(make.chat("One?"))
    tree.commit()
    tree.git("checkout", "-q", "-b", "work")
    tree.put(make.chat("Two?"))
    tree.commit()
    tree.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    tree.git("clone", "-q", "--bare", "--filter=blob:none", f"file://{tree.top}", str(clone))
    partial = type(tree)(clone)

    with pytest.raises(
        GitFailed, match=r"not here; this clone is partial: `git -C .* fetch --refetch --no-filter origin main work`"
    ):
        partial.load("main...work")
    partial.git("fetch", "-q", "--refetch", "--no-filter", "origin", "+refs/heads/*:refs/heads/*")
    assert partial.load("main...work").files == 1


def test_a_shallow_clone_names_the_fetch(tree, make, tmp_path):
    tree.put(make.chat("One?"))
    tree.commit()
    tree.git("checkout", "-q", "-b", "work")
    tree.put(make.chat("Two?"))
    tree.commit()
    tree.git("checkout", "-q", "main")
    tree.put(make.chat("Three?"))
    tree.commit()
    clone = tmp_path / "clone"
    tree.git("clone", "-q", "--bare", "--depth=1", "--no-single-branch", f"file://{tree.top}", str(clone))
    shallow = type(tree)(clone)

    with pytest.raises(GitFailed, match=r"shallow\. `git -C .* fetch --unshallow origin`"):
        shallow.load("main...work")
    assert shallow.load("main..work").files == 2


LINES = st.lists(st.sampled_from([b"a", b"b", b"", b"aaab", b"c" * 20_000]), max_size=6).map(b"\n".join)


@given(LINES, LINES)
def test_lines_that_differ_by_place(old, new):
    before, after = old.split(b"\n"), new.split(b"\n")
    same_length = len(before) == len(after)

    expected = tuple((x, y) for x, y in zip(before, after, strict=False) if x != y) if same_length else ()

    assert line_changes(old, new) == expected


def test_lines_are_counted_by_place_only_where_that_is_sure():
    assert counted_by_place(((b"a", b"b"), (b"c", b"d"))) == Counted(2, 2)
    assert counted_by_place(((b"a", b"b"), (b"b", b"a"))) is None
    assert counted_by_place(()) is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"recordings/a.json", True),
        (b"a/recordings/b/c.json", True),
        (b"recordings.json", False),
        (b"a/recordings/b.yaml", False),
        (b"a/recordings/node_modules/c.json", False),
        (b".git/recordings/c.json", False),
    ],
)
def test_what_a_recording_is(raw, expected):
    assert claims().holds(raw) is expected
