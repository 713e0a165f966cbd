"""Which files may be recordings, judged by their paths and suffixes, never by their bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

BARE = b"\0"
"""Stands for "no suffix" in a list of suffixes: no name contains it."""

SKIPPED = frozenset({b".git", b".venv", b"node_modules", b"__pycache__"})
"""Names of directories that are skipped."""


class Claims(NamedTuple):
    """What recorders claim. by_home: suffixes of recordings' names, by name of a home directory above them.

    endings: all of them. loose: suffixes that count anywhere if no directory has the name of a home, () for all.
    """

    by_home: Mapping[bytes, tuple[bytes, ...]]
    endings: tuple[bytes, ...]
    loose: tuple[bytes, ...] = ()

    def holds(self, raw: bytes) -> bool:
        """Tell whether a path is that of a recording: below a home, with a suffix claimed there."""
        if not is_one(raw[raw.rfind(b"/") + 1 :], self.endings):
            return False
        *folders, name = raw.split(b"/")
        return SKIPPED.isdisjoint(folders) and is_one(name, self.claimed_in(folders))

    def holds_loose(self, raw: bytes) -> bool:
        """Tell whether a path is that of a recording in a tree without homes."""
        return raw.endswith(self.loose or self.endings) and SKIPPED.isdisjoint(raw.split(b"/")[:-1])

    def claimed_in(self, folders: Iterable[bytes]) -> tuple[bytes, ...]:
        """Return the suffixes of recordings' names below some directories, () for none."""
        return tuple([ending for home in self.by_home.keys() & set(folders) for ending in self.by_home[home]])

    def are_homes(self, folders: Iterable[bytes]) -> bool:
        """Tell whether any of these directory names is that of a home."""
        return not self.by_home.keys().isdisjoint(folders)


def is_one(name: bytes, endings: tuple[bytes, ...]) -> bool:
    """Tell whether a name has one of some suffixes."""
    return name.endswith(endings) or (BARE in endings and bool(name) and b"." not in name)
