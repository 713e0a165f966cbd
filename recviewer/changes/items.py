"""Things to look at: a change, or many that are the same change with one to stand for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from recviewer.changes.model import Change


class Item(NamedTuple):
    """Changes that are looked at and decided on together. The first stands for all.

    older: the older generations of the first one's call. They are read below it, and a verdict on it does not reach them.
    """

    changes: tuple[Change, ...]
    older: tuple[Change, ...] = ()

    @property
    def first(self) -> Change:
        """The one that is shown."""
        return self.changes[0]

    @property
    def verdict(self) -> str:
        """What was decided on all of them; `undecided` while one is open, `mixed` where they differ."""
        found = {change.verdict or "undecided" for change in self.changes}
        if "undecided" in found:
            return "undecided"
        return found.pop() if len(found) == 1 else "mixed"


def items(changes: Iterable[Change]) -> list[Item]:
    """Return the changes as items, in the order of the first of each.

    Older generations are no items of their own where their call is the first of one.
    """
    gathered: dict[object, list[Change]] = {}
    for change in changes:
        key = change.alike if change.alike is not None else (change.side.raw, change.new is None)
        gathered.setdefault(key, []).append(change)
    every = [Item(tuple(some)) for some in gathered.values()]
    return _folded(every) if any(change.is_older for item in every for change in item.changes) else every


def has_older_below(change: Change) -> bool:
    """Tell whether older generations of its call, if there are any, are told with a change."""
    return change.group is not None and not change.is_older and change.old is not None


def _folded(every: list[Item]) -> list[Item]:
    calls: dict[int | None, int] = {}
    for place, item in enumerate(every):
        if has_older_below(item.first):
            calls.setdefault(item.first.group, place)
    below: dict[int, list[Change]] = {}
    kept = []
    for place, item in enumerate(every):
        if all(change.is_older and change.group in calls for change in item.changes):
            for change in item.changes:
                below.setdefault(calls[change.group], []).append(change)
        else:
            kept.append(place)
    return [every[place]._replace(older=tuple(below.get(place, ()))) for place in kept]
