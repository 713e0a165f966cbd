"""Fewer choices than before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from recviewer.smells.model import Case, Explained, Held, Instance, Needs, Rule, Severity, Told, answer, counted


def _holds(case: Case) -> Held | None:
    """No choice at all is an empty answer or an error, which have rules of their own."""
    if case.old is None or case.new is None or case.new.exchange.error is not None:
        return None
    before, after = len(case.old.exchange.outputs), len(case.new.exchange.outputs)
    return Held(Severity.AMBER, f"{before:,} → {after:,}", is_compared=True) if before > after > 0 else None


def _tell(some: Sequence[Instance], every: Sequence[Case]) -> Told:
    kinds = Counter(one.held.what for one in some)
    said = ", ".join(f"{what} choices ×{count:,}" for what, count in kinds.most_common(4))
    return Told(
        f"{counted(len(some), 'recording')} lost some of {'its' if len(some) == 1 else 'their'} choices",
        f"{said}.",
        answer(some[0]),
    )


RULE = Rule(
    "lost-choices",
    "it lost some of its choices",
    Explained(
        what="A new recording with fewer choices than the old one.",
        why="What a test checks on every choice is checked on fewer.",
        example="`n` was 3, and one choice came back.",
        fix="Look whether the request still asks for as many; re-record it if it does.",
        measured="nothing in seven pull requests of OGX and seven changes of cassettes.",
    ),
    _holds,
    _tell,
    needs=Needs.CHANGE,
)
