"""What review refuses to do, as sentences for users. Nothing was changed when one of these is raised."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import DatabaseError

from recviewer.catalog import database


class Refused(Exception):
    """An action that was not done. `str()` gives one or more sentences. status, title: for the HTTP response."""

    status = 409
    title = "That was not done"


class ChangedRecordings(Refused):
    """Recordings differ from what was seen. paths: their keys."""

    title = "The file changed meanwhile"

    def __init__(self, paths: Sequence[str]) -> None:
        if len(paths) == 1:
            super().__init__("The file changed since you opened it. Nothing was saved.")
        else:
            super().__init__(f"{len(paths):,} of the files changed since you opened the page. Nothing was saved.")
        self.paths = tuple(paths)


class Gone(Refused):
    """Recordings are not in the catalog any more. paths: their keys."""

    status = 410
    title = "This recording is gone"

    def __init__(self, paths: Sequence[str]) -> None:
        if len(paths) == 1:
            super().__init__("This recording is not there any more. Nothing was saved.")
        else:
            super().__init__(f"{len(paths):,} of the recordings are not there any more. Nothing was saved.")
        self.paths = tuple(paths)


class Overtaken(Refused):
    """What an undo or redo would restore has been replaced by something later."""

    def __init__(self, count: int, total: int) -> None:
        if total == 1:
            what = "Something happened to this later"
        else:
            what = f"Something happened later to {count:,} of these {total:,}"
        super().__init__(f"{what}. Undo that first; nothing was changed.")


class Unnoted(Refused):
    """Files were moved, but that could not be recorded; the next start does so. moved: what was, as a clause."""

    status = 503
    title = "Done, but not written down"

    def __init__(self, moved: str, error: BaseException) -> None:
        reason = database.why(error) if isinstance(error, DatabaseError) else ""
        because = f": {reason}" if reason else ", and the log says why"
        super().__init__(f"{moved}, but the database could not be written{because}. The next start writes it down.")


class NothingToUndo(Refused):
    """There is no action to undo or redo."""


class Invalid(Refused):
    """The action lacks something, or a value is invalid."""

    status = 422


class NotAllowed(Refused):
    """A person, or this instance, may not do that."""

    status = 403
