"""Texts that a shape says its reader takes, which the reader did not take in the place where they stand.

A shape tells of paths, a reader looks at more: an event's type, the first of several, one key where another is missing. What
the reader did not take says nothing in the neutral model, so that it counts as it was recorded, and is not understood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from recviewer.exchange.elements import Flat
from recviewer.exchange.encode import SourceFloat, encode
from recviewer.exchange.harmless import OPAQUE
from recviewer.exchange.model import Delta, Json, Left, Reply, Request
from recviewer.exchange.shape import At, PathNode, Shape, Take, is_spelled_otherwise, leave, path_of
from recviewer.formats.gathered import gathered

_TELLING = frozenset({"type", "generation_id"})
"""Keys in a value that is taken whatever it is of which a reader may give another form, or nothing: an id made anew."""

STILL = frozenset({"in_progress", "null"})
"""What stands at the place of an end and says that there was none yet, which no reader takes as one (DashScope: `null`)."""

MATCHED_MOST = 2_000
"""Texts of one reply that are matched one by one; of more it is only asked whether they are there."""

_TEXTS = frozenset({Take.TEXT, Take.LAST, Take.WRITTEN, Take.ANY})
_LOOKED_FOR = _TEXTS | {Take.NUMBER}


class GivenTexts:
    """The texts that a reader gives. asked: makes the request, parts of which some replies repeat."""

    __slots__ = ("_asked", "_asked_text", "_given", "_joined", "_texts")

    def __init__(self, given: object, asked: Callable[[], Request] | None = None) -> None:
        self._given, self._asked = given, asked
        self._joined: str | None = None
        self._asked_text: str | None = None
        self._texts: tuple[str, ...] | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of the reply."""
        if self._texts is None:
            self._texts = tuple(filter(None, _texts_in(self._given)))
        return self._texts

    @property
    def numbers(self) -> Iterator[float]:
        """The numbers of the reply."""
        return _numbers_in(self._given)

    def place_of(self, text: str) -> str:
        """Return which of the texts given a text repeats; one that the request has as itself, any other as ""."""
        if text in self.texts:
            return f"(the same as text {self.texts.index(text) + 1})"
        return text if self._has_asked(text) else ""

    def has(self, text: str) -> bool:
        """Tell whether a text is among those given, or a part of one."""
        if self._joined is None:
            self._joined = "\n".join(self.texts)
        if text in self._joined or encode(text).decode()[1:-1] in self._joined:
            return True
        return self._has_asked(text)

    def lacks(self, texts: Sequence[str]) -> list[int]:
        """Return the places of those texts that are not among those given, each of which stands for one of them alone.

        The letters of a text that stand in another one's place do not make it given.
        """
        rest = list(self.texts)
        left = []
        if len(texts) <= MATCHED_MOST:
            many = Counter(rest)
            for place, text in enumerate(texts):
                if many[text]:
                    many[text] -= 1
                else:
                    left.append(place)
            if not left:
                return []
            rest = list(many.elements())
            found = _not_in(rest, texts, left)
            if found:
                found = min(found, _not_in(rest, texts, sorted(left, key=lambda place: -len(texts[place]))), key=len)
        else:
            found = [place for place, text in enumerate(texts) if not self.has(text)]
        return found

    def _has_asked(self, text: str) -> bool:
        """Tell whether a text is a part of the request."""
        if self._asked is None:
            return False
        if self._asked_text is None:
            self._asked_text = "\n".join(_texts_in(self._asked().messages))
        return text in self._asked_text or encode(text).decode()[1:-1] in self._asked_text


def _not_in(given: Sequence[str], texts: Sequence[str], places: Iterable[int]) -> list[int]:
    """Return the places of texts that are no part of what is left of those given, once those before them are taken out."""
    rest = list(given)
    found = []
    for place in places:
        for text in dict.fromkeys((texts[place], encode(texts[place]).decode()[1:-1])):
            at = next((at for at, one in enumerate(rest) if text in one), None)
            if at is not None:
                before, _, behind = rest[at].partition(text)
                rest[at : at + 1] = [one for one in (before, behind) if one]
                break
        else:
            found.append(place)
    return found


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
    taken = _taken(body, root)
    texts = [one for one in taken if type(one[1]) is str]
    missed = told.lacks([text for _, text, _ in texts]) if texts else []
    numbers = [one for one in taken if type(one[1]) is not str] if len(texts) < len(taken) else []
    if not missed and not numbers:
        return found
    known = {one.where for one in left}
    for at, text, _ in map(texts.__getitem__, missed):
        path = path_of(at)
        if path not in known:
            _note(found, told, at, text, left)
    rest = Counter(told.numbers) if numbers else Counter()
    for at, number, _ in numbers:
        rest[number] -= 1
        if rest[number] < 0 and path_of(at) not in known:
            found.missed[path_of(at)] = number
            leave(number, at, left)
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
        once = [one for one in found if one[2].take is not Take.LAST]
        if len(once) < len(found):
            made = {**flat}
            for at, text, node in found:
                if node.take is Take.LAST:
                    self._lasts.setdefault(at, []).append((text, made))
        if not once or (len(once) == 1 and any(once[0][1] in (delta.text, delta.reasoning) for delta in adds)):
            return made
        for at, text, node in map(once.__getitem__, GivenTexts(adds).lacks([text for _, text, _ in once])):
            if not (node in self._gathered and self._told.has(text)):
                made = {**made} if made is flat else made
                self._note(at, text, made)
        return made

    def end(self) -> None:
        """Add the texts of which the last counts, where a stream has one that was not taken."""
        for at, found in self._lasts.items():
            text, flat = found[0]
            if len(found) == 1 and text not in STILL and not self._told.place_of(text):
                self._note(at, text, flat)

    def _note(self, at: At, text: str, flat: Flat) -> None:
        again = self._told.place_of(text)
        path: object = path_of(at) if again else (path_of(at), Take.EACH)
        if path not in flat:
            flat[path] = again or text
            if not again:
                leave(text, at, self._left)


Found: TypeAlias = tuple[At, Any, PathNode]
"""A text or a number with its path, and the step that tells of it."""


def _taken(value: Json, root: PathNode) -> list[Found]:
    """Return the texts and numbers at paths that a reader takes."""
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
                found.append(((*at, key), item, child))
    elif node.take is Take.ANY:
        _collect_held(value, at, found, node)
    elif kind is str:
        if value and node.take in _TEXTS and not node.twin:
            found.append((at, value, node))
    elif kind is list and node.items is not None and _has_texts(node.items):
        for place, item in enumerate(value):
            _collect(item, node.items, (*at, place), found)
    elif node.take is Take.NUMBER and node.takes(value):
        found.append((at, float(value), node))


def _collect_held(value: Json, at: At, found: list[Found], node: PathNode) -> None:
    """Add the texts in a value that a reader takes whatever it is: none that is sealed, no types."""
    if type(value) is str:
        if value:
            found.append((at, value, node))
    elif type(value) is dict:
        for key, item in value.items():
            if key not in OPAQUE and key not in _TELLING:
                _collect_held(item, (*at, key), found, node)
    elif type(value) is list:
        for place, item in enumerate(value):
            _collect_held(item, (*at, place), found, node)


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


def _numbers_in(value: object) -> Iterator[float]:
    """Yield all numbers in values of the neutral model."""
    if type(value) is bool or value is None or type(value) is str:
        return
    if isinstance(value, int | float | SourceFloat):
        yield float(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _numbers_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _numbers_in(item)
    else:
        for name in getattr(value, "__slots__", ()):
            yield from _numbers_in(getattr(value, name))
