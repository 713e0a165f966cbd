"""Which changes of a range a URL selects. The URL is the whole state, as for the list of recordings."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.http import urlencode

from recviewer.catalog.naming import test_name
from recviewer.changes.findings import Finding
from recviewer.changes.items import Item, items, items_by_test
from recviewer.changes.model import Change
from recviewer.difference.model import Churn
from recviewer.pages.text import test_ids
from recviewer.pages.text.classes import CLASSES, STATES
from recviewer.report.report import Report
from recviewer.review.assigned import keys_of
from recviewer.review.subjects import printable
from recviewer.smells import Severity

RULE_LENGTH = 100
"""Maximum length of a rule's name; none is longer."""
BY_RUNS = "never read, or missed by a run"
"""The label for what runs of the suite have something to say about."""
NAME_LENGTH = 150
"""Maximum length of a person's name; no account has a longer one."""
_NEEDS = {"you": "need you", "somebody": "more than churn"}


def of_finding(finding: Finding) -> RangeFilter:
    """Return the filter for the changes of a finding."""
    return RangeFilter(rule=finding.rule, severity=finding.severity.value)


@dataclass(frozen=True, slots=True)
class RangeFilter:
    """A filter. "" and () mean no restriction."""

    classes: tuple[Churn, ...] = ()
    """Any of them."""
    rule: str = ""
    severity: str = ""
    """rule, severity: of a finding."""
    is_found: bool | None = None
    """Only changes with findings, or without."""
    needs: str = ""
    """`you` for what needs the user, `somebody` for what needed a person before it was decided on."""
    verdict: str = ""
    """`undecided`, `approved`, …."""
    test: str | None = None
    """An id in the form of `test_ids.stand_in`, None for any, "" for changes without a known test."""
    unasked: bool = False
    """Only changes that nothing in the range asked for."""
    runs: bool = False
    """Only recordings that runs of the suite did not read, or miss."""
    person: str = ""
    """Only what is assigned to this person; with needs `you` only what they have not agreed to."""
    by_call: bool = False
    """The queue goes call by call instead of test by test; this selects no other changes."""

    @classmethod
    def of(cls, query: QueryDict) -> RangeFilter:
        """Parse a query string. Invalid values are ignored."""
        classes = tuple(churn for churn in Churn if churn.value in query.getlist("class"))
        verdict, severity, needs = (query.get(name, "") for name in ("verdict", "severity", "needs"))
        return cls(
            classes,
            query.get("rule", "")[:RULE_LENGTH],
            severity if severity in list(Severity) else "",
            {"some": True, "none": False}.get(query.get("findings", "")),
            needs if needs in _NEEDS else "",
            verdict if verdict in STATES else "",
            test_ids.asked_for(query.get("test", "")) if "test" in query else None,
            "unasked" in query,
            "runs" in query,
            query.get("for", "")[:NAME_LENGTH],
            query.get("by") == "change",
        )

    @property
    def is_empty(self) -> bool:
        """Tell whether all changes are selected."""
        return replace(self, by_call=False) == RangeFilter()

    def pairs(self) -> list[tuple[str, str]]:
        """Return the filter as names and values of a query string, in a stable order."""
        made = [("class", churn.value) for churn in self.classes]
        made += [("rule", self.rule)] if self.rule else []
        made += [("severity", self.severity)] if self.severity else []
        made += [("findings", "some" if self.is_found else "none")] if self.is_found is not None else []
        made += [("needs", self.needs)] if self.needs else []
        made += [("verdict", self.verdict)] if self.verdict else []
        made += [("test", self.test)] if self.test is not None else []
        made += [("unasked", "1")] if self.unasked else []
        made += [("runs", "1")] if self.runs else []
        made += [("for", self.person)] if self.person else []
        return made + ([("by", "change")] if self.by_call else [])

    def query(self, *more: tuple[str, str]) -> str:
        """Return the filter as a query string, with additional parameters; "" for nothing."""
        pairs = [*self.pairs(), *more]
        return f"?{urlencode(pairs)}" if pairs else ""

    def without_verdict(self) -> RangeFilter:
        """Return the filter of a queue: with a verdict it would shrink while it is worked through."""
        return replace(self, verdict="", needs="somebody" if self.needs else "")

    def changes(self, report: Report) -> list[Change]:
        """Return the selected changes, in the order of the range."""
        found = list(report.found.changes)
        if self.rule or self.severity:
            mine = {change.key for finding in self._findings(report) for change in finding.on}
            found = [change for change in found if change.key in mine]
        if self.person:
            theirs = keys_of(report, self.person)
            found = [change for change in found if change.key in theirs]
        return [change for change in found if self._takes(change)]

    def items(self, report: Report) -> list[Item]:
        """Return the selected changes as the stops of a queue."""
        return (items if self.by_call else items_by_test)(self.changes(report))

    def takes_finding(self, finding: Finding) -> bool:
        """Tell whether changes of a finding are selected."""
        return self.rule in ("", finding.rule) and self.severity in ("", finding.severity.value)

    def _findings(self, report: Report) -> list[Finding]:
        return [finding for finding in report.findings if self.takes_finding(finding)]

    def _takes(self, change: Change) -> bool:
        return (
            (not self.classes or change.churn in self.classes)
            and (not self.verdict or self._has_verdict(change))
            and (self.test is None or test_ids.stand_in(change.about.test_id) == self.test)
            and (not self.unasked or change.unasked)
            and (not self.runs or bool(change.runs.clause))
            and (not self.needs or (self._is_needing(change) if self.needs == "you" else not change.is_churn))
            and (self.is_found is None or self.is_found == (change.severity is not None))
        )

    def _has_verdict(self, change: Change) -> bool:
        return change.is_waiting if self.verdict == "waiting" else (change.verdict or "undecided") == self.verdict

    def _is_needing(self, change: Change) -> bool:
        return change.needs_you and (not self.person or change.is_open_to(self.person))

    def _test_words(self, report: Report) -> str:
        """Return the label of the selected test."""
        if not self.test:
            return "no test is known"
        if not test_ids.is_digest(self.test):
            return test_name(self.test)
        named = (one.about.test_id for one in report.found.changes if test_ids.stand_in(one.about.test_id) == self.test)
        return test_name(next(named, self.test))

    def words(self, report: Report) -> str:
        """Return the filter as a heading; "" for everything."""
        parts = []
        if self.classes:
            parts.append(" or ".join(CLASSES[churn].title for churn in self.classes))
        if self.rule:
            titles = [one.title for one in self._findings(report)]
            parts.append(titles[0] if len(titles) == 1 else self.rule)
        elif self.severity:
            parts.append(self.severity)
        if self.is_found is not None:
            parts.append("with a finding" if self.is_found else "without a finding")
        if self.needs:
            parts.append(_NEEDS[self.needs])
        if self.verdict:
            parts.append(STATES[self.verdict].title)
        if self.unasked:
            parts.append("not caused by this change")
        if self.runs:
            parts.append(BY_RUNS)
        if self.person:
            parts.append(f"for {printable(self.person, 40)}")
        if self.test is not None:
            parts.append(self._test_words(report))
        return ", ".join(parts)
