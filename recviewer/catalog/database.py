"""What the database could not do, in words for a person."""

from __future__ import annotations

import os

from django.conf import settings
from django.db import DatabaseError

_UNWRITTEN = {
    "database or disk is full": "the disk is full",
    "attempt to write a readonly database": "recviewer may not write to it",
    "database is locked": "another process has kept it locked for too long",
    "database table is locked": "another process has kept it locked for too long",
}
"""What SQLite says (https://sqlite.org/rescode.html) where it has rolled the whole transaction back, and what that means."""
_OTHER = {
    "unable to open database file": "its file cannot be opened",
    "disk i/o error": "the disk reported an error",
    "database disk image is malformed": "its file is damaged",
    "file is not a database": "its file is damaged",
}


_NO_ROOM = ("unable to open database file", "disk i/o error")
"""What SQLite says, too, where it finds no room for the files beside its own."""


def why(error: DatabaseError) -> str:
    """Return the reason of a failure as a clause, "" where it lies neither in the disk nor in another process."""
    text = str(error).lower()
    if any(said in text for said in _NO_ROOM) and free_bytes() == 0:
        return "its disk is full, or may only be read"
    return next((reason for said, reason in (_UNWRITTEN | _OTHER).items() if said in text), "")


def free_bytes() -> int | None:
    """Return how many bytes can be written to the data folder; 0 without inodes, None where the folder is gone."""
    try:
        seen = os.statvfs(settings.DATA_DIR)
    except OSError:
        return None
    has_inodes = seen.f_favail > 0 or not seen.f_files
    return seen.f_bavail * seen.f_frsize if has_inodes and not seen.f_flag & os.ST_RDONLY else 0


def is_unwritten(error: DatabaseError) -> bool:
    """Tell whether a transaction was rolled back as a whole for want of a place to write."""
    return why(error) in _UNWRITTEN.values()
