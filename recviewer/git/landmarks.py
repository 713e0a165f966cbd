"""The two reference branches: the one that is checked out, and the default branch."""

from __future__ import annotations

from dataclasses import dataclass

from recviewer.git.fetched import BRANCHES, own
from recviewer.git.ranges import NoMergeBase, merge_base
from recviewer.git.refs import listed
from recviewer.git.repository import GitFailed, Repository, resolve, run_in

_DEFAULTS = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master")
_LOCAL = ("refs/heads/main", "refs/heads/master")


@dataclass(frozen=True, slots=True)
class Landmarks:
    """current: the branch that is checked out, "" if there is none. default: the default branch, "" if unknown.

    Both as short names for git. head, base: their commits (of HEAD and of the default), "" if there are none.
    """

    current: str
    head: str
    default: str
    base: str


def landmarks(repository: Repository) -> Landmarks:
    """Determine them. Raises GitFailed if the repository cannot be read; an empty one has none."""
    current = _symbolic(repository, "HEAD").removeprefix("refs/heads/")
    head = _commit(repository, "HEAD")
    default = _default(repository, current if head else "")
    base = _commit(repository, default) if default else ""
    ours = own(repository)
    if ours is None:
        return Landmarks(current, head, _short(repository, default), base)
    newer = _symbolic(ours, f"{BRANCHES}HEAD")
    fetched = _commit(ours, newer) if newer else ""
    if fetched and fetched != base and not _contains(repository, base, fetched):
        return Landmarks(current, head, _short(ours, newer), fetched)
    return Landmarks(current, head, _short(repository, default), base)


def _default(repository: Repository, current: str) -> str:
    """Return the full name of the default branch: HEAD of a mirror; in a clone that of its origin; else main or master."""
    done = run_in(repository, "for-each-ref", "--format=%(refname) %(symref)", "--", *_DEFAULTS, *_LOCAL)
    names = dict(line.split(" ", 1) for line in done.stdout.decode("utf-8", "replace").splitlines())
    if repository.is_bare and current:
        return f"refs/heads/{current}"
    found = next((name for name in (*_DEFAULTS, *_LOCAL) if name in names), "")
    return names.get(found) or found or (f"refs/heads/{current}" if current else "")


def _symbolic(repository: Repository, name: str) -> str:
    """Return the target of a symbolic ref, "" for any other."""
    done = run_in(repository, "symbolic-ref", "--quiet", name)
    return done.stdout.decode("utf-8", "replace").strip()


def _commit(repository: Repository, name: str) -> str:
    try:
        return resolve(repository, name)
    except GitFailed:
        return ""


def _contains(repository: Repository, commit: str, other: str) -> bool:
    """Tell whether another commit is an ancestor of a commit."""
    if not commit:
        return False
    try:
        return merge_base(repository, commit, other) == other
    except NoMergeBase:
        return False


def _short(repository: Repository, ref: str) -> str:
    """Return the shortest name for this ref that is not ambiguous with a tag."""
    found = listed(repository, ref) if ref else []
    return found[0].short if found and found[0].name == ref else ref
