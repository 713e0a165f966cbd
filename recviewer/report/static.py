"""The report as one HTML file that needs no server: for forks, and for build artifacts. It loads and runs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files

from recviewer import __version__
from recviewer.changes import generations
from recviewer.changes.findings import Finding
from recviewer.changes.items import items
from recviewer.changes.model import Change
from recviewer.changes.numbers import tests_of
from recviewer.changes.overview import Overview
from recviewer.changes.uncounted import as_line, uncounted
from recviewer.difference.model import Churn
from recviewer.exchange.amounts import counted
from recviewer.report.bodies import body, places
from recviewer.report.links import Links
from recviewer.report.lists import TITLES, verdict_of
from recviewer.report.markdown import verdicts
from recviewer.report.markup import fold, name, text
from recviewer.report.report import Report, range_of
from recviewer.report.sentence import about_runs, about_tests, clauses, ending, figures, opening, sentence
from recviewer.smells import excerpted

LIMIT = 12_000_000
"""After this many characters changes are written as one line each; the file says so."""

BODY_LIMIT = 2_000_000
"""A single change with more characters than this is written as one line."""

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""The content security policy: display only."""

_SAME, _LARGE = "the same change as", "not shown in this file, for it would be too large"


def page(report: Report, *, links: Links | None = None) -> Iterator[str]:
    """Yield the file in pieces. links: to the hosted pages."""
    where = links or Links()
    css = files("recviewer.report").joinpath("report.css").read_text(encoding="utf-8")
    title = escape(f"Recordings {range_of(report.found)}")
    yield f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}"><style>\n{css}</style></head>\n<body>'
    listed = list(_Changes(report).sections())
    yield from _head(report, where)
    yield from _table(report)
    yield '<section class="findings">'
    for finding in report.findings:
        yield from _finding(finding, report.found.changes)
    yield "</section>\n"
    yield from _by_test(report.found.changes)
    yield from listed
    ignored = text(as_line(uncounted(report.found), report.found))
    lines = f"{report.found.source.raw_lines:,} lines differ"
    yield f"<footer>recviewer {__version__} · {lines} · ignored: {ignored}</footer></body></html>\n"


def _head(report: Report, links: Links) -> Iterator[str]:
    found = report.found
    yield f'<header><p class="mono">{escape(range_of(found))}'
    yield f' · <a href="{escape(links.page)}">on the site</a></p>\n' if links.page else "</p>\n"
    if not found.changes:
        yield f"<h1>{sentence(found)}</h1>\n"
        yield from _notes(found)
        yield "</header>\n"
        return
    there = {change.churn for change in found.changes}
    told = ", ".join(
        f'<a href="#{next(churn for churn in one.classes if churn in there)}"><b>{one.count:,}</b> {one.words}</a>'
        for one in clauses(found)
    )
    yield f'<h1>{opening(found)}: {told}; <span class="need">{ending(found)}.</span></h1>\n'
    yield f"<p>Verdicts: {' · '.join(words for _, words in verdicts(report)) or 'none yet'}</p>\n"
    if about := about_tests(found):
        yield f"<p>{about}</p>\n"
    if runs := about_runs(found):
        yield f'<p class="warn">{runs}.</p>\n'
    yield from _notes(found)
    yield "</header>\n"


def _notes(found: Overview) -> Iterator[str]:
    """Yield how the base was chosen, and what could not be examined."""
    if found.source.range.note:
        yield f'<p class="warn">{text(found.source.range.note)}</p>\n'
    for bad in found.bad_rules:
        yield f'<p class="warn">{text(bad)} Until it can be, every change needs two people or more.</p>\n'
    for problem in found.source.problems:
        yield f'<p class="warn">not looked at: {text(problem)}</p>\n'


def _table(report: Report) -> Iterator[str]:
    yield '<table><thead><tr><th>what happened<th class="n">changes<th class="n">recordings<th class="n">tests'
    yield '<th class="n">size<th class="n">undecided</tr></thead><tbody>\n'
    for churn, tally in report.found.classes().items():
        if tally.changes:
            cells = "".join(f'<td class="n">{cell}' for cell in figures(tally))
            yield f'<tr><td><a href="#{churn.value}">{TITLES[churn]}</a>{cells}</tr>\n'
    yield "</tbody></table>\n"


def _finding(finding: Finding, changes: Sequence[Change]) -> Iterator[str]:
    concerned = {change.key for change in finding.on}
    places = [place for place, change in enumerate(changes) if change.key in concerned]
    yield f'<div class="finding {finding.severity.value}"><strong>{text(finding.title)}</strong> '
    yield f'<span class="note">{finding.severity.value}</span><br>{text(finding.detail)}'
    if finding.evidence:
        yield f'<p class="evidence"><code>{text(excerpted(finding.evidence))}</code></p>'
    yield fold(f'the {len(places):,} <span class="note">{escape(finding.rule)}</span>', _links(places, changes))
    yield "</div>\n"


