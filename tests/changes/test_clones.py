"""What a clone lacks is named with the command that brings it, and that command works."""

import os
import re
import shlex
import subprocess

import pytest

from recviewer.changes import changeset, sources
from recviewer.git import ranges, refs
from recviewer.git.ranges import opened
from recviewer.git.repository import GitFailed
from recviewer.pairing.sides import Library


@pytest.fixture
def origin(tree, make):
    """A repository with a long main branch, a branch that left it early, and a pull request."""
    tree.put(make.chat())
    tree.commit("start")
    tree.git("checkout", "-q", "-b", "topic")
    tree.put(make.chat("Which planet is red?", "Mars."))
    tree.commit("topic")
    tree.git("checkout", "-q", "--detach", "main")
    tree.put(make.chat("Which planet is warm?", "Venus."))
    tree.git("update-ref", "refs/pull/7/head", tree.commit("request"))
    tree.git("checkout", "-q", "main")
    for number in range(5):
        tree.put(make.chat(f"Is {number} a planet?", "No."))
        tree.commit(f"later {number}")
    tree.git("config", "uploadpack.allowFilter", "true")
    return tree


@pytest.fixture
def clone(origin, tmp_path):
    """Return a function that clones the origin in some way, and returns the place."""

    def make(*how, name="a clone; of it"):
        origin.git("clone", "-q", *how, f"file://{origin.top}", str(tmp_path / name))
        return tmp_path / name

    return make


def load(place, spec):
    return changeset.load(sources.open_range(opened(place), sources.parse(spec)), Library())


def after_what_it_says(place, spec, most=5):
    """Load a range, and run what each message that refuses names; return the change set and the commands."""
    said = []
    for _ in range(most):
        try:
            return load(place, spec), said
        except GitFailed as failed:
            said += re.findall(r"`(git .+?)`", str(failed))
        subprocess.run(shlex.split(said[-1]), check=True, capture_output=True)
    raise AssertionError(said)


