"""The first sentence about a range, and the line for a commit status. Clauses that are zero are dropped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recviewer.changes.findings import Finding
from recviewer.changes.overview import Overview
from recviewer.difference.model import Churn

STATUS = 140
"""Characters of a commit status's description."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A number and what it counts. classes: those it covers, for a link."""

    count: int
    words: str
    classes: tuple[Churn, ...]

    def __str__(self) -> str:
        return f"{self.count:,} {self.words}"


_WORDS: tuple[tuple[str, str, tuple[Churn, ...]], ...] = (
    ("became an error, an answer, or another error", "became errors, answers, or other errors", (Churn.OUTCOME,)),
    ("with another tool call", "with other tool calls", (Churn.TOOL_CALL,)),
    ("ended for another reason", "ended for another reason", (Churn.FINISH,)),
    ("re-recorded with other words", "re-recorded with other words", (Churn.TEXT,)),
    ("with only another request", "with only other requests", (Churn.REQUEST,)),
    ("only churn", "only churn", (Churn.IDENTICAL, Churn.CHUNKING)),
    ("new", "new", (Churn.NEW,)),
    ("deleted", "deleted", (Churn.GONE,)),
)


def clauses(found: Overview) -> list[Clause]:
    """Return what happened, heaviest first; nothing that is zero."""
    tallies = found.classes()
    made = []
    for one, many, classes in _WORDS:
        count = sum(tallies[churn].changes for churn in classes)
        if count:
            made.append(Clause(count, one if count == 1 else many, classes))
    return made


def opening(found: Overview) -> str:
    """Return how many recordings were touched, and in how many changes where pairs make them fewer."""
    files, changes = found.source.files, len(found.changes)
    if not changes:
        return "No recording is touched"
    touched = f"{files:,} recording{'' if files == 1 else 's'} touched"
    return touched if files == changes else f"{touched} in {changes:,} change{'' if changes == 1 else 's'}"


def ending(found: Overview) -> str:
    """Return how many changes need a person, and how many items that is where many are the same change."""
    count = found.need_you
    if not count:
        return "nothing needs you"
    items = f", as {found.items:,} item{'' if found.items == 1 else 's'}" if found.items < count else ""
    return f"{count:,} need{'s' if count == 1 else ''} you{items}"


def sentence(found: Overview) -> str:
    """Return the sentence: `154 recordings touched in 91 changes: 3 with other tool calls, …; 90 need you.`."""
    if not found.changes:
        return f"{opening(found)}."
    return f"{opening(found)}: {', '.join(map(str, clauses(found)))}; {ending(found)}."


def status(found: Overview, findings: Sequence[Finding]) -> str:
    """Return the same in 140 characters at most: what needs you first, details as far as they fit."""
    if not found.changes:
        return "No recording is touched."
    line = f"{_standing(found)}; {opening(found)}"
    for clause in _short(found, findings):
        longer = f"{line}, {clause}"
        if len(longer) > STATUS - 1:
            break
        line = longer
    return f"{line[: STATUS - 1]}."


def _standing(found: Overview) -> str:
    """Return what is left to do, as the beginning of a sentence."""
    again = sum(change.verdict == "rejected" for change in found.changes)
    said = [f"{again:,} to re-record"] if again else []
    if found.need_you or not found.undecided:
        said.append(ending(found))
    else:
        said.append(f"{found.undecided:,} undecided, only churn")
    line = ", ".join(said)
    return line[:1].upper() + line[1:]


def _short(found: Overview, findings: Sequence[Finding]) -> Iterator[str]:
    reds = sum(finding.severity.value == "red" for finding in findings)
    if reds:
        yield f"{reds} red finding{'' if reds == 1 else 's'}"
    names = {Churn.TOOL_CALL: "tool call", Churn.TEXT: "other words", Churn.GONE: "deleted"}
    for churn, tally in found.classes().items():
        if tally.changes:
            yield f"{tally.changes:,} {names.get(churn, churn.value)}"
