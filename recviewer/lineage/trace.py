"""The history of one recording, followed across renames and re-recordings under another name.

The walk goes back from a commit by first parents. Where the file was added, the pairing of that commit tells which
deleted recording it replaced, and the walk continues with that one. If the file does not exist any more, it is followed
forwards in the same way. Both directions are limited, and report where they stopped.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from recviewer.git import walk
from recviewer.git.ranges import ChangedFile, missing
from recviewer.git.repository import GitFailed, Repository
from recviewer.git.walk import OutOfTime, WalkedCommit
from recviewer.lineage.replaced import NEAR, OtherSide, Replaced
from recviewer.pairing.pair import Pair
from recviewer.store.paths import key_of

COMMITS = 10_000
"""Most commits that one walk goes back."""

SECONDS = 2.0
"""Most seconds that git may take for one walk."""

LEAST_SECONDS = 0.5
"""Seconds that git may take for one walk even where comparing used up the rest."""

VERSIONS = 60
"""Most versions that one walk returns."""

FORWARDS = 10
"""Most commits for following forwards, in multiples of one walk, because each name is searched from the head."""

HOPS = 30
"""Most names through which a recording is followed forwards."""

MERGED = 5
"""Most commits named for a merge."""


class What(StrEnum):
    """What a commit did to the recording.

    added, modified, deleted: as named. renamed: equal bytes under another name. remade: it replaced a deleted recording
    of the same call. returned: it had been deleted, and was added again. there: it exists in the oldest fetched commit;
    when it was added is unknown.
    """

    ADDED = "added"
    MODIFIED = "modified"
    RENAMED = "renamed"
    REMADE = "remade"
    RETURNED = "returned"
    DELETED = "deleted"
    THERE = "there"


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A file in a commit. raw: its path in the repository. mode: in git's notation."""

    raw: bytes
    blob: str
    mode: str = "100644"


@dataclass(frozen=True, slots=True)
class Version:
    """What one commit did to the recording.

    parent: "" for a commit without parents. place: the file after the commit, None if deleted. before: the file before
    it, None if new. pair: how the previous one was matched under another name. merged: the commits that brought the
    change, if this one is a merge. then: what replaced a deleted one, if that was not followed.
    """

    what: What
    sha: str
    parent: str
    place: TreeFile | None
    before: TreeFile | None
    pair: Pair | None = None
    merged: tuple[str, ...] = ()
    then: TreeFile | None = None


@dataclass(frozen=True, slots=True)
class Lineage:
    """All versions, newest first.

    head: the commit from which the walk started. commits: how many it visited. further: (path, commit) from which to
    continue, None at the end. end: why the walk ended, as a sentence. problems: what could not be determined, as
    clauses.
    """

    head: str
    versions: tuple[Version, ...]
    commits: int
    end: str
    further: tuple[bytes, str] | None = None
    problems: tuple[str, ...] = ()

    @property
    def today(self) -> TreeFile | None:
        """The recording in the head; None if it is deleted there."""
        return self.versions[0].place if self.versions else None


@dataclass(slots=True)
class _Look:
    """A walk into the past, with its remaining limits."""

    repository: Repository
    replaced: Replaced
    head: str
    commits: int
    until: float
    line: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def back(self, start: str, *raws: bytes) -> Iterator[WalkedCommit]:
        """Walk back from a commit within the remaining limits."""
        seconds = max(LEAST_SECONDS, self.until - time.monotonic())
        yield from walk.back(self.repository, start, *raws, limit=self.commits, seconds=seconds)


def trace(
    repository: Repository,
    head: str,
    raw: bytes,
    replaced: Replaced,
    *,
    commits: int = COMMITS,
    seconds: float = SECONDS,
) -> Lineage:
    """Follow the recording at a path, back from a commit (a full id) and, if it is missing there, forwards.

    Raises GitFailed if not even the first commit can be read.
    """
    look = _Look(repository, replaced, head, commits, time.monotonic() + seconds)
    versions, end, further = _past(look, raw)
    if versions and versions[0].place is None:
        later = replace(look, commits=commits * FORWARDS, until=time.monotonic() + seconds)
        versions = _future(later, versions)
    versions = [_with_merged(repository, version) for version in versions]
    told = tuple(dict.fromkeys(look.problems))
    return Lineage(head, tuple(versions), len(look.line), end, further, told)


def _past(look: _Look, raw: bytes) -> tuple[list[Version], str, tuple[bytes, str] | None]:
    """Return the versions from the head back, why the walk ended, and where to continue."""
    versions: list[Version] = []
    start = look.head
    step: WalkedCommit | None = None
    while True:
        hop: Version | None = None
        try:
            for step in look.back(start, raw):
                look.line.append(step.sha)
                look.commits -= 1
                for change in step.changes:
                    versions.append(_version(look, step, change))
                hop = versions[-1] if versions and versions[-1].sha == step.sha else None
                if hop is not None and (hop.pair is not None or len(versions) >= VERSIONS):
                    break
                hop = None
        except OutOfTime as late:
            return _returned(versions), _sentence(late), _on(step, raw) if step else None
        except GitFailed as failed:
            if step is None:
                raise
            return _returned(versions), f"Here the history ends: {failed}.", None
        if step is None:
            return [], "There is no commit here.", None
        raw = hop.before.raw if hop is not None and hop.before is not None else raw
        if not step.parents or look.commits <= 0 or hop is None or hop.pair is None:
            further = _on(step, raw) if step.parents else None
            return _returned(versions), _why(look, step, further), further
        start = step.parents[0]


