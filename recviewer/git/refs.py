"""A repository's names for commits: branches, and the heads of pull and merge requests."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from recviewer.git.fetched import BRANCHES, note, own
from recviewer.git.history import objects
from recviewer.git.repository import (
    BadRevision,
    GitFailed,
    NoCommit,
    Repository,
    first_line,
    refuse_sha256,
    resolve,
    run_in,
)
from recviewer.git.revisions import TAKES, is_revision

REQUESTS = ("refs/pull", "refs/merge-requests")
"""Prefixes of requests' refs."""

_REQUEST = re.compile(r"refs/(?P<kind>pull|merge-requests)/(?P<number>[1-9][0-9]{0,9})/head")
_LIKE_REQUEST = re.compile(r"(?:refs/)?(?P<rest>(?:pull|merge-requests)/[1-9][0-9]{0,9}/head)(?P<behind>[~^@].*)?")
_HASH = re.compile(r"[0-9a-f]{40}")
_SHOWN = 80

COMMIT_BYTES = 1 << 16
"""Bytes of a commit that are read for author, date and subject."""
_ZONE = re.compile(r"(?P<sign>[+-])(?P<hours>\d\d)(?P<minutes>\d\d)")


@dataclass(frozen=True, slots=True)
class Ref:
    """A ref and its commit (or tag object). short: its shortest unambiguous name."""

    name: str
    sha: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request (GitHub, Gitea) or merge request (GitLab). ref: of its head. sha: of its head."""

    number: int
    ref: str
    sha: str
    is_merge_request: bool

    @property
    def label(self) -> str:
        """Its number in the host's notation: `#3`, `!3`."""
        return f"{'!' if self.is_merge_request else '#'}{self.number}"


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """Author, date (with the author's zone) and subject of a commit."""

    sha: str
    author: str
    at: datetime
    subject: str


def valid(revision: str) -> str:
    """Return a revision that may be passed to git. Raises BadRevision if it is not one: see `revisions`."""
    if not is_revision(revision):
        shown = revision if len(revision) <= _SHOWN else f"{revision[:_SHOWN]}…"
        raise BadRevision(f"{shown!r} is not a revision that can be asked for: {TAKES}")
    return revision


def request_ref(revision: str) -> str:
    """Return the ref of the pull or merge request that a revision names, "" if it names none."""
    found = _LIKE_REQUEST.fullmatch(revision)
    return f"refs/{found['rest']}" if found else ""


def commit_of(repository: Repository, revision: str) -> str:
    """Return the full id of a commit. Raises GitFailed, with a remedy if it does not exist."""
    valid(revision)
    for place, name in _where(repository, revision):
        try:
            return resolve(place, name)
        except NoCommit:
            continue
    raise NoCommit(f"{revision}: no such commit here; {_fetch_of(repository, revision)}", revision)


def commits_of(repository: Repository, revisions: Sequence[str]) -> list[str]:
    """Return the full names of several commits, in their order. Raises GitFailed as `commit_of` does."""
    found = _resolved(repository, revisions) if own(repository) is None else None
    return found or [commit_of(repository, one) for one in revisions]


def _resolved(repository: Repository, revisions: Sequence[str]) -> list[str] | None:
    """Return the full names of several commits from one run of git; None if one of them is not a commit.

    `resolve` says why.
    """
    if not all(map(is_revision, revisions)):
        return None
    feed = "".join(f"{one}^{{commit}}\n" for one in revisions)
    done = run_in(repository, "cat-file", "--batch-check=%(objecttype) %(objectname)", feed=os.fsencode(feed))
    rows = [row.split(" ") for row in done.stdout.decode("utf-8", "replace").splitlines()]
    names = [row[1] for row in rows if len(row) == 2 and row[0] == "commit" and _HASH.fullmatch(row[1])]
    return names if len(names) == len(rows) == len(revisions) else None


def _where(repository: Repository, revision: str) -> list[tuple[Repository, str]]:
    """Return the repositories and names in which to look for a revision, best first.

    Branches and tags are the repository's, requests those last fetched.
    """
    ours = own(repository)
    if ours is None:
        return [(repository, revision)]
    ref = request_ref(revision)
    if ref:
        there = [one.sha for one in listed(repository, ref)]
        moved_since = there and there[0] != note(repository.fetched).seen.get(ref)
        found = [(ours, revision), (repository, revision)]
        return found[::-1] if moved_since else found
    if revision.startswith(("HEAD", "@")):
        return [(repository, revision)]
    bare = re.sub(r"^(refs/heads/|refs/remotes/origin/|origin/)", "", revision)
    return [(repository, revision), (ours, revision), (ours, f"{BRANCHES}{bare}")]


