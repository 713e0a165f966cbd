"""The findings on the changes of one item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recviewer.changes.findings import Finding
from recviewer.changes.model import Change
from recviewer.pages.ranges.filter import of_finding
from recviewer.pages.ranges.queue import ShownRange


@dataclass(frozen=True, slots=True)
class FindingHere:
    """A finding on this item. url: of all changes that it is about.

    words: what is the case here, and for how many of the item.
    """

    finding: Finding
    url: str
    words: str


def found_on(place: ShownRange, some: Sequence[Change]) -> Iterator[FindingHere]:
    """Yield the findings on any of the changes that are decided on together, with the number of changes."""
    mine = {change.key for change in some}
    for finding in place.report.findings:
        count = sum(one.key in mine for one in finding.on)
        if count:
            which = "" if count == len(some) else f" in {count:,} of these {len(some):,}"
            yield FindingHere(finding, place.url + of_finding(finding).query(), f"{finding.each}{which}")