def _sentence(error: GitFailed) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


def _on(step: WalkedCommit, raw: bytes) -> tuple[bytes, str] | None:
    return (raw, step.parents[0]) if step.parents else None


def _why(look: _Look, step: WalkedCommit, further: tuple[bytes, str] | None) -> str:
    if further is not None:
        return f"{len(look.line):,} commits were looked through, back to {step.sha[:9]}."
    if is_cut(look.repository, step.sha):
        return f"Here the history ends: {missing(look.repository)}."
    return ""


def is_cut(repository: Repository, sha: str) -> bool:
    """Tell whether a commit has parents that were not fetched."""
    return repository.is_shallow and sha in (repository.common_dir / "shallow").read_text(errors="replace").split()


def _plain(step: WalkedCommit, change: ChangedFile) -> Version:
    """Return a version considering its own path only."""
    old = TreeFile(change.raw, change.old, change.old_mode) if change.old else None
    new = TreeFile(change.raw, change.new, change.new_mode) if change.new else None
    what = What.MODIFIED if old and new else What.DELETED if old else What.ADDED
    return Version(what, step.sha, step.parents[0] if step.parents else "", new, old, merged=step.parents[1:])


def _version(look: _Look, step: WalkedCommit, change: ChangedFile) -> Version:
    """Return a version; an added one together with what it replaced."""
    made = _plain(step, change)
    if made.what is not What.ADDED:
        return made
    if not made.parent:
        return replace(made, what=What.THERE if is_cut(look.repository, step.sha) else What.ADDED)
    try:
        found = look.replaced.before(made.parent, step.sha, change.raw, _ahead(look, step.sha))
    except GitFailed as failed:
        look.problems.append(f"what {step.sha[:9]} replaced cannot be told: {failed}")
        found = None
    if found is None:
        return made
    what = What.RENAMED if found.blob == change.new else What.REMADE
    return replace(made, what=what, before=TreeFile(found.raw, found.blob), pair=found.pair)


def _returned(versions: list[Version]) -> list[Version]:
    """Return versions where an addition after a deletion is marked as returned."""
    made: list[Version] = []
    for place, version in enumerate(versions):
        older = versions[place + 1] if place + 1 < len(versions) else None
        is_back = version.what is What.ADDED and older is not None and older.what is What.DELETED
        made.append(replace(version, what=What.RETURNED, before=older.before) if is_back and older else version)
    return made


def _future(look: _Look, versions: list[Version]) -> list[Version]:
    """Prepend the versions of what replaced a deleted recording, and of its successors."""
    for _ in range(HOPS):
        gone = versions[0]
        if gone.place is not None or gone.before is None:
            break
        ahead = _ahead(look, gone.sha)
        try:
            found = look.replaced.after(gone.parent, gone.sha, gone.before.raw, ahead)
            later = _between(look, gone, found, ahead) if found else []
        except GitFailed as failed:
            look.problems.append(f"what replaced {key_of(gone.before.raw)} cannot be told: {failed}")
            break
        if found and not later:
            versions = [replace(gone, pair=found.pair, then=TreeFile(found.raw, found.blob)), *versions[1:]]
        if not later:
            break
        versions = [*later, *(versions if later[-1].sha in ahead else versions[1:])]
    return versions


def _ahead(look: _Look, sha: str) -> list[str]:
    """Return the commits between one and the head, as far as the walk visited them, nearest first."""
    return look.line[: look.line.index(sha)][::-1] if sha in look.line else []


def _between(look: _Look, gone: Version, found: OtherSide, ahead: list[str]) -> list[Version]:
    """Return the versions of the replacement of a deleted recording, from the head back to its addition."""
    made: list[Version] = []
    left = len(ahead) + NEAR
    for step in look.back(look.head, found.raw):
        look.commits -= 1
        left -= 1
        made += [_plain(step, change) for change in step.changes]
        if left < 0 or (left < NEAR and made and made[-1].what is What.ADDED):
            break
    first = made[-1] if made else None
    if first is None or first.what is not What.ADDED or first.place is None or gone.before is None:
        return []
    what = What.RENAMED if first.place.blob == gone.before.blob else What.REMADE
    made[-1] = replace(first, what=what, before=gone.before, pair=found.pair)
    return _returned(made)


def _with_merged(repository: Repository, version: Version) -> Version:
    """Replace a merge's further parents by the commits that it brought."""
    place = version.place or version.before
    if not version.merged or place is None:
        return version
    step = WalkedCommit(version.sha, (version.parent, *version.merged), ())
    return replace(version, merged=tuple(walk.inside(repository, step, place.raw, limit=MERGED)))
