"""The new side of a range that ends in the working tree: what git would commit of its recordings."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from recviewer.git.ranges import ChangedFile, CommittedFile
from recviewer.git.repository import Repository
from recviewer.git.worktree import snapshot
from recviewer.recorders.registry import claims
from recviewer.store import files
from recviewer.store.paths import key_of
from recviewer.store.refusals import Refusal
from recviewer.store.scan import scan

Wanted = Callable[[bytes], bool]
"""Predicate: whether a path is that of a recording."""


@dataclass(frozen=True, slots=True)
class DiskChanges:
    """How the recordings of a working tree differ from a commit, sorted by path.

    data: the bytes of new blobs as git would store them, by blob id. obstacles: why files are unreadable, by path;
    their new blob is `disk:` and the path. problems: what could not be examined, as clauses.
    """

    changed: tuple[ChangedFile, ...]
    data: Mapping[str, bytes]
    obstacles: Mapping[bytes, str]
    problems: tuple[str, ...]


def has_home(repository: Repository) -> bool:
    """Tell whether the working tree contains, or is in, a directory with a home's name."""
    return not scan(repository.work_tree, claims()).is_loose


def looked_at(repository: Repository, commit: str, wanted: Wanted) -> DiskChanges:
    """Compare a commit (full id) with the working tree by git's own rules: what `git status` considers clean is equal.

    Files left out by sparse checkout are not deleted, and ignored untracked files do not exist. Raises GitFailed.
    """
    found = scan(repository.work_tree, claims())
    problems = [f"{problem.key or '.'}: {problem.what}" for problem in found.problems]
    with snapshot(repository, wanted) as snap:
        obstacles = {one.raw: one.why for one in snap.obstacles}
        changed = []
        before = {one.raw: one for one in snap.differing(commit) if wanted(one.raw)}
        for raw, item in before.items():
            if raw not in obstacles and (item.new or found.saw(raw)):
                changed.append(item)
        for raw in obstacles:
            item = before.get(raw) or _held_at(snap.files(raw), raw)
            changed.append(ChangedFile(raw, item.old, f"disk:{key_of(raw)}", item.old_mode, "100644"))
        data = dict(snap.contents(sorted({item.new for item in changed if item.new and item.raw not in obstacles})))
        problems += [_unsure(raw, name) for raw, name in snap.unsure]
    return DiskChanges(tuple(sorted(changed)), data, obstacles, tuple(problems))


def _held_at(held: Collection[CommittedFile], raw: bytes) -> ChangedFile:
    one = next((one for one in held if one.raw == raw), None)
    return ChangedFile(raw, one.blob if one else "", "", one.mode if one else "000000", "000000")


def _unsure(raw: bytes, name: str) -> str:
    return (
        f"{key_of(raw)}: whether it changed only the filter “{name}” could tell, a program that the repository's "
        "configuration names and that recviewer does not run"
    )


def bytes_of(repository: Repository, wanted: Mapping[bytes, str]) -> Iterator[tuple[bytes, bytes]]:
    """Yield (path, bytes) for the files whose bytes, as git would store them, still have the requested blob id.

    wanted: blob ids by path, in order. Raises GitFailed.
    """
    stored: dict[bytes, bytes] | None = None
    with files.Reader(repository.work_tree, limit_bytes=None) as reader:
        for raw, blob in wanted.items():
            try:
                data = reader.read(raw).data
            except Refusal:
                continue
            if files.blob_id(data) == blob:
                yield raw, data
                continue
            stored = _stored(repository, wanted) if stored is None else stored
            if raw in stored:
                yield raw, stored[raw]


def _stored(repository: Repository, wanted: Mapping[bytes, str]) -> dict[bytes, bytes]:
    """Return, by path, the bytes that git would store; line ends and encodings may differ on disk."""
    with snapshot(repository, wanted.__contains__) as snap:
        mine = {one.raw: one.blob for one in snap.files() if wanted.get(one.raw) == one.blob}
        found = dict(snap.contents(sorted(set(mine.values()))))
    return {raw: found[blob] for raw, blob in mine.items() if blob in found}


def recordings(repository: Repository) -> list[CommittedFile]:
    """Return the recordings in the working tree, with their blob ids as git would store them. Raises GitFailed."""
    there = {stamp.raw for stamp in scan(repository.work_tree, claims()).stamps if not stamp.obstacle}
    with snapshot(repository, there.__contains__) as snap:
        obstacles = {one.raw for one in snap.obstacles}
        return [one for one in snap.files() if one.raw in there and one.raw not in obstacles]


def state(repository: Repository) -> str:
    """Return a digest that changes if a recording of a work tree, or git's settings for reading files, may have
    changed.

    Computed from stamps, not from contents.
    """
    digest = hashlib.blake2b(digest_size=16)
    folders = {b""}
    for stamp in scan(repository.work_tree, claims()).stamps:
        digest.update(repr(stamp).encode("utf-8", "backslashreplace"))
        folder = os.path.dirname(stamp.raw)
        while folder not in folders:
            folders.add(folder)
            folder = os.path.dirname(folder)
    top = os.fsencode(repository.work_tree)
    rules = [
        os.path.join(top, folder, name) for folder in sorted(folders) for name in (b".gitattributes", b".gitignore")
    ]
    rules += [os.fsencode(repository.git_dir / name) for name in ("index", "config.worktree", "info/sparse-checkout")]
    rules += [os.fsencode(repository.common_dir / name) for name in ("config", "info/exclude", "info/attributes")]
    for place in rules:
        digest.update(_stamp(Path(os.fsdecode(place))))
    return digest.hexdigest()


def _stamp(place: Path) -> bytes:
    try:
        seen = place.lstat()
    except OSError:
        return b"-"
    return b"%d %d %d" % (seen.st_size, seen.st_mtime_ns, seen.st_ino)
