"""Failures of the database, in words for users."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

_UNWRITTEN = {
    "database or disk is full": "the disk is full",
    "attempt to write a readonly database": "recviewer may not write to it",
    "database is locked": "another process has kept it locked for too long",
    "database table is locked": "another process has kept it locked for too long",
    "no space left on device": "the disk is full",
    "in a read-only transaction": "recviewer may not write to it",
    "due to lock timeout": "another process has kept it locked for too long",
    "deadlock detected": "another process was in the way",
}
"""Messages of SQLite (https://sqlite.org/rescode.html) or PostgreSQL after which the whole transaction was rolled back,
with the reason for users.
"""
_OTHER = {
    "unable to open database file": "its file cannot be opened",
    "disk i/o error": "the disk reported an error",
    "database disk image is malformed": "its file is damaged",
    "file is not a database": "its file is damaged",
    "connection failed": "its server cannot be reached",
    "the connection is lost": "its server cannot be reached",
    "connection is closed": "its server cannot be reached",
    "server closed the connection": "its server cannot be reached",
    "terminating connection": "its server cannot be reached",
    "failed to resolve host": "its server cannot be found",
}


_NO_ROOM = ("unable to open database file", "disk i/o error")
"""Further messages of SQLite if there is no space for its auxiliary files."""


class Displaced(OperationalError):
    """The database file has been replaced since it was opened, so anything written would be lost."""

    def __init__(self) -> None:
        super().__init__(_DISPLACED)


_DISPLACED = "its file was moved, deleted or replaced while it was open; start recviewer again"
_UNWRITTEN[_DISPLACED] = _DISPLACED
_opened: WeakKeyDictionary[BaseDatabaseWrapper, tuple[int, int]] = WeakKeyDictionary()
"""The file that each connection opened: device and inode."""


def note_file(connection: BaseDatabaseWrapper, **more: object) -> None:
    """Remember which file a connection opened. Called by Django for each new connection."""
    file = _file(connection)
    if file is not None:
        _opened[connection] = file


def expect_in_place() -> None:
    """Raise Displaced if the opened file is no longer at its path."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    if wrapper in _opened and _file(wrapper) != _opened[wrapper]:
        raise Displaced


def _file(connection: BaseDatabaseWrapper) -> tuple[int, int] | None:
    """Return device and inode of the file at a connection's path, or None if there is none."""
    if connection.vendor != "sqlite":
        return None
    try:
        seen = os.stat(connection.settings_dict["NAME"])
    except OSError:
        return None
    return seen.st_dev, seen.st_ino


def why(error: DatabaseError) -> str:
    """Return the reason of a failure as a clause, "" if neither the disk nor another process caused it."""
    text = str(error).lower()
    if any(said in text for said in _NO_ROOM) and free_bytes() == 0:
        return "its disk is full, or may only be read"
    return next((reason for said, reason in (_UNWRITTEN | _OTHER).items() if said in text), "")


def free_bytes() -> int | None:
    """Return how many bytes can be written to the data folder; 0 without free inodes, None if the folder is missing."""
    try:
        seen = os.statvfs(settings.DATA_DIR)
    except OSError:
        return None
    has_inodes = seen.f_favail > 0 or not seen.f_files
    return seen.f_bavail * seen.f_frsize if has_inodes and not seen.f_flag & os.ST_RDONLY else 0


def is_unwritten(error: DatabaseError) -> bool:
    """Tell whether a transaction was rolled back because nothing could be written."""
    return why(error) in _UNWRITTEN.values()


def is_damaged(error: DatabaseError) -> bool:
    """Tell whether the database file is damaged, or is not a database."""
    return why(error) == "its file is damaged"


def newer(loader: MigrationLoader) -> list[str]:
    """Return the names of applied migrations that this version does not know, because a newer recviewer made them.

    Those of Django's admin exist only on a hosted instance and do no harm.
    """
    known = {*(loader.disk_migrations or ()), *loader.replacements}
    return sorted(
        f"{app}.{name}" for app, name in loader.applied_migrations if (app, name) not in known and app != "admin"
    )


@contextmanager
def can_be_made_anew() -> Iterator[None]:
    """Let commits in the block return before they are on disk, for data that can be rebuilt.

    A power cut may lose the last transactions, never part of one. All other commits wait for the disk (see `settings`).
    """
    _wait_for_disk("later")
    try:
        yield
    finally:
        with suppress(DatabaseError):  # a broken connection is opened again, and then commits wait for the disk
            _wait_for_disk("now")


_WAITING = {
    ("sqlite", "now"): "PRAGMA synchronous=FULL",
    ("sqlite", "later"): "PRAGMA synchronous=NORMAL",
    ("postgresql", "now"): "RESET synchronous_commit",
    ("postgresql", "later"): "SET synchronous_commit = off",
}


def _wait_for_disk(how: str) -> None:
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(_WAITING[connection.vendor, how])
