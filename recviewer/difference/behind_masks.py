"""Different secrets with equal masks: a mask has few digits of a digest, so that secrets cannot be guessed from it."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.difference.model import Item, Names, Values, VectorChange, Words, shown
from recviewer.difference.values import ValueChange
from recviewer.exchange.model import Exchange

ANOTHER = "another secret, which is masked alike"
"""Shown for the new secret where a page could not distinguish the two."""


def behind_masks(old: Exchange, new: Exchange) -> tuple[ValueChange, ...]:
    """Return the masks that stand for another secret on the new side than on the old one."""
    if not old.secrets or not new.secrets:
        return ()
    before, after = _proofs(old), _proofs(new)
    return tuple(_apart(before, after))


def behind(text: str, exchange: Exchange) -> tuple[tuple[str, ...], ...]:
    """Return, for each mask in a text of an exchange, the mask and its secrets' proofs; () if there are none.

    Only for comparison; never shown.
    """
    if not exchange.secrets or "masked " not in text:
        return ()
    found = sorted(_proofs(exchange).items())
    return tuple([(told, *_told_apart([proof for _, proof in some])) for told, some in found if told in text])


def behind_item(item: Item, old: Exchange, new: Exchange) -> tuple[object, ...]:
    """Return the masks and proofs on both sides of a changed item, () if there are none."""
    if not old.secrets and not new.secrets:
        return ()
    before, after = _sides(item)
    found = behind(before, old), behind(after, new)
    return found if any(found) else ()


def _sides(item: Item) -> tuple[str, str]:
    """Return the old and the new text of a changed item."""
    match item:
        case Words():
            values = item.values
            told = [item.words.old], [item.words.new]
        case Values():
            values = item.values
            told = [item.old_label, item.label], [item.label]
        case Names():
            return " ".join(item.gone), " ".join(item.new)
        case VectorChange():
            return "", ""
    for one in values:
        told[0].extend((one.path, shown(one.old)))
        told[1].extend((one.path, shown(one.old if one.new == ANOTHER else one.new)))
    return " ".join(told[0]), " ".join(told[1])


def _apart(before: dict[str, list[tuple[str, str]]], after: dict[str, list[tuple[str, str]]]) -> Iterator[ValueChange]:
    for told, found in after.items():
        was = [proof for _, proof in before.get(told, ())]
        if was and _told_apart(was) != _told_apart([proof for _, proof in found]):
            place = next((place for place, proof in found if proof not in was), found[0][0])
            yield ValueChange((place,), (place,), told, ANOTHER)


def _told_apart(proofs: list[str]) -> list[str]:
    """Return the secrets behind one mask in order; a single secret once, in however many places it is."""
    return proofs if len(set(proofs)) > 1 else proofs[:1]


def _proofs(exchange: Exchange) -> dict[str, list[tuple[str, str]]]:
    """Return the locations and proofs of secrets, by mask."""
    made: dict[str, list[tuple[str, str]]] = {}
    for one in exchange.secrets:
        made.setdefault(one.told, []).append((one.where, one.proof))
    return made
