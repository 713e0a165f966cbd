"""The changes of a report in Markdown: a fold for each class, and a line for each change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recviewer.changes.model import ORDER, Change
from recviewer.difference.model import Churn
from recviewer.pairing.pairs import Sure
from recviewer.report.links import Links
from recviewer.report.quoting import code, link, plain
from recviewer.report.report import Report

TITLES = {
    Churn.OUTCOME: "answer ↔ error",
    Churn.TOOL_CALL: "other tool call",
    Churn.FINISH: "ended otherwise",
    Churn.TEXT: "other words",
    Churn.REQUEST: "request only",
    Churn.DETAILS: "other details",
    Churn.CHUNKING: "chunking only",
    Churn.IDENTICAL: "same meaning",
    Churn.NEW: "new",
    Churn.GONE: "deleted",
}
"""What people call the classes, heaviest first."""

VERDICTS = {"approved": "approved", "rejected": "to re-record", "delete": "to delete", "": "undecided"}
"""What people call what was decided."""

REMOVALS = VERDICTS | {"approved": "may go", "rejected": "to bring back"}
"""What they call it of a recording that was deleted, where the question is another."""


def verdict_of(change: Change) -> str:
    """Return what was decided on a change."""
    return (REMOVALS if change.new is None else VERDICTS).get(change.verdict, change.verdict)


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is told.

    classes: those whose changes are listed. changed, alone: how many of each class, those that came or went apart.
    has_places: each with its link or path. words: characters of what changed.
    """

    classes: frozenset[Churn]
    changed: int
    alone: int
    has_places: bool = True
    has_evidence: bool = True
    words: int = 160
    left_out: str = ""

    def rows(self, churn: Churn) -> int:
        """Return how many changes of a class are listed."""
        return self.alone if churn in (Churn.NEW, Churn.GONE) else self.changed


def short_path(path: str) -> str:
    """Return a path with as much of a long file name as finds it."""
    folder, slash, name = path.rpartition("/")
    return path if len(name) <= 32 else f"{folder}{slash}{name[:12]}…"


def _decided(item: Sequence[Change]) -> Iterator[str]:
    """Tell what was decided on what stands in one line, with numbers where it is not the same for all of it."""
    counts = Counter(plain(verdict_of(change)) for change in item)
    if len(counts) > 1:
        yield ", ".join(f"{count:,} **{words}**" for words, count in counts.most_common())
    elif item[0].verdict:
        yield f"**{next(iter(counts))}**"


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of a report. links: where its pages are. budget: how much is told."""

    report: Report
    links: Links
    budget: Budget

    def lines(self) -> Iterator[str]:
        """Yield the lines of all classes that the budget names."""
        for churn in ORDER:
            changes = [change for change in self.report.found.changes if change.churn is churn]
            if changes and churn in self.budget.classes:
                yield from self._class(churn, changes)

    def _class(self, churn: Churn, changes: Sequence[Change]) -> Iterator[str]:
        yield f"<details><summary>{TITLES[churn]}: {len(changes):,}</summary>"
        yield ""
        items = self._items(churn, changes)
        shown = items[: self.budget.rows(churn)]
        for item in shown:
            yield self._row(item)
        if len(items) > len(shown):
            yield f"- and {len(items) - len(shown):,} more"
        yield ""
        yield "</details>"
        yield ""

    def _items(self, churn: Churn, changes: Sequence[Change]) -> list[list[Change]]:
        """Return what gets a line each: a change, those that are the same change, or what went from one test."""
        items: dict[object, list[Change]] = {}
        for change in changes:
            key: object = id(change)
            if change.is_older:
                key = ("older", change.group)
            elif change.alike is not None:
                key = ("alike", change.alike)
            elif churn is Churn.GONE and change.about.test_id:
                key = (change.about.test_id, change.side.exchange.model)
            items.setdefault(key, []).append(change)
        return list(items.values())

    def _row(self, item: Sequence[Change]) -> str:
        change = item[0]
        side = change.side
        url = self._url(item) if self.budget.has_places else ""
        name = side.test or short_path(side.path)
        facts = [link(code(name, 160), url)]
        if side.exchange.model and side.exchange.model not in name:
            facts.append(code(side.exchange.model, 80))
        facts += self._said(item)
        facts += [plain(words) for words in self._remarks(change)]
        facts += _decided(item)
        if self.budget.has_places and not url and side.test and len(item) == 1:
            facts.append(code(short_path(side.path)))
        return "- " + " · ".join(facts)

    def _url(self, item: Sequence[Change]) -> str:
        change = item[0]
        if len(item) > 1 and change.alike is None:
            return self.links.of_test(change.churn, change.about.test_id)
        return self.links.of_change(change)

    def _said(self, item: Sequence[Change]) -> Iterator[str]:
        """Tell what changed, or what a recording says that has no partner."""
        change = item[0]
        if change.is_older:
            yield f"older generations of a call: {len(item):,}"
            return
        if change.pair is None and (change.alike is not None or len(item) == 1):
            yield from self._spoken(change)
        elif change.pair is not None and change.summary:
            yield plain(change.summary, self.budget.words)
        if change.alike is not None:
            label = self.report.found.alike[change.alike].label
            told = "" if change.summary.startswith(label) else f": {plain(label, self.budget.words)}"
            yield f"and {len(item) - 1:,} more with the same change{told}"
        elif len(item) > 1:
            yield f"{len(item):,} recordings"

    def _spoken(self, change: Change) -> Iterator[str]:
        """Tell what a recording asks and says that has no partner."""
        asked, answered = change.about.meaning.line.asked, change.side.meaning.line.answered
        if asked:
            yield f"{code(asked, self.budget.words // 2)} → {code(answered, self.budget.words // 2)}"
        elif answered:
            yield code(answered, self.budget.words)

    def _remarks(self, change: Change) -> Iterator[str]:
        if change.pair is not None and change.pair.sure is not Sure.CERTAIN:
            yield f"{change.pair.sure.value} pair: {change.pair.why}"
        if change.unasked:
            yield "not caused by this change: the request is the same, and the old one could be replayed"
