"""The lineages of recordings for pages: found by key, and cached in this process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.conf import settings

from recviewer.bounded.cache import Recent
from recviewer.catalog.content import Content
from recviewer.catalog.models import Recording
from recviewer.exchange.model import Kind
from recviewer.git import blobs, ranges, refs, walk
from recviewer.git.refs import CommitFacts
from recviewer.git.repository import GitFailed, Repository
from recviewer.git.walk import OutOfTime
from recviewer.lineage.replaced import Replaced
from recviewer.lineage.trace import COMMITS, SECONDS, Lineage, trace
from recviewer.lineage.versions import FullVersion, full_versions
from recviewer.memory import git_contents
from recviewer.pairing.sides import Library
from recviewer.recorders.registry import claims, is_recognized
from recviewer.review.subjects import printable

KEPT = 40
"""Number of cached lineages; the least recently used one is dropped first."""

REFS = 2_000
"""Number of branches and pull requests that are searched for a path that the current commit never had."""

_NAMESPACES = ("refs/heads", "refs/pull", "refs/merge-requests", "refs/remotes")


class NoHistory(GitFailed):
    """No searched commit had a file at the path. further: the commit to continue from, or ""."""

    def __init__(self, reason: str, further: str) -> None:
        super().__init__(reason)
        self.further = further


@dataclass(frozen=True, slots=True)
class Start:
    """Where to start. name: of the commit, as requested. raw: of the file. elsewhere: other refs that have it.

    part: the recording in a file with many, "" for the only one.
    """

    name: str
    commit: str
    raw: bytes
    elsewhere: tuple[str, ...] = ()
    part: str = ""


def start_of(here: Repository, key: str, recording: Recording | None, asked: str) -> Start:
    """Find the file and the recording that a key means, and a commit from which its history can be seen.

    asked: a revision; "" for HEAD or, if HEAD never had the file, any branch or request that has it. Raises NoHistory,
    GitFailed.
    """
    start = _start(here, key, recording, asked)
    return replace(start, part=recording.part) if recording is not None and recording.part else start


def _start(here: Repository, key: str, recording: Recording | None, asked: str) -> Start:
    name = asked or "HEAD"
    commit = refs.commit_of(here, name)
    raws = git_contents.raws_of(key, recording)
    for raw in raws:
        if blobs.holding(here, [commit], raw):
            return Start(name, commit, raw)
    touched, looked, last, further = _remembered(here, commit, raws)
    if touched is not None:
        return Start(name, commit, touched)
    found = None if asked else _elsewhere(here, raws)
    if found is not None:
        return found
    if further:
        raise NoHistory(f"None of {looked:,} commits, back to {last[:9]}, touched a file at this path", further)
    raise NoHistory(f"No commit at or before {printable(name, 60)} had a file at this path", "")


_Touched = tuple[bytes | None, int, str, str]

_library = Library(limit_bytes=8_000_000)
_kept = Recent[tuple[object, ...], tuple[Lineage, tuple[FullVersion, ...]]](KEPT)
_looked = Recent[tuple[object, ...], _Touched](KEPT)
_replaced: dict[str, Replaced] = {}


def _remembered(here: Repository, commit: str, raws: list[bytes]) -> _Touched:
    key = (str(here.git_dir), commit, *raws, *_fetched(here))
    return _looked.made(key, lambda: _touched(here, commit, raws))


def _touched(here: Repository, commit: str, raws: list[bytes]) -> _Touched:
    """Return which path was touched last; if none was, how many commits were searched, the last one and its parent."""
    looked, last, further = 0, "", ""
    try:
        for step in walk.back(here, commit, *raws, limit=COMMITS, seconds=SECONDS) if raws else ():
            if step.changes:
                return min((one.raw for one in step.changes), key=raws.index), looked, last, further
            looked, last, further = looked + 1, step.sha, step.parents[0] if step.parents else ""
    except OutOfTime:
        if not further:
            raise
    return None, looked, last, further


def _elsewhere(here: Repository, raws: list[bytes]) -> Start | None:
    listed = refs.listed(here, *_NAMESPACES)[:REFS]
    for raw in raws:
        found = frozenset(blobs.holding(here, [ref.sha for ref in listed], raw))
        having = [ref for ref in listed if ref.sha in found]
        if having:
            return Start(having[0].name, having[0].sha, raw, tuple(ref.name for ref in having[1:6]))
    return None


def versions_of(here: Repository, start: Start) -> tuple[Lineage, tuple[FullVersion, ...]]:
    """Follow a recording, or take the result from the cache: commits never change, but more of them may be fetched.

    Raises GitFailed.
    """
    key = (str(here.git_dir), start.commit, start.raw, start.part, *_fetched(here))
    return _kept.made(key, lambda: _followed(here, start))


def _followed(here: Repository, start: Start) -> tuple[Lineage, tuple[FullVersion, ...]]:
    replaced = _replaced.setdefault(str(here.git_dir), Replaced(here, _library))
    lineage = trace(here, start.commit, start.raw, replaced)
    return lineage, full_versions(here, lineage, _library, limit_bytes=settings.FILE_LIMIT_BYTES, part=start.part)


def _fetched(here: Repository) -> list[int]:
    """Return a value that changes when more of the history was fetched."""
    found = []
    for place in (here.common_dir / "shallow", here.common_dir / "objects" / "pack"):
        try:
            found.append(place.stat().st_mtime_ns)
        except OSError:
            found.append(0)
    return found


def is_of_a_recording(here: Repository, content: Content, key: str) -> bool:
    """Tell whether a content of git is that of a recording: by its content, or because of its past or present path.

    key: its alleged path, "" for none. Needed where a user who may see recordings may not see the rest of the
    repository.
    """
    if is_recognized(content.data):
        return True
    place, commit = came_with(here, content.blob, key)
    if commit is None:
        return False
    return claims().holds(place.encode("utf-8", "surrogatepass")) or Recording.objects.filter(path=place).exists()


def is_history_of_a_recording(key: str, versions: Sequence[FullVersion]) -> bool:
    """Tell whether what became of a key without a recording is that of one: of a place where recordings lie, or of what
    was read as one. Asked where who may see recordings need not see all of a repository.

    versions: what is known of it, () for nothing.
    """
    if any(claims().holds(raw) for raw in git_contents.raws_of(key, None)):
        return True
    return any(one.side.exchange.kind is not Kind.UNREADABLE or claims().holds(one.side.file_raw) for one in versions)


def came_with(here: Repository, blob: str, key: str) -> tuple[str, CommitFacts | None]:
    """Return the path at which git has or had a blob, and the commit that brought it there.

    key: its alleged path, "" for none. If it cannot be confirmed, it is returned without a commit.
    """
    try:
        if not key:
            raws = [item.raw for item in ranges.files_of(here, refs.commit_of(here, "HEAD")) if item.blob == blob]
            key = git_contents.key_for(raws[0]) if raws else ""
        if not key:
            return "", None
        recording = Recording.objects.filter(path=key).first()
        _, versions = versions_of(here, start_of(here, key, recording, ""))
    except GitFailed:
        return key, None
    mine = [one for one in versions if one.version.place and one.version.place.blob == blob]
    same = [one for one in mine if git_contents.key_for(one.side.raw) == key] or mine
    return (git_contents.key_for(same[-1].side.raw), same[-1].commit) if same else (key, None)
