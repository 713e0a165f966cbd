"""A recording that cannot be read."""

from __future__ import annotations

from collections.abc import Sequence

from recviewer.exchange.model import Kind
from recviewer.smells.model import About, Case, Explained, Held, Instance, Needs, Rule, Severity, Told, answer, counted


def _holds(case: Case) -> Held | None:
    """Different unreadable bytes are not an improvement: their content is unknown."""
    if case.new is None or case.new.exchange.kind is not Kind.UNREADABLE or case.new.meaning.unread:
        return None
    is_only_moved = case.old is not None and case.old.blob == case.new.blob != ""
    return None if is_only_moved else Held(Severity.RED)


def _tell(some: Sequence[Instance], every: Sequence[Case]) -> Told:
    return Told(f"{counted(len(some), 'recording')} cannot be read", answer(some[0]))


RULE = Rule(
    "unreadable",
    "it cannot be read",
    Explained(
        what="A file that is not what its recorder writes: cut off, no JSON, or not to be opened.",
        why="Replay fails on it, or skips it and asks the provider.",
        example="A file that ends in the middle of a string, or holds marks of a merge that was not finished.",
        fix="Bring back an older version of it, or re-record its test.",
        measured="nothing in any of them.",
    ),
    _holds,
    _tell,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
    levels=(Severity.RED,),
)
