"""What a run runs on: the commit, whether the work tree is as in it, and which bytes each recording has."""

from __future__ import annotations

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


class Blobs:
    """The git blob ids of files below a folder, as far as they can be had cheaply, asked for in order of path.

    What git's index has, and is unchanged by its stamps, is taken from there; git reads no file for it.
    """

    def __init__(self, root: Path) -> None:
        self._root, self._left = root, HASHED_BYTES
        self._way, self._changed, self._index = _index_of(root)
        self._start = 0
        self._next: tuple[bytes, str] | None = (b"", "")

    def of(self, raw: bytes, size: int) -> str:
        """Return the blob of a file that comes after the last one, "" where it cannot be had. size: of it, in bytes."""
        whole = self._way + raw
        while self._next is not None and self._next[0] < whole:
            self._next = self._step()
        if self._next is not None and self._next[0] == whole and whole not in self._changed:
            return self._next[1]
        if size > self._left:
            return ""
        self._left -= size
        try:
            return files.blob_of(self._root, raw)
        except Refusal:
            return ""

    def _step(self) -> tuple[bytes, str] | None:
        """Return path and blob of the next entry of the index, which is in order of path; a list of all would be large."""
        while (end := self._index.find(b"\0", self._start)) >= 0:
            head, _, whole = self._index[self._start : end].partition(b"\t")
            self._start = end + 1
            if head.endswith(b" 0"):
                return whole, head.split(b" ")[1].decode("ascii", "replace")
        return None


def _index_of(root: Path) -> tuple[bytes, frozenset[bytes], bytes]:
    """Return the way from the top of the work tree, the files that have other stamps than in the index, and the index."""
    found = repository.find(root)
    if found is None or found.is_bare:
        return b"", frozenset(), b""
    try:
        with worktree.snapshot(found, lambda raw: False) as snap:
            changed = frozenset(snap.ask("diff-files", "--name-only", "-z").split(b"\0"))
            return repository.way_to(found, root), changed, snap.ask("ls-files", "-z", "-s")
    except GitFailed:
        return b"", frozenset(), b""
