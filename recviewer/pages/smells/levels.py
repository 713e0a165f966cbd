"""The findings of the tree by how bad they are: each rule with how many recordings, where, and a few of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from recviewer.catalog.naming import suite_of
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.smells.found import GLYPHS, LEVELS, AllFindings, RuleFindings
from recviewer.pages.text.test_labels import TestLabel, labels_of

SUITES = 3
"""Suites that are named with a rule."""


@dataclass(frozen=True, slots=True)
class LevelMark:
    """How many findings of a level count."""

    level: str
    glyph: str
    tone: str
    count: int


@dataclass(frozen=True, slots=True)
class FindingExample:
    """One of what a rule found. words: what was recorded there, "" where the finding has no words of its own."""

    label: TestLabel | None
    name: str
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule on the page of all. mark: the level of the worst that it found, with how many recordings it found that on.

    rest: on how many it found only what is less bad. where: suites, with how many of the first. examples: some of these, for
    a rule that is told at length, else ().
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
    examples: tuple[FindingExample, ...] = ()


@dataclass(frozen=True, slots=True)
class LevelOfRules:
    """The rules whose worst findings are of a level. recordings: whose worst finding is of it."""

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
"""The rule whose findings rest on runs of the suite."""


def marks_of(levels: Counter[str]) -> tuple[LevelMark, ...]:
    return tuple([LevelMark(level, *GLYPHS[level], levels[level]) for level in LEVELS if levels[level]])


TITLES = {"red": "wrong", "amber": "worth a look", "grey": "to know"}
"""What people call a level."""
TOLD_AT_LENGTH = {"red": 6, "amber": 2, "grey": 0}
"""How many rules of a level are told with examples."""
EXAMPLES = 3


def levels_of(every: AllFindings, worst: Counter[str], only: str) -> Iterator[LevelOfRules]:
    """Yield the levels of which something was found, each with its rules."""
    for level in LEVELS:
        mine = [one for one in every.rules if next((name for name in LEVELS if one.levels[name]), "grey") == level]
        if not mine or only not in ("", level):
            continue
        some = [_line(one, level, is_told=place < TOLD_AT_LENGTH[level]) for place, one in enumerate(mine)]
        told = [line for line in some if line.examples]
        yield LevelOfRules(
            LevelMark(level, *GLYPHS[level], worst[level]),
            TITLES[level],
            worst[level],
            tuple(told),
            tuple([line for line in some if not line.examples]),
        )


def _line(one: RuleFindings, level: str, *, is_told: bool) -> RuleLine:
    told = one.told
    counting = [finding.row for finding in one.findings if finding.counts]
    worst = [row for row in counting if row.level == level]
    paths = dict.fromkeys(row.path for row in worst)
    suites = Counter(map(suite_of, paths)).most_common()
    where = [f"{suite or 'the top'} {count:,}" for suite, count in suites[:SUITES]]
    if len(suites) > SUITES:
        where.append(f"{len(suites) - SUITES:,} more")
    shown = worst[:EXAMPLES] if is_told else []
    labels = labels_of({row.test_id for row in shown if row.test_id}, ())
    return RuleLine(
        name=one.name,
        url=reverse("smells:rule", args=[one.name]),
        each=told["each"],
        what=told["what"],
        fix=told["fix"],
        is_heuristic=told["heuristic"],
        mark=LevelMark(level, *GLYPHS[level], len(paths)),
        rest=len({row.path for row in counting} - paths.keys()),
        where=" · ".join(where),
        suppressed=one.suppressed,
        examples=tuple(
            [
                FindingExample(
                    labels.get(row.test_id),
                    row.path.rpartition("/")[2],
                    next((evidence for _, evidence in row.spots if evidence), row.what),
                    url_of(row.path),
                )
                for row in shown
            ]
        ),
    )
