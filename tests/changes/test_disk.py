"""The working tree is compared as git compares it: what `git status` calls clean is clean."""

import contextlib
import hashlib
import os
import shutil
import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from recviewer.changes import disk
from recviewer.git import ranges
from recviewer.git.ranges import opened
from recviewer.git.repository import resolve

FOLDER = "a/recordings"


def differing(top, commit="HEAD"):
    """The paths of recordings that differ from a commit, with how: as `git status` has it."""
    repository = opened(top)
    found = disk.looked_at(repository, resolve(repository, commit), lambda raw: raw.endswith(b".json"))
    return {(item.raw.decode(), bool(item.old), bool(item.new)) for item in found.changed}


def status(tree, commit="HEAD"):
    """What git itself says differs between a commit and the files, those included that it does not track yet."""
    out = tree.git("diff", "--name-status", "--no-renames", "-z", commit).split("\0")
    pairs = zip(out[0::2], out[1::2], strict=False)
    letters = {path: letter for letter, path in pairs if path.endswith(".json")}
    made = {(path, letter != "A", letter != "D") for path, letter in letters.items()}
    rest = tree.git("status", "--porcelain", "-z", "--untracked-files=all").split("\0")
    new = [line[3:] for line in rest if line.startswith("?? ") and line.endswith(".json")]
    return made | {(path, False, True) for path in new}


def is_clean(tree):
    return tree.git("status", "--porcelain") == ""


def one_line(number, end="\n"):
    return f'{{"request": {{}}, "number": {number}}}{end}'.encode()


@pytest.fixture
def two(tree):
    """Two recordings, committed."""
    for name in ("one", "two"):
        tree.write(f"{FOLDER}/{name}.json", one_line(name == "two", "\n") * 3)
    tree.commit()
    return tree


def test_an_untouched_tree_is_clean(two):
    assert is_clean(two)
    assert differing(two.top) == set()


def test_what_sparse_checkout_leaves_out_is_not_deleted(two):
    two.write("b/recordings/x.json", one_line(7))
    two.commit()
    two.git("sparse-checkout", "set", "b")

    assert not (two.top / FOLDER).exists()
    assert is_clean(two)
    assert differing(two.top) == set()
    assert two.load("HEAD...").files == 0


def test_sparse_file_that_is_there_all_the_same_counts(two):
    two.write("b/recordings/x.json", one_line(7))
    two.commit()
    two.git("sparse-checkout", "set", "b")
    two.write(f"{FOLDER}/one.json", one_line(8))

    assert differing(two.top) == status(two) == {(f"{FOLDER}/one.json", True, True)}


def test_work_tree_without_any_home_on_disk_takes_the_base_for_it(two):
    two.write("b/plain.json", one_line(7))
    two.commit()
    two.git("sparse-checkout", "set", "b")
    two.write("b/plain.json", one_line(8))

    assert two.load("HEAD...").files == 0


@pytest.mark.parametrize("flag", ["--skip-worktree", "--assume-unchanged"])
def test_files_that_the_index_is_told_not_to_look_at_are_clean(two, flag):
    two.git("update-index", flag, f"{FOLDER}/one.json")
    two.write(f"{FOLDER}/one.json", one_line(8))

    assert is_clean(two)
    assert differing(two.top) == set()


