"""How much there is of some changes: every number that a page, a report or a status tells is counted here.

Three words are kept apart. A *recording* is a file, as git counts them. A *change* is a recording that came, went or
became another; a pair at two paths is one change of two recordings. An *item* is what is looked at and decided on at
once: all that one test's recordings became or, where no test is known, all calls of one file; several of these that are
read together; or what several share; or a change of neither. Older generations are no items where their call is one. *By
call*, an item is one change, or several that are the same change.
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
    """These three as above."""
    tests: int = 0
    """Different ones that are known."""
    pairs: int = 0
    """Changes with two sides."""
    size: int = 0
    """Bytes of the newer sides."""
    undecided: int = 0
    approved: int = 0
    rejected: int = 0
    to_delete: int = 0
    to_revert: int = 0
    """These five are changes, by what was decided; they add up to all."""
    need_you: int = 0
    """Undecided changes that are more than churn, as `Change.needs_you`."""
    need_you_items: int = 0
    """The items of these alone."""
    need_you_by_call: int = 0
    """The same, call by call."""
    churn: int = 0
    """Undecided changes that are only churn; with need_you they add up to undecided."""
    red: int = 0
    """Undecided changes with a red finding."""
    waiting: int = 0
    """Of those that need you, how many somebody agreed to and somebody else has to, by a rule on their paths."""

    @property
    def decided(self) -> int:
        """Changes that somebody decided on."""
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
    """Return the ids of the tests that some changes are of. Recordings without a known test count for none."""
    return {change.about.test_id for change in changes} - {""}
