"""Thinking that stands in the answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from recviewer.changes.findings.model import About, Case, Held, Instance, Rule, Told, answer, counted
from recviewer.changes.model import Severity
from recviewer.difference.words import similarity
from recviewer.pairing.sides import Side

_TAG = re.compile(
    r"\s*(<(?:reasoning|think|thinking|thought|reflection|scratchpad)>|<\|channel\|>analysis)", re.IGNORECASE
)
_MOVED = 0.8
_LEAST = 40
"""Characters of thinking; less of it may stand in an answer by chance."""


def leaked(side: Side) -> str:
    """Return the tag with which an answer begins that is really thinking, "" for any other."""
    for output in side.exchange.outputs:
        found = _TAG.match(output.content)
        if found:
            return found[1]
    return ""


def thoughts(side: Side | None) -> str:
    """Return all thinking that stands in a channel of its own."""
    return "\n".join(output.reasoning for output in side.exchange.outputs) if side else ""


def has_moved(old: Side | None, new: Side) -> bool:
    """Tell whether the thinking of the old recording stands in the new one's answer."""
    thought = thoughts(old).strip()
    if len(thought) < _LEAST or thoughts(new).strip():
        return False
    return any(
        thought in output.content or similarity(thought, output.content[: 2 * len(thought)]) >= _MOVED
        for output in new.exchange.outputs
    )


def _holds(case: Case) -> Held | None:
    if case.new is None:
        return None
    tag = leaked(case.new)
    if tag:
        return None if case.known and leaked(case.known) else Held(Severity.RED, tag)
    return Held(Severity.RED, is_compared=True) if has_moved(case.old, case.new) else None


def _tell(some: Sequence[Instance], every: Sequence[Case]) -> Told:
    answers = sum(any(output.content for output in case.new.exchange.outputs) for case in every if case.new)
    tags = ", ".join(tag for tag, _ in Counter(one.held.what for one in some if one.held.what).most_common(3))
    detail = f"They begin with {tags}." if tags else "What was thought before now stands in the answer."
    emptied = sum(bool(thoughts(one.case.known)) and not thoughts(one.case.new) for one in some)
    if emptied:
        detail += f" In {counted(emptied, 'pair')} the old recording had its thinking in a channel of its own; "
        detail += "in the new one that channel is empty."
    return Told(f"Thinking leaked into {len(some):,} of {counted(answers, 'answer')}", detail, answer(some[0]))


RULE = Rule("leaked-reasoning", "thinking leaked into the answer", _holds, _tell, about=About.CONTENT)