@pytest.mark.parametrize(
    ("config", "attributes", "ends"),
    [
        (("core.autocrlf", "true"), "", b"\r\n"),
        (("core.autocrlf", "input"), "", b"\n"),
        (("core.eol", "crlf"), "*.json text", b"\r\n"),
        (None, "*.json text eol=crlf", b"\r\n"),
        (None, "*.json text=auto eol=crlf", b"\r\n"),
        (None, "*.json working-tree-encoding=UTF-16LE-BOM", None),
    ],
)
def test_line_ends_and_encodings_of_the_checkout_are_no_change(two, config, attributes, ends):
    if config:
        two.git("config", *config)
    if attributes:
        two.write(".gitattributes", attributes.encode() + b"\n")
        two.git("add", ".gitattributes")
        two.git("commit", "-q", "-m", "rules")
    for path in (two.top / FOLDER).iterdir():
        path.unlink()
    two.git("checkout", "-q", ".")
    data = (two.top / FOLDER / "one.json").read_bytes()
    assert ends is None or data.count(ends) == 3
    os.utime(two.top / FOLDER / "one.json", ns=(1, 1))  # as after an edit that was taken back

    assert is_clean(two)
    assert differing(two.top) == set()

    text = data.decode("utf-16") if ends is None else data.decode()
    changed = text.replace("number", "other")
    (two.top / FOLDER / "one.json").write_bytes(changed.encode("utf-16" if ends is None else "utf-8"))
    found = two.load("HEAD")
    [item] = found.modified
    assert item.new.meaning.size == item.old.meaning.size - 3
    assert item.counted == ranges.Counted(3, 3)
    [(raw, stored)] = disk.bytes_of(opened(two.top), {item.new.raw: item.new.blob})
    assert (raw, stored) == (item.new.raw, changed.replace("\r\n", "\n").encode())


def test_index_that_holds_other_line_ends_than_the_rules_ask_for_is_told_as_git_tells_it(two):
    two.write(f"{FOLDER}/one.json", one_line(1, "\r\n") * 3)
    two.commit()
    two.git("config", "core.autocrlf", "true")
    os.utime(two.top / FOLDER / "one.json", ns=(1, 1))

    assert differing(two.top) == status(two)


def test_ignored_files_are_not_there_and_tracked_ones_are(two):
    two.write(".gitignore", b"ignored/\n*/recordings/two.json\n")
    two.commit()
    two.write("ignored/recordings/x.json", one_line(7))
    two.write(f"{FOLDER}/two.json", one_line(9))
    two.write(f"{FOLDER}/new.json", one_line(10))

    assert (
        differing(two.top) == status(two) == {(f"{FOLDER}/two.json", True, True), (f"{FOLDER}/new.json", False, True)}
    )


def test_rules_of_the_person_and_of_the_clone_count(two, tmp_path, monkeypatch):
    home = tmp_path / "home"
    (home / ".config/git").mkdir(parents=True)
    (home / ".config/git/ignore").write_text("mine.json\n")
    monkeypatch.setenv("HOME", str(home))
    (two.top / ".git/info").mkdir(exist_ok=True)
    (two.top / ".git/info/exclude").write_text("local.json\n")
    (tmp_path / "named").write_text("named.json\n")
    for name in ("mine", "local", "named"):
        two.write(f"{FOLDER}/{name}.json", one_line(7))

    assert differing(two.top) == {(f"{FOLDER}/named.json", False, True)}
    two.git("config", "core.excludesFile", str(tmp_path / "named"))
    assert differing(two.top) == {(f"{FOLDER}/mine.json", False, True)}


def test_mode_counts_where_git_looks_at_it(two):
    (two.top / FOLDER / "one.json").chmod(0o755)

    assert differing(two.top) == status(two) == {(f"{FOLDER}/one.json", True, True)}
    two.git("config", "core.fileMode", "false")
    assert is_clean(two)
    assert differing(two.top) == set()


def test_links_are_compared_as_links(two):
    link = two.top / FOLDER / "link.json"
    link.symlink_to("one.json")
    two.commit()
    assert differing(two.top) == set()
    link.unlink()
    link.symlink_to("two.json")
    assert differing(two.top) == {(f"{FOLDER}/link.json", True, True)}

    two.git("checkout", "-q", ".")
    two.git("config", "core.symlinks", "false")
    link.unlink()
    link.write_bytes(b"one.json")
    assert is_clean(two)
    assert differing(two.top) == set()


