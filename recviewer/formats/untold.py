"""Texts that a shape says its reader takes, which the reader did not take in the place where they stand.

A shape tells of paths, a reader looks at more: an event's type, the first of several, one key where another is missing. What
the reader did not take says nothing in the neutral model, so that it counts as it was recorded, and is not understood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from recviewer.exchange.elements import Flat
from recviewer.exchange.encode import encode
from recviewer.exchange.harmless import OPAQUE
from recviewer.exchange.model import Delta, Json, Left, Reply, Request
from recviewer.exchange.shape import At, PathNode, Take, is_spelled_otherwise, leave, path_of

_TELLING = frozenset({"type", "generation_id"})
"""Keys in a value that is taken whatever it is of which a reader may give another form, or nothing: an id made anew."""

STILL = frozenset({"in_progress", "null"})
"""What stands at the place of an end and says that there was none yet, which no reader takes as one (DashScope: `null`)."""

_TEXTS = frozenset({Take.TEXT, Take.LAST, Take.WRITTEN, Take.ANY})


class GivenTexts:
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


def of_reply(reply: Reply, asked: Callable[[], Request]) -> GivenTexts:
    """Return what a reader gives of a reply."""
    return GivenTexts((reply.outputs, reply.exhibits, reply.error, reply.usage, reply.model), asked)


def of_whole(body: Json, root: PathNode, told: GivenTexts, left: list[Left]) -> dict[str, Json]:
    """Return the texts of a whole reply that should have been taken and were not, by path."""
    missed = [(at, text) for at, text, _ in _taken(body, root) if not told.has(text)]
    if not missed:
        return {}
    known = {one.where for one in left}
    found = [(at, text) for at, text in missed if path_of(at) not in known]
    for at, text in found:
        leave(text, at, left)
    return {path_of(at): text for at, text in found}


class UntoldInStream:
    """The same of the elements of a stream. Of a text of which the last counts, that counts where it came but once."""

    __slots__ = ("_lasts", "_left", "_root", "_told")

    def __init__(self, root: PathNode, told: GivenTexts, left: list[Left]) -> None:
        self._root, self._told, self._left = root, told, left
        self._lasts: dict[At, list[tuple[str, Flat]]] = {}

    def counted(self, element: Json, adds: Sequence[Delta], flat: Flat) -> Flat:
        """Return what counts of an element with what should have been taken of it and was not. flat: what counts without."""
        found = _taken(element, self._root)
        if not found:
            return flat
        said = {text for delta in adds for text in (delta.text, delta.reasoning)}
        nearby: GivenTexts | None = None
        made = flat
        for at, text, is_last in found:
            if is_last:
                made = {**made} if made is flat else made
                self._lasts.setdefault(at, []).append((text, made))
            elif text not in said:
                nearby = nearby or GivenTexts(adds)
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
        path = path_of(at), Take.EACH
        if path not in flat:
            leave(text, at, self._left)
            flat[path] = text


Found: TypeAlias = tuple[At, str, bool]
"""A text with its path, and whether only the last of a stream counts."""


def _taken(value: Json, root: PathNode) -> list[Found]:
    """Return the texts at paths that a reader takes."""
    found: list[Found] = []
    _collect(value, root, (), found)
    return found


def _collect(value: Json, node: PathNode, at: At, found: list[Found]) -> None:
    kind = type(value)
    if kind is dict and node.take is not Take.ANY:
        for key, child in _steps(node):
            item = value.get(key)
            if not item or (child.spelling and is_spelled_otherwise(item, child, value)):
                continue
            if type(item) is not str:
                _collect(item, child, (*at, key), found)
            elif child.take in _TEXTS and not child.twin:
                found.append(((*at, key), item, child.take is Take.LAST))
    elif node.take is Take.ANY:
        _collect_held(value, at, found)
    elif kind is str:
        if value and node.take in _TEXTS and not node.twin:
            found.append((at, value, node.take is Take.LAST))
    elif kind is list and node.items is not None and _has_texts(node.items):
        for place, item in enumerate(value):
            _collect(item, node.items, (*at, place), found)


def _collect_held(value: Json, at: At, found: list[Found]) -> None:
    """Add the texts in a value that a reader takes whatever it is: none that is sealed, no types."""
    if type(value) is str:
        if value:
            found.append((at, value, False))
    elif type(value) is dict:
        for key, item in value.items():
            if key not in OPAQUE and key not in _TELLING:
                _collect_held(item, (*at, key), found)
    elif type(value) is list:
        for place, item in enumerate(value):
            _collect_held(item, (*at, place), found)


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
