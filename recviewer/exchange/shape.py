"""The shape of a format's replies: the JSON paths that its reader takes as meaning, those known besides, those harmless.

What a reader takes is in the neutral model. What is harmless differs without saying anything else. All the rest counts as
it was recorded; of that, what the format does not even know by name is told to people as not understood.

A shape is written down as paths, next to the reader: `choices[].message.content:text`. `[]` is any item of a list, `*` in
a key any text. After the colon stands what the reader takes there; without one it is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from fnmatch import translate
from typing import Any

from recviewer.exchange.encode import SourceFloat
from recviewer.exchange.harmless import BY_FORMAT, EVERY, Harmless, How
from recviewer.exchange.model import Json, Left

PASSED = "…"
"""Stands for a value that is harmless, where that there is one counts."""


class Take(Enum):
    """What is done with a value.

    text, whole, number, any: the reader takes values of this type; others are left. last: text of which a stream's last
    counts. known: it counts as it was recorded.
    """

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    ANY = "any"
    LAST = "last"
    KNOWN = "known"


_TYPES: dict[Take, tuple[type, ...]] = {
    Take.TEXT: (str,),
    Take.LAST: (str, int),
    Take.WHOLE: (int,),
    Take.NUMBER: (int, float, SourceFloat),
    Take.ANY: (str, int, float, SourceFloat, bool, list, dict),
}


class _Node:
    """One step of the paths. take, how: what is said of this very value; `how` goes on below where nothing else is said.

    twin: the way, from the object that holds this value, to the one that it repeats.
    """

    __slots__ = ("any_key", "how", "items", "keys", "patterns", "take", "twin")

    def __init__(self) -> None:
        self.keys: dict[str, _Node] = {}
        self.patterns: list[tuple[re.Pattern[str], _Node]] = []
        self.any_key: _Node | None = None
        self.items: _Node | None = None
        self.take: Take | None = None
        self.how: How | None = None
        self.twin: tuple[str, ...] = ()

    def child(self, key: str) -> _Node | None:
        found = self.keys.get(key)
        if found is None:
            if self.patterns:
                low = key.lower()
                found = next((node for pattern, node in self.patterns if pattern.match(low)), None)
            return found or self.any_key
        return found

    def at(self, path: str) -> _Node:
        """Return the node at a path, made where there is none."""
        node = self
        for step in filter(None, path.replace("[]", ".[]").split(".")):
            if step == "[]":
                node.items = node.items or _Node()
                node = node.items
            elif step == "*":
                node.any_key = node.any_key or _Node()
                node = node.any_key
            elif "*" in step:
                made = _Node()
                node.patterns.append((re.compile(translate(step)), made))
                node = made
            else:
                node = node.keys.setdefault(step, _Node())
        return node


class Shape:
    """What the paths of one format's replies are: see the module.

    name: of the format. taken, known: paths. twins: pairs of (path, the path beside it that it repeats); a twin that says
    the same is left out, and is taken where the other is missing.
    """

    __slots__ = ("name", "root")

    def __init__(
        self, name: str, *, taken: Iterable[str] = (), known: Iterable[str] = (), twins: Iterable[tuple[str, str]] = ()
    ) -> None:
        self.name = name
        self.root = _Node()
        for entry in (*EVERY, *BY_FORMAT.get(name, ())):
            self.root.at(entry.path).how = entry.how
        for path in known:
            self.root.at(path).take = Take.KNOWN
        for told in taken:
            path, _, kind = told.partition(":")
            node = self.root.at(path)
            node.take, node.how = Take(kind or "text"), None
        for path, other in twins:
            node = self.root.at(path)
            node.take, node.twin = Take.TEXT, tuple(other.split("."))
        if "data" not in self.root.keys:
            self.root.at("data").take = Take.KNOWN  # an element that is no JSON is kept under this key

    def rest(self, body: Json, left: list[Left]) -> Json:
        """Return what counts of a whole reply besides what its reader took: the body without what was taken or is harmless.

        left: gets what is not known by name.
        """
        found = _rest(body, self.root, ("",), left)
        return {} if found is _NOTHING else found

    def add_element(self, element: Json, made: Elements, left: list[Left], *, event: str = "") -> None:
        """Add what counts of one element of a streamed reply to what counts of those before it. event: its name."""
        flat = self.flat(element, left)
        made.add({"event": event, **flat} if event else flat)

    def harmless(self, body: Json) -> Iterator[tuple[str, Json]]:
        """Yield the harmless values of a body, or of one element of a streamed one, each with its path, lists as `[]`."""
        yield from _harmless(body, self.root, "")

    def passed(self, key: str, value: Json) -> Json:
        """Return what counts of the harmless value at a key of the body."""
        node = self.root.keys[key]
        return value if node.how is None else _passed(value, node, node.how)

    def flat(self, element: Json, left: list[Left]) -> dict[str, Json]:
        """Return what counts of one element of a streamed reply, by path. Text stands where an element was no JSON."""
        if type(element) is str:
            return {"text": element}
        flat: dict[str, Json] = {}
        _flatten(element, self.root, (), flat, left)
        return flat


_NOTHING: Any = object()
"""Nothing is left of a value."""
_EMPTY: tuple[Json, ...] = (None, "", [], {})
_At = tuple[Any, ...]


def _is_empty(value: Json) -> bool:
    return value is None or (type(value) in (str, list, dict) and not value)


def _leave(value: Json, at: _At, left: list[Left]) -> None:
    if not _is_empty(value):
        left.append(Left(path_of(at), value))


def path_of(at: _At) -> str:
    """Return a path, kept as steps, as people write it: `choices[0].message.content`."""
    return "".join(f"[{step}]" if type(step) is int else f".{step}" for step in at if step != "").removeprefix(".")


def _rest(value: Json, node: _Node, at: _At, left: list[Left], how: How | None = None) -> Json:
    how = node.how or how
    take = node.take
    if take is not None:
        if take is Take.KNOWN:
            return value
        if type(value) in _TYPES[take] or (take is Take.ANY and value is not None):
            return _NOTHING
    elif how is not None:
        return _passed(value, node, how)
    if type(value) is dict and (node.keys or node.patterns or node.any_key or take is None):
        if node.any_key is not None and node.any_key.take is Take.KNOWN and not node.patterns:
            return _rest_of_known(value, node, at, left)
        return _rest_of_object(value, node, at, left)
    if type(value) is list and node.items is not None:
        inner = node.items
        kept_items = [_rest(item, inner, (*at, place), left) for place, item in enumerate(value)]
        return [{} if kept is _NOTHING else kept for kept in kept_items]
    if take is not None or not node.keys:
        _leave(value, at, left)
    return value


def _rest_of_object(value: dict[str, Json], node: _Node, at: _At, left: list[Left]) -> dict[str, Json]:
    made = {}
    for key, item in value.items():
        child = node.child(key)
        if child is None:
            made[key] = item
            _leave(item, (*at, key), left)
        elif not (child.twin and _repeats(value, child, item)):
            kept = _rest(item, child, (*at, key), left)
            if kept is not _NOTHING:
                made[key] = kept
    return made


def _rest_of_known(value: dict[str, Json], node: _Node, at: _At, left: list[Left]) -> dict[str, Json]:
    """Return what is left of an object all of whose keys are known: looked at are those of which something else is said."""
    made = dict(value)
    for key, child in node.keys.items():
        if key in made:
            kept = _rest(made[key], child, (*at, key), left)
            if kept is _NOTHING:
                del made[key]
            else:
                made[key] = kept
    return made


def _repeats(holder: dict[str, Json], child: _Node, value: Json) -> bool:
    """Tell whether a twin says just what the value beside it says."""
    other: Json = holder
    for key in child.twin:
        other = other.get(key) if type(other) is dict else None
    return type(value) is str and value == other


def _passed(value: Json, node: _Node, how: How) -> Json:
    """Return what counts of a harmless value."""
    if how is How.WHOLLY:
        return _NOTHING
    if how is How.VALUE:
        return value if _is_empty(value) or value == 0 else PASSED
    if how is How.UNFILTERED:
        return PASSED if value and not _has_true(value) else value
    if how is How.IDS:
        return without_ids(value)
    return _figures(value, node)


def _figures(value: Json, node: _Node | None) -> Json:
    if node is not None and node.how not in (None, How.FIGURE):
        return _passed(value, node, node.how)
    if type(value) is dict:
        pairs = ((key, _figures(item, node.child(key) if node else None)) for key, item in value.items())
        return {key: kept for key, kept in pairs if kept is not _NOTHING}
    if type(value) is list:
        return [_figures(item, None) for item in value]
    return PASSED if isinstance(value, int | float) and type(value) is not bool else value


def _has_true(value: Json) -> bool:
    """Tell whether a filter's verdict holds anything but that all is well."""
    if type(value) is dict:
        return any(
            item is True or (key == "severity" and item != "safe") or key == "error" or _has_true(item)
            for key, item in value.items()
        )
    return type(value) is list and any(map(_has_true, value))


_UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_NAMES = "request|trace|correlation|activity|operation|span"
_NAMED_ID = rf"(?i:\b(?:{_NAMES})[ _-]?id\b['\"]?\s*[:=]?\s*['\"]?)(?=[\w-]*\d)[\w-]{{6,}}"
_MADE_ID = r"\b(?:req|chatcmpl|resp|msg|call|trace|run)[_-](?=\w*\d)[0-9A-Za-z_-]{8,}"
_IDS_IN_TEXT = re.compile(f"(?P<name>{_NAMED_ID})|{_UUID}|{_MADE_ID}")
_TAIL = re.compile(r"[\w-]+$")


def without_ids(value: Json) -> Json:
    """Return an error's value with the ids of traces and requests inside its texts replaced by `#`."""
    if type(value) is str:
        return _IDS_IN_TEXT.sub(lambda found: _TAIL.sub("#", found[0]) if found["name"] else "#", value)
    if type(value) is dict:
        return {
            key: (PASSED if _is_id_key(key) and type(item) is str and item else without_ids(item))
            for key, item in value.items()
        }
    return [without_ids(item) for item in value] if type(value) is list else value


def _is_id_key(key: str) -> bool:
    low = key.lower().replace("_", "").replace("-", "")
    return low in ("requestid", "traceid", "correlationid", "activityid", "spanid", "eventid")


