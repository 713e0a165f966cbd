"""JSON compared as JSON: one change for each path, whatever the order of keys."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from recviewer.difference.sequences import common
from recviewer.exchange.encode import encode
from recviewer.exchange.model import Json

Keys: TypeAlias = tuple[str | int, ...]


class _Absent:
    """What stands where there is no value; null is one."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __reduce__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()
"""The value of a key that is not there."""

DEPTH = 60
"""Values that nest deeper are compared as a whole."""


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A value that differs.

    keys: the way to it in the old value, or, when it is new, where it would be: keys of objects and places in lists.
    new_keys: the way in the new value; the same, unless items were put in or taken out before it.
    old, new: `ABSENT` where there is none.
    """

    keys: Keys
    new_keys: Keys
    old: Json
    new: Json

    @property
    def path(self) -> str:
        """The way in the old value, for people: `a.b[3]`."""
        return path_of(self.keys)

    @property
    def new_path(self) -> str:
        """The way in the new value, for people."""
        return path_of(self.new_keys)


def path_of(keys: Keys) -> str:
    """Return a way through objects and lists as people write it: `a.b[3]`."""
    made = ""
    for key in keys:
        made += f"[{key}]" if isinstance(key, int) else f".{key}" if made else key
    return made


def changes(old: Json, new: Json, *at: str) -> tuple[ValueChange, ...]:
    """Return what differs between two values: the deepest values that do, in the order of the old, then of the new.

    at: the way to both. Items of a list are aligned by what is equal, then by their place. 1, 1.0 and true are three
    different values, as they are to who recorded them.
    """
    return tuple(_changes(old, new, at, at, 0))


def is_equal(old: Json, new: Json) -> bool:
    """Tell whether two JSON values are the same. See `changes`."""
    return next(_changes(old, new, (), (), 0), None) is None


def _changes(old: Json, new: Json, at: Keys, there: Keys, depth: int) -> Iterator[ValueChange]:
    if old is new:
        return
    if depth < DEPTH:
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _of_objects(old, new, at, there, depth)
            return
        if isinstance(old, list | tuple) and isinstance(new, list | tuple):
            yield from _of_lists(old, new, at, there, depth)
            return
    if not _is_same(old, new):
        yield ValueChange(at, there, old, new)


def _is_same(old: Json, new: Json) -> bool:
    """Tell whether two values mean the same number, text or whole; 1, 1.0 and true are three things."""
    if isinstance(old, float) and isinstance(new, float):
        return str(old) == str(new) or (math.isfinite(old) and repr(float(old)) == repr(float(new)))
    if isinstance(old, bool | float) or isinstance(new, bool | float):
        return type(old) is type(new) and bool(old == new)
    if isinstance(old, dict | list | tuple):
        return _written(old) == _written(new)
    return bool(old == new)


def _of_objects(old: dict[str, Json], new: dict[str, Json], at: Keys, there: Keys, depth: int) -> Iterator[ValueChange]:
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key, ABSENT), new.get(key, ABSENT)
        if before is ABSENT or after is ABSENT:
            yield ValueChange((*at, key), (*there, key), before, after)
        elif not (isinstance(before, str) and before == after):  # most values are equal texts
            yield from _changes(before, after, (*at, key), (*there, key), depth + 1)


def _of_lists(old: Sequence[Json], new: Sequence[Json], at: Keys, there: Keys, depth: int) -> Iterator[ValueChange]:
    if len(old) == len(new):
        for place, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _changes(before, after, (*at, place), (*there, place), depth + 1)
        return
    for places, others in aligned(old, new):
        for place, other in zip(places, others, strict=False):
            yield from _changes(old[place], new[other], (*at, place), (*there, other), depth + 1)
        paired = min(len(places), len(others))
        for place in places[paired:]:
            yield ValueChange((*at, place), (*there, place), old[place], ABSENT)
        for other in others[paired:]:
            yield ValueChange((*at, other), (*there, other), ABSENT, new[other])


def aligned(old: Sequence[Json], new: Sequence[Json]) -> Iterator[tuple[range, range]]:
    """Yield the places, in both lists, of what lies between equal items."""
    first, second = [_written(item) for item in old], [_written(item) for item in new]
    if first > second:
        yield from ((places, others) for others, places in _between(second, first))
    else:
        yield from _between(first, second)


def _between(first: list[bytes], second: list[bytes]) -> Iterator[tuple[range, range]]:
    at = other = 0
    for place, there, length in common(first, second) or []:
        if place > at or there > other:
            yield range(at, place), range(other, there)
        at, other = place + length, there + length
    if at < len(first) or other < len(second):
        yield range(at, len(first)), range(other, len(second))


def _written(value: Json) -> bytes:
    try:
        return encode(value, is_sorted=True)
    except (TypeError, ValueError, RecursionError):
        return repr(value).encode("utf-8", "backslashreplace")
