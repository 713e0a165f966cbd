"""The requests and branches of a repository to look at, each with its range by name.

By name, so that a newer push is found under the same address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recviewer.changes.touched import Counter, Touch
from recviewer.git import fetched, refs
from recviewer.git.landmarks import Landmarks
from recviewer.git.refs import CommitFacts, PullRequest, Ref
from recviewer.git.repository import Repository

SEARCHED = 500
"""Newest requests whose first commit is searched too; of older ones only the last commit."""


@dataclass(frozen=True, slots=True)
class ListedRange:
    """An entry of a list. label: `#3`, `!3` or a branch name. spec: its range.

    head: its newest commit, None if not available here. title: the subject of its first commit; "" if there is only
    one. touch: None if unknown. is_gone: the remote no longer has it.
    """

    label: str
    spec: str
    head: CommitFacts | None
    title: str = ""
    touch: Touch | None = None
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class RequestPage:
    """One page of requests. found: number of matches, of `total`.

    without: how many further matches change no recording, if these were excluded. uncounted: of how many matches it is
    not yet known what they change; they are included.
    """

    entries: tuple[ListedRange, ...]
    found: int
    total: int
    without: int = 0
    uncounted: int = 0


@dataclass(frozen=True, slots=True)
class _KnownHeads:
    """What is known of some heads: their commits, first commits, and what they change."""

    heads: dict[str, CommitFacts]
    touches: dict[str, Touch]
    firsts: dict[str, CommitFacts]

    def first(self, sha: str) -> CommitFacts | None:
        """Return the first commit that belongs to a head alone."""
        touch = self.touches.get(sha)
        return self.firsts.get(touch.first) if touch else None

    def entry(self, label: str, spec: str, sha: str, *, is_gone: bool = False) -> ListedRange:
        """Return the entry for a head."""
        head = self.heads.get(sha)
        first = self.first(sha) or head
        return ListedRange(label, spec, head, first.subject if first else "", self.touches.get(sha), is_gone)

    def has(self, request: PullRequest, words: Sequence[str]) -> bool:
        """Tell whether all words occur in a request's number, or in its first or last commit."""
        commits = (self.heads.get(request.sha), self.first(request.sha))
        said = [request.label, *(f"{commit.subject} {commit.author}" for commit in commits if commit)]
        text = " ".join(said).casefold()
        return all(word in text for word in words)


def _told(
    repository: Repository, marks: Landmarks, counter: Counter, heads: dict[str, CommitFacts], shas: Sequence[str]
) -> _KnownHeads:
    touches = counter.touched(repository, marks.base, shas) if marks.base and shas else {}
    firsts = refs.commits(repository, {touch.first for touch in touches.values() if touch.first})
    return _KnownHeads(heads, touches, firsts)


def requests(
    repository: Repository,
    marks: Landmarks,
    counter: Counter,
    *,
    query: str = "",
    start: int = 0,
    most: int = 50,
    with_recordings: bool = False,
) -> RequestPage:
    """Return requests, newest number first. query: words that must all occur. start, most: the page.

    with_recordings: exclude those without changed recordings; unknown ones are counted in the background.
    """
    known = refs.requests(repository)
    heads = refs.commits(repository, [request.sha for request in known])
    words = query.casefold().split()
    found: Sequence[PullRequest] = known
    if words:
        told = _told(repository, marks, counter, heads, [request.sha for request in known[:SEARCHED]])
        found = [request for request in known if told.has(request, words)]
    every = found
    counts = (
        counter.count_all(repository, marks.base, [one.sha for one in every]) if marks.base and with_recordings else {}
    )
    if with_recordings:
        found = [one for one in every if one.sha not in counts or counts[one.sha].recordings != 0]
    page = found[start : start + most]
    told = _told(repository, marks, counter, heads, [request.sha for request in page])
    gone = set(fetched.note(repository.fetched).gone)
    base = marks.default or "HEAD"
    entries = (told.entry(one.label, f"{base}...{one.ref}", one.sha, is_gone=one.ref in gone) for one in page)
    uncounted = sum(one.sha not in counts for one in every) if with_recordings else 0
    return RequestPage(tuple(entries), len(found), len(known), len(every) - len(found), uncounted)


def branches(repository: Repository, marks: Landmarks, counter: Counter, *, most: int) -> tuple[list[ListedRange], int]:
    """Return the most recently updated branches except the default one, and how many there are."""
    known = refs.branches(repository)
    local = {(ref.name.removeprefix("refs/heads/"), ref.sha) for ref in known if ref.name.startswith("refs/heads/")}
    others = [ref for ref in known if ref.sha != marks.base and not _is_copy(ref, local)]
    heads = refs.commits(repository, [ref.sha for ref in others])
    here = [ref for ref in others if ref.sha in heads]
    newest = sorted(here, key=lambda ref: (-heads[ref.sha].at.timestamp(), ref.name))[:most]
    told = _told(repository, marks, counter, heads, [ref.sha for ref in newest])
    base = marks.default or "HEAD"
    return [told.entry(ref.short, f"{base}...{ref.short}", ref.sha) for ref in newest], len(here)


def _is_copy(ref: Ref, local: set[tuple[str, str]]) -> bool:
    """Tell whether a remote branch equals the local one of the same name."""
    is_remote, _, rest = ref.name.partition("refs/remotes/")
    return not is_remote and (rest.partition("/")[2], ref.sha) in local


def names(repository: Repository, *, most: int) -> list[str]:
    """Return names that may be typed: branches and tags."""
    found = [*refs.branches(repository), *refs.listed(repository, "refs/tags")]
    return [ref.short for ref in found[:most]]
