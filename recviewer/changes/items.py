"""Things to look at: a change, or many that are the same change with one to stand for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from recviewer.changes.model import Change


class Item(NamedTuple):
    """Changes that are looked at and decided on together. The first stands for all."""

    changes: tuple[Change, ...]

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
    """Return the changes as items, in the order of the first of each."""
    gathered: dict[object, list[Change]] = {}
    for change in changes:
        key = change.alike if change.alike is not None else (change.side.raw, change.new is None)
        gathered.setdefault(key, []).append(change)
    return [Item(tuple(some)) for some in gathered.values()]
