"""A run of a test suite: which recordings it opened, as far as known.

A path is that of a file with recordings, relative to the watched folder: which parts of a file are used cannot be
observed, so a file that was read counts with all its exchanges.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

NAME = re.compile(r"[a-z][a-z0-9._-]{0,63}", re.ASCII)
"""Valid names of runs: usable in a file name and in a query."""

RESERVED = frozenset({"never", "unknown", "any"})
"""Words with another meaning in a query in place of a run's name."""

NAME_RULE = "small letters, digits, dots, dashes and underscores, 64 at most, the first a letter; not " + ", ".join(
    sorted(RESERVED)
)

SWEPT = "swept"
"""Why a run tells nothing about a file that it opened: only a reader of all files opened it."""


def is_name(text: str) -> bool:
    """Tell whether a run may have this name."""
    return NAME.fullmatch(text) is not None and text not in RESERVED


@dataclass(frozen=True, slots=True)
class UsedFile:
    """What a run did with a file. blob: of its bytes, "" if unknown; size: in bytes.

    count: how often it was opened for reading; first, last: when. written: how often it was written, or created. doubt:
    why the run tells nothing about it, "" if it does: see `SWEPT`.
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
        """Tell whether the run needed it: it read or created it."""
        return bool(self.count or self.written)


@dataclass(frozen=True, slots=True)
class UsedTest:
    """A test that ran. outcome: passed, failed, skipped or error, "" if unknown.

    files: how often it opened which recordings. perhaps: those opened while it ran, by it or by a concurrent test.
    missing: recordings that it requested and that do not exist.
    """

    test: str
    outcome: str = ""
    files: Mapping[str, int] = field(default_factory=dict)
    perhaps: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SweepSeen:
    """A reader of all files during the run. at: its start. seconds: its duration. files: how many it opened."""

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
    """The prefix from the top of the repository to the watched folder, without a final `/`; "" if they are the same, or
    without a repository.
    """
    commit: str = ""
    """HEAD at that time."""
    clean: bool | None = None
    """Whether the work tree was clean, None if unknown."""
    ended: datetime | None = None
    """None for a partial run."""
    exit: int | None = None
    """The command's exit code; 128 and the signal number if a signal ended it."""
    stopped: str = ""
    """Why the suite did not run to its end, as far as its runner reports."""
    left_out: int = 0
    """Number of deselected tests."""
    limits: tuple[str, ...] = ()
    """What was or may have been missed, as clauses."""
    ours: int = 0
    """Opens by recviewer itself, which are not counted."""
    sweeps: tuple[SweepSeen, ...] = ()
    files: Mapping[str, UsedFile] = field(default_factory=dict)
    """The files that it knew; for a run that just ended only those that it used or doubts."""
    total: int = 0
    """How many files it knew."""
    tests: tuple[UsedTest, ...] = ()

    @property
    def read(self) -> int:
        """How many files it read or created."""
        return sum(one.is_used for one in self.files.values())

    @property
    def why_incomplete(self) -> str:
        """Why it tells nothing about what it did not read, as a clause; "" if it does."""
        if self.ended is None:
            return "it was killed before its end"
        if self.limits:
            return self.limits[0]
        if self.stopped:
            return self.stopped
        if self.exit not in (0, 1):
            return f"it ended with {self.exit}, so not all of the suite may have run"
        return "" if self.read else "it read none of them"
