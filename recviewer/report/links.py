"""URLs of the hosted pages of a range: they contain the commit ids, so that they remain valid after a push."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from recviewer.changes.findings import Finding
from recviewer.changes.model import Change
from recviewer.difference.model import Churn
from recviewer.report.report import Report


@dataclass(frozen=True, slots=True)
class Links:
    """The URLs for one range. page: the range's first page, "" without a site."""

    page: str = ""

    def of_classes(self, classes: Sequence[Churn], *, is_found: bool | None = None) -> str:
        """Return the URL of the list of changes of some classes. is_found: only those with findings, or without any."""
        found = [] if is_found is None else [("findings", "some" if is_found else "none")]
        return self._with([*(("class", churn.value) for churn in classes), *found])

    def of_change(self, change: Change) -> str:
        """Return the URL of a change."""
        return self._with([("change", change.side.path)])

    def of_test(self, churn: Churn, test_id: str) -> str:
        """Return the URL of the list of changes of one class and test."""
        return self._with([("class", churn.value), ("test", test_id)])

    def of_finding(self, finding: Finding) -> str:
        """Return the URL of the list of changes of a finding."""
        return self._with([("rule", finding.rule), ("severity", finding.severity.value)])

    def of_needs(self) -> str:
        """Return the URL of the list of changes that need a person."""
        return self._with([("needs", "you")])

    def of_verdict(self, verdict: str) -> str:
        """Return the URL of the list of changes in a state: `undecided`, `approved`, …."""
        return self._with([("verdict", verdict)])

    def _with(self, query: Sequence[tuple[str, str]]) -> str:
        if not self.page:
            return ""
        return f"{self.page}?{urlencode(query, safe='/', quote_via=quote, errors='backslashreplace')}"


def links(report: Report, public: str) -> Links:
    """Return the URLs for a report. public: the site's URL, "" if unknown; ranges of files on disk have no page there."""
    source = report.found.source.range
    if not public or not source.head:
        return Links()
    named = f"{source.named}...{source.head}" if source.named else f"{source.base}..{source.head}"
    return Links(f"{public}/changes/{named}")