def test_folder_behind_a_link_is_gone(two):
    (two.top / FOLDER).rename(two.top / "elsewhere")
    (two.top / FOLDER).symlink_to("../elsewhere")

    assert {path for path, _, new in differing(two.top) if not new} == {f"{FOLDER}/one.json", f"{FOLDER}/two.json"}


def test_repositories_inside_are_not_looked_into(two):
    inner = two.top / "inner"
    subprocess.run(["git", "init", "-q", str(inner)], check=True)
    two.write("inner/recordings/x.json", one_line(7))

    assert differing(two.top) == set()


def test_conflict_counts_as_the_file_lies_there(two):
    two.git("checkout", "-q", "-b", "other")
    two.write(f"{FOLDER}/one.json", one_line(5))
    two.commit()
    two.git("checkout", "-q", "main")
    two.write(f"{FOLDER}/one.json", one_line(6))
    two.commit()
    with pytest.raises(subprocess.CalledProcessError):
        two.git("merge", "other")

    assert differing(two.top) == {(f"{FOLDER}/one.json", True, True)}


def test_what_git_cannot_take_is_an_obstacle(two):
    os.unlink(two.top / FOLDER / "one.json")
    os.mkfifo(two.top / FOLDER / "one.json")
    two.write(f"{FOLDER}/two.json", one_line(9))

    found = two.load("HEAD")

    kinds = {item.new.path: item.new.exchange.kind.value for item in found.modified}
    assert kinds[f"{FOLDER}/one.json"] == "unreadable"
    assert set(kinds) == {f"{FOLDER}/one.json", f"{FOLDER}/two.json"}


@pytest.fixture
def evil(two, tmp_path):
    """A repository whose configuration names programs wherever it can; each leaves a mark."""
    mark = tmp_path / "ran"
    program = f"sh -c 'touch {mark}; cat'"
    two.write(".gitattributes", b"*.json filter=evil diff=evil\n")
    two.commit()
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("post-index-change", "pre-commit", "fsmonitor-watchman"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {mark}\n")
        (hooks / name).chmod(0o755)
    for key, value in (
        ("filter.evil.clean", program),
        ("filter.evil.smudge", program),
        ("filter.evil.process", program),
        ("filter.evil.required", "true"),
        ("diff.evil.textconv", program),
        ("diff.external", program),
        ("core.fsmonitor", str(hooks / "fsmonitor-watchman")),
        ("core.hooksPath", str(hooks)),
        ("core.pager", program),
        ("core.sshCommand", program),
    ):
        two.git("config", key, value)
    mark.unlink(missing_ok=True)
    return two, mark


def test_no_program_that_the_repository_names_is_run(evil):
    tree, mark = evil
    tree.write(f"{FOLDER}/one.json", one_line(8))
    tree.write(f"{FOLDER}/new.json", one_line(9))
    os.unlink(tree.top / FOLDER / "two.json")

    found = tree.load("HEAD")

    assert not mark.exists()
    assert [side.path for side in found.deleted] == [f"{FOLDER}/two.json"]
    assert [side.path for side in found.added] == [f"{FOLDER}/new.json"]
    assert found.modified == ()
    [problem] = found.problems
    assert problem.startswith(f"{FOLDER}/one.json: whether it changed only the filter “evil” could tell")


def test_filtered_file_that_git_does_not_doubt_is_clean(two):
    two.write(".gitattributes", b"*.json filter=lower\n")
    two.git("config", "filter.lower.clean", "tr A-Z a-z")
    two.git("config", "filter.lower.smudge", "tr a-z A-Z")
    two.git("add", "--renormalize", ".")  # files that git takes for unchanged would stay as they are
    two.commit()
    for path in (two.top / FOLDER).iterdir():
        path.unlink()
    two.git("checkout", "-q", ".")
    for path in (two.top / FOLDER).iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
    assert is_clean(two)  # which writes the index anew, so that it trusts the stamps
    two.git("update-index", "--refresh")

    found = two.load("HEAD")

    assert (found.files, found.problems) == (0, ())


@pytest.mark.slow
def test_pointer_of_a_large_file_is_told_without_running_anything(two):
    data = one_line(42) * 3
    digest = hashlib.sha256(data).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(data)}\n".encode()
    two.write(f"{FOLDER}/one.json", pointer)
    two.commit()
    two.write(".gitattributes", b"*.json filter=lfs\n")
    two.git("config", "filter.lfs.clean", "git-lfs clean -- %f")
    two.write(f"{FOLDER}/one.json", data)

    found = two.load("HEAD")
    assert (found.files, found.problems) == (0, ())

    two.write(f"{FOLDER}/one.json", one_line(43) * 3)
    assert len(two.load("HEAD").problems) == 1


