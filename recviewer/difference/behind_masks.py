"""Secrets that are masked alike and are not the same: a mask holds few digits of a digest, so that nobody guesses by it."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.difference.values import ValueChange
from recviewer.exchange.model import Exchange

ANOTHER = "another secret, which is masked alike"
"""Stands for the new one where a page could not tell the two apart."""


def behind_masks(old: Exchange, new: Exchange) -> tuple[ValueChange, ...]:
    """Return the masks that stand for one secret before and for another one now."""
    if not old.secrets or not new.secrets:
        return ()
    before, after = _proofs(old), _proofs(new)
    return tuple(_apart(before, after))


def _apart(before: dict[str, list[tuple[str, str]]], after: dict[str, list[tuple[str, str]]]) -> Iterator[ValueChange]:
    for told, found in after.items():
        if told in before and _told_apart([proof for _, proof in before[told]]) != _told_apart(
            [one for _, one in found]
        ):
            where = (found[0][0],)
            yield ValueChange(where, where, told, ANOTHER)


def _told_apart(proofs: list[str]) -> list[str]:
    """Return the secrets behind one mask in their order; where it is a single one, once, in however many places."""
    return proofs if len(set(proofs)) > 1 else proofs[:1]


def _proofs(exchange: Exchange) -> dict[str, list[tuple[str, str]]]:
    """Return by mask where secrets stand, with their proofs."""
    made: dict[str, list[tuple[str, str]]] = {}
    for one in exchange.secrets:
        made.setdefault(one.told, []).append((one.where, one.proof))
    return made