def _fetch_of(repository: Repository, revision: str) -> str:
    """Return, as a clause, the command that fetches a commit under the requested name."""
    name = re.split(r"[~^@]", revision)[0]
    branch = name.removeprefix("origin/")
    if repository.is_shallow and name != revision:
        return f"this clone is shallow: `git -C {repository.name} fetch --unshallow origin` brings older commits"
    if name.startswith("refs/"):
        source = f"{name}:{name}"
    elif _HASH.fullmatch(name):
        source = name
    else:
        source = f"{branch}:{name if branch == name else f'refs/remotes/{name}'}"
    if not branch or name == "HEAD" or re.fullmatch(r"[0-9a-f]{4,39}", name):
        return f"`git -C {repository.name} fetch origin` may bring it"
    return f"`git -C {repository.name} fetch origin {shlex.quote(source)}` may bring it"


def at_remote(repository: Repository, revisions: Collection[str]) -> list[str]:
    """Return the names of revisions on the remote, as far as known here; others are left out."""
    tracked = {ref.name.removeprefix("refs/remotes/origin/") for ref in listed(repository, "refs/remotes/origin")}
    made = []
    for revision in revisions:
        name = request_ref(revision) or re.split(r"[~^@]", revision)[0]
        branch = re.sub(r"^(refs/heads/|refs/remotes/origin/|origin/)", "", name)
        is_full = branch.startswith("refs/") or _HASH.fullmatch(branch)
        is_there = is_full or name != branch or branch in tracked or repository.is_bare
        if branch and branch != "HEAD" and is_there and branch not in made:
            made.append(branch)
    return made


def listed(repository: Repository, *patterns: str) -> list[Ref]:
    """Return the refs below some prefixes (`refs/heads`), in git's order. Names that are not UTF-8 are left out."""
    done = run_in(repository, "for-each-ref", "--format=%(objectname) %(refname) %(refname:short)", "--", *patterns)
    if done.returncode:
        raise GitFailed(first_line(done) or "the refs cannot be listed")
    made = []
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        sha, name, short = line.split(" ", 2)
        refuse_sha256(repository, sha)
        if name.isprintable() and "\ufffd" not in name:
            made.append(Ref(name, sha, short))
    return made


def requests(repository: Repository) -> list[PullRequest]:
    """Return the pull and merge requests whose heads are available, newest number first."""
    heads = {ref.name: ref.sha for ref in listed(repository, *REQUESTS)}
    ours = own(repository)
    if ours is not None:
        seen = note(repository.fetched).seen
        for ref in listed(ours, *REQUESTS):
            if heads.get(ref.name) == seen.get(ref.name):  # not moved by the repository since our fetch
                heads[ref.name] = ref.sha
    made = []
    for name, sha in heads.items():
        found = _REQUEST.fullmatch(name)
        if found:
            made.append(PullRequest(int(found["number"]), name, sha, found["kind"] == "merge-requests"))
    return sorted(made, key=lambda request: (-request.number, request.ref))


def branches(repository: Repository) -> list[Ref]:
    """Return the local and remote branches, and those fetched on demand."""
    found = listed(repository, "refs/heads", "refs/remotes")
    ours = own(repository)
    found += listed(ours, BRANCHES.rstrip("/")) if ours is not None else []
    return [ref for ref in found if not re.fullmatch(r"refs/remotes/[^/]+/HEAD", ref.name)]


def commits(repository: Repository, names: Collection[str]) -> dict[str, CommitFacts]:
    """Return the facts about commits (full ids); missing ones are left out."""
    made = {}
    for name, kind, data in objects(repository, names, first=COMMIT_BYTES):
        if kind == "commit":
            made[name] = _commit(name, data)
    return made


def _commit(name: str, data: bytes) -> CommitFacts:
    head, _, message = data.decode("utf-8", "replace").partition("\n\n")
    author = next((line[7:] for line in head.split("\n") if line.startswith("author ")), "")
    person, _, stamp = author.rpartition("> ")
    return CommitFacts(name, person.partition(" <")[0], _at(stamp), message.lstrip("\n").split("\n")[0])


def _at(stamp: str) -> datetime:
    """Parse git's `<seconds> <zone>`; the epoch if it is invalid."""
    seconds, _, zone = stamp.partition(" ")
    found = _ZONE.fullmatch(zone)
    try:
        offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"])) if found else timedelta()
        place = timezone(-offset if found and found["sign"] == "-" else offset)
        return datetime.fromtimestamp(int(seconds), tz=place)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, tz=UTC)