def test_nothing_is_written_to_the_repository(two):
    before = {path: path.read_bytes() for path in (two.top / ".git").rglob("*") if path.is_file()}
    two.write(f"{FOLDER}/one.json", one_line(8))
    two.load("HEAD")

    assert {path: path.read_bytes() for path in (two.top / ".git").rglob("*") if path.is_file()} == before


def test_linked_work_tree_has_its_own_index(two, tmp_path):
    two.git("worktree", "add", "-q", str(tmp_path / "linked"))
    linked = type(two)(tmp_path / "linked")
    linked.write(f"{FOLDER}/one.json", one_line(8))
    linked.git("add", "-A")

    assert differing(linked.top) == status(linked) == {(f"{FOLDER}/one.json", True, True)}
    assert differing(two.top) == set()


def test_split_index_is_read(two):
    two.git("update-index", "--split-index")
    two.write(f"{FOLDER}/one.json", one_line(8))

    assert differing(two.top) == status(two)


def test_sparse_index_is_read(two):
    for folder in ("b", "c/d"):
        two.write(f"{folder}/recordings/x.json", one_line(7))
    two.commit()
    two.git("sparse-checkout", "set", "--cone", "--sparse-index", "b")
    assert is_clean(two)
    assert differing(two.top) == set()

    two.write("b/recordings/x.json", one_line(8))
    two.write("c/d/recordings/y.json", one_line(8))
    assert differing(two.top) == status(two)
    assert len(differing(two.top)) == 2


@pytest.mark.parametrize("words", [["--index-version", "4"], ["--untracked-cache"], ["--fsmonitor"]], ids=" ".join)
def test_any_kind_of_index_is_read(two, words):
    two.git("update-index", *words)
    two.write(f"{FOLDER}/one.json", one_line(8))
    two.write(f"{FOLDER}/new.json", one_line(8))

    assert differing(two.top) == status(two)


@pytest.mark.slow
def test_submodule_is_compared_in_its_own_checkout_alone(two, tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    other = type(two)(inner)
    other.git("init", "-q", "-b", "main")
    other.write(f"{FOLDER}/deep.json", one_line(1))
    other.commit()
    two.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "sub")
    two.commit()
    two.write(f"sub/{FOLDER}/deep.json", one_line(2))
    sub = type(two)(two.top / "sub")

    assert differing(two.top) == set()
    assert differing(sub.top) == status(sub) == {(f"{FOLDER}/deep.json", True, True)}


def test_state_moves_with_the_files_and_with_the_rules(two):
    repository = opened(two.top)
    known = {disk.state(repository)}
    two.write(f"{FOLDER}/new.json", one_line(8))
    known.add(disk.state(repository))
    two.write(".gitignore", b"new.json\n")
    known.add(disk.state(repository))
    two.git("update-index", "--skip-worktree", f"{FOLDER}/one.json")
    known.add(disk.state(repository))
    two.git("config", "core.fileMode", "false")
    known.add(disk.state(repository))

    assert len(known) == 5


