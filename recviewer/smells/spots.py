"""Where in a recording something stands, for what a rule says of an answer or a request as a whole."""

from __future__ import annotations

from recviewer.pairing.sides import Side
from recviewer.smells.model import EVIDENCE, Spot


def in_answer(side: Side, evidence: str) -> tuple[Spot, ...]:
    """Return the place of the reply, with words from it. Of one exchange among many of a file, that of the exchange."""
    return (Spot("" if side.part else "/response/body", evidence[:EVIDENCE]),)


def in_request(side: Side, evidence: str) -> tuple[Spot, ...]:
    """Return the place of the request, with words from it."""
    return (Spot("" if side.part else "/request", evidence[:EVIDENCE]),)
