"""The report as a comment on a pull request: one that is found again by its first line, and always fits.

Everything that comes from recordings stands in code, every sign of it as a character reference: no host makes a link, a
mention, markup or a table cell of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recviewer import __version__
from recviewer.changes.findings import Finding, Severity
from recviewer.changes.model import Change
from recviewer.changes.report import Report, range_of
from recviewer.changes.sentence import sentence
from recviewer.difference.model import Churn

MARKER = "<!-- recviewer-report -->"
"""The first line, by which a later run finds its comment."""

LIMIT = 65_536
"""Characters that a comment may have."""

TITLES = {
    Churn.OUTCOME: "answer ↔ error",
    Churn.TOOL_CALL: "other tool call",
    Churn.FINISH: "ended otherwise",
    Churn.TEXT: "other words",
    Churn.REQUEST: "request only",
    Churn.CHUNKING: "chunking only",
    Churn.IDENTICAL: "same meaning",
    Churn.NEW: "new",
    Churn.GONE: "deleted",
}
"""What people call the classes, heaviest first."""


@dataclass(frozen=True, slots=True)
class _Budget:
    """How much is told. rows: changes listed in each class. classes: those listed. words: characters of a summary."""

    rows: int
    classes: frozenset[Churn]
    evidence: bool = True
    words: int = 160
    left_out: str = ""


_ALL = frozenset(Churn)
_READ = _ALL - {Churn.IDENTICAL, Churn.CHUNKING}
_CHANGED = _READ - {Churn.NEW, Churn.GONE}
_STEPS = (
    _Budget(1_000_000, _ALL),
    _Budget(1_000_000, _READ, left_out="the list of what means the same"),
    _Budget(1_000_000, _CHANGED, left_out="the lists of what means the same, is new or was deleted"),
    _Budget(100, _CHANGED, left_out="all but the first 100 of each class"),
    _Budget(30, _CHANGED, words=100, left_out="all but the first 30 of each class"),
    _Budget(10, _CHANGED, words=80, left_out="all but the first 10 of each class"),
    _Budget(0, frozenset(), left_out="the lists of changes"),
    _Budget(0, frozenset(), evidence=False, left_out="the lists of changes, and the words that findings quote"),
)


def comment(report: Report, *, limit: int = LIMIT) -> str:
    """Return the comment, its first line the marker.

    limit: characters. What does not fit is left out in this order, and it is said what: the list of what means the same;
    those of new and deleted ones; then all but 100, 30 and 10 changes of each class; the lists; the words that findings
    quote. The sentence, the table and the findings always stay.
    """
    text = ""
    for budget in _STEPS:
        text = "\n".join(_lines(report, budget)) + "\n"
        if len(text) <= limit:
            return text
    return text[: max(0, limit - 2)].rsplit("\n", 1)[0] + "\n"


def _lines(report: Report, budget: _Budget) -> Iterator[str]:
    yield MARKER
    yield f"**{plain(sentence(report.found))}**"
    yield ""
    if report.found.changes:
        yield from _table(report)
    yield from _findings(report.findings, budget)
    for churn in Churn:
        changes = [change for change in report.found.changes if change.churn is churn]
        if changes and churn in budget.classes:
            yield from _class(churn, changes, report, budget)
    yield from _footer(report, budget)


def _table(report: Report) -> Iterator[str]:
    yield "| what happened | changes | recordings | tests | size | undecided |"
    yield "|---|--:|--:|--:|--:|--:|"
    for churn, tally in report.found.classes().items():
        if tally.changes:
            undecided = sum(change.churn is churn and not change.verdict for change in report.found.changes)
            counts = f"{tally.changes:,} | {tally.recordings:,} | {tally.tests:,} | {size(tally.size)} | {undecided:,}"
            yield f"| {TITLES[churn]} | {counts} |"
    yield ""


def size(count: int) -> str:
    """Return bytes in the unit that people read."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:,.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"


def _findings(findings: Sequence[Finding], budget: _Budget) -> Iterator[str]:
    for finding in findings:
        sign = "🔴" if finding.severity is Severity.RED else "🟠"
        quoted = f" {code(finding.evidence[:120])}" if finding.evidence and budget.evidence else ""
        yield f"{sign} **{plain(finding.title)}**. {plain(finding.detail)}{quoted} ({finding.rule})"
        yield ""


def _class(churn: Churn, changes: Sequence[Change], report: Report, budget: _Budget) -> Iterator[str]:
    yield f"<details><summary>{TITLES[churn]}: {len(changes):,}</summary>"
    yield ""
    shown = 0
    told: set[int] = set()
    for change in changes:
        if change.alike is not None:
            if change.alike in told:
                continue
            told.add(change.alike)
        if shown == budget.rows:
            break
        shown += 1
        yield _row(change, changes, report, budget)
    rest = len({(change.alike, None if change.alike is not None else id(change)) for change in changes}) - shown
    if rest:
        yield f"- and {rest:,} more"
    yield ""
    yield "</details>"
    yield ""


def _row(change: Change, changes: Sequence[Change], report: Report, budget: _Budget) -> str:
    side = change.side
    facts = [code(side.test[:160]) if side.test else code(side.path)]
    if side.exchange.model:
        facts.append(code(side.exchange.model))
    if change.summary:
        facts.append(code(change.summary[: budget.words]))
    if change.pair and change.pair.how.value != "path":
        facts.append(f"paired by {change.pair.how.value}, {change.pair.sure.value}")
    if change.unasked:
        facts.append("not caused by this change: the request is the same, and the old one could be replayed")
    if change.alike is not None:
        same = sum(other.alike == change.alike for other in changes)
        label = report.found.alike[change.alike].label
        facts.append(f"and {same - 1:,} more with the same change: {code(label[: budget.words])}")
    if change.verdict:
        facts.append(change.verdict)
    return "- " + " · ".join(facts)


def _footer(report: Report, budget: _Budget) -> Iterator[str]:
    source = report.found.source
    if budget.left_out:
        yield f"Left out, to fit: {budget.left_out}."
        yield ""
    yield (
        f"<sub>{range_of(report.found)} · recviewer {__version__} · {source.raw_lines:,} lines of JSON differ · not "
        "counted: ids, times, usage, durations, service fields, chunk boundaries</sub>"
    )


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ,;:.()=+%/'\"?-→−…“”·×")


def code(text: str) -> str:
    """Return text of a recording on one line, as code in which every sign is a character reference."""
    return f"<code>{_referred(' '.join(text.split()))}</code>"


def plain(text: str) -> str:
    """Return a sentence of ours that may quote a recording, with every sign as a character reference.

    Behind `@` and `#` stands a space of no width: hosts look for mentions in the finished text.
    """
    return _referred(" ".join(text.split())).replace("&#x40;", "&#x40;&#x200b;").replace("&#x23;", "&#x23;&#x200b;")


def _referred(text: str) -> str:
    made = []
    for place, mark in enumerate(text):
        is_inside = mark == "_" and text[place - 1 : place].isalnum() and text[place + 1 : place + 2].isalnum()
        made.append(mark if mark in _PLAIN or mark.isalnum() or is_inside else f"&#x{ord(mark):x};")
    return "".join(made).replace("://", ":&#x2f;&#x2f;").replace("www.", "www&#x2e;")
