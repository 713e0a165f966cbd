"""JSON values compared structurally: one change for each path, independent of key order."""

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
    """The type of `ABSENT`, which differs from null."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __reduce__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()
"""Stands for a missing value."""

DEPTH = 60
"""Values nested deeper than this are compared as a whole."""


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A value that differs.

    keys: the path in the old value or, for a new value, where it would be: object keys and list indexes. new_keys: the
    path in the new value; equal, unless items were inserted or removed before it. old, new: `ABSENT` if missing.
    """

    keys: Keys
    new_keys: Keys
    old: Json
    new: Json

    @property
    def path(self) -> str:
        """The path in the old value in readable form: `a.b[3]`."""
        return path_of(self.keys)

    @property
    def new_path(self) -> str:
        """The path in the new value in readable form."""
        return path_of(self.new_keys)


def path_of(keys: Keys) -> str:
    """Return a path in readable form: `a.b[3]`."""
    made = ""
    for key in keys:
        made += f"[{key}]" if isinstance(key, int) else f".{key}" if made else key
    return made


def changes(old: Json, new: Json, *at: str) -> tuple[ValueChange, ...]:
    """Return the differences of two values: the innermost values that differ, in old order, then in new order.

    at: the path of both. List items are aligned by equality, then by position. 1, 1.0 and true are three different
    values, as they are in the recording.
    """
    return tuple(_changes(old, new, at, at, 0))


def is_equal(old: Json, new: Json) -> bool:
    """Tell whether two JSON values are equal. See `changes`."""
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
    """Tell whether two scalars are equal; 1, 1.0 and true are three different values."""
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
        elif not (isinstance(before, str) and before == after):  # fast path: most values are equal texts
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
    """Yield the index ranges, in both lists, between equal items."""
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
