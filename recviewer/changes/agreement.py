"""How many people must agree to a change, and who has agreed: if more are required, one verdict does not decide it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

AGREED = {"approved": "approve", "delete": "delete"}
"""The states that wait for further people, each with the verdict that they must repeat. Other verdicts take effect at
once.
"""

MOST_CLAUSES = 8
"""Most demands of which a sentence says who is missing."""

_DONE = {"approved": "approved", "delete": "marked for deletion"}


class Demand(NamedTuple):
    """A number of different people who must agree. names: only these count; () for anybody."""

    number: int
    names: tuple[str, ...] = ()

    def heard(self, people: Iterable[str]) -> int:
        """Count the people who count here. Names that differ only in case are one person."""
        return len({name.casefold() for name in people if not self.names or name in self.names})

    def more(self, people: Iterable[str]) -> int:
        """Return how many are missing."""
        return max(0, self.number - self.heard(people))

    def left(self, people: Iterable[str]) -> str:
        """Return who is missing, as a clause; "" if nobody is."""
        said = list(people)
        more = self.more(said)
        if more <= 0:
            return ""
        if not self.names:
            return "one more person" if more == 1 else f"{more} more people"
        names = [name for name in self.names if name not in said]
        if more == len(names):
            return _and(names)
        return f"{'one' if more == 1 else more} of {', '.join(names)}"


class Agreement(NamedTuple):
    """What the paths of a change require, and who has agreed.

    demands: each must be met. state: the result of the verdicts (one of `AGREED`), even if people are missing; else "".
    people: who gave exactly this verdict, sorted by name.
    """

    demands: tuple[Demand, ...]
    state: str = ""
    people: tuple[str, ...] = ()

    @property
    def is_met(self) -> bool:
        """Tell whether everybody required has agreed."""
        return not any(demand.left(self.people) for demand in self.demands)

    @property
    def is_waiting(self) -> bool:
        """Tell whether somebody agreed, and others still must."""
        return bool(self.state) and not self.is_met

    @property
    def names(self) -> tuple[str, ...]:
        """The people required by name, each once."""
        return tuple(dict.fromkeys(name for demand in self.demands for name in demand.names))

    @property
    def words(self) -> str:
        """Describe the state: `1 of 2: approved by ana; one more person is needed.`; "" if nothing is required."""
        if not self.demands:
            return ""
        first = max(self.demands, key=lambda demand: (bool(demand.left(self.people)), demand.number))
        done = f"{_DONE[self.state]} by {_and(self.people)}" if self.state else "nobody has agreed yet"
        told = f"{min(first.heard(self.people), first.number)} of {first.number}: {done}"
        left = self.left
        if not left:
            return f"{told}."
        is_one = left == "one more person" or left.startswith("one of ") or left in self.names
        return f"{told}; {left} {'is' if is_one else 'are'} needed."

    @property
    def left(self) -> str:
        """Return who is missing, as a clause; "" if nobody is. People required by name also count towards unnamed
        demands.
        """
        named = max((demand.more(self.people) for demand in self.demands if demand.names), default=0)
        missing = [
            left
            for demand in self.demands
            if (left := demand.left(self.people)) and (demand.names or demand.more(self.people) > named)
        ]
        clauses = list(dict.fromkeys(missing))
        more = [f"{len(clauses) - MOST_CLAUSES:,} other groups"] if len(clauses) > MOST_CLAUSES else []
        return "; ".join(clauses[:MOST_CLAUSES] + more)


def heard(
    demands: tuple[Demand, ...],
    verdict: str,
    subjects: Iterable[str],
    said: Mapping[str, Mapping[str, str]],
) -> Agreement:
    """Return the agreement on a change. verdict: on the change, even if people are missing.

    subjects: the subjects of verdicts that count for the change. said: each person's verdict, by subject.
    """
    if verdict not in AGREED:
        return Agreement(demands)
    people = {name for subject in subjects for name, one in said.get(subject, {}).items() if one == AGREED[verdict]}
    return Agreement(demands, verdict, tuple(sorted(people)))


def heeded(subject: str, own_subject: str, *, asks: bool) -> tuple[str, ...]:
    """Return the subjects whose verdicts count as agreement. asks: something is asked of the change itself."""
    return (own_subject,) if asks else (subject, own_subject)


def _and(names: Iterable[str]) -> str:
    some = list(names)
    return some[0] if len(some) == 1 else f"{', '.join(some[:-1])} and {some[-1]}"
