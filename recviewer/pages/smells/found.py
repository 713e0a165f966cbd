"""The findings of the tree on pages: with their suppressions, and the decisions on their recordings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from recviewer.catalog import tree_findings, trends
from recviewer.catalog.models import Recording
from recviewer.catalog.tree_findings import FoundInTree, NoticedRow
from recviewer.review import suppressing
from recviewer.review.filters import Stand, standings_for
from recviewer.review.subjects import chunked, subject_of
from recviewer.serving.discreet import discreet
from recviewer.smells.suppressing import Reach, Suppressed, Suppressions

LEVELS = ("red", "amber", "grey")
GLYPHS = {"red": ("error", "bad"), "amber": ("warn", "warn"), "grey": ("note", "")}
"""Glyph and tone of a level."""


_OWN = {Reach.TEST: "test", Reach.PATH: "file"}


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding. over: its suppression, None if it counts."""

    row: NoticedRow
    over: Suppressed | None = None

    @property
    def counts(self) -> bool:
        """Tell whether it counts."""
        return self.over is None

    @property
    def reason(self) -> str:
        """Why it is suppressed, "" if it counts."""
        return self.over.reason if self.over else ""

    @property
    def let_with(self) -> str:
        """What else is suppressed with it, in words; "" if it is the only one, or counts."""
        if self.over is None or self.over.scope is Reach.FINDING:
            return ""
        subject = self.over.subject
        return f"all below {subject}" if subject.endswith("/") else f"all of this rule on its {_OWN[self.over.scope]}"

    @property
    def until(self) -> str:
        """The last day of its suppression, "" for none."""
        return self.over.until.isoformat() if self.over and self.over.until else ""


@dataclass(frozen=True, slots=True)
class RuleFindings:
    """The findings of a rule. told: the description of the rule from `checking.forms.json.rule_json`."""

    name: str
    told: dict[str, Any]
    findings: tuple[ShownFinding, ...]

    @property
    def levels(self) -> Counter[str]:
        """How many findings of each level count."""
        return Counter(one.row.level for one in self.findings if one.counts)

    @property
    def suppressed(self) -> int:
        """How many are suppressed."""
        return sum(not one.counts for one in self.findings)


@dataclass(frozen=True, slots=True)
class AllFindings:
    """All valid findings. rules: those with findings, the worst and most first; quiet: those without.

    left: findings on recordings that have changed since. is_looking: a check is in progress. trouble: why the last
    check failed, "" if it did not.
    """

    found: FoundInTree | None
    rules: tuple[RuleFindings, ...]
    quiet: tuple[RuleFindings, ...]
    left: int
    is_looking: bool
    trouble: str

    def rule(self, name: str) -> RuleFindings | None:
        """Return a rule by name, None if there is none."""
        return next((one for one in (*self.rules, *self.quiet) if one.name == name), None)


def standing() -> AllFindings:
    """Return the valid findings, and trigger a new check if one is due."""
    is_looking = tree_findings.nudge()
    if not is_looking:
        trends.nudge()
    found, trouble = tree_findings.current(), discreet(tree_findings.trouble())
    if found is None:
        return AllFindings(None, (), (), 0, is_looking, trouble)
    let_be = suppressing.standing()
    by_rule: dict[str, list[ShownFinding]] = {name: [] for name in found.rules}
    for row in found.standing:
        by_rule.setdefault(row.rule, []).append(_shown(row, let_be))
    every = [RuleFindings(name, found.rules.get(name, {}), tuple(some)) for name, some in by_rule.items()]
    rules = sorted((one for one in every if one.findings), key=_weight)
    quiet = tuple(one for one in every if not one.findings)
    return AllFindings(found, tuple(rules), quiet, len(found.rows) - len(found.standing), is_looking, trouble)


@dataclass(frozen=True, slots=True)
class FindingHereNow:
    """A finding on the page of its recording. url: of the page of its rule."""

    shown: ShownFinding
    glyph: str
    tone: str
    url: str


def on_recording(path: str, blob: str) -> tuple[FindingHereNow, ...]:
    """Return the findings of the last check on a recording. blob: of the bytes that are shown."""
    found = tree_findings.current()
    rows = [row for row in found.by_path.get(path, ()) if row.blob == blob] if found else []
    if not rows:
        return ()
    let_be = suppressing.standing()
    shown = [_shown(row, let_be) for row in rows]
    return tuple(
        [FindingHereNow(one, *GLYPHS[one.row.level], reverse("smells:rule", args=[one.row.rule])) for one in shown]
    )


def _shown(row: NoticedRow, let_be: Suppressions) -> ShownFinding:
    return ShownFinding(row, let_be.let(row.rule, row.identity, row.test_id, row.path) if let_be else None)


def _weight(one: RuleFindings) -> tuple[object, ...]:
    return *(-one.levels[level] for level in LEVELS), one.name


def worst_of(rules: Sequence[RuleFindings]) -> dict[str, str]:
    """Return the worst level that counts on each recording, by its path."""
    found: dict[str, str] = {}
    for level in reversed(LEVELS):
        found |= {
            one.row.path: level for rule in rules for one in rule.findings if one.counts and one.row.level == level
        }
    return found


def totals(rules: Sequence[RuleFindings]) -> dict[str, int]:
    """Return how many findings of each level count."""
    return {level: sum(one.levels[level] for one in rules) for level in LEVELS}


def decided_on(some: Sequence[ShownFinding]) -> dict[str, Stand]:
    """Return the decisions on the recordings of some findings, by their paths; undecided ones are left out."""
    subjects: dict[str, str] = {}
    for paths in chunked(dict.fromkeys(one.row.path for one in some)):
        rows = Recording.objects.filter(path__in=paths).only("path", "blob", "fingerprint")
        subjects.update((row.path, subject_of(row)) for row in rows)
    stands = standings_for(filter(None, subjects.values()))
    return {path: stands[subject] for path, subject in subjects.items() if subject in stands}
