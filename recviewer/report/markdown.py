"""The report as Markdown: a comment on a pull request, recognized by its first line, and the summary of a job.

Both always fit the host's limits: content is omitted in a fixed order, and the omission is stated. Recorded texts are
escaped by `quoting`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from recviewer import __version__
from recviewer.changes.findings import Finding
from recviewer.changes.uncounted import as_line, uncounted
from recviewer.difference.model import Churn
from recviewer.report.links import Links
from recviewer.report.lists import TITLES, Budget, Lists, short_path
from recviewer.report.quoting import code, link, plain
from recviewer.report.report import Report, range_of
from recviewer.report.sentence import about_runs, about_tests, clauses, ending, figures, opening, sentence
from recviewer.smells import EVIDENCE, Severity, excerpted

MARKER = "<!-- recviewer-report -->"
"""The first line, by which a later run finds its comment."""

LIMIT = 65_536
"""Longest comment. Hosts count characters, of which there are never more than bytes."""

SUMMARY_LIMIT = 1_000_000
"""Most bytes of a job summary. A host accepts 1 MiB, and rejects longer ones completely."""

_ALL = frozenset(Churn)
_READ = _ALL - {Churn.IDENTICAL, Churn.CHUNKING}
_EVERY = 1_000_000
_QUIET = "the lists of churn"
_PLACES = f"{_QUIET}; links and paths of single changes"
_FEW = f"{_PLACES}; all but 30 lines of a class, 10 of new and 10 of deleted ones"
_STEPS = (
    Budget(_ALL, _EVERY, _EVERY),
    Budget(_ALL, _EVERY, _EVERY, names=20),
    Budget(_READ, _EVERY, _EVERY, names=20, left_out=_QUIET),
    Budget(_READ, _EVERY, _EVERY, False, names=20, left_out=_PLACES),
    Budget(_READ, _EVERY, 30, False, names=3, left_out=f"{_PLACES}; all but 30 lines of new and 30 of deleted ones"),
    Budget(_READ, 100, 10, False, names=3, left_out=_FEW.replace("30", "100")),
    Budget(_READ, 30, 10, False, words=100, names=0, left_out=_FEW),
    Budget(_READ, 10, 10, False, words=80, names=0, left_out=f"{_PLACES}; all but 10 lines of a class"),
    Budget(frozenset(), 0, 0, left_out="the lists of changes"),
    Budget(frozenset(), 0, 0, has_evidence=False, left_out="the lists of changes, and the words that findings quote"),
)


def comment(report: Report, *, limit: int = LIMIT, links: Links | None = None) -> str:
    """Return the comment, starting with the marker.

    limit: in bytes. links: to hosted pages; without them each change has its path. If it does not fit, content is
    omitted in this order: all but 20 further names per line; the lists of churn; links and paths of single changes;
    most new and deleted ones; most of each class; the lists; quotations in findings. The sentence, the table and the
    findings always remain.
    """
    return _fitted(report, links or Links(), limit, (MARKER,))


def summary(report: Report, *, limit: int = SUMMARY_LIMIT, links: Links | None = None) -> str:
    """Return the same for a job summary: without the marker, and with a higher limit."""
    return _fitted(report, links or Links(), limit, ())


def _fitted(report: Report, links: Links, limit: int, head: Sequence[str]) -> str:
    footer = f"ignored: {plain(as_line(uncounted(report.found), report.found))}"
    text = ""
    for budget in _STEPS:
        budget = _with_names(budget, report, links)
        text = "\n".join([*head, *_Told(report, links, budget).lines(), *_footer(report, budget, footer)]) + "\n"
        if _length(text) <= limit:
            return text
    lines = text.split("\n")
    while len(lines) > 1 and _length("\n".join(lines) + _CUT) > limit:
        lines.pop()
    return "\n".join(lines) + _CUT


def _with_names(budget: Budget, report: Report, links: Links) -> Budget:
    """Return the budget with a note if it omits names."""
    if not Lists(report, links, budget).cuts_names():
        return budget
    words = (
        f"all but {budget.names:,} names behind the first of a line"
        if budget.names
        else "names behind the first of a line"
    )
    return replace(budget, left_out="; ".join(filter(None, (words, budget.left_out))))


_CUT = "\n\nThe rest is left out, to fit.\n"


def _length(text: str) -> int:
    """Return the number of bytes, with two for each line break, as forms send it."""
    return len(text.encode("utf-8", "backslashreplace")) + text.count("\n")


def _footer(report: Report, budget: Budget, ignored: str) -> Iterator[str]:
    if budget.left_out:
        yield f"Left out, to fit: {budget.left_out}."
        yield ""
    lines = f"{report.found.source.raw_lines:,} lines differ"
    yield f"<sub>{range_of(report.found)} · recviewer {__version__} · {lines} · {ignored}</sub>"


def verdicts(report: Report) -> list[tuple[str, str]]:
    """Return the decisions: (state, text such as `12 approved`); [] if there are none."""
    numbers = report.numbers
    counts = (
        ("approved", numbers.approved, "approved"),
        ("rejected", numbers.rejected, "to re-record"),
        ("delete", numbers.to_delete, "to delete"),
        ("revert", numbers.to_revert, "old one back"),
        ("undecided", numbers.undecided, "undecided"),
    )
    if not numbers.decided:
        return []
    return [(state, f"{count:,} {words}") for state, count, words in counts if count]


@dataclass(frozen=True, slots=True)
class _Told:
    """A report with a budget, and the URLs for its links."""

    report: Report
    links: Links
    budget: Budget

    def lines(self) -> Iterator[str]:
        found = self.report.found
        yield f"**{self._sentence()}**"
        yield ""
        if found.source.range.note:
            yield plain(found.source.range.note, 500)
            yield ""
        if found.changes:
            told = [link(words, self.links.of_verdict(state)) for state, words in verdicts(self.report)]
            yield f"Verdicts: {' · '.join(told) or 'none yet'}"
            yield ""
            if about := about_tests(found):
                yield about
                yield ""
            yield from self._table()
        yield from self._findings()
        yield from self._again()
        if about := about_runs(found):
            yield f"🟠 **{about}**; it asks for no decision and takes none away (runs)"
            yield ""
        for bad in found.bad_rules[:10]:
            yield f"🟠 {plain(bad, 300)} Until it can be, every change needs two people or more."
            yield ""
        for problem in found.source.problems[:10]:
            yield f"🟠 Not looked at: {plain(problem, 300)}"
            yield ""
        yield from Lists(self.report, self.links, self.budget).lines()

    def _sentence(self) -> str:
        found = self.report.found
        if not found.changes:
            return plain(sentence(found))
        told = [
            link(plain(str(clause)), self.links.of_classes(clause.classes, is_found=clause.is_found))
            for clause in clauses(found)
        ]
        end = link(plain(ending(found)), self.links.of_needs() if found.numbers.need_you else "")
        return f"{link(plain(opening(found)), self.links.page)}: {', '.join(told)}; {end}."

    def _table(self) -> Iterator[str]:
        yield "| what happened | changes | recordings | tests | size | undecided |"
        yield "|---|--:|--:|--:|--:|--:|"
        for churn, tally in self.report.found.classes().items():
            if tally.changes:
                yield f"| {link(TITLES[churn], self.links.of_classes([churn]))} | {' | '.join(figures(tally))} |"
        yield ""

    def _findings(self) -> Iterator[str]:
        for finding in self.report.findings:
            yield self._finding(finding, self.links.of_finding(finding))
            yield ""

    def _finding(self, finding: Finding, url: str) -> str:
        sign = "🔴" if finding.severity is Severity.RED else "🟠"
        quoted = (
            f" {code(excerpted(finding.evidence), EVIDENCE + 1)}"
            if finding.evidence and self.budget.has_evidence
            else ""
        )
        return (
            f"{sign} **{link(plain(finding.title, 200), url)}**. {plain(finding.detail, 500)}{quoted} ({finding.rule})"
        )

    def _again(self) -> Iterator[str]:
        """Yield what reviewers want to be re-recorded: the author's task."""
        back = self.report.numbers.to_revert
        if back:
            which = "old recording" if back == 1 else "old recordings"
            yield f"🟠 **{back:,} {which} to take back**, as reviewers said; the plan of the range does it"
            yield ""
        mine = [change for change in self.report.found.changes if change.verdict == "rejected"]
        if not mine:
            return
        tests = list(dict.fromkeys(change.about.test or short_path(change.side.path) for change in mine))
        shown = ", ".join(code(test, 160) for test in tests[:10])
        rest = f" and {len(tests) - 10:,} more tests" if len(tests) > 10 else ""
        what = " or restore" if any(change.new is None for change in mine) else ""
        yield f"🔴 **{len(mine):,} to re-record{what}**, as reviewers said: {shown}{rest}"
        yield ""
