"""Exchanges of a file that changed order, for recorders that replay the answers to a URL in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from recviewer.pairing.sides import Side

TURN = "turn among the answers to its address"
"""The name of the detail that gives an exchange's position among those that replay cannot distinguish from it."""


def out_of_turn(olds: Sequence[Side], news: Sequence[Side]) -> dict[str, tuple[Side, Side]]:
    """Return, by part name, the exchanges that are replayed in another position than before, old and new.

    The position counts only exchanges that both sides of the file have, so that additions and removals do not matter.
    """
    both = {side.part for side in olds} & {side.part for side in news}
    before, after = _turns(olds, both), _turns(news, both)
    old = {side.part: side for side in olds}
    return {
        side.part: (_at(old[side.part], *before[side.part]), _at(side, *after[side.part]))
        for side in news
        if side.part in both and before[side.part] != after[side.part] and before[side.part][0] and after[side.part][0]
    }


def _turns(sides: Iterable[Side], both: set[str]) -> dict[str, tuple[str, int]]:
    """Return, for each part, its replay key and its position among the parts with that key."""
    made: dict[str, tuple[str, int]] = {}
    counted: dict[str, int] = {}
    for side in sides:
        if side.part in both:
            queue = side.meaning.queue
            counted[queue] = counted.get(queue, 0) + 1
            made[side.part] = queue, counted[queue]
    return made


def _at(side: Side, queue: str, turn: int) -> Side:
    exchange = side.exchange
    placed = replace(exchange, place={**exchange.place, TURN: turn})
    return replace(side, meaning=replace(side.meaning, exchange=placed))
