"""The names a repository has for commits: branches, and the heads of pull and merge requests."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from recviewer.git.history import objects
from recviewer.git.repository import GitFailed, NoCommit, Repository, resolve, run_in

_REQUEST = re.compile(r"refs/(?P<kind>pull|merge-requests)/(?P<number>[1-9][0-9]{0,9})/head")
_REVISION_LIMIT = 1000
_ZONE = re.compile(r"(?P<sign>[+-])(?P<hours>\d\d)(?P<minutes>\d\d)")


@dataclass(frozen=True, slots=True)
class Ref:
    """A name and the commit (or tag object) it stands for."""

    name: str
    sha: str


@dataclass(frozen=True, slots=True)
class Request:
    """A pull request (GitHub, Gitea) or merge request (GitLab). ref: its head's name. sha: of its head."""

    number: int
    ref: str
    sha: str
    is_merge_request: bool

    @property
    def label(self) -> str:
        """Say which one it is in the host's own sign: `#3`, `!3`."""
        return f"{'!' if self.is_merge_request else '#'}{self.number}"


@dataclass(frozen=True, slots=True)
class Commit:
    """Who made a commit, when (with the author's zone) and its first line."""

    sha: str
    author: str
    at: datetime
    subject: str


def valid(revision: str) -> str:
    """Return a revision that may be handed to git. Raises GitFailed for what is none or would be an option or a range.

    Names, hashes, and what git allows behind them (`~2`, `^{commit}`, `@{1}`) pass; searches (`:/words`), paths inside
    commits (`HEAD:file`) and control characters do not.
    """
    is_odd = not revision or len(revision) > _REVISION_LIMIT or revision.startswith("-")
    if is_odd or ":" in revision or ".." in revision or not revision.isprintable() or " " in revision:
        raise GitFailed(f"{revision[:80]!r} is no revision")
    return revision


def commit_of(repository: Repository, revision: str) -> str:
    """Return the full name of a commit. Raises GitFailed, for one that is not there with what may bring it."""
    try:
        return resolve(repository, valid(revision))
    except NoCommit as nowhere:
        raise NoCommit(f"{nowhere}; {_fetch_of(repository, revision)}") from None


def _fetch_of(repository: Repository, revision: str) -> str:
    ref = revision if revision.startswith("refs/") else ""
    source = f"{ref}:{ref}" if ref else revision.removeprefix("origin/")
    return f"`git -C {repository.work_tree} fetch origin {source}` may bring it"


def listed(repository: Repository, *patterns: str) -> list[Ref]:
    """Return the refs below some prefixes (`refs/heads`), in git's order. Broken ones are left out."""
    done = run_in(repository, "for-each-ref", "--format=%(objectname) %(refname)", "--", *patterns)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().split("\n")[0]
        raise GitFailed(said or "the refs cannot be listed")
    made = []
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        sha, _, name = line.partition(" ")
        made.append(Ref(name, sha))
    return made


def requests(repository: Repository) -> list[Request]:
    """Return the pull and merge requests whose heads were fetched, newest number first."""
    made = []
    for ref in listed(repository, "refs/pull", "refs/merge-requests"):
        found = _REQUEST.fullmatch(ref.name)
        if found:
            made.append(Request(int(found["number"]), ref.name, ref.sha, found["kind"] == "merge-requests"))
    return sorted(made, key=lambda request: (-request.number, request.ref))


def branches(repository: Repository) -> list[Ref]:
    """Return the local and remote branches."""
    return listed(repository, "refs/heads", "refs/remotes")


def commits(repository: Repository, names: Collection[str]) -> dict[str, Commit]:
    """Return what some commits (full names) say of themselves; those that are not there are left out."""
    made = {}
    for name, kind, data in objects(repository, names):
        if kind == "commit":
            made[name] = _commit(name, data)
    return made


def _commit(name: str, data: bytes) -> Commit:
    head, _, message = data.decode("utf-8", "replace").partition("\n\n")
    author = next((line[7:] for line in head.split("\n") if line.startswith("author ")), "")
    person, _, stamp = author.rpartition("> ")
    return Commit(name, person.partition(" <")[0], _at(stamp), message.lstrip("\n").split("\n")[0])


def _at(stamp: str) -> datetime:
    """Read git's `<seconds> <zone>`; the epoch where that is no time."""
    seconds, _, zone = stamp.partition(" ")
    found = _ZONE.fullmatch(zone)
    try:
        offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"])) if found else timedelta()
        place = timezone(-offset if found and found["sign"] == "-" else offset)
        return datetime.fromtimestamp(int(seconds), tz=place)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, tz=UTC)
