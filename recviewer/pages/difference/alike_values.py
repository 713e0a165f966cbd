"""Equal changes of several values at one place, on one line: in a stream, each chunk has its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from recviewer.difference.values import ABSENT, ValueChange, is_equal

_COUNTED = re.compile(r"(.*) #([0-9]{1,6})", re.DOTALL)
"""The path of one of several values at the same place, with its number; the first has no number."""


def runs_of(values: Sequence[ValueChange]) -> list[tuple[str, ValueChange]]:
    """Return changed values with their labels, equal changes at one place as one: `type #2 to #6`."""
    made: list[tuple[str, list[int], ValueChange]] = []
    for change in values:
        found = _COUNTED.fullmatch(change.path)
        place, number = (found[1], int(found[2])) if found else (change.path, 1)
        if made and made[-1][0] == place and _is_alike(made[-1][2], change):
            made[-1][1].append(number)
        else:
            made.append((place, [number], change))
    return [(_called(place, numbers) if len(numbers) > 1 else one.path, one) for place, numbers, one in made]


def _is_alike(one: ValueChange, other: ValueChange) -> bool:
    sides = ((one.old, other.old), (one.new, other.new))
    return all(a is b or (a is not ABSENT and b is not ABSENT and is_equal(a, b)) for a, b in sides)


def _called(place: str, numbers: list[int]) -> str:
    """Return the label of several values at one place, by their numbers."""
    first, last = min(numbers), max(numbers)
    if sorted(numbers) == list(range(first, last + 1)):
        return f"{place} #{first} to #{last}"
    return f"{place} {', '.join(f'#{number}' for number in sorted(numbers))}"
