"""Values at paths that a shape declares as read, but that the reader did not return for this place.

A shape knows only paths; a reader also looks at other things: an event's type, the first of several items, one key if
another is missing. What the reader did not return is not in the neutral model, so it counts as recorded and is reported
as not understood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple, TypeAlias

from recviewer.exchange.elements import Flat
from recviewer.exchange.encode import encode
from recviewer.exchange.harmless import OPAQUE
from recviewer.exchange.model import Delta, Json, Left, Reply, Request
from recviewer.exchange.not_understood import At, is_empty, leave, path_of
from recviewer.exchange.path_nodes import PathNode, Take
from recviewer.exchange.shape import Shape, is_spelled_otherwise
from recviewer.formats.merged_texts import merged_nodes
from recviewer.formats.reader_output import ReaderOutput

_TELLING = frozenset({"type", "generation_id", "index"})
"""Keys in a value taken as a whole (`Take.ANY`) that a reader may convert or drop: generated ids, positions."""

STILL = frozenset({"in_progress", "null"})
"""Values at a finish reason that mean "not ended yet", which no reader takes as an end (DashScope: `null`)."""

_TEXTS = frozenset({Take.TEXT, Take.LAST, Take.WRITTEN, Take.ANY})
_HELD = frozenset({Take.ANY, Take.OBJECT, Take.COUNT})
_WHOLE = {Take.OBJECT: dict, Take.COUNT: list}
"""Types of values that a reader takes as a whole."""

_LOOKED_FOR = _TEXTS | _HELD | {Take.NUMBER}


def of_reply(reply: Reply, asked: Callable[[], Request]) -> ReaderOutput:
    """Return what a reader returned for a reply."""
    return ReaderOutput((reply.outputs, reply.exhibits, reply.error, reply.usage, reply.model), asked)


class MissedValues(NamedTuple):
    """Texts and numbers of a reply that do not correspond to a value that the reader returned, by path.

    missed: values that were not returned. again: repetitions of a text that the reader returned once, as references to
    it.
    """

    missed: dict[str, Json]
    again: dict[str, Json]


def of_whole(body: Json, root: PathNode, told: ReaderOutput, left: list[Left]) -> MissedValues:
    """Return which values of a complete reply should have been read and were not; they are also appended to `left`."""
    found = MissedValues({}, {})
    taken = _opened(_taken(body, root), told)
    texts = [one for one in taken if type(one[1]) is str]
    missed = told.lacks([text for _, text, _ in texts]) if texts else []
    others = [one for one in taken if type(one[1]) is not str] if len(texts) < len(taken) else []
    if not missed and not others:
        return found
    known = {one.where for one in left}
    for at, text, _ in map(texts.__getitem__, missed):
        path = path_of(at)
        if path not in known:
            _note(found, told, at, text, left)
    rest = told.numbers() if others else Counter[float]()
    for at, value, _ in others:
        path = path_of(at)
        if path in known:
            continue
        if type(value) is Repetition:
            found.again[path] = value.value
        elif type(value) is bool or not rest[float(value)]:
            found.missed[path] = value
            leave(value, at, left)
        else:
            rest[float(value)] -= 1
    return found


def _note(found: MissedValues, told: ReaderOutput, at: At, text: str, left: list[Left]) -> None:
    again = told.place_of(text)
    if again:
        found.again[path_of(at)] = again
    else:
        found.missed[path_of(at)] = text
        leave(text, at, left)


class MissedInStream:
    """The same for the elements of a stream. Of texts whose last occurrence counts, one counts if it occurs only once."""

    __slots__ = ("_lasts", "_left", "_merged", "_root", "_told")

    def __init__(self, shape: Shape, told: ReaderOutput, left: list[Left]) -> None:
        self._root, self._told, self._left = shape.root, told, left
        self._merged = merged_nodes(shape)
        self._lasts: dict[At, list[tuple[str, Flat]]] = {}

    def counted(self, element: Json, adds: Sequence[Delta], flat: Flat) -> Flat:
        """Return what counts of an element including what should have been read of it and was not. flat: without it."""
        found = _taken(element, self._root)
        if not found:
            return flat
        made = flat
        nearby: ReaderOutput | None = None
        if any(type(value) is not str for _, value, _ in found):
            nearby = ReaderOutput(adds)
            found = _opened(found, nearby, self._told, self._merged)
        once = [one for one in found if one[2].take is not Take.LAST]
        if len(once) < len(found):
            made = {**flat}
            for at, text, node in found:
                if node.take is Take.LAST:
                    self._lasts.setdefault(at, []).append((text, made))
        if not once or (len(once) == 1 and any(once[0][1] in (delta.text, delta.reasoning) for delta in adds)):
            return made
        nearby = nearby or ReaderOutput(adds)
        texts = [one for one in once if type(one[1]) is str]
        missed = [texts[place] for place in nearby.lacks([text for _, text, _ in texts])]
        for at, value, node in [*missed, *(one for one in once if type(one[1]) is not str)]:
            if type(value) is not str or not (node in self._merged and self._told.has(value)):
                made = {**made} if made is flat else made
                self._note(at, value, made)
        return made

    def end(self) -> None:
        """Add the texts whose last occurrence counts, if the stream has one that was not returned."""
        for at, found in self._lasts.items():
            text, flat = found[0]
            if len(found) == 1 and text not in STILL and not self._told.place_of(text):
                self._note(at, text, flat)

    def _note(self, at: At, value: Json, flat: Flat) -> None:
        again = self._told.place_of(value) if type(value) is str else ""
        if type(value) is Repetition:
            again = value.value
        path: object = path_of(at) if again else (path_of(at), Take.EACH)
        if path not in flat:
            flat[path] = again or value
            if not again:
                leave(value, at, self._left)


Found: TypeAlias = tuple[At, Any, PathNode]
"""A text or a number with its path and its node in the shape."""


def _taken(value: Json, root: PathNode) -> list[Found]:
    """Return the texts and numbers at paths that a reader takes."""
    found: list[Found] = []
    _collect(value, root, (), found)
    return found


def _collect(value: Json, node: PathNode, at: At, found: list[Found]) -> None:
    kind = type(value)
    if node.take is Take.ANY or (node.take in _WHOLE and kind is _WHOLE[node.take]):
        found.append((at, value, node))
    elif kind is dict:
        for key, child in _steps(node):
            item = value.get(key)
            if not item or (child.spelling and is_spelled_otherwise(item, child, value)):
                continue
            if type(item) is not str:
                _collect(item, child, (*at, key), found)
            elif child.take in _TEXTS and not child.twin:
                found.append(((*at, key), item, child))
    elif kind is str:
        if value and node.take in _TEXTS and not node.twin:
            found.append((at, value, node))
    elif kind is list and node.items is not None and _has_texts(node.items):
        for place, item in enumerate(value):
            _collect(item, node.items, (*at, place), found)
    elif node.take is Take.NUMBER and node.takes(value):
        found.append((at, value, node))


class Repetition(NamedTuple):
    """Stands for a value that repeats one already matched: its repeated presence counts, as recorded."""

    value: Json


def _opened(
    found: list[Found], told: ReaderOutput, far: ReaderOutput | None = None, more: Collection[PathNode] = ()
) -> list[Found]:
    """Return the found values, with values taken as a whole replaced by their contents if the reader did not return
    them whole.

    far: what other elements add; at the nodes in `more` they may contain what stands here.
    """
    made: list[Found] = []
    for at, value, node in found:
        if node.take in _HELD and type(value) is not str:
            _collect_held(value, at, made, node, (told, far if node in more else None, far))
        else:
            made.append((at, value, node))
    return made


_Sources: TypeAlias = tuple[ReaderOutput, ReaderOutput | None, ReaderOutput | None]


def _collect_held(value: Json, at: At, found: list[Found], node: PathNode, given: _Sources) -> None:
    """Add the texts and numbers inside a value that no reader returned, except opaque data and types."""
    if type(value) is str or is_empty(value):
        if value:
            found.append((at, value, node))
        return
    told, also, far = given
    if told.uses(value) or (also is not None and also.holds(value)):
        return
    if told.holds(value) or (far is not None and far.holds(value)):
        found.append((at, Repetition(value), node))
    elif type(value) is dict or type(value) is list:
        text = encode(value, is_sorted=True).decode()
        if told.has(text) or (far is not None and far.has(text)):
            found.append((at, text, node))
        elif type(value) is dict:
            for key, item in value.items():
                if key not in OPAQUE and key not in _TELLING:
                    _collect_held(item, (*at, key), found, node, given)
        else:
            for place, item in enumerate(value):
                _collect_held(item, (*at, place), found, node, given)
    else:
        found.append((at, value, node))


_STEPS: dict[PathNode, list[tuple[str, PathNode]]] = {}
"""By node, the keys at or below which a reader takes texts."""


def _steps(node: PathNode) -> list[tuple[str, PathNode]]:
    found = _STEPS.get(node)
    if found is None:
        known = () if node.take is Take.KNOWN else node.keys.items()
        found = _STEPS[node] = [(key, child) for key, child in known if _has_texts(child)]
    return found


def _has_texts(node: PathNode) -> bool:
    """Tell whether a reader takes texts at a node or below it."""
    if node.take is Take.KNOWN:
        return False
    return node.take in _LOOKED_FOR or bool(_steps(node)) or (node.items is not None and _has_texts(node.items))
