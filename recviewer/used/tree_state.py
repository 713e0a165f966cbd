"""The state of the work tree of a run: the commit, whether the tree is clean, and each recording's blob."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from recviewer.git import repository, worktree
from recviewer.git.repository import GitFailed
from recviewer.store import files
from recviewer.store.refusals import Refusal

HASHED_BYTES = 256 << 20
"""Most bytes read of files unknown to git. Beyond that, only the size identifies a file."""


class HeadCommit(NamedTuple):
    """root: the prefix from the top of the work tree to the folder, "" for the top or without a work tree.

    sha: of HEAD, "" if there is none. clean: whether tracked files are unchanged, None if git cannot be asked.
    """

    root: str
    sha: str
    clean: bool | None


def commit_of(root: Path) -> HeadCommit:
    """Return git's state of the work tree that contains a folder. Never raises."""
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
    """Tell whether tracked files equal the index; those with other stamps are read."""
    changed = snap.ask("diff-files", "--name-only", "-z").split(b"\0")[:-1]
    if not changed:
        return True
    known = {one.raw: one.blob for one in snap.files()}
    try:
        return all(files.blob_of(snap.repository.work_tree, raw) == known.get(raw) for raw in changed)
    except Refusal:
        return False


class Blobs:
    """The git blob ids of files below a folder, as far as they are cheap to get, queried in path order.

    For files unchanged since git's index by their stamps, the id comes from the index, without reading the file.
    """

    def __init__(self, root: Path) -> None:
        self._root, self._left = root, HASHED_BYTES
        self._way, self._changed, self._index = _index_of(root)
        self._start = 0
        self._next: tuple[bytes, str] | None = (b"", "")

    def of(self, raw: bytes, size: int) -> str:
        """Return the blob id of a file, "" if not available. Paths must be in ascending order. size: in bytes."""
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
        """Return path and blob of the index's next entry, in path order; without building a large list."""
        while (end := self._index.find(b"\0", self._start)) >= 0:
            head, _, whole = self._index[self._start : end].partition(b"\t")
            self._start = end + 1
            if head.endswith(b" 0"):
                return whole, head.split(b" ")[1].decode("ascii", "replace")
        return None


def _index_of(root: Path) -> tuple[bytes, frozenset[bytes], bytes]:
    """Return the prefix from the top of the work tree, the files with other stamps than in the index, and the index."""
    found = repository.find(root)
    if found is None or found.is_bare:
        return b"", frozenset(), b""
    try:
        with worktree.snapshot(found, lambda raw: False) as snap:
            changed = frozenset(snap.ask("diff-files", "--name-only", "-z").split(b"\0"))
            return repository.way_to(found, root), changed, snap.ask("ls-files", "-z", "-s")
    except GitFailed:
        return b"", frozenset(), b""
