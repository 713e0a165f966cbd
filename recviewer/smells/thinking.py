"""Where the thinking of a model stands: in a channel of its own, or in the answer."""

from __future__ import annotations

from recviewer.exchange import seen
from recviewer.pairing.sides import Side

_MOVED = 0.8
_LEAST = 40
"""Characters of thinking; less of it may stand in an answer by chance."""


def leaked(side: Side) -> str:
    """Return the tag with which an answer begins that is really thinking, "" for any other."""
    return seen.leaked(side.exchange)


def thoughts(side: Side | None) -> str:
    """Return all thinking that stands in a channel of its own."""
    return "\n".join(output.reasoning for output in side.exchange.outputs) if side else ""


def has_moved(old: Side | None, new: Side) -> bool:
    """Tell whether the thinking of the old recording stands in the new one's answer."""
    thought = thoughts(old).strip()
    if len(thought) < _LEAST or thoughts(new).strip():
        return False
    from recviewer.difference.words import similarity  # of use only where thinking is gone

    return any(
        thought in output.content or similarity(thought, output.content[: 2 * len(thought)]) >= _MOVED
        for output in new.exchange.outputs
    )
