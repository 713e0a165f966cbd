"""A run of a test suite: which recordings it opened, as far as that is known.

A path is that of a file with recordings, below the folder that was watched: what is read within a file nobody sees from
outside, so a file that was read counts with all its exchanges.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

NAME = re.compile(r"[a-z][a-z0-9._-]{0,63}", re.ASCII)
"""What a run may be called: a part of a file's name and of a query."""

RESERVED = frozenset({"never", "unknown", "any"})
"""Words that a query understands in place of a run's name."""

NAME_RULE = "small letters, digits, dots, dashes and underscores, 64 at most, the first a letter; not " + ", ".join(
    sorted(RESERVED)
)

SWEPT = "swept"
"""Why a run says nothing of a file that it does not count as read: only something that read everything opened it."""


def is_name(text: str) -> bool:
    """Tell whether a run may be called so."""
    return NAME.fullmatch(text) is not None and text not in RESERVED


@dataclass(frozen=True, slots=True)
class UsedFile:
    """What a run did with a file that was there. blob: of its bytes, "" where it is not known; size: in bytes.

    count: how often it was opened for reading; first, last: when. written: how often it was written, or made. doubt: why the
    run says nothing of it, "" where it does: see `SWEPT`.
    """

    path: str
    blob: str
    size: int
    count: int = 0
    first: datetime | None = None
    last: datetime | None = None
    written: int = 0
    doubt: str = ""

    @property
    def is_used(self) -> bool:
        """Tell whether the run needed it: it read it, or made it."""
        return bool(self.count or self.written)


@dataclass(frozen=True, slots=True)
class UsedTest:
    """A test that ran. outcome: passed, failed, skipped or error, "" where it is not known.

    files: how often it opened which recordings. perhaps: those that were opened while it ran, by it or by another test of
    that moment. missing: recordings that it asked for and that are not there.
    """

    test: str
    outcome: str = ""
    files: Mapping[str, int] = field(default_factory=dict)
    perhaps: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SweepSeen:
    """Something read everything meanwhile. at: when it began. seconds: how long it took. files: how many it opened."""

    at: datetime
    seconds: float
    files: int


@dataclass(frozen=True, slots=True)
class UsedRun:
    """A run of a suite: which files it opened."""

    name: str
    began: datetime
    command: tuple[str, ...]
    root: str = ""
    """The way from the top of the repository to the folder that was watched, without a final `/`; "" where they are
    one, or there is no repository."""
    commit: str = ""
    """What HEAD was then."""
    clean: bool | None = None
    """Whether the work tree was as in it, None where that is not known."""
    ended: datetime | None = None
    """None for a run that is partial."""
    exit: int | None = None
    """The command's exit code, 128 and its signal where one ended it."""
    stopped: str = ""
    """Why the suite did not run to its end, as far as its runner tells."""
    left_out: int = 0
    """Tests that were chosen not to run."""
    limits: tuple[str, ...] = ()
    """What was or may have been missed, as clauses."""
    ours: int = 0
    """Opens by recviewer itself, which are not counted."""
    sweeps: tuple[SweepSeen, ...] = ()
    files: Mapping[str, UsedFile] = field(default_factory=dict)
    """Those that it knew; of a run that just ended only those which it used or doubts."""
    total: int = 0
    """How many files it knew."""
    tests: tuple[UsedTest, ...] = ()

    @property
    def read(self) -> int:
        """How many files it read or made."""
        return sum(one.is_used for one in self.files.values())

    @property
    def why_incomplete(self) -> str:
        """Why it says nothing of what it did not read, as a clause; "" where it does."""
        if self.ended is None:
            return "it was killed before its end"
        if self.limits:
            return self.limits[0]
        if self.stopped:
            return self.stopped
        if self.exit not in (0, 1):
            return f"it ended with {self.exit}, so not all of the suite may have run"
        return "" if self.read else "it read none of them"