def _links(places: Sequence[int], changes: Sequence[Change]) -> str:
    rows = "".join(f'<li><a href="#c{place}">{_name(changes[place])}</a></li>' for place in places)
    return f"<ol>{rows}</ol>"


def _name(change: Change) -> str:
    return name(change.about.test or change.side.path)


def _by_test(changes: Sequence[Change]) -> Iterator[str]:
    """Yield the table of contents by test, with the most important changes first."""
    tests: dict[str, list[int]] = {}
    for place, change in enumerate(changes):
        tests.setdefault(change.about.test_id, []).append(place)
    if not changes:
        return
    rows = []
    known = len(tests_of(changes))
    for test, mine in tests.items():
        told = " ".join(f'<a href="#c{place}">{TITLES[changes[place].churn]}</a>' for place in mine)
        rows.append(f"<li>{name(changes[mine[0]].about.test) if test else 'no test is known'} {told}</li>")
    yield fold(f"<b>By test</b> {known:,}", f'<ol class="tests">{"".join(rows)}</ol>') + "\n"


class _Changes:
    """Writes the changes by class, and counts the characters written."""

    def __init__(self, report: Report) -> None:
        self.changes = report.found.changes
        self._written = self._left_out = 0
        self._first: dict[int, int] = {}
        self._below = _below(self.changes)

    def sections(self) -> Iterator[str]:
        """Yield a section for each class; a first line states what is not shown completely."""
        made: list[str] = []
        heading: Churn | None = None
        folded = {place for places in self._below.values() for place in places}
        for place, change in enumerate(self.changes):
            if change.churn is not heading:
                made.append(("</section>\n" if heading else "") + self._heading(change.churn))
                heading = change.churn
            if place in folded:
                continue
            content = self._content(place, change)
            made.append(f'<details id="c{place}"><summary>{_summary(change)}</summary>{content}</details>\n')
        if self._left_out:
            told = counted(self._left_out, "change is told by one line", "changes are told by one line each")
            yield f'<p class="warn">{told}, for the file would be too large.</p>'
        yield from made
        if heading:
            yield "</section>\n"

    def _heading(self, churn: Churn) -> str:
        count = sum(change.churn is churn for change in self.changes)
        below = sum(self.changes[place].churn is churn for places in self._below.values() for place in places)
        told = f"{count:,}{f', {below:,} of them below the call of which they are older generations' if below else ''}"
        return f'<section id="{churn.value}"><h2>{TITLES[churn]} <span class="note">{told}</span></h2>\n'

    def _content(self, place: int, change: Change) -> str:
        """Return the content of a change, followed by the older generations of its call, complete."""
        below = self._below.get(place)
        return self._own(place, change) + (self._older(below) if below else "")

    def _older(self, below: Sequence[int]) -> str:
        made = [
            f'<details id="c{place}"><summary>{_summary(self.changes[place])}</summary>'
            f"{self._own(place, self.changes[place])}</details>\n"
            for place in below
        ]
        return fold(f"<b>{generations.counted(len(below))}</b>", "".join(made))

    def _own(self, place: int, change: Change) -> str:
        first = place
        if change.alike is not None and not change.is_churn:  # churn of one group may differ in other details
            first = self._first.setdefault(change.alike, place)
        if first != place:
            return f'<p class="note">{_SAME} <a href="#c{first}">this one</a></p>{places(change)}'
        if self._written > LIMIT:
            return self._large(change)
        made: list[str] = []
        length = 0
        for piece in body(change):
            made.append(piece)
            length += len(piece)
            if length > BODY_LIMIT:
                return self._large(change)
        self._written += length
        return "".join(made)

    def _large(self, change: Change) -> str:
        self._left_out += 1
        return f'<p class="note">{_LARGE}</p>{places(change)}'


def _below(changes: Sequence[Change]) -> dict[int, list[int]]:
    """Return, by index of a call's change, the indexes of its older generations."""
    at = {id(change): place for place, change in enumerate(changes)}
    return {at[id(item.first)]: [at[id(one)] for one in item.older] for item in items(changes) if item.older}


def _summary(change: Change) -> str:
    asked = " ".join(change.about.meaning.line.asked.split())[:160]
    notes = [verdict_of(change)] if change.verdict else []
    if change.is_waiting and change.agreement is not None:
        notes.append(change.agreement.words)
    if change.unasked:
        notes.append("not caused by this change")
    notes += [change.runs.clause] if change.runs.clause else []
    model = change.side.exchange.model
    test = change.about.test or change.side.path
    return (
        f'<span class="asked">{name(asked)}</span> <span class="what">{name(change.summary)}</span> '
        f'<span class="test">{name(test)}{f" · {name(model)}" if model and model not in test else ""}</span> '
        f'<span class="verdict">{text(", ".join(notes))}</span>'
    )
