"""Watches a tree: which of its files are opened while something runs. Uses Linux's inotify, which sees every program.

inotify reports that a file was opened, in which order, and how it was closed; not by whom, nor when (the time is taken
when the event is read, a few milliseconds later). Failed opens are not reported. Equal consecutive events that were not
read yet are merged: counts are exact if each open is closed before the next one, else lower bounds.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from recviewer.store.claims import SKIPPED, Claims, is_one

if TYPE_CHECKING:
    from inotify_simple import INotify

_OPEN, _CLOSE_WRITE, _CLOSE_READ = 0x20, 0x08, 0x10
_MOVED_FROM, _MOVED_TO, _CREATE, _DELETE = 0x40, 0x80, 0x100, 0x200
_UNMOUNT, _OVERFLOW, _IGNORED = 0x2000, 0x4000, 0x8000
_ONLY_FOLDERS, _NO_LINKS, _IS_FOLDER = 0x01000000, 0x02000000, 0x40000000
_FOLDERS = _CREATE | _MOVED_TO | _MOVED_FROM | _ONLY_FOLDERS | _NO_LINKS
_FILES = _FOLDERS | _OPEN | _CLOSE_WRITE | _CLOSE_READ | _DELETE
_MARKS = _CREATE | _ONLY_FOLDERS

SETTLE_SECONDS = 0.005
"""How long events may accumulate before they are read, so that reading costs the run little."""

OVERFLOW = "the system's queue of events overflowed (fs.inotify.max_queued_events), so that opens were missed"


Stamps: TypeAlias = dict[bytes, int]
"""Recordings by path, each with a value that tells whether it changed: see `stamp_of`."""


def stamp_of(seen: os.stat_result) -> int:
    """Return size and modification time as one small number, to save memory with a hundred thousand files."""
    return hash((seen.st_size, seen.st_mtime_ns)) & 0x3FFFFFFF


class Unwatchable(Exception):
    """A tree cannot be watched. The message is the end of a sentence that says why."""


class Hears(Protocol):
    """Receives the events of a watch. raw: the path of a recording below the root; at: seconds since the epoch."""

    def opened(self, raw: bytes, at: float) -> None:
        """A file was opened, for reading or writing."""

    def written(self, raw: bytes, at: float) -> None:
        """A file that had been open for writing was closed."""

    def arrived(self, raw: bytes, at: float) -> None:
        """A file was moved to its place, or was in a folder that was added."""

    def gone(self, raw: bytes) -> None:
        """A file was deleted or moved away."""

    def marked(self, name: str) -> None:
        """A mark was created: see `TreeWatch.start`."""

    def limited(self, why: str) -> None:
        """Something was or may have been missed. why: a clause."""


@dataclass(slots=True)
class Folder:
    """A watched folder. prefix: its path below the root, with a final `/`; b"" for the root.

    claimed: suffixes of the names of recordings in it.
    """

    prefix: bytes
    claimed: tuple[bytes, ...]


class TreeWatch:
    """Watches a tree from `start` to `close`, and reports events at each `read`. For one thread."""

    def __init__(self, root: Path, claims: Claims, hears: Hears, *, skip: Collection[Path] = ()) -> None:
        self.root = os.path.join(os.path.realpath(os.fsencode(root)), b"")
        self._claims = claims
        self._hears = hears
        self._skip = frozenset(os.path.realpath(os.fsencode(one)) for one in skip)
        self._folders: dict[int, Folder] = {}
        self._marks = -1
        self._inotify: INotify | None = None
        self._is_loose = False
        self._is_full = False

    def start(self, marks: Path | None = None) -> Stamps:
        """Watch every folder, and return the existing recordings. Each folder is watched before it is listed.

        marks: a folder in which others create files; their names are reported in order with the opens. Raises
        Unwatchable, and OSError if the root cannot be read.
        """
        self._inotify = _inotify()
        if marks is not None:
            self._marks = self._inotify.add_watch(os.fspath(marks), _MARKS)
        above = [*self.root.split(b"/")]
        found: Stamps = {}
        loose: Stamps = {}
        self._walk(Folder(b"", self._claims.claimed_in(above)), found, loose)
        if not any(folder.claimed for folder in self._folders.values()):
            self._is_loose = True
            for folder in list(self._folders.values()):
                folder.claimed = self._claims.loose or self._claims.endings
                self._add(folder)
            return loose
        return found

    def _walk(self, top: Folder, found: Stamps, loose: Stamps) -> None:
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            if not self._add(folder):
                continue
            try:
                with os.scandir(self.root + folder.prefix) as entries:
                    for entry in entries:
                        if entry.is_dir(follow_symlinks=False):
                            waiting += self._below(folder, entry.name)
                        elif is_one(entry.name, folder.claimed or (self._claims.loose or self._claims.endings)):
                            self._note(entry, folder, found if folder.claimed else loose)
            except FileNotFoundError:
                continue
            except OSError as error:
                if not folder.prefix:
                    raise
                self._hears.limited(f"the folder {_shown(folder.prefix)} cannot be read ({error.strerror})")

    def _note(self, entry: os.DirEntry[bytes], folder: Folder, into: Stamps) -> None:
        try:
            seen = entry.stat(follow_symlinks=False)
        except OSError:
            return
        if stat.S_ISREG(seen.st_mode):
            into[folder.prefix + entry.name] = stamp_of(seen)

    def _below(self, folder: Folder, name: bytes) -> Iterable[Folder]:
        """Yield a folder in another one, unless it is skipped."""
        raw = folder.prefix + name
        if name in SKIPPED or self.root + raw in self._skip:
            return
        mine = self._claims.by_home.get(name, ())
        yield Folder(raw + b"/", tuple({*folder.claimed, *mine}) if mine else folder.claimed)

    def _add(self, folder: Folder) -> bool:
        """Watch one folder. Tells whether it exists and is watched."""
        assert self._inotify is not None
        try:
            wd = self._inotify.add_watch(self.root + folder.prefix, _FILES if folder.claimed else _FOLDERS)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR):
                return False
            if error.errno == errno.ENOSPC:
                if not self._is_full:
                    self._is_full = True
                    self._hears.limited(_too_many(len(self._folders)))
            else:
                self._hears.limited(f"the folder {_shown(folder.prefix)} cannot be watched ({error.strerror})")
            return False
        self._folders[wd] = folder
        return True

    def read(self, seconds: float) -> bool:
        """Report events, waiting at most this long for one. Tells whether there was any."""
        if self._inotify is None:
            return False
        events = self._inotify.read(timeout=int(seconds * 1000), read_delay=SETTLE_SECONDS * 1000)
        at = time.time()
        for wd, mask, _, name in events:
            if mask & _OVERFLOW:
                self._hears.limited(OVERFLOW)
            elif wd == self._marks:
                if mask & _CREATE:
                    self._hears.marked(name)
            elif (folder := self._folders.get(wd)) is not None:
                self._happened(folder, wd, mask, os.fsencode(name), at)
        return bool(events)

    def _happened(self, folder: Folder, wd: int, mask: int, name: bytes, at: float) -> None:
        if mask & _IGNORED:
            del self._folders[wd]
        elif mask & _UNMOUNT:
            self._hears.limited(f"the folder {_shown(folder.prefix)} was unmounted")
        elif mask & _IS_FOLDER:
            if mask & (_CREATE | _MOVED_TO):
                self._came(folder, name, at)
            elif mask & _MOVED_FROM:
                self._left(folder.prefix + name + b"/")
        elif is_one(name, folder.claimed or (b"/",)):
            raw = folder.prefix + name
            if mask & _OPEN:
                self._hears.opened(raw, at)
            elif mask & _CLOSE_WRITE:
                self._hears.written(raw, at)
            elif mask & _MOVED_TO:
                self._hears.arrived(raw, at)
            elif mask & (_DELETE | _MOVED_FROM):
                self._hears.gone(raw)

    def _came(self, folder: Folder, name: bytes, at: float) -> None:
        """Watch a folder that was created, and those in it. What was opened in it before is unknown."""
        for one in self._below(folder, name):
            if self._is_loose:
                one.claimed = self._claims.loose or self._claims.endings
            found: Stamps = {}
            self._walk(one, found, {})
            for raw in found:
                self._hears.arrived(raw, at)

    def _left(self, prefix: bytes) -> None:
        """Stop watching a folder that was moved away, whose events would be reported under its old name."""
        assert self._inotify is not None
        for wd, folder in list(self._folders.items()):
            if folder.prefix.startswith(prefix):
                del self._folders[wd]
                try:
                    self._inotify.rm_watch(wd)
                except OSError:
                    continue

    @property
    def folders(self) -> int:
        """How many folders are watched."""
        return len(self._folders)

    def close(self) -> None:
        """Stop watching."""
        if self._inotify is not None:
            self._inotify.close()
            self._inotify = None


def _inotify() -> INotify:
    if not sys.platform.startswith("linux"):
        raise Unwatchable(
            "only Linux tells who reads which file without asking each program: run it there, or in a container"
        )
    try:
        from inotify_simple import INotify
    except ImportError:
        raise Unwatchable("the package inotify-simple is missing: pip install inotify-simple") from None
    try:
        return INotify()
    except OSError as error:
        if error.errno in (errno.EMFILE, errno.ENFILE):
            raise Unwatchable("the system allows no more watchers (fs.inotify.max_user_instances)") from None
        raise Unwatchable(f"the system gives no inotify: {error.strerror}") from None


def _too_many(count: int) -> str:
    return (
        f"the system allows no more than {count:,} watched folders here (fs.inotify.max_user_watches), and the others were "
        "not watched"
    )


def _shown(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace") or "of the recordings"
