"""Finds the recordings: one walk over the root that examines names and stamps, never bytes."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from recviewer.store.claims import SKIPPED, Claims, is_one
from recviewer.store.paths import key_of, open_root
from recviewer.store.refusals import why

_OBSTACLES = {
    stat.S_IFLNK: "a symbolic link, which is not followed",
    stat.S_IFIFO: "a named pipe, not a file",
    stat.S_IFSOCK: "a socket, not a file",
    stat.S_IFBLK: "a device, not a file",
    stat.S_IFCHR: "a device, not a file",
}


class FileStamp(NamedTuple):
    """A recording's metadata from the file system. Equal stamps mean that it is unchanged, and not read again.

    key: see `paths.key_of`. raw: its path relative to the root. size: in bytes. mtime_ns: since the epoch. inode: its
    number. obstacle: why it cannot be read (a noun or a clause), "" for a regular file.
    """

    key: str
    raw: bytes
    size: int
    mtime_ns: int
    inode: int
    obstacle: str = ""


@dataclass(frozen=True, slots=True)
class ScanProblem:
    """A place that the scan could not examine. raw: the directory's (or file's) relative path, b"" for the root itself.

    what: a clause. is_directory: everything below it is unknown, which is not the same as missing.
    """

    key: str
    raw: bytes
    what: str
    is_directory: bool = True


@dataclass(frozen=True, slots=True)
class Scan:
    """The result of a walk. stamps: sorted by key, without duplicates. problems: sorted by key.

    is_loose: there is no directory with a home's name, so every file with a claimed suffix counts as a recording.
    """

    stamps: tuple[FileStamp, ...]
    problems: tuple[ScanProblem, ...]
    is_loose: bool

    def saw(self, raw: bytes) -> bool:
        """Tell whether the scan could examine a raw path.

        If so, a recording that is not among the stamps does not exist; if not, that is unknown.
        """
        return not any(
            not problem.raw or raw.startswith(problem.raw + b"/") for problem in self.problems if problem.is_directory
        )


def scan(root: Path, claims: Claims, *, skip: Collection[Path] = ()) -> Scan:
    """Find the recordings below the root.

    A recording is a file with a claimed suffix below a directory with the name of its home, at any depth. If the root
    itself has such a name, or is below such a directory, every file with that suffix below the root is one; if there is
    no home at all, every file with a claimed suffix is. claims: what recorders claim. skip: directories that are not
    entered (the trash, if it is below the root), besides those in `SKIPPED`. Symbolic links are not followed. A claimed
    path that is not a regular file has an obstacle. Unreadable directories are problems; the walk continues. Raises
    NoRoot.
    """
    os.close(open_root(root))
    walk = _Walk(root, claims, skip)
    walk.run()
    is_loose = not walk.found_home
    if is_loose:
        for entry, raw in walk.loose:
            walk.add(entry, raw)
    stamps = sorted(walk.stamps, key=attrgetter("key"))
    if walk.spelled_out:
        stamps = _without_twins(sorted(stamps), walk.problems)
    return Scan(tuple(stamps), tuple(sorted(walk.problems, key=attrgetter("key"))), is_loose)


class _Walk:
    """A walk in progress. loose: files with claimed suffixes outside of any home, which count only if there is none.

    waiting: directories to list, each with the suffixes claimed in it. spelled_out: a name is not UTF-8, so its key may
    not be unique.
    """

    def __init__(self, root: Path, claims: Claims, skip: Collection[Path]) -> None:
        self.claims = claims
        self.base = os.path.join(os.path.abspath(os.fsencode(root)), b"")
        self.claimed = claims.claimed_in([*self.base.split(b"/"), *os.path.realpath(self.base).split(b"/")])
        self.found_home = bool(self.claimed)
        self.skip = frozenset(_below(os.path.realpath(self.base), place) for place in skip)
        self.stamps: list[FileStamp] = []
        self.problems: list[ScanProblem] = []
        self.loose: list[tuple[os.DirEntry[bytes], bytes]] = []
        self.waiting: list[tuple[bytes, tuple[bytes, ...]]] = []
        self.spelled_out = False

    def run(self) -> None:
        """Walk every directory; those that cannot be listed become problems."""
        self.waiting.append((b"", self.claimed))
        while self.waiting:
            prefix, claimed = self.waiting.pop()
            try:
                with os.scandir(self.base + prefix) as entries:
                    self._list(entries, prefix, claimed)
            except FileNotFoundError:
                pass
            except OSError as error:
                raw = prefix[:-1]
                self.problems.append(ScanProblem(key_of(raw), raw, f"the directory cannot be read: {why(error)}"))

    def _list(self, entries: os._ScandirIterator[bytes], prefix: bytes, claimed: tuple[bytes, ...]) -> None:
        endings, homes = self.claims.loose or self.claims.endings, self.claims.by_home
        for entry in entries:
            name = entry.name
            if entry.is_dir(follow_symlinks=False):
                raw = prefix + name
                if name not in SKIPPED and raw not in self.skip:
                    mine = homes.get(name, ())
                    self.found_home |= bool(mine)
                    self.waiting.append((raw + b"/", tuple({*claimed, *mine}) if mine else claimed))
            elif is_one(name, claimed) if claimed else name.endswith(endings):
                if claimed:
                    self.add(entry, prefix + name)
                else:
                    self.loose.append((entry, prefix + name))

    def add(self, entry: os.DirEntry[bytes], raw: bytes) -> None:
        """Stamp one entry, unless it was removed since its directory was listed."""
        try:
            key = raw.decode()
        except UnicodeDecodeError:
            key, self.spelled_out = key_of(raw), True
        try:
            seen = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return
        except OSError as error:
            self.stamps.append(FileStamp(key, raw, 0, 0, 0, why(error)))
            return
        obstacle = "" if stat.S_ISREG(seen.st_mode) else obstacle_of(seen.st_mode)
        self.stamps.append(FileStamp(key, raw, seen.st_size, seen.st_mtime_ns, seen.st_ino, obstacle))


def obstacle_of(mode: int) -> str:
    """Return what prevents reading a file of this mode (`st_mode`), "" for a regular file."""
    if stat.S_ISREG(mode):
        return ""
    return _OBSTACLES.get(stat.S_IFMT(mode), "not a regular file")


def _below(real_base: bytes, place: Path) -> bytes:
    return os.path.relpath(os.path.realpath(os.fsencode(place)), real_base)


def _without_twins(stamps: list[FileStamp], problems: list[ScanProblem]) -> list[FileStamp]:
    r"""Remove files with duplicate keys: a name that is not UTF-8 beside one that contains its `\xNN` literally."""
    kept: dict[str, FileStamp] = {}
    for stamp in stamps:
        if kept.setdefault(stamp.key, stamp) is not stamp:
            what = "another file's name is shown the same way; rename one of the two"
            problems.append(ScanProblem(stamp.key, stamp.raw, what, is_directory=False))
    return list(kept.values())