@pytest.mark.slow
@pytest.mark.parametrize(
    "how",
    [
        ("--depth=1",),
        ("--depth=1", "--bare"),
        ("--depth=2", "--no-single-branch"),
        ("--filter=blob:none",),
        ("--filter=blob:none", "--bare"),
        ("--filter=blob:none", "--mirror"),
        ("--filter=tree:0", "--no-checkout"),
        ("--filter=blob:none", "--depth=1", "--no-single-branch"),
        ("--single-branch",),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("spec", ["main...topic", "main...refs/pull/7/head", "main~3...main"])
def test_what_is_missing_comes_by_the_commands_that_are_named(clone, how, spec):
    found, said = after_what_it_says(clone(*how), spec)

    assert len(found.added) == (3 if spec.startswith("main~3") else 1)
    assert len(set(said)) == len(said), "a command did not help"


@pytest.mark.slow
def test_remote_branch_is_fetched_under_the_name_that_was_asked_for(clone):
    place = clone("--single-branch")

    found, said = after_what_it_says(place, "origin/main...origin/topic")

    assert len(found.added) == 1
    assert "topic:refs/remotes/origin/topic" in said[0]


@pytest.mark.slow
def test_commit_of_full_name_is_fetched(clone, origin):
    topic = origin.git("rev-parse", "topic")

    found, _ = after_what_it_says(clone("--single-branch"), f"main...{topic}")

    assert len(found.added) == 1


@pytest.mark.slow
def test_upstream_previous_and_older_commits_are_names_too(clone, origin):
    place = clone()
    repository = opened(place)
    main = origin.git("rev-parse", "main")

    assert refs.commit_of(repository, "@{u}") == refs.commit_of(repository, "main@{upstream}") == main
    assert (
        refs.commit_of(repository, "HEAD~3")
        == refs.commit_of(repository, "main^^^")
        == origin.git("rev-parse", "main~3")
    )
    assert refs.commit_of(repository, main[:7]) == refs.commit_of(repository, "origin") == main


@pytest.mark.slow
def test_uncommitted_work_is_told_from_where_the_branch_left(origin, make):
    origin.git("checkout", "-q", "topic")
    origin.put(make.chat("Which planet is blue?", "Neptune."))

    assert [len(load(origin.top, spec).added) for spec in ("HEAD", "HEAD...", "main...", "main", "topic")] == [
        1,
        1,
        2,
        2,
        1,
    ]
    assert len(load(origin.top, "main..").deleted) == 5


@pytest.mark.slow
def test_detached_head_and_linked_work_tree_are_looked_at_where_they_are(origin, make, tmp_path):
    origin.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"), "topic")
    (tmp_path / "linked" / make_path(origin, "topic")).unlink()

    assert len(load(tmp_path / "linked", "HEAD").deleted) == 1
    assert load(origin.top, "HEAD").files == 0


def make_path(tree, commit):
    """The path of one recording that a commit added."""
    return tree.git("diff-tree", "-r", "--name-only", "--no-commit-id", commit).split("\n")[0]


@pytest.mark.slow
def test_submodule_is_a_repository_of_its_own(origin, tmp_path):
    outer = tmp_path / "outer"
    origin.git("init", "-q", "-b", "main", str(outer))
    words = ("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(origin.top), "inner")
    origin.git("-C", str(outer), *words)
    os.unlink(outer / "inner" / make_path(origin, "main"))

    assert opened(outer / "inner").work_tree == (outer / "inner").resolve()
    assert len(load(outer / "inner", "HEAD").deleted) == 1
    assert len(load(outer / "inner", "origin/main...origin/topic").added) == 1


def test_git_directory_elsewhere_behind_a_link_is_followed(origin, tmp_path):
    os.rename(origin.top / ".git", tmp_path / "elsewhere")
    os.symlink(tmp_path / "elsewhere", origin.top / ".git")

    assert len(load(origin.top, "main...topic").added) == 1


@pytest.mark.slow
def test_packed_refs_are_found(origin):
    origin.git("pack-refs", "--all", "--prune")

    assert len(load(origin.top, "main...refs/pull/7/head").added) == 1


@pytest.mark.slow
def test_of_several_merge_bases_it_is_the_one_that_git_takes(origin):
    for name, other in (("a", "topic"), ("b", "main")):
        origin.git("checkout", "-q", "-b", name, "main" if name == "a" else "topic")
        origin.git("merge", "-q", "--no-edit", other)
    bases = origin.git("merge-base", "--all", "a", "b").split("\n")

    found = sources.open_range(opened(origin.top), sources.parse("a...b"))

    assert len(bases) == 2
    assert found.base == origin.git("merge-base", "a", "b")


@pytest.mark.slow
def test_replaced_and_grafted_commits_are_as_they_were_made(origin):
    before = load(origin.top, "main...topic").files
    origin.git("replace", "topic", "main")

    assert load(origin.top, "main...topic").files == before


@pytest.mark.slow
@pytest.mark.parametrize("how", ["empty", "sha256", "unknown", "unborn"])
def test_repository_that_cannot_be_compared_says_so(origin, tmp_path, how):
    place = tmp_path / how
    words = {"sha256": ("--object-format=sha256",)}.get(how, ())
    origin.git("init", "-q", "-b", "main", *words, str(place))
    if how == "sha256":
        origin.git("-C", str(place), "commit", "-q", "--allow-empty", "-m", "x")
    if how == "unknown":
        origin.git("-C", str(place), "config", "core.repositoryformatversion", "1")
        origin.git("-C", str(place), "config", "extensions.refstorage2", "reftable")
    if how == "unborn":
        origin.git("-C", str(place), "fetch", "-q", str(origin.top), "main:other")
    words = {"sha256": "by sha256", "unknown": "refstorage2"}.get(how, "no such commit here")

    with pytest.raises(GitFailed, match=words):
        load(place, "HEAD")
    if how == "unborn":
        assert len(load(place, "other~1").deleted) > 0
    if how == "sha256":
        with pytest.raises(GitFailed, match="by sha256"):
            refs.branches(opened(place))


@pytest.mark.slow
def test_every_call_of_git_is_bounded(origin, tmp_path, monkeypatch):
    slow = tmp_path / "bin"
    slow.mkdir()
    (slow / "git").write_text("#!/bin/sh\nexec sleep 30\n")
    (slow / "git").chmod(0o755)
    repository, head = opened(origin.top), origin.git("rev-parse", "HEAD")
    monkeypatch.setenv("PATH", f"{slow}:{os.environ['PATH']}")
    monkeypatch.setattr(ranges.run, "__kwdefaults__", ranges.run.__kwdefaults__ | {"seconds": 0.2})

    with pytest.raises(GitFailed, match=r"took more than 0.2 seconds"):
        ranges.differing(repository, head, head)
