"""Another HTTP status than before, of a reply that is not an error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from recviewer.smells.model import Case, Explained, Held, Instance, Needs, Rule, Severity, Told, answer, counted


def _holds(case: Case) -> Held | None:
    """Errors have a rule of their own; without a status on both sides there is nothing to compare."""
    if case.old is None or case.new is None or case.new.exchange.error is not None:
        return None
    before, after = case.old.exchange.status, case.new.exchange.status
    if case.old.exchange.error is not None or before is None or after is None or before == after:
        return None
    return Held(Severity.AMBER, f"{before} → {after}", is_compared=True)


def _tell(some: Sequence[Instance], every: Sequence[Case]) -> Told:
    kinds = Counter(one.held.what for one in some)
    said = ", ".join(f"{what} ×{count:,}" for what, count in kinds.most_common(4))
    title = f"{counted(len(some), 'recording')} with another HTTP status"
    return Told(title, f"{said}.", answer(some[0]))


RULE = Rule(
    "other-status",
    "it has another HTTP status",
    Explained(
        what="Another HTTP status than before, of a reply that is not an error.",
        why="Clients act on it, and tests seldom look at it.",
        example="200 became 202.",
        fix="Look whether the API changed, or a proxy answered.",
        measured="nothing in seven pull requests of OGX and seven changes of cassettes.",
    ),
    _holds,
    _tell,
    needs=Needs.CHANGE,
)
