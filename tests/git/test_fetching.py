import os
import select
import shutil

import pytest

from recviewer.git import fetched, fetching, ranges, refs, remotes, transport
from recviewer.git.history import contents
from recviewer.git.ranges import opened
from recviewer.git.repository import GitFailed


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))


@pytest.fixture
def served(work_tree, tree_at, tmp_path):
    """A clone that is shown; the work tree is its remote, with two pull requests that the clone does not have."""
    work_tree.commit("start", a="1")
    work_tree.git("clone", "-q", str(work_tree.top), str(tmp_path / "clone"))
    for number in (1, 2):
        work_tree.git("checkout", "-q", "-b", f"topic-{number}", "main")
        work_tree.commit(f"change {number}", **{f"new{number}": str(number)})
        work_tree.git("update-ref", f"refs/pull/{number}/head", "HEAD")
    work_tree.git("checkout", "-q", "main")
    return tree_at(tmp_path / "clone")


@pytest.fixture
def remote(work_tree):
    return remotes.checked(f"file://{work_tree.top}")


@pytest.fixture
def here(served, remote, tmp_path):
    """The served repository with our own beside it."""
    (tmp_path / "data").mkdir()
    found = opened(served.top)
    return fetched.make(found, fetched.place(tmp_path / "data", found, remote))


def silent(line):
    return None


def files_of(top):
    found = {}
    for folder, _, names in os.walk(top):
        for name in names:
            place = os.path.join(folder, name)
            with open(place, "rb") as file:
                found[place] = file.read()
    return found


@pytest.mark.slow
def test_requests_come_and_are_seen_by_all_that_reads(here, remote, served):
    before = files_of(served.top)

    came = fetching.bring_newest(here, remote, tell=silent)

    assert set(came.new) == {"refs/pull/1/head", "refs/pull/2/head"}
    assert [request.label for request in refs.requests(here)] == ["#2", "#1"]
    base, head = refs.commit_of(here, "main"), refs.commit_of(here, "refs/pull/2/head")
    (changed,) = ranges.differing(here, ranges.merge_base(here, base, head), head)
    assert changed.raw == b"new2.json"
    assert list(contents(here, [changed.new])) == [(changed.new, b"2")]
    assert files_of(served.top) == before


@pytest.mark.slow
def test_only_what_is_new_travels(here, remote, work_tree):
    fetching.bring_newest(here, remote, tell=silent)
    start = work_tree.git("rev-parse", "main")

    words = ("cat-file", "--batch-check", "--batch-all-objects")
    own = work_tree.git(*words, GIT_DIR=str(here.fetched))
    (here.fetched / "objects/info/alternates").unlink()
    alone = work_tree.git(*words, GIT_DIR=str(here.fetched))

    assert start in own
    assert start not in alone
    assert work_tree.git("rev-parse", "topic-1") in alone


@pytest.mark.slow
def test_new_push_moves_a_request(here, remote, work_tree):
    fetching.bring_newest(here, remote, tell=silent)
    work_tree.git("checkout", "-q", "--orphan", "other")
    pushed = work_tree.commit("forced", z="9")
    work_tree.git("update-ref", "refs/pull/1/head", pushed)

    came = fetching.bring_newest(here, remote, tell=silent)

    assert (came.new, came.moved) == ((), ("refs/pull/1/head",))
    assert refs.commit_of(here, "refs/pull/1/head") == pushed


@pytest.mark.slow
def test_request_that_is_gone_is_said_and_kept(here, remote, work_tree):
    fetching.bring_newest(here, remote, tell=silent)
    kept = refs.commit_of(here, "refs/pull/1/head")
    work_tree.git("update-ref", "-d", "refs/pull/1/head")

    came = fetching.bring_newest(here, remote, tell=silent)

    assert came == fetching.Came(gone=("refs/pull/1/head",))
    assert refs.commit_of(here, "refs/pull/1/head") == kept


@pytest.mark.slow
def test_nothing_new_is_nothing(here, remote):
    fetching.bring_newest(here, remote, tell=silent)

    assert fetching.bring_newest(here, remote, tell=silent) == fetching.Came()


@pytest.mark.slow
def test_fetched_default_branch_has_a_name_of_its_own(here, remote, work_tree, served):
    old = served.git("rev-parse", "main")
    newer = work_tree.commit("later", b="2")

    fetching.bring_newest(here, remote, tell=silent)

    assert refs.commit_of(here, "main") == old
    assert refs.commit_of(here, "fetched/main") == newer


