"""Exchanges of a file that changed order, for recorders that replay the answers to a URL in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace

from recviewer.exchange.fingerprint import TURNS, Ids, canonical
from recviewer.pairing.sides import Side

TURN = "turn among the answers to its address"
"""The name of the detail that gives an exchange's position among those that replay cannot distinguish from it."""


def in_turns(olds: Sequence[Side], news: Sequence[Side]) -> tuple[list[Side], list[Side]]:
    """Return both sides of a file; exchanges that are replayed in another position than before have theirs as a detail.

    The position counts only exchanges that both sides of the file have, so that additions and removals do not matter.
    Besides equal names these are exchanges with the same meaning, then those with the same request, and then those with a
    conversation that no other has: the name of an exchange differs at each recording if its request contains ids.
    """
    old_keys, new_keys = _matched(olds, news)
    before, after = _turns(olds, old_keys), _turns(news, new_keys)
    moved = {key for key, turn in before.items() if turn != after[key] and turn[0] and after[key][0]}
    return _placed(olds, old_keys, before, moved), _placed(news, new_keys, after, moved)


def in_turns_of_renamed(olds: Sequence[Side], news: Sequence[Side]) -> tuple[list[Side], list[Side]]:
    """Return deleted and added exchanges, with those of a renamed file as `in_turns` has them.

    A file that was added is the deleted one with most of its exchanges, by name or meaning.
    """
    before, after = _by_file(olds), _by_file(news)
    holders: dict[str, list[str]] = {}
    for path, sides in before.items():
        for sign in _signs(sides):
            holders.setdefault(sign, []).append(path)
    placed: dict[str, Side] = {}
    for path, sides in after.items():
        known = [holders[sign] for sign in _signs(sides) if len(holders.get(sign, ())) in range(1, HOLDERS_MOST)]
        counts = Counter(old for paths in known for old in paths if old in before)
        if path in before or not counts:
            continue
        for some in in_turns(before.pop(counts.most_common(1)[0][0]), sides):
            placed.update({side.path: side for side in some})
    return [placed.get(side.path, side) for side in olds], [placed.get(side.path, side) for side in news]


HOLDERS_MOST = 10
"""A name or meaning that this many deleted files have, such as of a list of models, tells none of them from the others."""


def _by_file(sides: Iterable[Side]) -> dict[str, list[Side]]:
    made: dict[str, list[Side]] = {}
    for side in sides:
        if side.part and side.meaning.queue:
            made.setdefault(side.file_path, []).append(side)
    return made


def _signs(sides: Iterable[Side]) -> set[str]:
    return {sign for side in sides for sign in (side.part, side.meaning.fingerprint)}


_Keys = dict[str, Hashable]
"""By part name, what the exchange is called on both sides; absent if only one side has it."""


def _matched(olds: Sequence[Side], news: Sequence[Side]) -> tuple[_Keys, _Keys]:
    made: tuple[_Keys, _Keys] = ({}, {})
    ways: tuple[Callable[[Side], Hashable], ...] = (_name, _meaning, _request)
    for way in ways:
        left = [
            [side for side in sides if side.part not in keys] for sides, keys in zip((olds, news), made, strict=True)
        ]
        if not all(left):
            break
        named = [_numbered(sides, way) for sides in left]
        both = set(named[0].values()) & set(named[1].values())
        for keys, names in zip(made, named, strict=True):
            keys.update({part: name for part, name in names.items() if name in both})
    before, after = map(_conversations, (olds, news))
    for talk in before.keys() & after.keys():
        pair = before[talk].part, after[talk].part
        if all(part not in keys for part, keys in zip(pair, made, strict=True)):
            for part, keys in zip(pair, made, strict=True):
                keys[part] = talk
    return made


def _name(side: Side) -> Hashable:
    return side.part


def _meaning(side: Side) -> Hashable:
    return side.meaning.queue, side.meaning.fingerprint


def _request(side: Side) -> Hashable:
    return side.meaning.queue, canonical(Ids().body(side.exchange.request.body))


def _conversations(sides: Sequence[Side]) -> dict[Hashable, Side]:
    """Return the exchanges whose conversation no other has, by it; their parameters do not matter."""
    made: dict[Hashable, Side] = {}
    counts: Counter[Hashable] = Counter()
    for side in sides:
        turns = {key: value for key, value in side.exchange.request.body.items() if key in TURNS}
        if turns:
            talk = side.meaning.queue, canonical(Ids().body(turns))
            counts[talk] += 1
            made[talk] = side
    return {talk: side for talk, side in made.items() if counts[talk] == 1}


def _numbered(sides: Iterable[Side], way: Callable[[Side], Hashable]) -> _Keys:
    """Return a key for each exchange by part name; equal ones are told apart by their order."""
    counts: Counter[Hashable] = Counter()
    made: _Keys = {}
    for side in sides:
        key = way(side)
        counts[key] += 1
        made[side.part] = way.__name__, key, counts[key]
    return made


_Turns = dict[Hashable, tuple[str, int]]
"""By key, what replay matches of the request, and the position among the exchanges with the same."""


def _turns(sides: Iterable[Side], keys: _Keys) -> _Turns:
    counts: Counter[str] = Counter()
    made: _Turns = {}
    for side in sides:
        if side.part in keys:
            queue = side.meaning.queue
            counts[queue] += 1
            made[keys[side.part]] = queue, counts[queue]
    return made


def _placed(
    sides: Iterable[Side], keys: _Keys, turns: Mapping[Hashable, tuple[str, int]], moved: set[Hashable]
) -> list[Side]:
    return [_at(side, turns[keys[side.part]][1]) if keys.get(side.part) in moved else side for side in sides]


def _at(side: Side, turn: int) -> Side:
    exchange = side.exchange
    placed = replace(exchange, place={**exchange.place, TURN: turn})
    return replace(side, meaning=replace(side.meaning, exchange=placed))
