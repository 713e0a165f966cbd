"""Which files may be recordings, told by where they lie and what their names end in, never by their bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

BARE = b"\0"
"""Stands among endings for names without any: no name holds it."""

SKIPPED = frozenset({b".git", b".venv", b"node_modules", b"__pycache__"})
"""Names of directories that are not entered."""


class Claims(NamedTuple):
    """What recorders claim. by_home: for the name of a directory, what the names of recordings below it end in.

    endings: all of them. loose: those of names that count anywhere where no directory has the name of a home, () for all.
    """

    by_home: Mapping[bytes, tuple[bytes, ...]]
    endings: tuple[bytes, ...]
    loose: tuple[bytes, ...] = ()

    def holds(self, raw: bytes) -> bool:
        """Tell whether a path is that of a recording: below a home, with an ending that is claimed there."""
        if not is_one(raw[raw.rfind(b"/") + 1 :], self.endings):
            return False
        *folders, name = raw.split(b"/")
        return SKIPPED.isdisjoint(folders) and is_one(name, self.claimed_in(folders))

    def holds_loose(self, raw: bytes) -> bool:
        """Tell whether a path is that of a recording where no directory has the name of a home."""
        return raw.endswith(self.loose or self.endings) and SKIPPED.isdisjoint(raw.split(b"/")[:-1])

    def claimed_in(self, folders: Iterable[bytes]) -> tuple[bytes, ...]:
        """Return what the names of recordings end in below some directories, () for none."""
        return tuple([ending for home in self.by_home.keys() & set(folders) for ending in self.by_home[home]])

    def are_homes(self, folders: Iterable[bytes]) -> bool:
        """Tell whether any of these names of directories is that of a home."""
        return not self.by_home.keys().isdisjoint(folders)


def is_one(name: bytes, endings: tuple[bytes, ...]) -> bool:
    """Tell whether a name has one of some endings."""
    return name.endswith(endings) or (BARE in endings and bool(name) and b"." not in name)
