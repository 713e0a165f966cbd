import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recviewer.git import ranges, refs
from recviewer.git.ranges import Counted, MissingObjects, NoMergeBase, opened
from recviewer.git.repository import GitFailed


@pytest.fixture
def branched(work_tree):
    """Two branches that parted at `start`."""
    work_tree.commit("start", a="1\n2\n", b="x\n")
    start = work_tree.git("rev-parse", "HEAD")
    work_tree.git("checkout", "-q", "-b", "side")
    work_tree.commit("side", a="1\n3\n", c="new\n")
    work_tree.git("checkout", "-q", "main")
    work_tree.commit("main", b="y\n")
    return work_tree, start


def test_opens_a_work_tree_a_folder_in_it_and_a_mirror(branched, tmp_path):
    tree, start = branched
    os.makedirs(tree.top / "deep" / "er")
    mirror = tmp_path / "a:mirror.git"
    tree.git("clone", "-q", "--mirror", str(tree.top), str(mirror))

    assert opened(tree.top / "deep" / "er").work_tree == tree.top.resolve()
    assert opened(tree.top / ".git").work_tree == tree.top.resolve()
    assert opened(mirror).is_bare
    assert (
        ranges.merge_base(opened(mirror), *(refs.commit_of(opened(mirror), name) for name in ("main", "side"))) == start
    )
    assert [item.raw for item in ranges.differing(opened(mirror), start, refs.commit_of(opened(mirror), "side"))] == [
        b"a.json",
        b"c.json",
    ]
    with pytest.raises(GitFailed, match="not a git repository"):
        opened(tmp_path / "nowhere")


def test_says_what_differs_and_by_how_many_lines(branched):
    tree, start = branched
    repository = opened(tree.top)
    side = refs.commit_of(repository, "side")

    changed = {item.raw: (bool(item.old), bool(item.new)) for item in ranges.differing(repository, start, side)}

    assert changed == {b"a.json": (True, True), b"c.json": (False, True)}
    assert ranges.lines(repository, start, side, [b"a.json"]) == {b"a.json": Counted(1, 1)}
    assert ranges.lines(repository, start, side, []) == {}


def test_lists_what_a_commit_holds(work_tree):
    work_tree.write("a/b.json", b"1")
    work_tree.write(b"odd\xff\nname.json", b"2")
    head = work_tree.commit("one")

    held = ranges.files_of(opened(work_tree.top), head)

    assert [item.raw for item in held] == [b"a/b.json", b"odd\xff\nname.json"]
    assert list(ranges.folders(opened(work_tree.top), head)) == [b"a"]
    assert [item.raw for item in ranges.files_of(opened(work_tree.top), head, b"a/")] == [b"a/b.json"]


def test_unrelated_histories_are_told_to_use_two_dots(branched):
    tree, start = branched
    tree.git("checkout", "-q", "--orphan", "other")
    other = tree.commit("other", z="1")

    with pytest.raises(NoMergeBase, match="two dots"):
        ranges.merge_base(opened(tree.top), start, other)


def test_a_tree_that_is_not_there_names_the_fetch(branched):
    tree, start = branched

    with pytest.raises(MissingObjects, match="fetch"):
        ranges.differing(opened(tree.top), start, "1" * 40)


def test_pull_and_merge_requests_are_listed(branched):
    tree, start = branched
    for name in (
        "refs/pull/7/head",
        "refs/pull/12/head",
        "refs/merge-requests/3/head",
        "refs/pull/12/merge",
        "refs/pull/x/head",
    ):
        tree.git("update-ref", name, start)
    repository = opened(tree.top)

    assert [request.label for request in refs.requests(repository)] == ["#12", "#7", "!3"]
    assert {ref.name for ref in refs.branches(repository)} == {"refs/heads/main", "refs/heads/side"}
    (commit,) = refs.commits(repository, [start, "0" * 39 + "1"]).values()
    assert (commit.author, commit.subject, commit.at.isoformat()) == ("Ada", "start", "2026-01-02T03:04:05+02:00")


