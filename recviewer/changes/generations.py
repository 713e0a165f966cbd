"""Older generations of a call in a range: the change that replaced them tells how many, and each says that it is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from recviewer.changes.model import Change
from recviewer.exchange import amounts


def folded(changes: Sequence[Change]) -> list[Change]:
    """Return the changes of a range, those with older generations and these themselves said to be so.

    Each is an item of its own, for it may say something that the newest does not: they go together only by their own rule.
    """
    older: dict[int, int] = {}
    for change in changes:
        if change.is_older and change.group is not None:
            older[change.group] = older.get(change.group, 0) + 1
    again = {change.group for change in changes if change.pair is not None}
    made: list[Change] = []
    for change in changes:
        count = older.get(change.group, 0) if change.group is not None else 0
        if change.is_older:
            words = "was re-recorded" if change.group in again else "was deleted"
            change = replace(change, summary=_joined(f"older generation of a call that {words}", change.summary))
        elif count and change.old is not None:
            change = replace(change, summary=_joined(change.summary, counted(count)))
        made.append(change)
    return made


def counted(count: int) -> str:
    """Return how many older generations there are, as a clause."""
    return f"{amounts.counted(count, 'older generation')}, deleted too"


def _joined(*words: str) -> str:
    return "; ".join(filter(None, words))
