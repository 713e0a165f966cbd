"""Whether a model's reasoning is in a separate channel, or in the answer."""

from __future__ import annotations

from recviewer.exchange import seen
from recviewer.pairing.sides import Side

_MOVED = 0.8
_LEAST = 40
"""Shorter reasoning may be in an answer by chance."""


def leaked(side: Side) -> str:
    """Return the tag that shows that an answer contains leaked reasoning, "" if there is none."""
    return seen.leaked(side.exchange)


def thoughts(side: Side | None) -> str:
    """Return all reasoning in a separate channel."""
    return "\n".join(output.reasoning for output in side.exchange.outputs) if side else ""


def has_moved(old: Side | None, new: Side) -> bool:
    """Tell whether the old recording's reasoning is in the new one's answer."""
    thought = thoughts(old).strip()
    if len(thought) < _LEAST or thoughts(new).strip():
        return False
    from recviewer.difference.words import similarity  # of use only where thinking is gone

    return any(
        thought in output.content or similarity(thought, output.content[: 2 * len(thought)]) >= _MOVED
        for output in new.exchange.outputs
    )