@pytest.mark.slow
def test_request_that_the_repository_moves_later_is_the_repositorys(here, remote, work_tree, served):
    served.git("fetch", "-q", "origin", "refs/pull/1/head:refs/pull/1/head")
    work_tree.git("update-ref", "refs/pull/1/head", "refs/pull/2/head")
    fetching.bring_newest(here, remote, tell=silent)
    fetched_one = refs.commit_of(here, "refs/pull/1/head")
    newest = work_tree.commit("newest", n="3")
    served.git("fetch", "-q", "origin", f"+{newest}:refs/pull/1/head")

    assert fetched_one == work_tree.git("rev-parse", "refs/pull/2/head")
    assert refs.commit_of(here, "refs/pull/1/head") == newest
    assert {request.sha for request in refs.requests(here) if request.number == 1} == {newest}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["topic-1", "refs/heads/topic-1", "origin/topic-9", "refs/pull/1/head"])
def test_one_name_is_fetched_when_asked_for(here, remote, work_tree, name):
    work_tree.git("branch", "topic-9", "topic-1")

    fetching.bring(here, remote, name, tell=silent)

    assert refs.commit_of(here, name) == work_tree.git("rev-parse", "topic-1")
    assert refs.commit_of(here, f"{name}~1") == work_tree.git("rev-parse", "main")


@pytest.mark.slow
def test_commit_is_fetched_by_its_full_name(here, remote, work_tree):
    work_tree.git("checkout", "-q", "topic-2")
    commit = work_tree.commit("unnamed", u="1")

    fetching.bring(here, remote, commit, tell=silent)

    assert refs.commit_of(here, commit) == commit


@pytest.mark.parametrize(
    "name", ["HEAD", "HEAD~2", "a:b", "a b", "-x", "*", "a*", "a..b", "^main", "main~1", "refs/tags/x", "a@{1}", "x/"]
)
def test_what_is_no_name_is_not_asked_for(here, remote, name):
    with pytest.raises(GitFailed, match="nothing was fetched"):
        fetching.bring(here, remote, name, tell=silent)


def test_name_that_the_remote_does_not_have_is_said(here, remote):
    with pytest.raises(GitFailed, match="refs/pull/77/head"):
        fetching.bring(here, remote, "refs/pull/77/head", tell=silent)


def test_older_requests_are_left_until_named(here, remote, monkeypatch):
    monkeypatch.setattr(fetching, "NEWEST", 1)

    came = fetching.bring_newest(here, remote, tell=silent)

    assert (came.new, came.left) == (("refs/pull/2/head",), 1)


@pytest.mark.slow
def test_partial_and_shallow_clones_lend_nothing_and_miss_nothing(work_tree, served, remote, tree_at, tmp_path):
    work_tree.git("config", "uploadpack.allowFilter", "true")
    work_tree.commit("second", a="2")
    for name, how in (("partial", "--filter=blob:none"), ("shallow", "--depth=1")):
        work_tree.git("clone", "-q", "--bare", how, f"file://{work_tree.top}", str(tmp_path / name))
        found = opened(tmp_path / name)
        here = fetched.make(found, tmp_path / f"{name}-fetched")

        fetching.bring_newest(here, remote, tell=silent)

        base, head = refs.commit_of(here, "main"), refs.commit_of(here, "refs/pull/2/head")
        changed = ranges.differing(here, ranges.merge_base(here, base, head), head)
        assert not fetched.lends(here.fetched)
        assert [data for _, data in contents(here, [changed[0].new])] == [b"2"]


def test_nothing_of_a_hostile_repository_runs_or_is_written(here, remote, served, tmp_path):
    ran = tmp_path / "ran"
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\necho $0 $@ >> {ran}\nexit 1\n")
    script.chmod(0o755)
    for hook in ("reference-transaction", "post-checkout", "fsmonitor-watchman", "pre-auto-gc", "post-merge"):
        place = served.top / ".git" / "hooks" / hook
        place.parent.mkdir(exist_ok=True)
        shutil.copy(script, place)
    with open(served.top / ".git" / "config", "a") as config:
        config.write(
            f'[remote "origin"]\n url = ext::{script} %S\n uploadpack = {script}\n receivepack = {script}\n vcs = evil\n'
            f'[remote "evil"]\n url = ext::{script}\n[url "ext::{script} "]\n insteadOf = {remote.url}\n'
            f"[core]\n sshCommand = {script}\n fsmonitor = {script}\n gitProxy = {script}\n askPass = {script}\n"
            f" alternateRefsCommand = {script}\n hooksPath = {served.top}/.git/hooks\n[credential]\n helper = {script}\n"
            f"[protocol]\n allow = always\n[fetch]\n recurseSubmodules = true\n[uploadpack]\n packObjectsHook = {script}\n"
        )
    before = files_of(served.top)

    came = fetching.bring_newest(here, remote, tell=silent)

    assert len(came.new) == 2
    assert not ran.exists()
    assert files_of(served.top) == before


