"""What takes space: the parts of the data folder, and the database, with a description of each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from recviewer.catalog import database, engines

MOST = 200_000
"""Maximum number of files that are counted, so that the page is fast; if there are more it says so."""

_PARTS = (
    ("recviewer.sqlite3*", "database", "decisions and other reviews, and the index, which can be rebuilt"),
    ("trash", "trash", "recordings that were deleted; superusers delete them for good on its page"),
    ("fetched-*.git", "fetched requests", "fetched again when missing; grows with each fetch"),
    ("ranges", "ranges", "computed once for all processes; removed after 30 days without use"),
    ("glances", "lists of pull requests", "what the list of changes shows of each; rebuilt if missing"),
    ("used", "runs", "notes on which recordings test runs opened"),
    ("backups", "copies of the database", "made before its tables were changed; delete old ones when you like"),
    ("chosen", "long selections", "what open pages have selected; the oldest are removed"),
    ("staticfiles", "static files", "rebuilt at each start"),
)
"""Patterns of names in the data folder, their labels and descriptions."""

_REST = ("other", "locks, small notes, and files that recviewer did not write")
_SERVER = ("database", "on its server: decisions and other reviews, and the index, which can be rebuilt")


@dataclass(frozen=True, slots=True)
class RoomPart:
    """One part. files: None for a database on a server."""

    name: str
    says: str
    size: int
    files: int | None


@dataclass(frozen=True, slots=True)
class TakenRoom:
    """parts: the largest first. size: of the data folder. free: None if unknown. is_cut: not all files were counted."""

    parts: tuple[RoomPart, ...]
    size: int
    free: int | None
    is_cut: bool


def room() -> TakenRoom:
    """Measure what takes space now.

    Links are not followed, and files that appear or disappear meanwhile are ignored.
    """
    sizes = {name: [0, 0] for _, name, _ in _PARTS} | {_REST[0]: [0, 0]}
    left = MOST
    for top, size in _files(Path(settings.DATA_DIR)):
        if not left:
            break
        left -= 1
        mine = sizes[_called(top)]
        mine[0] += size
        mine[1] += 1
    said = {name: says for _, name, says in _PARTS} | dict([_REST])
    parts = [RoomPart(name, said[name], *found) for name, found in sizes.items() if found[1]]
    total = sum(one.size for one in parts)
    served = engines.of(connection.vendor).size()
    if served is not None:
        parts.append(RoomPart(*_SERVER, served, None))
    return TakenRoom(tuple(sorted(parts, key=lambda one: -one.size)), total, database.free_bytes(), not left)


def _called(top: str) -> str:
    return next((name for pattern, name, _ in _PARTS if Path(top).match(pattern)), _REST[0])


def _files(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield, for each file of a folder, the first component of its path, and its size."""
    waiting = [("", os.fspath(folder))]
    while waiting:
        top, place = waiting.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append((top or entry.name, entry.path))
                    elif entry.is_file(follow_symlinks=False):
                        yield top or entry.name, entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue
