"""A recording that cannot be read."""

from __future__ import annotations

from collections.abc import Sequence

from recviewer.exchange.model import Kind
from recviewer.smells.model import About, Case, Held, Instance, Needs, Rule, Severity, Told, answer, counted


def _holds(case: Case) -> Held | None:
    """Other bytes that cannot be read either are no better: nobody knows what they are."""
    if case.new is None or case.new.exchange.kind is not Kind.UNREADABLE or case.new.meaning.unread:
        return None
    is_only_moved = case.old is not None and case.old.blob == case.new.blob != ""
    return None if is_only_moved else Held(Severity.RED)


def _tell(some: Sequence[Instance], every: Sequence[Case]) -> Told:
    return Told(f"{counted(len(some), 'recording')} cannot be read", answer(some[0]))


RULE = Rule("unreadable", "it cannot be read", _holds, _tell, needs=Needs.EXCHANGE, about=About.CONTENT)
