"""What was asked of a check, and what it found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from recviewer.smells import Noticed, Rule, Severity


class HowCounted(StrEnum):
    """Whether a finding counts. suppressed: somebody let it be, for a reason. known: it was there before."""

    COUNTS = "counts"
    SUPPRESSED = "suppressed"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Located:
    """A finding with its place. file: its file from the top of the repository, or from the root where there is none.

    line: the line of its first spot, from 1; 1 where nobody knows. reason: why it is suppressed.
    """

    noticed: Noticed
    file: str
    line: int = 1
    standing: HowCounted = HowCounted.COUNTS
    reason: str = ""

    @property
    def level(self) -> Severity:
        """How bad it is."""
        return self.noticed.held.severity

    @property
    def rule(self) -> str:
        """The rule's name."""
        return self.noticed.rule.name


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found, the worst first, then by rule and path.

    recordings: how many were looked at, or of a range how many changes. unit: which of the two. asked, not_asked: the rules
    that were asked, and those that were given too little to be. problems: what could not be looked at, as clauses. where:
    what was looked at, as a noun.
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
        """How many findings count, are suppressed or were known."""
        return Counter(one.standing for one in self.found)

    def fails(self, least: Severity | None) -> bool:
        """Tell whether a finding that counts is as bad as a level, or worse. least: None for never."""
        return least is not None and any(is_as_bad(one.level, least) for one in self.counting)


def is_as_bad(level: Severity, least: Severity) -> bool:
    """Tell whether a level is as bad as another, or worse."""
    order = list(Severity)
    return order.index(level) <= order.index(least)


def in_order(found: Sequence[Located]) -> tuple[Located, ...]:
    """Return findings, the worst first, then by rule, file and line."""
    levels = list(Severity)
    return tuple(
        sorted(found, key=lambda one: (levels.index(one.level), one.rule, one.file, one.line, one.noticed.key))
    )
