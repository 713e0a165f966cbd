"""What differs besides what was asked and answered: facts that no reader took as meaning, and where a recording stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from recviewer.difference.model import Item, Names, Section, SectionKind, Values
from recviewer.difference.values import ABSENT, Change, Keys, changes, is_equal
from recviewer.exchange.model import Exchange, Json

_TEST = re.compile(r"([^:\[]*)(::.*)", re.DOTALL)


_OF_A_CALL = re.compile(r"tool_calls\[\d+\]|\bcontent(_block)?\b|\bparts\[\d+\]|\boutputs?\[\d+\]")


def items(old: Exchange, new: Exchange, told: Sequence[Section]) -> list[Item]:
    """Return the details that differ, as one item, where there are any.

    told: the sections of what weighs more. What belongs to a call or a listed model that came or went is told with it.
    """
    found = (*of_rest(old, new), *of_place(old, new))
    if any(section.kind is SectionKind.CALLS for section in told):
        found = tuple(change for change in found if not (_is_one_sided(change) and _OF_A_CALL.search(change.path)))
    names = {name for section in told for item in section.items if isinstance(item, Names) for name in _both(item)}
    if names:
        found = tuple(change for change in found if not (_is_one_sided(change) and names & set(change.keys[1:2])))
    return [Values("", found)] if found else []


def _both(item: Names) -> tuple[str, ...]:
    return (*item.gone, *item.new)


def _is_one_sided(change: Change) -> bool:
    return (change.old is ABSENT) != (change.new is ABSENT)


def of_rest(old: Exchange, new: Exchange) -> tuple[Change, ...]:
    """Return what differs of all that counts besides the neutral model, by path.

    What an error says is left out here where both failed or one did: the error tells it.
    """
    return tuple(_told(changes(_as_told(old), _as_told(new))))


def _as_told(exchange: Exchange) -> dict[str, Json]:
    """Return the rest with a reply's own paths at the top, and what is said of its kind where that is all there is."""
    made = dict(exchange.rest)
    chunks = made.pop("chunks", None)
    if chunks is not None:
        made["chunks[]"] = {path: _values(values) for path, values in chunks.items()}
    body = made.pop("body", ABSENT)
    if body is not ABSENT:
        made["response.body"] = body
    return made


def _values(values: list[Json]) -> Json:
    """Return the values that a path had one after the other; a single one as itself."""
    return values[0] if len(values) == 1 else values


def _told(found: tuple[Change, ...]) -> Iterator[Change]:
    """Yield the changes, a whole object that came or went as its values."""
    for change in found:
        whole = change.new if change.old is ABSENT else change.old
        if (change.old is ABSENT) == (change.new is ABSENT) or not isinstance(whole, dict) or not whole:
            yield change
            continue
        for keys, value in _leaves(whole, ()):
            at, there = (*change.keys, *keys), (*change.new_keys, *keys)
            yield Change(at, there, *((ABSENT, value) if change.old is ABSENT else (value, ABSENT)))


def _leaves(value: Json, keys: Keys) -> Iterator[tuple[Keys, Json]]:
    if isinstance(value, dict) and value and len(keys) < 60:
        for key, item in value.items():
            yield from _leaves(item, (*keys, key))
    else:
        yield keys, value


def of_place(old: Exchange, new: Exchange) -> tuple[Change, ...]:
    """Return what differs of where two recordings stand: test, host, provider.

    A test that only moved to another file differs in its file alone, so that a whole file of tests is one change.
    """
    made = []
    for change in changes(old.place, new.place):
        before, after = _TEST.fullmatch(str(change.old)), _TEST.fullmatch(str(change.new))
        if change.keys == ("test_id",) and before and after and before[2] == after[2]:
            change = Change(("test file",), ("test file",), before[1], after[1])
        made.append(change)
    return tuple(made)


def is_same(old: Exchange, new: Exchange) -> bool:
    """Tell whether no detail differs."""
    return is_equal(old.rest, new.rest) and is_equal(old.place, new.place)
