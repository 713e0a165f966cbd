"""The report on a range, in the forms that scripts and hosts read. The JSON is a public contract."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from recviewer.changes import changeset, sources
from recviewer.changes.findings import Finding, findings
from recviewer.changes.model import Change
from recviewer.changes.overview import Overview, decided, overview
from recviewer.changes.pairing import Choice
from recviewer.changes.sides import Library, Side
from recviewer.difference.model import Churn
from recviewer.exchange.model import Json
from recviewer.git.repository import Repository

Ask = Callable[[Sequence[str]], dict[str, str]]
"""Returns what reviewers said, by subject (`Change.subject`), for those of the given subjects that were decided on."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that a report tells."""

    found: Overview
    findings: tuple[Finding, ...]

    @property
    def is_clean(self) -> bool:
        """Tell whether everything was decided on, and nothing is to be recorded again."""
        return not self.found.undecided and not self.rejected

    @property
    def rejected(self) -> int:
        """How many changes are to be recorded again."""
        return sum(change.verdict == "rejected" for change in self.found.changes)

    @property
    def to_delete(self) -> int:
        """How many changes are marked for deletion."""
        return sum(change.verdict == "delete" for change in self.found.changes)

    @property
    def approved(self) -> int:
        """How many changes are approved."""
        return sum(change.verdict == "approved" for change in self.found.changes)


def make(
    repository: Repository,
    spec: str,
    *,
    ask: Ask | None = None,
    library: Library | None = None,
    choices: Sequence[Choice] = (),
) -> Report:
    """Work the report out. spec: `BASE...HEAD`, `BASE..HEAD` or `BASE`. Raises GitFailed with what to do.

    choices: pairs that reviewers made or broke, in order.
    """
    asked = sources.open_range(repository, sources.parse(spec))
    found = overview(changeset.load(asked, library or Library()), choices=choices)
    if ask is not None:
        found = decided(found, ask([change.subject for change in found.changes]))
    return Report(found, findings(found.changes))


def as_json(report: Report) -> dict[str, Json]:
    """Return the contract's object."""
    found = report.found
    source, tallies = found.source, found.classes()
    return {
        "base": source.range.base,
        "head": source.range.head or None,
        "files_changed": source.files,
        "added": len(source.added),
        "modified": len(source.modified),
        "deleted": len(source.deleted),
        "pairs": found.pairs,
        "classes": {churn: tallies[Churn(churn)].changes for churn in _CLASSES},
        "undecided": found.undecided,
        "raw_diff_lines": source.raw_lines,
        "changes": [_change(change) for change in found.changes],
    }


_CLASSES = ("identical", "chunking", "request", "text", "tool_call", "finish", "outcome", "new", "gone")


def _change(change: Change) -> dict[str, Json]:
    return {
        "class": change.churn.value,
        "paired_by": change.pair.how.value if change.pair else None,
        "old": _side(change.old),
        "new": _side(change.new),
        "verdict": change.verdict or None,
        "summary": change.summary,
    }


def _side(side: Side | None) -> dict[str, str] | None:
    return None if side is None else {"path": side.path, "blob": side.blob}


def range_of(found: Overview) -> str:
    """Return which commits were compared, short: `0509f952f…af3ee23d7`."""
    source = found.source.range
    return f"{source.base[:9]}…{source.head[:9] or 'the files on disk'}"
