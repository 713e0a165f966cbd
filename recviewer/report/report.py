"""The report on a range, in the formats for scripts and hosts. The JSON is a public contract."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from recviewer.changes import changeset, sources
from recviewer.changes.agreement import Agreement
from recviewer.changes.expected import kept
from recviewer.changes.facts import Met
from recviewer.changes.findings import Finding
from recviewer.changes.model import Change
from recviewer.changes.numbers import Numbers
from recviewer.changes.overview import Overview, decided, overview, subjects, with_expected, with_runs
from recviewer.changes.reviewers import Who, agreed, rules_of
from recviewer.difference.model import Churn
from recviewer.exchange.model import Json
from recviewer.git.repository import Repository, together
from recviewer.pairing.pairs import Choice
from recviewer.pairing.sides import Library, Side
from recviewer.used.model import UsedRun

Ask = Callable[[Sequence[str]], dict[str, str]]
"""A callback that returns reviewers' verdicts, by subject (`overview.subjects`), for those subjects that have one."""


@dataclass(frozen=True, slots=True)
class Report:
    """The content of a report."""

    found: Overview

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Red findings, then amber ones."""
        return self.found.findings

    @property
    def numbers(self) -> Numbers:
        """The counts of all changes."""
        return self.found.numbers

    @property
    def is_clean(self) -> bool:
        """Tell whether everything was examined and decided on, and nothing is to be re-recorded or taken back."""
        is_as_wished = not self.numbers.rejected and not self.numbers.to_revert
        return not self.numbers.undecided and is_as_wished and not self.found.source.problems


def make(
    repository: Repository,
    spec: str,
    *,
    ask: Ask | None = None,
    who: Who | None = None,
    library: Library | None = None,
    choices: Sequence[Choice] = (),
    runs: Sequence[UsedRun] = (),
) -> Report:
    """Make the report. spec: `BASE...HEAD`, `BASE..HEAD` or `BASE`. Raises GitFailed with a remedy.

    choices: pairs that reviewers made or broke, in order. runs: watched runs of the suite. who: returns whose verdicts
    these are; without it nobody has agreed where several people must.
    """
    with together(repository):
        asked = sources.open_range(repository, sources.parse(spec))
        found = with_expected(overview(changeset.load(asked, library or Library()), choices=choices))
        found = with_runs(found, runs)
    if ask is not None:
        found = decided(found, ask(subjects(found.changes)))
    return Report(agreed(found, rules_of(asked), who or _nobody))


def _nobody(some: Sequence[str]) -> dict[str, dict[str, str]]:
    return {}


def as_json(report: Report) -> dict[str, Json]:
    """Return the public JSON object."""
    found = report.found
    source, tallies, numbers = found.source, found.classes(), found.numbers
    return {
        "base": source.range.base,
        "head": source.range.head or None,
        "files_changed": source.files,
        "added": len(source.added),
        "modified": len(source.modified),
        "deleted": len(source.deleted),
        "pairs": numbers.pairs,
        "classes": {churn: tallies[Churn(churn)].changes for churn in _CLASSES},
        "undecided": numbers.undecided,
        "raw_diff_lines": source.raw_lines,
        "changes": [_change(change) for change in found.changes],
        "numbers": asdict(numbers),
        "findings": [_finding(finding) for finding in found.findings],
        "problems": list(source.problems),
        "merge_bases": list(source.range.merge_bases),
        "kept": kept(found.changes)._asdict(),
        "bad_rules": list(found.bad_rules),
    }


_CLASSES = (
    "identical",
    "chunking",
    "details",
    "request",
    "unread",
    "text",
    "tool_call",
    "finish",
    "outcome",
    "new",
    "gone",
)


def _change(change: Change) -> dict[str, Json]:
    return {
        "class": change.churn.value,
        "paired_by": change.pair.how.value if change.pair else None,
        "old": _side(change.old),
        "new": _side(change.new),
        "verdict": change.verdict or None,
        "summary": change.summary,
        "severity": change.severity.value if change.severity else None,
        "item": change.alike,
        "unread": change.unread or None,
        "expected": [_met(one) for one in change.expected.met] if change.expected.is_read else None,
        "runs": _runs(change),
        "agreement": _agreement(change.agreement) if change.agreement else None,
    }


def _agreement(asked: Agreement) -> dict[str, Json]:
    """Return the JSON keys for who must agree to a change, and who has."""
    demands: list[Json] = [{"count": one.number, "names": list(one.names)} for one in asked.demands]
    return {
        "asked": demands,
        "state": asked.state or None,
        "people": list(asked.people),
        "is_met": bool(asked.state) and asked.is_met,
        "words": asked.words,
    }


def _runs(change: Change) -> dict[str, Json] | None:
    """Return the JSON object for what runs of the suite report about a change, None if there is nothing."""
    told = change.runs
    if not told.clause:
        return None
    tests: dict[str, Json] = {"tests": told.tests, "failed": told.failed}
    return {"unread_by": list(told.unread), "asked_by": list(told.asked)} | tests


def _met(met: Met) -> dict[str, Json]:
    """Return the JSON object for an expectation of a test."""
    one = met.expectation
    return {
        "where": one.where.value,
        "how": one.how.value,
        "any_of": list(one.any_of),
        "absent": one.absent,
        "field": ".".join(one.inside),
        "before": met.before,
        "now": met.now,
        "lost": met.is_lost,
        "line": one.line,
    }


def _finding(finding: Finding) -> dict[str, Json]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "title": finding.title,
        "detail": finding.detail,
        "changes": [{"old": _side(change.old), "new": _side(change.new)} for change in finding.on],
    }


def _side(side: Side | None) -> dict[str, Json] | None:
    """Return the JSON object for a side, including its position in a file with several exchanges."""
    if side is None:
        return None
    place: dict[str, Json] = {"file": side.file_path, "index": side.index, "part": side.part} if side.part else {}
    return {"path": side.path, "blob": side.blob} | place


def range_of(found: Overview) -> str:
    """Return the compared commits in short form: `0509f952f…af3ee23d7`."""
    source = found.source.range
    return f"{source.base[:9]}…{source.head[:9] or 'the files on disk'}"
