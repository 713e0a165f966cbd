"""What counts in the elements of a streamed reply besides its text, independent of chunk boundaries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from recviewer.exchange.harmless_entry import HowHarmless
from recviewer.exchange.model import Json, Left
from recviewer.exchange.not_understood import At, is_empty, is_hollow, leave, path_of
from recviewer.exchange.path_nodes import PathNode, Take
from recviewer.exchange.shape import NOTHING, Shape, is_spelled_otherwise, is_twin, passed, type_of

Flat: TypeAlias = dict[Any, Json]
"""The counted values of one element, by path; by (path, `Take`) for `Take.LAST`, `FINAL` and `EACH`."""


class Elements:
    """Collects the counted values of a stream's elements, in order of arrival."""

    __slots__ = ("flats",)

    def __init__(self) -> None:
        self.flats: list[Flat] = []

    def add(self, flat: Flat) -> None:
        """Add the counted values of one element. Equal elements may share one object."""
        self.flats.append(flat)

    def build(self, *, are_shared: bool = False) -> dict[str, Json]:
        """Return, for each path, the list of its values in order, and which keys only some of the elements have.

        are_shared: other streams hold the identical objects, so the result is worth caching.

        A value equal to the previous one at the same path is counted once, and null and empty values are not counted,
        so that chunk boundaries do not matter. Of values that no path describes, every occurrence counts.
        """
        runs = tuple([flat for place, flat in enumerate(self.flats) if not place or flat is not self.flats[place - 1]])
        key = tuple(map(id, runs))
        known = _BUILT.get(key) if are_shared else None
        if known is None:
            known = (runs, _built(runs))
            if are_shared and len(_BUILT) < BUILT_MOST and len(runs) <= RUNS_MOST:
                _BUILT[key] = known  # keeps the elements alive, so that no other object can get their ids
        return known[1]


BUILT_MOST = 1_000
RUNS_MOST = 12
"""The result is cached for streams with at most this many distinct consecutive elements; that is most streams."""

_BUILT: dict[tuple[int, ...], tuple[tuple[Flat, ...], dict[str, Json]]] = {}


def _built(runs: tuple[Flat, ...]) -> dict[str, Json]:
    values: dict[Any, list[Json]] = {}
    for flat in runs:
        _collect(flat, values)
    made: dict[str, Json] = {}
    for path, found in values.items():
        if type(path) is str:
            made[path] = made.get(path, []) + found
        elif path[1] is not Take.LAST or len(found) > 1:
            made[path[0]] = made.get(path[0], []) + found
    heads: list[set[str]] = [set(_heads(flat)) for flat in runs]
    everywhere = heads[0].intersection(*heads) if heads else set()
    partly = sorted({head for some in heads for head in some} - everywhere)
    return {"paths": made, "partly": partly} if partly else {"paths": made}


def _heads(flat: Flat) -> Iterator[str]:
    """Yield the top-level keys of an element below which something counts."""
    for path in flat:
        name = path if type(path) is str else path[0]
        yield name.partition(".")[0].partition("[")[0]


def _collect(flat: Flat, values: dict[Any, list[Json]]) -> None:
    for path, value in flat.items():
        if is_empty(value):
            continue
        known = values.get(path)
        how = path[1] if type(path) is tuple else None
        if known is None or how is Take.FINAL:
            values[path] = [value]
        elif how is Take.EACH or type(known[-1]) is not type(value) or known[-1] != value:
            known.append(value)


def flat_of(element: Json, shape: Shape, left: list[Left], *, event: str = "") -> Flat:
    """Return what counts in one element of a streamed reply, by path.

    event: the name of the server-sent event. left: unknown values are appended to it.
    """
    made: Flat = {"(event)": event} if event else {}
    if type(element) is str:
        made["(text)"] = element
    elif type(element) is not dict and not is_empty(element):
        leave(element, (), left)
        made["(value)", Take.EACH] = element
    else:
        _flatten(element, shape.root, (), made, left)
    return made


def stripped(flat: Flat) -> dict[str, Json]:
    """Return the values of an element that count in every element, not only in the last one."""
    return {
        path if type(path) is str else path[0]: value
        for path, value in flat.items()
        if type(path) is str or path[1] is not Take.LAST
    }


def _flatten(value: Json, node: PathNode | None, at: At, flat: Flat, left: list[Left]) -> None:
    """Add the counted parts of a value to `flat`, by path. node: None if the whole value counts as recorded."""
    if node is not None and (node.take is not None or node.how is not None):
        value, node = _counted(value, node, at, flat, left)
        if value is NOTHING:
            return
    if node is None or is_empty(value):
        _put(flat, path_of(at), value)
    elif type(value) is dict:
        _flatten_object(value, node, at, flat, left)
    elif type(value) is list and node.items is not None:
        for place, item in enumerate(value):
            _flatten(item, node.items, (*at, _place(item, place)), flat, left)
    else:
        leave(value, at, left)
        flat[path_of(at), Take.EACH] = value


def _put(flat: Flat, path: str, value: Json) -> None:
    """Store a value at its path. If the path is taken (two items claim the same index), store it under a path of its own."""
    while path in flat:
        path += "'"
    flat[path] = value


def _counted(value: Json, node: PathNode, at: At, flat: Flat, left: list[Left]) -> tuple[Json, PathNode | None]:
    """Return what counts of a value that a path describes, and the node to continue with below it."""
    take = node.take
    if take is None:
        kept = passed(value, node, node.how or HowHarmless.WHOLLY)
        return (None if node.how is HowHarmless.VALUE and is_hollow(kept) else kept), None
    if take is Take.KNOWN:
        return value, None
    if take is Take.COUNT:
        return len(value) if type(value) is list else value, None
    if take is Take.FINAL or (take is Take.EACH and not is_empty(value)):
        flat[path_of(at), take] = value
        return NOTHING, None
    if is_empty(value) and not (take is Take.WRITTEN and type(value) is dict):
        return NOTHING, None  # padding of a chunk that adds nothing; `{}` in place of written arguments counts
    if node.takes(value):
        if take is Take.LAST:
            flat[path_of(at), take] = value
        return NOTHING, None
    if take is Take.OBJECT or (take is Take.LAST and type(value) is int):
        return value, None
    if take is Take.WRITTEN:
        return type_of(value), None
    if node.has_steps:
        return value, node
    leave(value, at, left)
    flat[path_of(at), Take.EACH] = value
    return NOTHING, None


def _flatten_object(value: dict[str, Json], node: PathNode, at: At, flat: Flat, left: list[Left]) -> None:
    clashing = node.clashing(value) if node.one_of else ()
    for key, item in value.items():
        child = node.child(key)
        if child is None or key in clashing or (child.spelling and is_spelled_otherwise(item, child, value)):
            leave(item, (*at, key), left)
            flat[path_of((*at, key)), Take.EACH] = item
            continue
        if child.twin:
            other = child.twin_in(value)
            if not is_empty(other):
                if not is_twin(item, other):
                    _put(flat, path_of((*at, key)), item)
                continue
            if child.takes(item) and item:
                _put(
                    flat, path_of((*at, key)), type_of(item)
                )  # no equal value beside it, so the key that holds a text counts
                continue
        _flatten(item, child, (*at, key), flat, left)


def _place(item: Json, place: int) -> int:
    """Return the position of an item: its own `index` if it has one (choices and tool calls do), else its list index."""
    index = item.get("index") if type(item) is dict else None
    return index if type(index) is int else place
