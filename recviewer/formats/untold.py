"""Texts that a shape says its reader takes, which the reader did not take in the place where they stand.

A shape tells of paths, a reader looks at more: an event's type, the first of several, one key where another is missing. What
the reader did not take says nothing in the neutral model, so that it counts as it was recorded, and is not understood.
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
from recviewer.exchange.shape import PathNode, Shape, Take, is_spelled_otherwise
from recviewer.formats.gathered import gathered
from recviewer.formats.given import GivenTexts

_TELLING = frozenset({"type", "generation_id", "index"})
"""Keys in a value that is taken whatever it is of which a reader may give another form, or nothing: made anew, a place."""

STILL = frozenset({"in_progress", "null"})
"""What stands at the place of an end and says that there was none yet, which no reader takes as one (DashScope: `null`)."""

_TEXTS = frozenset({Take.TEXT, Take.LAST, Take.WRITTEN, Take.ANY})
_HELD = frozenset({Take.ANY, Take.OBJECT, Take.COUNT})
_WHOLE = {Take.OBJECT: dict, Take.COUNT: list}
"""Types of which a reader takes a value as it is."""

_LOOKED_FOR = _TEXTS | _HELD | {Take.NUMBER}


def of_reply(reply: Reply, asked: Callable[[], Request]) -> GivenTexts:
    """Return what a reader gives of a reply."""
    return GivenTexts((reply.outputs, reply.exhibits, reply.error, reply.usage, reply.model), asked)


class Untold(NamedTuple):
    """What of the texts and numbers of a reply does not stand for what a reader gave, by path.

    missed: what was not taken. again: which of the texts given is told again; the reader gives it once.
    """

    missed: dict[str, Json]
    again: dict[str, Json]


def of_whole(body: Json, root: PathNode, told: GivenTexts, left: list[Left]) -> Untold:
    """Return what of a whole reply should have been taken and was not, which `left` gets too."""
    found = Untold({}, {})
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
        if type(value) is ToldAgain:
            found.again[path] = value.value
        elif type(value) is bool or not rest[float(value)]:
            found.missed[path] = value
            leave(value, at, left)
        else:
            rest[float(value)] -= 1
    return found


def _note(found: Untold, told: GivenTexts, at: At, text: str, left: list[Left]) -> None:
    again = told.place_of(text)
    if again:
        found.again[path_of(at)] = again
    else:
        found.missed[path_of(at)] = text
        leave(text, at, left)


class UntoldInStream:
    """The same of the elements of a stream. Of a text of which the last counts, that counts where it came but once."""

    __slots__ = ("_gathered", "_lasts", "_left", "_root", "_told")

    def __init__(self, shape: Shape, told: GivenTexts, left: list[Left]) -> None:
        self._root, self._told, self._left = shape.root, told, left
        self._gathered = gathered(shape)
        self._lasts: dict[At, list[tuple[str, Flat]]] = {}

    def counted(self, element: Json, adds: Sequence[Delta], flat: Flat) -> Flat:
        """Return what counts of an element with what should have been taken of it and was not. flat: what counts without."""
        found = _taken(element, self._root)
        if not found:
            return flat
        made = flat
        nearby: GivenTexts | None = None
        if any(type(value) is not str for _, value, _ in found):
            nearby = GivenTexts(adds)
            found = _opened(found, nearby, self._told, self._gathered)
        once = [one for one in found if one[2].take is not Take.LAST]
        if len(once) < len(found):
            made = {**flat}
            for at, text, node in found:
                if node.take is Take.LAST:
                    self._lasts.setdefault(at, []).append((text, made))
        if not once or (len(once) == 1 and any(once[0][1] in (delta.text, delta.reasoning) for delta in adds)):
            return made
        nearby = nearby or GivenTexts(adds)
        texts = [one for one in once if type(one[1]) is str]
        missed = [texts[place] for place in nearby.lacks([text for _, text, _ in texts])]
        for at, value, node in [*missed, *(one for one in once if type(one[1]) is not str)]:
            if type(value) is not str or not (node in self._gathered and self._told.has(value)):
                made = {**made} if made is flat else made
                self._note(at, value, made)
        return made

    def end(self) -> None:
        """Add the texts of which the last counts, where a stream has one that was not taken."""
        for at, found in self._lasts.items():
            text, flat = found[0]
            if len(found) == 1 and text not in STILL and not self._told.place_of(text):
                self._note(at, text, flat)

    def _note(self, at: At, value: Json, flat: Flat) -> None:
        again = self._told.place_of(value) if type(value) is str else ""
        if type(value) is ToldAgain:
            again = value.value
        path: object = path_of(at) if again else (path_of(at), Take.EACH)
        if path not in flat:
            flat[path] = again or value
            if not again:
                leave(value, at, self._left)


Found: TypeAlias = tuple[At, Any, PathNode]
"""A text or a number with its path, and the step that tells of it."""


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


class ToldAgain(NamedTuple):
    """Stands for a value that a reader gave already for another one: that it is there again counts, as it was recorded."""

    value: Json


def _opened(
    found: list[Found], told: GivenTexts, far: GivenTexts | None = None, more: Collection[PathNode] = ()
) -> list[Found]:
    """Return what was found, and of values that are taken whatever they are, where no reader gave them, what is in them.

    far: what elements elsewhere add; at the steps of `more` they may hold what stands here.
    """
    made: list[Found] = []
    for at, value, node in found:
        if node.take in _HELD and type(value) is not str:
            _collect_held(value, at, made, node, (told, far if node in more else None, far))
        else:
            made.append((at, value, node))
    return made


_Sources: TypeAlias = tuple[GivenTexts, GivenTexts | None, GivenTexts | None]


def _collect_held(value: Json, at: At, found: list[Found], node: PathNode, given: _Sources) -> None:
    """Add the texts and numbers in a value that no reader gave: none that is sealed, no types."""
    if type(value) is str or is_empty(value):
        if value:
            found.append((at, value, node))
        return
    told, also, far = given
    if told.uses(value) or (also is not None and also.holds(value)):
        return
    if told.holds(value) or (far is not None and far.holds(value)):
        found.append((at, ToldAgain(value), node))
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
"""Of each step that was met, the keys at or below which a reader takes texts."""


def _steps(node: PathNode) -> list[tuple[str, PathNode]]:
    found = _STEPS.get(node)
    if found is None:
        known = () if node.take is Take.KNOWN else node.keys.items()
        found = _STEPS[node] = [(key, child) for key, child in known if _has_texts(child)]
    return found


def _has_texts(node: PathNode) -> bool:
    """Tell whether a reader takes texts at a step, or below it."""
    if node.take is Take.KNOWN:
        return False
    return node.take in _LOOKED_FOR or bool(_steps(node)) or (node.items is not None and _has_texts(node.items))
