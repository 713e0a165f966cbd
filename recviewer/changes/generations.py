"""Older generations of a call in a range: the change that replaced them gives their number, and each is marked as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from recviewer.changes.model import Change
from recviewer.exchange import amounts


def folded(changes: Sequence[Change]) -> list[Change]:
    """Return the changes of a range with older generations marked, and counted on the change that replaced them.

    Each stays an item of its own, since it may differ from the newest: they are grouped only by their own rule.
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
    """Return the number of older generations, as a clause."""
    return f"{amounts.counted(count, 'older generation')}, deleted too"


def _joined(*words: str) -> str:
    return "; ".join(filter(None, words))
