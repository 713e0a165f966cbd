"""What runs tell about a recording: that they read it, that they did not, or nothing, and why.

A run that did not read a recording is evidence only if it would have: it knew these very bytes, it ran to its end
without restrictions, it read other recordings of the same test file (of the same suite, if no test is known), and the
recording's own test was neither skipped nor failed. A run older than the recording tells nothing about it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from recviewer.used.model import UsedFile, UsedRun

NEWER, OLDER, SWEPT, NO_BYTES, INCOMPLETE, SKIPPED, FAILED, ELSEWHERE = "nowbikfe"

WHY = {
    NEWER: "it does not know the file",
    OLDER: "the file had other bytes then",
    SWEPT: "only something that read everything opened it",
    NO_BYTES: "which bytes the file had is not known",
    INCOMPLETE: "not all of it ran",
    SKIPPED: "the recording's test was skipped",
    FAILED: "the recording's test failed",
    ELSEWHERE: "it read none of the recordings beside it",
}
"""Why a run tells nothing, by a letter, as clauses."""

_RAN = frozenset({"passed", "xfailed", "xpassed"})


class OfRecording(NamedTuple):
    """The required facts about a recording. path: of its file. blob: of the file's bytes.

    test_id, test_file: of its test, "" for none.
    """

    path: str
    blob: str
    test_id: str
    test_file: str
    suite: str

    @property
    def beside(self) -> tuple[bool, str]:
        """Its group: a run that read others of the group would have read this one."""
        return (bool(self.test_file), self.test_file or self.suite)


class RunSays(NamedTuple):
    """What one run tells about one recording. why: the letter of why it tells nothing, "" if it tells something.

    opens: how often it was opened, 0 for never; a recording made by the run counts as opened. last: time of the last
    opening.
    """

    run: str
    opens: int = 0
    last: datetime | None = None
    why: str = ""


class Speaker:
    """Answers for one run about the recordings of a tree.

    start: prefix from the top of the repository to the tree, ending in `/`, or "". every: all recordings.
    """

    def __init__(self, run: UsedRun, start: str, every: Iterable[OfRecording]) -> None:
        self.run = run
        prefix = f"{run.root}/" if run.root else ""
        self._start, self._prefix = start, prefix
        self._tests = {one.test: one.outcome for one in run.tests}
        self._beside = {one.beside for one in every if (used := self._use_of(one.path)) and used.is_used}
        self._is_limited = run.ended is None or bool(run.limits)
        self._is_cut = bool(run.stopped or run.left_out) or run.exit not in (0, 1)

    def _use_of(self, path: str) -> UsedFile | None:
        whole = self._start + path
        return self.run.files.get(whole[len(self._prefix) :]) if whole.startswith(self._prefix) else None

    def says(self, one: OfRecording) -> RunSays:
        """Return what the run tells about a recording."""
        name, use = self.run.name, self._use_of(one.path)
        if use is None:
            return RunSays(name, why=NEWER)
        if use.blob and use.blob != one.blob:
            return RunSays(name, why=OLDER)
        if use.is_used:
            return RunSays(name, max(use.count, 1), use.last or self.run.began)
        return RunSays(name, why=SWEPT if use.doubt else NO_BYTES if not use.blob else self._silence(one))

    def _silence(self, one: OfRecording) -> str:
        """Return why the run tells nothing about a recording that it knew and did not read, "" if it does."""
        outcome = self._tests.get(one.test_id, "") if one.test_id else ""
        if self._is_limited:
            return INCOMPLETE
        if outcome in _RAN:
            return ""
        if outcome:
            return SKIPPED if outcome == "skipped" else FAILED
        if self._is_cut:
            return INCOMPLETE
        return "" if one.beside in self._beside else ELSEWHERE


def written(runs: Iterable[RunSays]) -> dict[str, object]:
    """Return what runs tell in a short form for JSON: a count with a time, 0, or a letter."""
    return {one.run: one.why or ([one.opens, _stamp(one.last)] if one.opens else 0) for one in runs}


def _stamp(at: datetime | None) -> int:
    return int(at.timestamp()) if at else 0
