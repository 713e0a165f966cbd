"""Creates a commit from a patch, and pushes it as a new branch to the one remote named by the operator.

The commit is created in our bare repository beside the displayed one, whose work tree, index, refs and configuration
are not used. An existing branch is never moved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from recviewer.git import transport
from recviewer.git.fetching import ASK_SECONDS, FETCH_SECONDS
from recviewer.git.remotes import Remote
from recviewer.git.repository import GitFailed, Repository, first_line, reading_alone, run

SECONDS = 60
"""Timeout of each step of creating the commit."""

_HASH = re.compile(rb"[0-9a-f]{40}")
_BRANCH = re.compile(r"recviewer/plan-[0-9]{1,12}-[0-9a-f]{9}-[0-9]{1,12}")
_SETTINGS = {
    "core.hooksPath": "/dev/null",
    "push.gpgSign": "false",
    "push.followTags": "false",
    "push.recurseSubmodules": "no",
    "push.useForceIfIncludes": "false",
}


class NotPushed(Exception):
    """It cannot be created, or must not be: trying again is useless. `str()` of it is a sentence."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Author and time of a commit: equal inputs give the same commit id. mail: an address that need not exist."""

    name: str
    mail: str
    at: datetime


def commit_of_patch(repository: Repository, head: str, patch: bytes, message: str, by: Signature) -> str:
    """Return the id of a new commit on top of `head` with a patch applied. Raises NotPushed, GitFailed."""
    if repository.fetched is None:
        raise GitFailed("there is no repository of ours to make a commit in")
    name = re.sub(r"[^\w .@-]", "", by.name).strip(" .") or "recviewer"
    date = f"{int(by.at.timestamp())} +0000"
    signed = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
              for what, value in (("NAME", name), ("EMAIL", by.mail), ("DATE", date))}  # fmt: skip
    with reading_alone(repository) as env:
        env = env | signed | {"GIT_OBJECT_DIRECTORY": str(repository.fetched / "objects")}
        _git(env, "read-tree", head)
        told = run(
            ("-c", "core.bare=true", "apply", "--cached", "--whitespace=nowarn", "-"),
            env=env,
            feed=patch,
            seconds=SECONDS,
        )
        if told.returncode:
            raise NotPushed(f"the patch does not apply to {head[:9]}: {first_line(told)}")
        tree = _git(env, "write-tree")
        if tree == _git(env, "rev-parse", "--verify", f"{head}^{{tree}}"):
            raise NotPushed(f"the plan changes nothing of {head[:9]}")
        return _git(env, "commit-tree", tree, "-p", head, feed=message.encode("utf-8", "replace"))


def push_new(repository: Repository, remote: Remote, commit: str, branch: str) -> None:
    """Push a commit to the remote as a new branch; if it exists with this commit, nothing is done. Raises NotPushed,
    GitFailed.
    """
    if repository.fetched is None or not _BRANCH.fullmatch(branch):
        raise NotPushed(f"{branch} is not a name of a branch of ours")
    there = tip(repository, remote, f"refs/heads/{branch}")
    if there == commit:
        return
    if there:
        raise NotPushed(f"{branch} is there already, at {there[:9]}")
    ref = f"refs/heads/{branch}"
    words = ("push", "--porcelain", "--no-verify", f"--force-with-lease={ref}:", "--", remote.url, f"{commit}:{ref}")
    where = repository.fetched
    transport.talk(remote, where, words, seconds=FETCH_SECONDS, tell=_unheard, settings=_SETTINGS)


def tip(repository: Repository, remote: Remote, ref: str) -> str:
    """Return the commit of a ref on the remote, "" if it does not exist. Raises GitFailed."""
    if repository.fetched is None:
        raise GitFailed("there is no repository of ours to ask from")
    words = ("ls-remote", "--", remote.url, ref)
    told = transport.talk(remote, repository.fetched, words, seconds=ASK_SECONDS, tell=_unheard)
    for line in told.splitlines():
        name, _, found = line.partition(b"\t")
        if found == ref.encode() and _HASH.fullmatch(name):
            return name.decode()
    return ""


def _git(env: dict[str, str], *words: str, feed: bytes = b"") -> str:
    done = run(("-c", "core.bare=true", *words), env=env, feed=feed, seconds=SECONDS)
    if done.returncode:
        raise GitFailed(first_line(done))
    return done.stdout.decode("ascii", "replace").strip()


def _unheard(line: str) -> None:
    """Discard progress."""