@pytest.mark.parametrize(
    "revision",
    [
        "", "-x", "--upload-pack=x", "a..b", "HEAD:file", ":/words", "a b", "a\nb", "a\0b", "x" * 2000, "HEAD" + "^" * 300,
        "HEAD^{/fix}", "HEAD^{/((x{1,100}){1,100}){1,100}}", "@{0}^{/x}", "main^{}^{/x}", "HEAD^{/!-x}", "^main", "main^@",
        "main^!", "main^-", "main~x", "HEAD^{tree}", "HEAD^{blob}", "main@{", "main@{}", "main@{/x}", "main@{a b}",
        "ma*n", "ma?n", "[m]ain", "a\\b", "HEAD~9999999999", "/main", "main^{commit", "~1", "^", "a\u202eb",
    ],
)  # fmt: skip
def test_what_is_no_revision_never_reaches_git(revision):
    with pytest.raises(GitFailed, match="not a revision"):
        refs.valid(revision)


@pytest.mark.parametrize(
    "revision",
    [
        "main", "refs/pull/3/head", "HEAD~2", "v1^{commit}", "v1^{}", "main@{1}", "abc123", "@", "@~1", "@{1}", "@{-1}",
        "HEAD^", "HEAD^^2~3^", "main@{2026-01-31}", "main@{2.days.ago}~1", "origin/feature/é", "a@b",
        "dependabot/npm/x-1.2.3", "#12",
        "v1.0-14-g2414721", "feature{x}", "main@{upstream}",
    ],
)  # fmt: skip
def test_names_and_what_git_allows_behind_them_pass(revision):
    assert refs.valid(revision) == revision


@settings(deadline=None, max_examples=300)
@given(st.text(st.sampled_from("aH@{}^~:/-.!*2 \\[\n"), max_size=12))
def test_no_revision_that_passes_is_a_search_or_a_path(revision):
    try:
        refs.valid(revision)
    except GitFailed:
        return
    assert not any(sign in revision for sign in ("^{/", ":", "..", " ", "*", "\n"))
    assert not revision.startswith(("-", "^", "~"))


def test_a_missing_ref_names_the_fetch(branched):
    tree, _ = branched

    with pytest.raises(GitFailed, match=r"fetch origin refs/pull/9/head:refs/pull/9/head"):
        refs.commit_of(opened(tree.top), "refs/pull/9/head")


@pytest.mark.slow
def test_a_hostile_repository_runs_nothing(branched, tmp_path):
    tree, start = branched
    ran = tmp_path / "ran"
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\necho $0 $@ >> {ran}\n")
    script.chmod(0o755)
    (tree.top / ".gitattributes").write_text("*.json diff=evil filter=evil merge=evil\n")
    tree.commit("attributes")
    for hook in ("post-index-change", "reference-transaction", "fsmonitor-watchman", "post-checkout"):
        place = tree.top / ".git" / "hooks" / hook
        place.parent.mkdir(exist_ok=True)
        place.write_text(script.read_text())
        place.chmod(0o755)
    included = tmp_path / "included"
    included.write_text(
        f"[core]\n fsmonitor = {script}\n pager = {script}\n sshCommand = {script}\n hooksPath = {tree.top}/.git/hooks\n"
        f" editor = {script}\n askPass = {script}\n alternateRefsCommand = {script}\n"
        f'[diff]\n external = {script}\n[diff "evil"]\n textconv = {script}\n command = {script}\n'
        f'[filter "evil"]\n clean = {script}\n smudge = {script}\n process = {script}\n required = true\n'
        f"[pager]\n for-each-ref = {script}\n rev-parse = {script}\n[credential]\n helper = {script}\n"
        f'[extensions]\n partialClone = origin\n[remote "origin"]\n url = ext::{script} %S\n promisor = true\n'
        f" uploadpack = {script}\n[uploadpack]\n packObjectsHook = {script}\n[gpg]\n program = {script}\n"
        f"[log]\n showSignature = true\n[protocol]\n allow = always\n"
    )
    with open(tree.top / ".git" / "config", "a") as config:
        config.write(f"[include]\n path = {included}\n")
    blob = start and ranges.files_of(opened(tree.top), start)[0].blob
    os.unlink(tree.top / ".git" / "objects" / blob[:2] / blob[2:])
    (tree.top / ".git" / "objects" / "info").mkdir(exist_ok=True)

    repository = opened(tree.top)
    side = refs.commit_of(repository, "side")
    refs.requests(repository)
    refs.commits(repository, [side])
    ranges.merge_base(repository, refs.commit_of(repository, "main"), side)
    changed = ranges.differing(repository, start, side)
    list(ranges.folders(repository, side))
    from recviewer.git.history import contents

    found = dict(contents(repository, [name for item in changed for name in (item.old, item.new) if name]))

    assert blob not in found
    assert not ran.exists(), ran.read_text()