def test_remote_speaks_the_operators_protocol_only(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET", "x")
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/agent")

    env = transport.environment(remotes.checked("ssh://git@example.com/x.git"), tmp_path)

    assert env["GIT_ALLOW_PROTOCOL"] == "ssh"
    assert env["GIT_DIR"] == str(tmp_path)
    assert env["SSH_AUTH_SOCK"] == "/run/agent"
    assert "SECRET" not in env


@pytest.mark.slow
def test_remote_that_hangs_is_ended_with_all_it_started(here, tmp_path, monkeypatch):
    script = tmp_path / "ssh.sh"
    os.mkfifo(tmp_path / "alive")
    alive = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    script.write_text(f"#!/bin/sh\nexec 9>{tmp_path}/alive\nsleep 600 &\necho started >&9\nwait\n")
    script.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(script))
    monkeypatch.setattr(fetching, "ASK_SECONDS", 5)

    with pytest.raises(GitFailed, match="more than 5 seconds"):
        fetching.bring_newest(here, remotes.checked("git@example.com:x.git"), tell=silent)

    assert os.read(alive, 100) == b"started\n"
    os.set_blocking(alive, True)  # they end a moment after the kill, and well before the 600 seconds of the script
    ended, _, _ = select.select([alive], [], [], 120)
    assert ended, "something still holds the pipe"
    assert os.read(alive, 100) == b""
    os.close(alive)


def test_what_ssh_says_is_passed_on(here, tmp_path, monkeypatch):
    script = tmp_path / "ssh.sh"
    script.write_text("#!/bin/sh\necho 'Permission denied (publickey).' >&2\nexit 255\n")
    script.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(script))

    with pytest.raises(GitFailed, match=r"^git@example.com:x.git: Permission denied \(publickey\)."):
        fetching.bring_newest(here, remotes.checked("git@example.com:x.git"), tell=silent)


def test_what_is_too_large_is_not_kept(here, remote, work_tree, monkeypatch):
    monkeypatch.setattr(transport, "SIZE_LIMIT", -1)
    monkeypatch.setattr(transport, "STEP_SECONDS", 0.001)

    with pytest.raises(GitFailed, match="nothing was kept"):
        fetching.bring_newest(here, remote, tell=silent)


def test_broken_object_of_the_remote_is_refused(here, remote, work_tree):
    tree = work_tree.git("rev-parse", "main^{tree}")
    odd = work_tree.top.parent / "odd"
    odd.write_text(f"tree {tree}\nauthor nobody\n\nbroken")
    bad = work_tree.git("hash-object", "-t", "commit", "-w", "--literally", str(odd))
    work_tree.git("update-ref", "refs/pull/5/head", bad)

    with pytest.raises(GitFailed, match="missingEmail"):
        fetching.bring_newest(here, remote, tell=silent)

    assert not [request for request in refs.requests(here) if request.number == 5]


@pytest.mark.parametrize(
    ("text", "protocol"),
    [
        ("https://example.com/a/b.git", "https"),
        ("http://localhost:3000/a/b", "http"),
        ("ssh://git@example.com:2222/a.git", "ssh"),
        ("git://example.com/a", "git"),
        ("file:///srv/a b.git", "file"),
        ("/srv/git/a.git", "file"),
        ("git@example.com:org/repo.git", "ssh"),
        ("example.com:org/repo.git", "ssh"),
    ],
)
def test_addresses_that_are_taken(text, protocol):
    assert remotes.checked(text) == remotes.Remote(text, protocol)


@pytest.mark.parametrize(
    "text",
    [
        "ext::sh -c evil",
        "ext::/bin/sh",
        "fd::17",
        "-oProxyCommand=x",
        "--upload-pack=x",
        "ssh://-oProxyCommand=x/a",
        "git@-oProxyCommand:x",
        "host:-x",
        "https://",
        "ftp://example.com/a",
        "origin",
        "../a",
        "https://example.com/a\nb",
        "file://host/a",
        "https:///a",
        "x://y/z",
    ],
)
def test_addresses_that_are_refused(text):
    with pytest.raises(ValueError, match="it takes"):
        remotes.checked(text)


def test_secrets_of_an_address_are_not_shown():
    remote = remotes.checked("https://ada:s3cret@example.com/a.git?token=t0ken")

    assert remote.shown == "https://example.com/a.git"
    assert "s3cret" not in remote.redacted("fatal: Authentication failed for 'https://ada:s3cret@example.com/a.git/'")
