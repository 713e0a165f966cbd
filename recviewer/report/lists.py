"""The changes of a report in Markdown: a collapsible section for each class, and a line for each change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recviewer.changes.model import ORDER, Change
from recviewer.changes.run_words import clauses_on
from recviewer.difference.model import Churn
from recviewer.exchange.amounts import counted
from recviewer.pairing.pair import Sure
from recviewer.report.links import Links
from recviewer.report.quoting import anchor, code, link, plain
from recviewer.report.report import Report

TITLES = {
    Churn.OUTCOME: "answer ↔ error",
    Churn.TOOL_CALL: "other tool call",
    Churn.FINISH: "ended otherwise",
    Churn.TEXT: "other words",
    Churn.UNREAD: "not read",
    Churn.REQUEST: "request only",
    Churn.DETAILS: "other details",
    Churn.CHUNKING: "chunking only",
    Churn.IDENTICAL: "same meaning",
    Churn.NEW: "new",
    Churn.GONE: "deleted",
}
"""The display names of the classes, most important first."""

VERDICTS = {
    "approved": "approved",
    "rejected": "to re-record",
    "delete": "to delete",
    "revert": "old one back",
    "": "undecided",
}
"""The display names of decisions."""

_ITEM = '"item"'

REMOVALS = VERDICTS | {"approved": "deletion approved", "rejected": "to restore"}
"""Other display names for deleted recordings, where the question is different."""


def verdict_of(change: Change) -> str:
    """Return the display name of the decision on a change."""
    return (REMOVALS if change.new is None else VERDICTS).get(change.verdict, change.verdict)


@dataclass(frozen=True, slots=True)
class Budget:
    """How much of a report is written.

    classes: those whose changes are listed. changed, alone: most changes of each class, and of new and deleted ones.
    has_places: each with its link or path. words: characters of a change's description. names: how many further changes
    of a line are named.
    """

    classes: frozenset[Churn]
    changed: int
    alone: int
    has_places: bool = True
    has_evidence: bool = True
    words: int = 160
    names: int = 1_000_000
    left_out: str = ""

    def rows(self, churn: Churn) -> int:
        """Return how many changes of a class are listed."""
        return self.alone if churn in (Churn.NEW, Churn.GONE) else self.changed


def short_path(path: str) -> str:
    """Return a path with a long file name shortened to a prefix that identifies it."""
    folder, slash, name = path.rpartition("/")
    return path if len(name) <= 32 else f"{folder}{slash}{name[:12]}…"


def _decided(item: Sequence[Change]) -> Iterator[str]:
    """Yield the decisions on the changes of one line, with numbers if they differ."""
    counts = Counter(plain(verdict_of(change)) for change in item)
    if len(counts) > 1:
        yield ", ".join(f"{count:,} **{words}**" for words, count in counts.most_common())
    elif item[0].verdict:
        yield f"**{next(iter(counts))}**"
    waiting = [change.agreement.words for change in item if change.agreement is not None and change.is_waiting]
    if waiting:
        yield plain(waiting[0] if len(item) == 1 else f"{len(waiting):,} wait for another person", 300)


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of a report. links: URLs of its pages. budget: how much is written."""

    report: Report
    links: Links
    budget: Budget

    def lines(self) -> Iterator[str]:
        """Yield the lines of all classes in the budget."""
        for churn in ORDER:
            changes = [change for change in self.report.found.changes if change.churn is churn]
            if changes and churn in self.budget.classes:
                yield from self._class(churn, changes)

    def cuts_names(self) -> bool:
        """Tell whether a line has further changes that are not named."""
        changes = [change for change in self.report.found.changes if change.churn in self.budget.classes]
        return any(
            len(item) - 1 > self.budget.names
            for churn in ORDER
            for item in self._items(churn, [change for change in changes if change.churn is churn])
        )

    def _class(self, churn: Churn, changes: Sequence[Change]) -> Iterator[str]:
        yield f"<details><summary>{TITLES[churn]}: {len(changes):,}</summary>"
        yield ""
        items = self._items(churn, changes)
        shown = items[: self.budget.rows(churn)]
        for item in shown:
            yield self._row(item)
            yield from self._others(item)
        left = sum(len(item) for item in items[len(shown) :])
        if left:
            more = f"and {counted(left, 'more change')}"
            yield f"- {link(more, self.links.of_classes([churn])) if self.links.page else self._listed(more)}"
        yield ""
        yield "</details>"
        yield ""

    def _items(self, churn: Churn, changes: Sequence[Change]) -> list[list[Change]]:
        """Return the groups of changes that share a line: equal changes, or deleted recordings of one test."""
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
        facts += [plain(words) for words in clauses_on(item)]
        facts += _decided(item)
        if self.budget.has_places and not url and side.test and len(item) == 1:
            facts.append(code(short_path(side.path)))
        return "- " + " · ".join(facts)

    def _url(self, item: Sequence[Change]) -> str:
        """Return the URL of the list of exactly the changes of a line, else of its first change."""
        change = item[0]
        if len(item) > 1 and change.alike is None and not change.is_older:
            test = change.about.test_id
            mine = [one for one in self.report.found.changes if (one.churn, one.about.test_id) == (change.churn, test)]
            if len(mine) == len(item):
                return self.links.of_test(change.churn, test)
        return self.links.of_change(change)

    def _others(self, item: Sequence[Change]) -> Iterator[str]:
        """Yield the names of a line's further changes in a collapsible section; for omitted ones, where they are listed."""
        others = item[1:]
        if not others:
            return
        shown = others[: self.budget.names]
        names = [self._name(one, item) for one in shown]
        if len(others) > len(shown):
            names.append(self._rest(item, len(others) - len(shown)))
        yield f"  <details><summary>the other {len(others):,}</summary>{'<br>'.join(names)}</details>"

    def _name(self, change: Change, item: Sequence[Change]) -> str:
        """Return what distinguishes a change from the others of its line: its test, or its file if that is not unique."""
        side = change.side
        path = code(short_path(side.path))
        is_enough = side.test and sum(one.side.test == side.test for one in item) == 1
        name = code(side.test, 160) if is_enough else f"{code(side.test, 160)} {path}" if side.test else path
        return anchor(name, self.links.of_change(change) if self.budget.has_places else "")

    def _rest(self, item: Sequence[Change], left: int) -> str:
        more = f"{'and ' if self.budget.names else ''}{left:,}{' more' if self.budget.names else ''}"
        url = self._url(item)
        if url:
            return f"{more}: {anchor(f'all {len(item):,}', url)}"
        number = item[0].alike
        return self._listed(more, "" if number is None else f"those with {code(f'{_ITEM}: {number}')}")

    def _listed(self, more: str, which: str = "") -> str:
        """Describe how to list omitted changes if no page is known."""
        command = code(f"recviewer report {self.report.found.source.range.spec} --format json")
        return f"{more}: {command} lists every change{f', {which}' if which else ''}"

    def _said(self, item: Sequence[Change]) -> Iterator[str]:
        """Yield what changed, or the content of a recording without a partner."""
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
            # Differences of churn are not compared when it is grouped, so they may vary within the group.
            which = "more, only churn too" if change.is_churn else "more with the same change"
            yield f"and {len(item) - 1:,} {which}{told}"
        elif len(item) > 1:
            yield f"{len(item):,} recordings"

    def _spoken(self, change: Change) -> Iterator[str]:
        """Yield the question and answer of a recording without a partner."""
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
