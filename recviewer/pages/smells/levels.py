"""The findings of the tree by severity: each rule with how many recordings, where, and a few examples."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse

from recviewer.catalog.naming import suite_of
from recviewer.catalog.tree_findings import NoticedRow
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.smells.found import GLYPHS, LEVELS, AllFindings, RuleFindings
from recviewer.pages.smells.trend import RuleTrend, trend_of
from recviewer.pages.text.test_ids import parse
from recviewer.pages.text.test_labels import TestLabel, labels_of

_LONG_HASH = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{28,}([0-9a-f]{4})\b")

SUITES = 3
"""Suites that are named with a rule."""


@dataclass(frozen=True, slots=True)
class LevelMark:
    """How many findings of a level count. title: what people call it."""

    level: str
    title: str
    glyph: str
    tone: str
    count: int


@dataclass(frozen=True, slots=True)
class FindingExample:
    """An example of a rule's findings. words: what was recorded there (is_quoted), or a description."""

    label: TestLabel | None
    name: str
    words: str
    url: str
    is_quoted: bool


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule on the page of all rules. mark: its worst level, with the number of recordings at that level.

    rest: number of recordings with only milder findings. where: suites, with the number in the first ones. examples: of
    its findings, for a rule that is shown in detail, else ().
    """

    name: str
    url: str
    each: str
    what: str
    fix: str
    is_heuristic: bool
    mark: LevelMark
    rest: int
    where: str
    suppressed: int
    trend: RuleTrend | None
    examples: tuple[FindingExample, ...] = ()

    @property
    def in_a_sentence(self) -> str:
        """What it looks for, only the first sentence; the page of the rule has all."""
        return re.split(r"(?<=\.)\s+(?=[A-Z])", self.what, maxsplit=1)[0]


@dataclass(frozen=True, slots=True)
class LevelOfRules:
    """The rules whose worst findings are at a level. recordings: those whose worst finding is at it."""

    mark: LevelMark
    title: str
    recordings: int
    told: tuple[RuleLine, ...]
    lines: tuple[RuleLine, ...]

    @property
    def rules(self) -> int:
        """How many rules they are."""
        return len(self.told) + len(self.lines)


_NEVER_READ = "never-read"
"""The rule whose findings depend on runs of the suite."""


TITLES = {"red": "wrong", "amber": "worth a look", "grey": "to know"}
"""Labels of the levels."""


def marked(level: str, count: int) -> LevelMark:
    return LevelMark(level, TITLES[level], *GLYPHS[level], count)


def marks_of(levels: Counter[str]) -> tuple[LevelMark, ...]:
    return tuple([marked(level, levels[level]) for level in LEVELS if levels[level]])


def cut_hashes(text: str) -> str:
    """Return a sentence with long hashes shortened: `1a4839e7…ac05.json`."""
    return _LONG_HASH.sub(r"\1…\2", text)


TOLD_AT_LENGTH = {"red": 6, "amber": 2, "grey": 0}
"""Number of rules of a level that are shown with examples."""
EXAMPLES = 3


def levels_of(every: AllFindings, worst: Counter[str], only: str) -> Iterator[LevelOfRules]:
    """Yield the levels with findings, each with its rules."""
    for level in LEVELS:
        mine = [one for one in every.rules if next((name for name in LEVELS if one.levels[name]), "grey") == level]
        if not mine or only not in ("", level):
            continue
        some = [_line(one, level, is_told=place < TOLD_AT_LENGTH[level]) for place, one in enumerate(mine)]
        told = [line for line in some if line.examples]
        yield LevelOfRules(
            marked(level, worst[level]),
            TITLES[level],
            worst[level],
            tuple(told),
            tuple([line for line in some if not line.examples]),
        )


def _examples(rows: Sequence[NoticedRow], each: str) -> Iterator[FindingExample]:
    """Yield examples of a rule's findings: from different tests if possible, those without a test last."""
    by_function: dict[str, NoticedRow] = {}
    for row in rows:
        by_function.setdefault(parse(row.test_id).function, row)
    apart = sorted(by_function.values(), key=lambda row: not row.test_id)
    kept = {id(row) for row in apart}
    some = [*apart, *(row for row in rows if id(row) not in kept)][:EXAMPLES]
    labels = labels_of({row.test_id for row in some if row.test_id}, ())
    for row in some:
        quoted = next((evidence for _, evidence in row.spots if evidence), "")
        if row.says.casefold() == each.casefold():
            quoted = quoted or row.what
        name = row.path.rpartition("/")[2]
        words = quoted or cut_hashes(row.says)
        yield FindingExample(labels.get(row.test_id), name, words, url_of(row.path), is_quoted=bool(quoted))


def _line(one: RuleFindings, level: str, *, is_told: bool) -> RuleLine:
    told = one.told
    counting = [finding.row for finding in one.findings if finding.counts]
    worst = [row for row in counting if row.level == level]
    paths = dict.fromkeys(row.path for row in worst)
    suites = Counter(map(suite_of, paths)).most_common()
    where = [f"{suite or 'the top'} {count:,}" for suite, count in suites[:SUITES]]
    if len(suites) > SUITES:
        where.append(f"{len(suites) - SUITES:,} more")
    return RuleLine(
        name=one.name,
        url=reverse("smells:rule", args=[one.name]),
        each=told["each"],
        what=told["what"],
        fix=told["fix"],
        is_heuristic=told["heuristic"],
        mark=marked(level, len(paths)),
        rest=len({row.path for row in counting} - paths.keys()),
        where=" · ".join(where),
        suppressed=one.suppressed,
        trend=trend_of(one.name),
        examples=tuple(_examples(worst, told["each"])) if is_told else (),
    )
