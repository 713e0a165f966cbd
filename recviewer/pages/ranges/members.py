"""The changes that one decision applies to, each with its own line, so that each can be read before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from recviewer.changes.model import Change
from recviewer.difference.model import Churn
from recviewer.pages.ranges.filter import RangeFilter
from recviewer.pages.ranges.queue import ShownRange
from recviewer.pages.templatetags.words import short_name
from recviewer.pages.text.classes import Look, look_of_state


@dataclass(frozen=True, slots=True)
class Member:
    """One of several equal changes.

    url: of itself, in the same queue. state: the decision on it. moved: what else changed about its recording.
    """

    change: Change
    url: str
    state: Look
    moved: tuple[tuple[str, str], ...]


def members_of(place: ShownRange, asked: RangeFilter, changes: Iterable[Change]) -> Iterator[Member]:
    """Yield changes that are decided together."""
    for one in changes:
        look = look_of_state(one.state, is_gone=one.churn is Churn.GONE)
        yield Member(one, place.change_url(asked, one), look, tuple(_moved(one)))


def _moved(change: Change) -> Iterator[tuple[str, str]]:
    """Yield where the old recording was (test, host, folder), which may differ within an item."""
    old, new = change.old, change.new
    if old is None or new is None:
        return
    places = (("test", old.test, new.test), ("host", old.meaning.host, new.meaning.host))
    for name, before, after in places:
        if before != after:
            yield name, before or "none"
    if old.path != new.path:
        yield "file", f"{'' if old.folder == new.folder else old.folder}{short_name(old.name)}"
