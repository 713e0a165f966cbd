"""Differences outside of request and answer: values that no reader took as meaning, and where a recording was made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from recviewer.difference.model import THERE, Item, Names, Section, SectionKind, Values
from recviewer.difference.values import ABSENT, Keys, ValueChange, changes, is_equal
from recviewer.exchange.elements import Flat, stripped
from recviewer.exchange.model import Exchange, Json
from recviewer.exchange.signs import SIZE, StandIn

_TEST = re.compile(r"([^:\[]*)(::.*)", re.DOTALL)


_OF_A_CALL = re.compile(r"tool_calls\[\d+\]|\bcontent(_block)?\b|\bparts\[\d+\]|\boutputs?\[\d+\]")


_WORDED = frozenset({SectionKind.ANSWER, SectionKind.REASONING, SectionKind.PASSAGES})
"""Sections with texts, for which the lengths of text blocks need not be listed too."""


def items(old: Exchange, new: Exchange, told: Sequence[Section]) -> list[Item]:
    """Return the details that differ, as one item, or no item.

    told: the sections with more important changes. Details of a call or listed model that came or went are omitted.
    """
    found = (*of_rest(old, new), *of_place(old, new))
    if any(section.kind in _WORDED for section in told):
        found = tuple(change for change in found if SIZE not in change.keys[-1:])
    if any(section.kind is SectionKind.CALLS for section in told):
        found = tuple(change for change in found if not (_is_one_sided(change) and _OF_A_CALL.search(change.path)))
    names = {name for section in told for item in section.items if isinstance(item, Names) for name in _both(item)}
    if names:
        found = tuple(change for change in found if not (_is_one_sided(change) and names & set(change.keys[1:2])))
    return [Values("", found)] if found else []


def _both(item: Names) -> tuple[str, ...]:
    return (*item.gone, *item.new)


def _is_one_sided(change: ValueChange) -> bool:
    return (change.old is ABSENT) != (change.new is ABSENT)


def of_rest(old: Exchange, new: Exchange) -> tuple[ValueChange, ...]:
    """Return the differences in everything that counts besides the neutral model, by path.

    The content of an error is compared as an error, and omitted here.
    """
    found = _told(changes(_as_told(old), _as_told(new)))
    made = tuple(change for change in found if not _is_of_error(change))
    return made or tuple(_of_elements(old, new))


_NAMES = {
    "request": "request",
    "response": "response",
    "body": "response.body",
    "list": "response.body",
    "blocks": "blocks",
    "behind": "behind the end",
    "beside": "beside the elements",
    "lacks": "missing",
    "untold": "not understood",
    "again": "told again",
}
"""The display names of the parts of `Exchange.rest`."""


def _as_told(exchange: Exchange) -> dict[str, Json]:
    """Return `rest` by display paths: those of the file, and those below `response.body` or `chunks[]`."""
    made: dict[str, Json] = dict(exchange.rest.get("file", {}))
    for name, told in _NAMES.items():
        if name in exchange.rest:
            made[told] = _shown(exchange.rest[name])
    odd = exchange.rest.get("bytes")
    if odd:
        made["file"] = "; ".join([what for _, what in odd])
    types = exchange.rest.get("types")
    if types:
        made["__type__"] = _values(types)
    chunks = exchange.rest.get("chunks")
    if chunks is not None:
        made["chunks[]"] = {_place(path): _shown(_values(values)) for path, values in chunks["paths"].items()}
        made |= {f"only some chunks have {name}": True for name in chunks.get("partly", ())}
    return made


def _shown(value: Json) -> Json:
    """Return a value for display. A placeholder becomes a description, a recorded text that looks like one is quoted."""
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if value == THERE:
        return f'"{value}"'  # a recorded text, not our placeholder
    return THERE if type(value) is StandIn else value


def _place(path: str) -> str:
    """Return a path for display: `type''` is the third value at the same place of a chunk."""
    bare = path.rstrip("'")
    again = len(path) - len(bare)
    return f"{bare} #{again + 1}" if again else path


def _by_place(flat: Flat) -> dict[str, Json]:
    return {_place(path): _shown(value) for path, value in stripped(flat).items()}


def _values(values: list[Json]) -> Json:
    """Return the successive values at a path; a single value without the list."""
    return values[0] if len(values) == 1 else values


def _is_of_error(change: ValueChange) -> bool:
    """Tell whether a value is the type or message of an error, which is compared as an error."""
    keys = change.keys
    holders = {"error", "exception_data"} & set(keys)
    return (bool(holders) and keys[-1] in ("message", "type", "status_code")) or keys[-1:] == ("exception_message",)


def _of_elements(old: Exchange, new: Exchange) -> Iterator[ValueChange]:
    """Yield the differences between elements at the same index of two streams with equal chunk boundaries."""
    if is_same_stream(old, new):
        return
    for place, (before, after) in enumerate(zip(old.elements, new.elements, strict=True)):
        if before is not after:
            yield from changes(_by_place(before), _by_place(after), f"chunks[{place}]")


def is_same_stream(old: Exchange, new: Exchange) -> bool:
    """Tell whether the elements of two streams are equal one by one, apart from their texts.

    Streams with different numbers of elements have different chunk boundaries; what counts regardless of these is in
    `rest`.
    """
    if len(old.elements) != len(new.elements):
        return True
    pairs = [(one, two) for one, two in zip(old.elements, new.elements, strict=True) if one is not two]
    return all(is_equal(stripped(one), stripped(two)) for one, two in pairs)


def _told(found: tuple[ValueChange, ...]) -> Iterator[ValueChange]:
    """Yield the changes; an object that came or went as a whole is split into its values."""
    for change in found:
        whole = change.new if change.old is ABSENT else change.old
        if (change.old is ABSENT) == (change.new is ABSENT) or not isinstance(whole, dict) or not whole:
            yield change
            continue
        for keys, value in _leaves(whole, ()):
            at, there = (*change.keys, *keys), (*change.new_keys, *keys)
            yield ValueChange(at, there, *((ABSENT, value) if change.old is ABSENT else (value, ABSENT)))


def _leaves(value: Json, keys: Keys) -> Iterator[tuple[Keys, Json]]:
    if isinstance(value, dict) and value and len(keys) < 60:
        for key, item in value.items():
            yield from _leaves(item, (*keys, key))
    else:
        yield keys, value


def of_place(old: Exchange, new: Exchange) -> tuple[ValueChange, ...]:
    """Return the differences in where two recordings were made: test, host, provider.

    If a test only moved to another file, only the file differs, so that moving a whole file of tests is one change.
    """
    made = []
    for change in changes(old.place, new.place):
        before, after = _TEST.fullmatch(str(change.old)), _TEST.fullmatch(str(change.new))
        if change.keys == ("test_id",) and before and after and before[2] == after[2]:
            change = ValueChange(("test file",), ("test file",), before[1], after[1])
        made.append(change)
    return tuple(made)
