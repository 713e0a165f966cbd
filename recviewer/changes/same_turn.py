"""Calls of a test that belong to one turn without being a pair: deleted and new recordings, and tool calls that moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from recviewer.changes.items import place_of
from recviewer.changes.model import Change, Key
from recviewer.changes.turns import strands_of
from recviewer.difference.behind_masks import behind
from recviewer.difference.model import Item, Section, SectionKind, Values


def replaced_on_same_turn(changes: Iterable[Change]) -> dict[Key, Change]:
    """Return, by key of a new recording, the deleted one that answered the same turn, by alignment of the test's turns.

    changes: of one or several tests. Each recording has at most one partner: the one with most aligned pieces. Pairs
    that a reviewer separated are not restored.
    """
    of_each: dict[str, list[Change]] = {}
    for change in changes:
        if not change.is_older:
            of_each.setdefault(place_of(change), []).append(change)
    found: dict[Key, Change] = {}
    for some in of_each.values():
        found |= _of_one(some)
    return found


def _of_one(changes: Sequence[Change]) -> dict[Key, Change]:
    alone = [one for one in changes if not one.is_parted]
    gone = {one.old.path: one for one in alone if one.old is not None and one.new is None}
    new = {one.new.path: one for one in alone if one.new is not None and one.old is None}
    if not gone or not new:
        return {}
    weights: Counter[tuple[str, str]] = Counter()
    for strand in strands_of(changes):
        for piece in strand.pieces:
            if piece.old is not None and piece.new is not None:
                weights[piece.old.entry, piece.new.entry] += 1
    made: dict[Key, Change] = {}
    taken: set[str] = set()
    for (before, now), _ in sorted(weights.items(), key=lambda one: (-one[1], one[0])):
        if before in gone and now in new and before not in taken and new[now].key not in made:
            taken.add(before)
            made[new[now].key] = gone[before]
    return made


def with_moves(changes: Sequence[Change], every: Sequence[Sequence[Section]]) -> list[list[Section]]:
    """Return the sections of each change, where tool calls that moved from one answer to another are labelled as such."""
    gone, new = dict[Hashable, list[int]](), dict[Hashable, list[int]]()
    for number, (change, its) in enumerate(zip(changes, every, strict=True), 1):
        for key, item in _whole_calls(change, its):
            (gone if item.is_gone else new).setdefault(key, []).append(number)
    said: dict[tuple[Hashable, int], list[str]] = {}
    for key in gone.keys() & new.keys():
        for was, now in zip(gone[key], new[key], strict=False):
            if was != now:
                said.setdefault((key, was), []).append(f"made in call {now:,} now")
                said.setdefault((key, now), []).append(f"made in call {was:,} before")
    if not said:
        return list(map(list, every))
    return [
        [_with_places(change, number, section, said) for section in its]
        for number, (change, its) in enumerate(zip(changes, every, strict=True), 1)
    ]


def _with_places(
    change: Change, number: int, section: Section, said: Mapping[tuple[Hashable, int], list[str]]
) -> Section:
    calls = {id(item): key for key, item in _whole_calls(change, [section])}
    items: list[Item] = []
    for item in section.items:
        words = said.get((calls[id(item)], number)) if id(item) in calls else None
        if words and isinstance(item, Values):
            label = f"{item.label} ({words.pop(0)})"
            item = replace(item, label=label, old_label=label)
        items.append(item)
    return replace(section, items=tuple(items))


def _whole_calls(change: Change, its: Sequence[Section]) -> Iterator[tuple[Hashable, Values]]:
    """Yield the tool calls that an answer lost or gained, each with a key that is equal for equal calls of the test."""
    for section in its:
        for item in section.items if section.kind is SectionKind.CALLS else ():
            if not isinstance(item, Values) or len(item.values) != 1 or item.values[0].keys:
                continue
            (value,) = item.values
            side = change.old if item.is_gone else change.new
            if side is None or not (item.is_gone or item.is_new):
                continue
            text = repr(value.old if item.is_gone else value.new)
            yield (place_of(change), text, behind(text, side.exchange)), item
