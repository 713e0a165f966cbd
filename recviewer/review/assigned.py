"""Which changes of a range are assigned to somebody: by a rule on their paths, by a tag `@name`, or by an open note."""

from __future__ import annotations

from recviewer.catalog.git_paths import key_at, root_prefix
from recviewer.changes.model import Change, Key
from recviewer.report.report import Report
from recviewer.review import mentions


def keys_of(report: Report, name: str) -> frozenset[Key]:
    """Return what is assigned to somebody, decided or not."""
    tagged, start = mentions.paths_for(name), root_prefix()
    return frozenset(one.key for one in report.found.changes if _is_of(one, name, tagged, start))


def _is_of(change: Change, name: str, tagged: set[str], start: bytes) -> bool:
    if change.agreement is not None and name in change.agreement.names:
        return True
    return bool(tagged) and any(key_at(side.raw, start) in tagged for side in (change.old, change.new) if side)


def left_to(report: Report, name: str) -> int:
    """Return how many of the changes that need somebody are waiting for this person and not for others."""
    mine = keys_of(report, name) if name else frozenset()
    return sum(one.needs_you and one.key in mine and one.is_open_to(name) for one in report.found.changes)
