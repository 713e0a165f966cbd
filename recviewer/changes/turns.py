"""The turns of a test before and now, beside each other, as far as the recordings that changed tell of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from recviewer.changes.model import Change
from recviewer.pairing.sides import Side
from recviewer.threads.aligning import Alignment, aligned
from recviewer.threads.model import Entry, Turn
from recviewer.threads.threads import threads_of


def turns_of(changes: Sequence[Change]) -> tuple[Alignment, ...]:
    """Align what one test said before with what it says now; empty where either side is not one conversation of one way.

    changes: of one test. Each request repeats what was said before it, so that turns whose recordings did not change are
    told too, up to the last one that did.
    """
    some = [change for change in changes if not change.is_older]
    old, new = (_conversation(sides) for sides in ((one.old for one in some), (one.new for one in some)))
    return aligned(old, new) if old and new else ()


def _conversation(sides: Iterable[Side | None]) -> tuple[Turn, ...]:
    there = {side.path: side for side in sides if side is not None}
    found = threads_of(Entry(path, side.exchange) for path, side in there.items())
    if len(found.conversations) != 1 or found.checks:
        return ()
    conversation = found.conversations[0]
    if conversation.older or conversation.trunk.branches:
        return ()
    return conversation.trunk.turns
