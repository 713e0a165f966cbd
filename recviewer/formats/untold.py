"""Texts that a shape says its reader takes, which the reader did not take in the place where they stand.

A shape tells of paths, a reader looks at more: an event's type, the first of several, one key where another is missing. What
the reader did not take says nothing in the neutral model, so that it counts as it was recorded, and is not understood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from recviewer.exchange.elements import Flat
from recviewer.exchange.encode import encode
from recviewer.exchange.model import Delta, Json, Left, Reply, Request
from recviewer.exchange.shape import At, PathNode, Take, is_spelled_otherwise, leave, path_of

STILL = frozenset({"in_progress"})
"""What stands at the place of an end and says that there was none yet, which no reader takes as one."""

_TEXTS = frozenset({Take.TEXT, Take.LAST, Take.WRITTEN})


class Told:
    """The texts that a reader gives. asked: makes the request, parts of which some replies repeat."""

    __slots__ = ("_asked", "_given", "_joined")

    def __init__(self, given: object, asked: Callable[[], Request] | None = None) -> None:
        self._given, self._asked = given, asked
        self._joined: str | None = None

    def has(self, text: str) -> bool:
        """Tell whether a text is among those given, or a part of one."""
        if self._joined is None:
            self._joined = "\n".join(_texts_in(self._given))
        if text in self._joined or encode(text).decode()[1:-1] in self._joined:
            return True
        if self._asked is None:
            return False
        self._joined += "\n" + "\n".join(_texts_in(self._asked().messages))
        self._asked = None
        return self.has(text)


def of_reply(reply: Reply, asked: Callable[[], Request]) -> Told:
    """Return what a reader gives of a reply."""
    return Told((reply.outputs, reply.exhibits, reply.error, reply.usage, reply.model), asked)


def of_whole(body: Json, root: PathNode, told: Told, left: list[Left]) -> dict[str, Json]:
    """Return the texts of a whole reply that should have been taken and were not, by path."""
    found = [(at, text) for at, text, _ in _taken(body, root, ()) if not told.has(text)]
    for at, text in found:
        leave(text, at, left)
    return {path_of(at): text for at, text in found}


class OfStream:
    """The same of the elements of a stream. Of a text of which the last counts, that counts where it came but once."""

    __slots__ = ("_lasts", "_left", "_root", "_told")

    def __init__(self, root: PathNode, told: Told, left: list[Left]) -> None:
        self._root, self._told, self._left = root, told, left
        self._lasts: dict[At, list[tuple[str, Flat]]] = {}

    def counted(self, element: Json, adds: Sequence[Delta], flat: Flat) -> Flat:
        """Return what counts of an element with what should have been taken of it and was not. flat: what counts without."""
        said = {text for delta in adds for text in (delta.text, delta.reasoning)}
        nearby: Told | None = None
        made = flat
        for at, text, is_last in _taken(element, self._root, ()):
            if is_last:
                made = {**made} if made is flat else made
                self._lasts.setdefault(at, []).append((text, made))
            elif text not in said:
                nearby = nearby or Told(adds)
                if not nearby.has(text) and not self._told.has(text):
                    made = {**made} if made is flat else made
                    self._leave(at, text, made)
        return made

    def end(self) -> None:
        """Add the texts of which the last counts, where a stream has one that was not taken."""
        for at, found in self._lasts.items():
            text, flat = found[0]
            if len(found) == 1 and text not in STILL and not self._told.has(text):
                self._leave(at, text, flat)

    def _leave(self, at: At, text: str, flat: Flat) -> None:
        leave(text, at, self._left)
        flat[path_of(at), Take.EACH] = text


def _taken(value: Json, node: PathNode, at: At) -> Iterator[tuple[At, str, bool]]:
    """Yield the texts at paths that a reader takes, each with its path, and whether only the last of a stream counts."""
    kind = type(value)
    if kind is str:
        if value and node.take in _TEXTS and not node.twin:
            yield at, value, node.take is Take.LAST
    elif kind is dict:
        clashing = node.clashing(value) if node.one_of else ()
        for key, child in _steps(node):
            item = value.get(key)
            if item and key not in clashing and not (child.spelling and is_spelled_otherwise(item, child, value)):
                yield from _taken(item, child, (*at, key))
    elif kind is list and node.items is not None and _has_texts(node.items):
        for place, item in enumerate(value):
            yield from _taken(item, node.items, (*at, place))


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
    return node.take in _TEXTS or bool(_steps(node)) or (node.items is not None and _has_texts(node.items))


def _texts_in(value: object) -> Iterator[str]:
    """Yield all texts in values of the neutral model, also the keys of objects."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts_in(item)
    else:
        for name in getattr(value, "__slots__", ()):
            yield from _texts_in(getattr(value, name))
