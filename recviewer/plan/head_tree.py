"""The new side of a range as a tree of files: a commit, or the files on disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from recviewer.changes import disk
from recviewer.changes.sources import Range
from recviewer.git import ranges, refs
from recviewer.git.history import contents
from recviewer.git.ranges import CommittedFile, MissingObjects
from recviewer.git.repository import GitFailed, Repository
from recviewer.store.paths import components
from recviewer.store.refusals import OutsideRoot

PLAIN, EXECUTABLE, MODULE = "100644", "100755", "160000"


def files_of(repository: Repository, commit: str, below: bytes) -> list[CommittedFile]:
    """Return the files of a commit below a folder, even if git would interpret its name, such as a leading colon."""
    found = ranges.files_of(repository, commit, b"" if below.startswith(b":") else below)
    return [one for one in found if one.raw.startswith(below)]


def folder_of(raw: bytes) -> bytes:
    """Return the folder of a path with a final slash, b"" at the top."""
    return raw[: raw.rfind(b"/") + 1]


def obstacle(raw: bytes, mode: str) -> str:
    """Return why git does not accept a file in a patch, as the end of a sentence; "" if it does."""
    if mode == MODULE:
        return "is a submodule, not a file"
    try:
        parts = components(raw)
    except OutsideRoot:
        parts = [b".git"]
    return "has a name that git refuses" if any(part.lower() == b".git" for part in parts) else ""


class Head:
    """The files of the new side. Folders end in a slash and are listed once."""

    def __init__(self, range_: Range) -> None:
        self.range = range_
        self._folders: dict[bytes, list[CommittedFile]] = {}

    @cached_property
    def is_here(self) -> bool:
        """Tell whether it is in the work tree: the files on disk are, and the checked-out commit."""
        if self.range.repository.is_bare:
            return False
        try:
            return self.range.is_on_disk or refs.commit_of(self.range.repository, "HEAD") == self.range.head
        except GitFailed:
            return False

    def below(self, folder: bytes) -> list[CommittedFile]:
        """Return the files below a folder; on disk only recordings, and none that cannot be read."""
        if folder not in self._folders:
            found = self._on_disk(folder) if self.range.is_on_disk else None
            self._folders[folder] = files_of(self.range.repository, self.range.head, folder) if found is None else found
        return self._folders[folder]

    def mode(self, raw: bytes) -> str:
        """Return the mode of a file, as git writes it."""
        if self.range.is_on_disk:
            try:
                return mode_on_disk(self.range.repository.work_tree, raw)
            except OSError:
                return PLAIN
        return next((one.mode for one in self.below(folder_of(raw)) if one.raw == raw), PLAIN)

    def read(self, wanted: Iterable[CommittedFile]) -> Iterator[tuple[CommittedFile, bytes]]:
        """Yield files with their bytes, in their order. On disk, files that have changed are left out.

        Raises MissingObjects if those of a commit are not in the repository.
        """
        if self.range.is_on_disk:
            yield from self._read_on_disk(wanted)
        else:
            yield from read(self.range.repository, wanted)

    def is_taken(self, raw: bytes) -> bool:
        """Tell whether a file at this path would conflict with an existing one."""
        folder = folder_of(raw)
        if self.range.is_on_disk:
            return self._is_taken_on_disk(raw)
        there = self.below(folder)
        if there or not folder:
            return any(one.raw == raw or one.raw.startswith(raw + b"/") for one in there)
        while folder:
            name = folder[:-1]
            above = files_of(self.range.repository, self.range.head, name)
            if above:
                return above[0].raw == name
            folder = folder_of(name)
        return False

    @cached_property
    def _lying(self) -> list[CommittedFile]:
        return disk.recordings(self.range.repository)

    def _on_disk(self, folder: bytes) -> list[CommittedFile]:
        return [one for one in self._lying if one.raw.startswith(folder)]

    def _read_on_disk(self, wanted: Iterable[CommittedFile]) -> Iterator[tuple[CommittedFile, bytes]]:
        mine = {one.raw: one for one in wanted}
        for raw, data in disk.bytes_of(self.range.repository, {raw: one.blob for raw, one in mine.items()}):
            yield mine[raw], data

    def _is_taken_on_disk(self, raw: bytes) -> bool:
        place = os.path.join(os.fsencode(self.range.repository.work_tree), raw)
        if os.path.lexists(place):
            return True
        while not os.path.lexists(place := os.path.dirname(place)):
            pass
        return os.path.islink(place) or not os.path.isdir(place)


def read(repository: Repository, wanted: Iterable[CommittedFile]) -> Iterator[tuple[CommittedFile, bytes]]:
    """Yield files of commits with their bytes, in their order. Raises MissingObjects."""
    waiting = list(wanted)
    found = contents(repository, [one.blob for one in waiting])
    for one in waiting:
        blob, data = next(found, ("", b""))
        if blob != one.blob:
            raise MissingObjects(f"the bytes of {one.blob[:9]} are not here", ranges.missing(repository))
        yield one, data


def mode_on_disk(top: Path, raw: bytes) -> str:
    """Return the mode of a file below a directory, as git writes it. Raises OSError."""
    is_executable = os.lstat(os.path.join(os.fsencode(top), raw)).st_mode & 0o100
    return EXECUTABLE if is_executable else PLAIN
