"""The versions of a recording with their content: author, change, and recording."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from recviewer.changes.model import Change
from recviewer.changes.overview import compared
from recviewer.exchange.model import Kind
from recviewer.git import blobs, refs
from recviewer.git.history import contents
from recviewer.git.ranges import missing
from recviewer.git.refs import CommitFacts
from recviewer.git.repository import Repository
from recviewer.lineage.trace import Lineage, TreeFile, Version
from recviewer.pairing.pair import How, Pair, Sure
from recviewer.pairing.sides import Library, Side, SideReader, sides_of, unread_file
from recviewer.recorders.reading import NOBODYS
from recviewer.recorders.registry import read_as

SECONDS = 1.0
"""Seconds for comparing the versions of one page; the rest can be compared on request."""

_FILES = ("100644", "100755", "100664")
_PATH = Pair(0, 0, How.PATH, Sure.CERTAIN, 1.0, "the same path")
_BOTS = ("[bot]", "-bot")


@dataclass(frozen=True, slots=True)
class FullVersion:
    """A version with its details.

    commit: None if its object cannot be read. side: the recording after the commit, or the one that it deleted. change:
    from the previous version, None if there is none, or if there was no time to compare. merged: the commits that a
    merge brought.
    """

    version: Version
    commit: CommitFacts | None
    side: Side
    change: Change | None
    merged: tuple[CommitFacts, ...]


def is_bot(author: str) -> bool:
    """Tell whether a commit's author is a program, by the usual names of programs."""
    name = author.strip().lower()
    return name.endswith(_BOTS) or name in ("github-actions", "github actions")


def full_versions(
    repository: Repository, lineage: Lineage, library: Library, *, limit_bytes: int, part: str = ""
) -> tuple[FullVersion, ...]:
    """Read all versions of a lineage. limit_bytes: larger files are not read. Raises GitFailed if git fails.

    part: the exchange of a file with several; versions of the file that did not change it are left out.
    """
    places = [place for one in lineage.versions for place in (one.place, one.before) if place is not None]
    sides = _sides(repository, places, library, limit_bytes, part)
    names = [name for one in lineage.versions for name in (one.sha, *one.merged)]
    commits = refs.commits(repository, dict.fromkeys(names))
    until = time.monotonic() + SECONDS
    made = []
    for one in lineage.versions:
        place = one.place or one.before
        if place is None:
            continue
        if part and not _touches(part, [sides[at] for at in (one.before, one.place) if at is not None]):
            continue
        change = None
        if one.place is not None and one.before is not None and time.monotonic() < until:
            change = compared(sides[one.before], sides[one.place], one.pair or _PATH, None)
        merged = tuple(commits[name] for name in one.merged if name in commits)
        made.append(FullVersion(one, commits.get(one.sha), sides[place], change, merged))
    return tuple(made)


def _sides(
    repository: Repository, places: Sequence[TreeFile], library: Library, limit_bytes: int, part: str
) -> dict[TreeFile, Side]:
    wanted = {place.blob for place in places if place.mode in _FILES}
    sizes = blobs.sizes(repository, wanted)
    names = {blob: {_name(place) for place in places if place.blob == blob} for blob in wanted}
    meanings = {(blob, name): library.get(blob, name) for blob in sizes for name in names[blob]}
    unread = {blob for (blob, _), known in meanings.items() if known is None and sizes[blob] <= limit_bytes}
    reader = SideReader(library)
    for blob, data in contents(repository, unread):
        for name in names[blob]:
            meanings[blob, name] = reader.read(data, name, blob)
    made = {}
    for place in places:
        known = meanings.get((place.blob, _name(place))) if place.mode in _FILES else None
        said = known or unread_file(_why_not(repository, place, sizes.get(place.blob), limit_bytes), place.blob)
        made[place] = _chosen(sides_of(place.raw, place.blob, said), place, part)
    return made


def _touches(part: str, sides: Sequence[Side]) -> bool:
    """Tell whether a version of a file changed one of its recordings. sides: before and after, as far as the file
    existed.
    """
    held = [side.blob for side in sides if side.part == part]
    return bool(held) and not (len(held) == len(sides) == 2 and held[0] == held[1])


def _chosen(sides: Sequence[Side], place: TreeFile, part: str) -> Side:
    """Return the requested recording. part: its name within the file, "" for the only one."""
    found = next((side for side in sides if side.part == part), None)
    if found is not None:
        return found
    if not sides:
        return sides_of(place.raw, place.blob, unread_file(NOBODYS, place.blob))[0]
    if len(sides) == 1 and sides[0].exchange.kind is Kind.UNREADABLE:
        return sides[0]  # unreadable, so its content is unknown
    why = f"its file has {len(sides):,} recordings, and not this one" if part else "a file of several recordings"
    return sides_of(place.raw, place.blob, unread_file(why, place.blob))[0]


def _name(place: TreeFile) -> str:
    return read_as(place.raw.decode("utf-8", "backslashreplace"))


def _why_not(repository: Repository, place: TreeFile, size: int | None, limit_bytes: int) -> str:
    if place.mode not in _FILES:
        return "a symbolic link or a submodule, not a file"
    if size is None:
        return f"its bytes are not here; {missing(repository)}"
    if size > limit_bytes:
        return f"larger than {limit_bytes // 1_048_576:,} MB"
    return "git did not give its bytes"