PATHS = st.sampled_from([f"{FOLDER}/{name}.json" for name in "abc"] + ["b/recordings/d.json", "b/recordings/a/e.json"])
DATA = st.sampled_from([b"{}\n", b"{}\r\n", b"{}\n{}\r\n", b"{}\r", b"\0\r\n", b"", b"{ }\n", b"$Id: x $\n"])
ACTS = st.one_of(
    st.tuples(st.just("write"), PATHS, DATA),
    st.tuples(st.just("unlink"), PATHS),
    st.tuples(st.just("chmod"), PATHS, st.sampled_from([0o644, 0o755])),
    st.tuples(st.just("link"), PATHS, st.sampled_from(["x", "a.json"])),
    st.tuples(st.just("touch"), PATHS),
    st.tuples(st.just("add"), PATHS),
    st.tuples(st.just("flag"), PATHS, st.sampled_from(["--skip-worktree", "--no-skip-worktree", "--assume-unchanged"])),
    st.tuples(st.just("rm"), PATHS, st.sampled_from(["--cached", "-f"])),
    st.tuples(st.just("ignore"), st.sampled_from(["a.json\n", "b/\n", "*.json\n", "!a.json\n", ""])),
    st.tuples(
        st.just("attributes"),
        st.sampled_from(
            ["* text\n", "* text=auto\n", "*.json -text\n", "a* eol=crlf\n", "* ident\n", "* crlf=input\n", ""]
        ),
    ),
    st.tuples(
        st.just("config"),
        st.sampled_from(
            [
                ("core.autocrlf", "true"),
                ("core.autocrlf", "input"),
                ("core.autocrlf", "off"),
                ("core.fileMode", "0"),
                ("core.eol", "crlf"),
                ("core.symlinks", "false"),
                ("core.ignoreCase", "true"),
            ]
        ),
    ),
    st.tuples(st.just("commit")),
)


def write(place, data):
    if place.is_symlink():
        place.unlink()
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)


def link(place, target):
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    place.symlink_to(target)


EDITS = {
    "write": write,
    "link": link,
    "unlink": lambda place: place.unlink(missing_ok=True),
    "chmod": lambda place, mode: place.chmod(mode) if place.is_file() and not place.is_symlink() else None,
    "touch": lambda place: os.utime(place, (1, 1)) if place.is_file() and not place.is_symlink() else None,
}
ASKED = {
    "add": lambda path: ["add", "-f", "--", path],
    "flag": lambda path, flag: ["update-index", flag, "--", path],
    "rm": lambda path, how: ["rm", "-q", how, "--", path],
    "commit": lambda: ["commit", "-q", "--allow-empty", "-m", "x"],
    "config": lambda pair: ["config", *pair],
}


def do(tree, act):
    verb, *words = act
    if verb in EDITS:
        EDITS[verb](tree.top / words[0], *words[1:])
    elif verb in ("ignore", "attributes"):
        (tree.top / f".git{verb}").write_text(words[0])
    else:
        with contextlib.suppress(subprocess.CalledProcessError):
            tree.git(*ASKED[verb](*words))


@settings(max_examples=60, deadline=None)
@pytest.mark.slow
@given(st.lists(ACTS, max_size=14))
@example([("write", f"{FOLDER}/a.json", b"{}\n"), ("config", ("core.autocrlf", "true")), ("touch", f"{FOLDER}/a.json")])
def test_random_trees_differ_where_git_says_so(tree, acts):
    for path in tree.top.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    tree.git("init", "-q", "-b", "main")
    for name in "abc":
        tree.write(f"{FOLDER}/{name}.json", b"{}\n")
    tree.commit()
    for act in acts:
        do(tree, act)
    clean = is_clean(tree)
    mine = differing(tree.top)

    assert not (clean and mine)
    removed = {path for path, _, new in status(tree) if not new}
    again = {path for path, old, _ in status(tree) if not old}
    twice = removed & again  # gone from the index, and there all the same: only its bytes tell
    assert {one for one in mine if one[0] not in twice} == {one for one in status(tree) if one[0] not in twice}
