"""Locations in a recording for findings about an answer or a request as a whole."""

from __future__ import annotations

from recviewer.pairing.sides import Side
from recviewer.smells.model import EVIDENCE, Spot


def in_answer(side: Side, evidence: str) -> tuple[Spot, ...]:
    """Return the location of the reply, with text from it. For an exchange of a file with several, that of the exchange."""
    return (Spot("" if side.part else "/response/body", evidence[:EVIDENCE]),)


def in_request(side: Side, evidence: str) -> tuple[Spot, ...]:
    """Return the location of the request, with text from it."""
    return (Spot("" if side.part else "/request", evidence[:EVIDENCE]),)
