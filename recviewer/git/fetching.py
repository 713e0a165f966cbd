"""Fetches on demand, from the one remote named by the operator, into a repository of our own.

The displayed repository is not written to. Its objects are borrowed, so that only new ones are transferred.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from recviewer.git import refs, transport
from recviewer.git.fetched import BRANCHES, lends, note, write_note
from recviewer.git.remotes import Remote
from recviewer.git.repository import GitFailed, Repository, reading, run
from recviewer.git.revisions import is_revision
from recviewer.git.transport import Tell

ASK_SECONDS = 60
"""Timeout for listing the remote's refs."""

FETCH_SECONDS = 900
"""Timeout for a whole fetch."""

NEWEST = 100
"""Number of newest requests that are fetched automatically; older ones are fetched when they are named."""

_WORDS = (
    *(
        "--progress",
        "--force",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-recurse-submodules",
        "--no-auto-maintenance",
    ),
    *("--no-show-forced-updates", "--refmap=", "--stdin"),
)
_BRANCH = re.compile(r"(?:refs/heads/|refs/remotes/origin/|origin/)?(?P<name>[^-\s~^:?*\[\\@{][^\s~^:?*\[\\{]*)")
_NO_BRANCH = re.compile(r"refs/.*|HEAD.*|.*\.\..*|.*\.lock|.*[/.]")
_HASH = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class RemoteOffer:
    """The refs of a remote. refs: commits by name. default: its default branch, "" if not advertised."""

    refs: dict[str, str]
    default: str


@dataclass(frozen=True, slots=True)
class Came:
    """The refs changed by a fetch. gone: no longer on the remote. left: number of older ones that were not requested."""

    new: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    left: int = 0


def offered(remote: Remote, where: Path, *, tell: Tell) -> RemoteOffer:
    """List the remote's refs. Raises GitFailed with its message."""
    tell(f"asking {remote.shown} what it has")
    patterns = ("HEAD", "refs/heads/*", "refs/pull/*/head", "refs/merge-requests/*/head")
    words = ("ls-remote", "--symref", "--", remote.url, *patterns)
    out = transport.talk(remote, where, words, seconds=ASK_SECONDS, tell=tell)
    found, default = {}, ""
    for line in out.decode("utf-8", "replace").splitlines():
        sha, _, name = line.partition("\t")
        if sha.startswith("ref: refs/heads/") and name == "HEAD":
            default = sha.removeprefix("ref: refs/heads/")
        elif _HASH.fullmatch(sha):
            found[name] = sha
    return RemoteOffer(found, default)


def wanted(revision: str) -> str:
    """Return what to fetch for a revision: a ref or a full commit id; "" if it cannot be fetched."""
    if not is_revision(revision):
        return ""
    request = refs.request_ref(revision)
    if request or _HASH.fullmatch(revision):
        return request or revision
    found = _BRANCH.fullmatch(revision)
    if found is None or _NO_BRANCH.fullmatch(found["name"]):
        return ""
    return f"refs/heads/{found['name']}"


def bring_newest(repository: Repository, remote: Remote, *, tell: Tell) -> Came:
    """Fetch the requests that are new or moved, and the default branch.

    repository: with our own one beside it. Raises GitFailed with the remote's message.
    """
    where = _where(repository)
    offer = offered(remote, where, tell=tell)
    known = {request.ref: request.sha for request in refs.requests(repository)}
    there = sorted((name for name in offer.refs if refs.request_ref(name) == name), key=_number, reverse=True)
    unknown = [name for name in there if name not in known]
    new = [name for name in unknown if _number(name) >= _number(there[:NEWEST][-1])]
    moved = [name for name in there if name in known and known[name] != offer.refs[name]]
    specs = [f"+{name}:{name}" for name in (*new, *moved)]
    has_default = f"refs/heads/{offer.default}" in offer.refs
    if has_default:
        specs.append(_spec(f"refs/heads/{offer.default}"))
    _fetch(repository, remote, specs, tell=tell)
    if has_default:
        run(("symbolic-ref", f"{BRANCHES}HEAD", f"{BRANCHES}{offer.default}"), env=transport.environment(remote, where))
    gone = tuple(sorted((name for name in known if name not in offer.refs), key=_number, reverse=True))
    return Came(tuple(new), tuple(moved), gone, len(unknown) - len(new))


def bring(repository: Repository, remote: Remote, revision: str, *, tell: Tell) -> str:
    """Fetch one branch, request or commit; return what was requested. Raises GitFailed with the remote's message."""
    name = wanted(revision)
    if not name:
        raise GitFailed(f"{revision}: no branch or request has this name, so nothing was fetched")
    tell(f"fetching {name} from {remote.shown}")
    try:
        _fetch(repository, remote, [_spec(name)], tell=tell)
    except GitFailed as failed:
        if "find remote ref" in str(failed) or "not our ref" in str(failed):
            raise GitFailed(f"{remote.shown} has no {name}") from None
        raise
    return name


def _spec(name: str) -> str:
    """Return the refspec for a ref or commit."""
    if _HASH.fullmatch(name):
        return f"+{name}:refs/commits/{name}"
    branch = name.removeprefix("refs/heads/")
    return f"+{name}:{name}" if branch == name else f"+{name}:{BRANCHES}{branch}"


def _where(repository: Repository) -> Path:
    if repository.fetched is None:
        raise GitFailed("there is no repository of ours to fetch into")
    return repository.fetched


def _number(ref: str) -> int:
    return int(ref.split("/")[2])


def _tips(repository: Repository) -> list[str]:
    """Return the commits that the borrowed repository certainly has completely: those of its refs."""
    if not lends(_where(repository)):
        return []
    names = {ref.sha for ref in refs.listed(repository)}
    with reading(repository) as env:
        done = run(("cat-file", "--batch-check"), env=env, feed="".join(f"{name}\n" for name in names).encode())
    rows = (line.split(" ") for line in done.stdout.decode("ascii", "replace").splitlines())
    return [row[0] for row in rows if row[1] in ("commit", "tag")]


def _fetch(repository: Repository, remote: Remote, specs: Sequence[str], *, tell: Tell) -> None:
    if not specs:
        return
    where = _where(repository)
    tips = where / "tips"
    tips.write_text("".join(f"{name}\n" for name in _tips(repository)))
    # git asks a borrowed repository for its refs; we pass our list instead, so that its configuration is not read
    settings = {"core.alternateRefsCommand": f"cat {shlex.quote(str(tips))}; :"}
    words = ("fetch", *_WORDS, "--", remote.url)
    feed = "".join(f"{spec}\n" for spec in specs)
    transport.talk(remote, where, words, seconds=FETCH_SECONDS, feed=feed, tell=tell, settings=settings)
    _remember(repository, [spec.partition(":")[2] for spec in specs])


def _remember(repository: Repository, came: Sequence[str]) -> None:
    """Store the repository's own versions of the fetched requests: if it moves one later, that takes precedence."""
    where = _where(repository)
    here = {ref.name: ref.sha for ref in refs.listed(repository, *refs.REQUESTS)}
    left = note(where)
    seen = {name: sha for name, sha in left.seen.items() if name not in came}
    seen |= {name: here[name] for name in came if name in here}
    write_note(where, replace(left, seen=seen))
