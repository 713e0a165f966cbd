"""The input and the result of a check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from recviewer.smells import Noticed, Rule, Severity


class HowCounted(StrEnum):
    """Whether a finding counts. suppressed: by a person, with a reason. known: in the baseline."""

    COUNTS = "counts"
    SUPPRESSED = "suppressed"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Located:
    """A finding with its location. file: its path relative to the top of the repository, or to the root without a
    repository.

    line: of its first spot, from 1; 1 if unknown. reason: of the suppression.
    """

    noticed: Noticed
    file: str
    line: int = 1
    standing: HowCounted = HowCounted.COUNTS
    reason: str = ""

    @property
    def level(self) -> Severity:
        """Its severity."""
        return self.noticed.held.severity

    @property
    def rule(self) -> str:
        """The rule's name."""
        return self.noticed.rule.name


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of a check, sorted by severity, rule and path.

    recordings: how many were examined, or for a range how many changes. unit: which of the two. asked, not_asked: the
    rules that were applied, and those whose input was not available. problems: what could not be examined, as clauses.
    where: what was examined, as a noun.
    """

    found: tuple[Located, ...]
    recordings: int
    asked: tuple[Rule, ...]
    not_asked: tuple[Rule, ...] = ()
    problems: tuple[str, ...] = ()
    where: str = ""
    unit: str = "recording"

    @property
    def counting(self) -> tuple[Located, ...]:
        """The findings that count."""
        return tuple([one for one in self.found if one.standing is HowCounted.COUNTS])

    @property
    def levels(self) -> Counter[Severity]:
        """How many findings of each level count."""
        return Counter(one.level for one in self.counting)

    @property
    def standings(self) -> Counter[HowCounted]:
        """How many findings count, are suppressed or are known."""
        return Counter(one.standing for one in self.found)

    def fails(self, least: Severity | None) -> bool:
        """Tell whether a counted finding is at least as severe as a level. least: None for never."""
        return least is not None and any(is_as_bad(one.level, least) for one in self.counting)


def is_as_bad(level: Severity, least: Severity) -> bool:
    """Tell whether a level is at least as severe as another."""
    order = list(Severity)
    return order.index(level) <= order.index(least)


def in_order(found: Sequence[Located]) -> tuple[Located, ...]:
    """Return findings sorted by severity, rule, file and line."""
    levels = list(Severity)
    return tuple(
        sorted(found, key=lambda one: (levels.index(one.level), one.rule, one.file, one.line, one.noticed.key))
    )