class Elements:
    """What counts of a streamed reply's elements, besides what is said: by path, the values in order of appearance.

    A value that only repeats the one before it at the same path counts once, and null and empty values not at all, so that
    it does not matter where a stream was cut. Of the keys of an element itself it counts whether all elements have them.
    """

    __slots__ = ("_count", "_last", "_times", "_tops", "_values")

    def __init__(self) -> None:
        self._values: dict[str, list[Json]] = {}
        self._tops: dict[str, int] = {}
        self._count = 0
        self._last: dict[str, Json] = {}
        self._times = 0

    def add(self, flat: dict[str, Json]) -> None:
        """Add one element's values by path."""
        self._settle()
        if flat is self._last:
            self._times = 1
            return
        for path, value in flat.items():
            known = self._values.get(path)
            if known is None:
                self._values[path] = [value]
            elif type(known[-1]) is not type(value) or known[-1] != value:
                known.append(value)
        self._last, self._times = flat, 1

    def again(self) -> None:
        """Add one more element like the last."""
        self._times += 1

    def _settle(self) -> None:
        self._count += self._times
        for path in self._last:
            if "." not in path and "[" not in path:
                self._tops[path] = self._tops.get(path, 0) + self._times
        self._times = 0

    def build(self) -> dict[str, Json]:
        """Return the values by path; of what only some elements have, the last value is null."""
        self._settle()
        made: dict[str, Json] = {}
        for path, values in self._values.items():
            if path.endswith(_LAST):
                if len(values) > 1:
                    made[path.removesuffix(_LAST)] = values
                continue
            is_sometimes = path in self._tops and self._tops[path] < self._count
            made[path] = [*values, None] if is_sometimes else values
        return made


_LAST = " (last)"


def _flatten(value: Json, node: _Node | None, at: _At, flat: dict[str, Json], left: list[Left]) -> None:
    """Add what counts of a value to `flat`, by path. node: None below what no path tells; `left` knows it then already."""
    if _is_empty(value):
        return
    if node is not None and (node.take is not None or node.how is not None):
        value, node = _counted(value, node, at, flat, left)
        if value is _NOTHING:
            return
    if type(value) is dict:
        _flatten_object(value, node, at, flat, left)
    elif type(value) is list:
        inner = node.items if node is not None else None
        if node is not None and inner is None:
            _leave(value, at, left)
        for place, item in enumerate(value):
            _flatten(item, inner, (*at, _place(item, place)), flat, left)
    else:
        if node is not None and node.take is None:
            _leave(value, at, left)
        flat[path_of(at)] = value


def _counted(value: Json, node: _Node, at: _At, flat: dict[str, Json], left: list[Left]) -> tuple[Json, _Node | None]:
    """Return what counts of a value that a path tells of, and the node to go on with below it."""
    take = node.take
    if take is None:
        return _passed(value, node, node.how or How.WHOLLY), None
    if take is Take.KNOWN:
        return value, None
    if type(value) in _TYPES[take] or take is Take.ANY:
        if take is Take.LAST:
            flat[path_of(at) + _LAST] = value
        return _NOTHING, None
    if node.keys or node.items or node.patterns:
        return value, node
    _leave(value, at, left)
    return value, None


def _flatten_object(
    value: dict[str, Json], node: _Node | None, at: _At, flat: dict[str, Json], left: list[Left]
) -> None:
    for key, item in value.items():
        child = node.child(key) if node is not None else None
        if node is not None and child is None:
            _leave(item, (*at, key), left)
        elif child is not None and child.twin and _repeats(value, child, item):
            continue
        _flatten(item, child, (*at, key), flat, left)


def _place(item: Json, place: int) -> int:
    """Return the place of an item: its own `index` where it names one, as choices and calls do."""
    index = item.get("index") if type(item) is dict else None
    return index if type(index) is int else place


def _harmless(value: Json, node: _Node, at: str) -> Iterator[tuple[str, Json]]:
    if node.how is not None and (node.how is not How.UNFILTERED or not _has_true(value)):
        yield from _all_values(value, at)
    elif type(value) is dict:
        for key, item in value.items():
            child = node.child(key)
            if child is not None and not _is_empty(item):
                yield from _harmless(item, child, f"{at}.{key}" if at else key)
    elif type(value) is list and node.items is not None:
        for item in value:
            yield from _harmless(item, node.items, f"{at}[]")


def _all_values(value: Json, at: str) -> Iterator[tuple[str, Json]]:
    if type(value) is dict:
        for key, item in value.items():
            yield from _all_values(item, f"{at}.{key}" if at else key)
    elif type(value) is not list or not any(type(item) in (dict, list) for item in value):
        yield at, value
    else:
        for item in value:
            yield from _all_values(item, f"{at}[]")


def entries(name: str) -> Iterator[Harmless]:
    """Yield what is harmless in the replies of a format."""
    yield from EVERY
    yield from BY_FORMAT.get(name, ())
