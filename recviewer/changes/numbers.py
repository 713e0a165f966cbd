"""Counts of changes: every number on a page, in a report or in a status is computed here.

Three words are distinguished. A *recording* is a file, as git counts them. A *change* is a recording that was added,
deleted or replaced; a pair at two paths is one change of two recordings. An *item* is what is looked at and decided on
at once: all changes of one test's recordings or, if no test is known, all calls of one file; several of these that are
read together; what several share; or a change of neither. Older generations are not items if their call is one. *By
call*, an item is one change, or several equal changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from recviewer.changes.items import items, joined
from recviewer.changes.model import Change
from recviewer.smells import Severity


@dataclass(frozen=True, slots=True)
class Numbers:
    """Counts of some changes."""

    recordings: int = 0
    """Files."""
    changes: int = 0
    items: int = 0
    items_by_call: int = 0
    """These three as defined above."""
    tests: int = 0
    """Different known tests."""
    pairs: int = 0
    """Changes with two sides."""
    size: int = 0
    """Total bytes of the newer sides."""
    undecided: int = 0
    approved: int = 0
    rejected: int = 0
    to_delete: int = 0
    to_revert: int = 0
    """These five count changes by decision; their sum is `changes`."""
    need_you: int = 0
    """Undecided changes that are more than churn, as `Change.needs_you`."""
    need_you_items: int = 0
    """The items that consist of these."""
    need_you_by_call: int = 0
    """The same, by call."""
    churn: int = 0
    """Undecided changes that are only churn; with need_you their sum is undecided."""
    red: int = 0
    """Undecided changes with a red finding."""
    waiting: int = 0
    """Of need_you, those that somebody agreed to and others must agree to, by a rule on their paths."""

    @property
    def decided(self) -> int:
        """Changes that were decided on."""
        return self.changes - self.undecided


def count(changes: Iterable[Change]) -> Numbers:
    """Count some changes."""
    every = list(changes)
    waiting = [change for change in every if not change.verdict]
    needing = [change for change in waiting if change.needs_you]
    by_call, needing_by_call = items(every), items(needing)
    return Numbers(
        recordings=sum(change.recordings for change in every),
        changes=len(every),
        items=len(joined(by_call)),
        items_by_call=len(by_call),
        tests=len(tests_of(every)),
        pairs=sum(change.old is not None and change.new is not None for change in every),
        size=sum(change.size for change in every),
        undecided=len(waiting),
        approved=sum(change.verdict == "approved" for change in every),
        rejected=sum(change.verdict == "rejected" for change in every),
        to_delete=sum(change.verdict == "delete" for change in every),
        to_revert=sum(change.verdict == "revert" for change in every),
        need_you=len(needing),
        need_you_items=len(joined(needing_by_call)),
        need_you_by_call=len(needing_by_call),
        churn=len(waiting) - len(needing),
        red=sum(change.severity is Severity.RED for change in waiting),
        waiting=sum(change.is_waiting for change in needing),
    )


def tests_of(changes: Iterable[Change]) -> set[str]:
    """Return the test ids of changes. Recordings without a known test are not counted."""
    return {change.about.test_id for change in changes} - {""}
