import os
import shutil

import pytest

from recviewer.git import files, repository
from recviewer.git.files import read_regular
from recviewer.git.history import contents, objects, pasts
from recviewer.git.repository import GitFailed, find, reading, reading_alone, resolve, streaming, together


def test_folder_outside_any_work_tree_has_no_repository(tmp_path):
    assert find(tmp_path) is None


def test_repository_is_found_from_a_folder_below(work_tree):
    (work_tree.top / "a" / "b").mkdir(parents=True)

    assert find(work_tree.top / "a" / "b").work_tree == work_tree.top.resolve()


def test_linked_work_tree_shares_objects_and_has_its_own_head(work_tree, tree_at):
    work_tree.commit("first", a="1")
    work_tree.git("worktree", "add", "-q", "-b", "side", "../side")
    side = tree_at(work_tree.top.parent / "side")
    newest = side.commit("second", b="2")

    found = find(side.top)

    assert found.common_dir.resolve() == (work_tree.top / ".git").resolve()
    assert resolve(found, "HEAD") == newest
    assert pasts(found, newest, side.top, [b"b.json"])[b"b.json"].last.subject == "second"


@pytest.mark.parametrize("text", ["", "gitdir", "gitdir: /nowhere\n", "\xff"])
def test_broken_git_file_is_no_crash(tmp_path, text):
    (tmp_path / ".git").write_text(text, encoding="latin-1")

    found = find(tmp_path)

    if found is not None:
        with pytest.raises(GitFailed):
            resolve(found, "HEAD")


def test_revision_is_resolved_to_its_full_name(work_tree):
    name = work_tree.commit("first", a="1")
    work_tree.git("tag", "-a", "-m", "x", "v1")

    assert {resolve(find(work_tree.top), revision) for revision in ("HEAD", "main", "v1", name[:8])} == {name}


@pytest.mark.parametrize("revision", ["nothing", "--all", "-h", "", "HEAD:", "a..b", "\n", "HEAD^{tree}"])
def test_what_is_no_commit_is_refused(work_tree, revision):
    work_tree.commit("first", a="1")

    with pytest.raises(GitFailed):
        resolve(find(work_tree.top), revision)


def test_repository_without_commits_has_no_head(work_tree):
    with pytest.raises(GitFailed, match="no such commit"):
        resolve(find(work_tree.top), "HEAD")


def test_missing_git_is_said(work_tree, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)

    with pytest.raises(GitFailed, match="git is not installed"):
        resolve(find(work_tree.top), "HEAD")


def test_nothing_of_a_hostile_repository_runs(work_tree, tmp_path, monkeypatch):
    head = work_tree.commit("first", a="1")
    work_tree.write(".gitattributes", b"*.json diff=evil filter=evil\n")
    work_tree.git("add", "-A")
    work_tree.git("commit", "-q", "-m", "attributes")
    head = work_tree.git("rev-parse", "HEAD")
    mark = tmp_path / "ran"
    evil = tmp_path / "evil.sh"
    evil.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    evil.chmod(0o755)
    for name in (
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "core.editor",
        "core.askPass",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "diff.external",
        "diff.evil.textconv",
        "diff.evil.command",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "credential.helper",
        "uploadpack.packObjectsHook",
        "alias.log",
        "alias.rev-parse",
        "gpg.program",
        "interactive.diffFilter",
    ):
        work_tree.git("config", name, str(evil))
    work_tree.git("config", "log.showSignature", "true")
    work_tree.git("config", "core.hooksPath", str(tmp_path))
    for hook in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman"):
        shutil.copy(evil, work_tree.top / ".git" / "hooks" / hook)
        shutil.copy(evil, tmp_path / hook)
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(evil))
    monkeypatch.setenv("GIT_PAGER", str(evil))
    found = find(work_tree.top)

    assert resolve(found, "HEAD") == head
    blob = work_tree.git("hash-object", "--no-filters", "a.json")
    mark.unlink(missing_ok=True)
    assert pasts(found, head, work_tree.top, [b"a.json"], deep=[b"a.json"])[b"a.json"].last.subject == "first"
    assert list(contents(found, [blob])) == [(blob, b"1")]
    assert not mark.exists()


def test_replaced_objects_are_not_believed(work_tree):
    first = work_tree.commit("first", a="1")
    second = work_tree.commit("second", a="2")
    work_tree.git("replace", second, first)

    assert pasts(find(work_tree.top), second, work_tree.top, [b"a.json"])[b"a.json"].last.subject == "second"


def test_objects_borrowed_from_elsewhere_are_read(work_tree, tree_at):
    head = work_tree.commit("first", a="1")
    work_tree.git("clone", "-q", "--shared", str(work_tree.top), "../clone")
    clone = tree_at(work_tree.top.parent / "clone")

    assert pasts(find(clone.top), head, clone.top, [b"a.json"])[b"a.json"].last.subject == "first"


def test_environment_of_git_holds_nothing_of_ours(monkeypatch):
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    monkeypatch.setenv("RECVIEWER_SECRET_KEY", "secret")

    assert not {"GIT_DIR", "RECVIEWER_SECRET_KEY", "HOME"} & repository.environment().keys()


def test_places_borrowed_for_reading_are_gone_afterwards(work_tree):
    work_tree.commit("first", a="1")

    with repository.reading(find(work_tree.top)) as env:
        assert os.path.isdir(env["GIT_DIR"])

    assert not os.path.exists(env["GIT_DIR"])


def test_a_pipe_in_place_of_what_says_where_the_rest_lies_keeps_nobody_waiting(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "side").mkdir()
    (tmp_path / "side" / ".git").write_text("gitdir: ../own\n")
    os.mkfifo(tmp_path / "own" / "commondir")

    assert find(tmp_path / "side").common_dir == tmp_path / "own"


def test_only_regular_files_of_some_size_are_read(tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"123")
    assert read_regular(tmp_path / "file") == b"123"
    monkeypatch.setattr(files, "MOST_BYTES", 2)
    with pytest.raises(OSError, match=r"file is larger than"):
        read_regular(tmp_path / "file")
    with pytest.raises(OSError, match="not a regular file"):
        read_regular(tmp_path)


def test_what_is_read_together_is_read_from_one_place(work_tree, tree_at):
    head = work_tree.commit("first", a="1")
    here = find(work_tree.top)
    work_tree.git("clone", "-q", ".", "../other")
    other = find(work_tree.top.parent / "other")

    with together(here):
        with reading(here) as one, reading(here) as same, reading(other) as elsewhere, reading_alone(here) as alone:
            places = [env["GIT_DIR"] for env in (one, same, elsewhere, alone)]
        assert [sha for sha, _, _ in objects(here, [head])] == [head]
        assert os.path.isdir(places[0])

    assert places[0] == places[1]
    assert len(set(places)) == 3
    assert not any(map(os.path.exists, places))
    with reading(here) as env:
        assert env["GIT_DIR"] not in places


def test_complaints_of_runs_that_work_together_are_kept_apart(work_tree):
    head = work_tree.commit("first", a="1")
    here = find(work_tree.top)

    with (
        together(here),
        streaming(here, "log", "--format=%H", head) as one,
        streaming(here, "log", head, "--bad") as two,
    ):
        assert one.stdout.read() == f"{head}\n".encode()
        assert two.stdout.read() == b""
