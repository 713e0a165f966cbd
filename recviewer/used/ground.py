"""What a run runs on: the commit, whether the work tree is as in it, and which bytes each recording has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from recviewer.git import repository, worktree
from recviewer.git.repository import GitFailed
from recviewer.store import files
from recviewer.store.refusals import Refusal

HASHED_BYTES = 256 << 20
"""Bytes that are read of files which git does not know. What is beyond is told by its size alone."""


class HeadCommit(NamedTuple):
    """root: the way from the top of the work tree to the folder, "" for the top or where there is none.

    sha: of HEAD, "" where there is none. clean: whether git sees no change in tracked files, None where it cannot be asked.
    """

    root: str
    sha: str
    clean: bool | None


def commit_of(root: Path) -> HeadCommit:
    """Return what git says of the work tree that holds a folder. Never raises."""
    found = repository.find(root)
    if found is None:
        return HeadCommit("", "", None)
    way = repository.way_to(found, root).rstrip(b"/").decode("utf-8", "backslashreplace")
    try:
        sha = repository.resolve(found, "HEAD")
        with worktree.snapshot(found, lambda raw: False) as snap:
            is_clean = not snap.differing(sha) and _are_as_in_index(snap)
        return HeadCommit(way, sha, is_clean)
    except GitFailed:
        return HeadCommit(way, "", None)


def _are_as_in_index(snap: worktree.Snapshot) -> bool:
    """Tell whether tracked files are as the index has them; those with other stamps are read."""
    changed = snap.ask("diff-files", "--name-only", "-z").split(b"\0")[:-1]
    if not changed:
        return True
    known = {one.raw: one.blob for one in snap.held()}
    try:
        return all(files.blob_of(snap.repository.work_tree, raw) == known.get(raw) for raw in changed)
    except Refusal:
        return False


def blobs_of(root: Path, raws: Mapping[bytes, int]) -> dict[bytes, str]:
    """Return the git blob ids of files below a folder, as far as they can be had cheaply. raws: their sizes, by path."""
    known = _in_git(root, raws)
    left = HASHED_BYTES
    for raw, size in raws.items():
        if raw not in known and size <= left:
            left -= size
            try:
                known[raw] = files.blob_of(root, raw)
            except Refusal:
                continue
    return known


def _in_git(root: Path, raws: Mapping[bytes, int]) -> dict[bytes, str]:
    """Return the blobs of those that are in git's index and, by their stamps, unchanged. git reads none of them for it."""
    found = repository.find(root)
    if found is None or found.is_bare:
        return {}
    way = repository.way_to(found, root)
    try:
        with worktree.snapshot(found, lambda raw: False) as snap:
            changed = set(snap.ask("diff-files", "--name-only", "-z").split(b"\0"))
            held = {one.raw[len(way) :]: one.blob for one in snap.held(way) if one.raw not in changed}
            return {raw: held[raw] for raw in raws if raw in held}
    except GitFailed:
        return {}
