"""The tree of paths of a shape, see `shape`, and how the value at a path is treated."""

from __future__ import annotations

import re
from enum import Enum
from fnmatch import translate

from recviewer.exchange.encode import SourceFloat
from recviewer.exchange.harmless_entry import HowHarmless
from recviewer.exchange.model import Json
from recviewer.exchange.not_understood import is_empty


class Take(Enum):
    """How a value at a path is treated.

    text, whole, number, any: the reader takes values of this type; others are left over. vector: numbers, or base64
    text. base64: base64 text, of which the reader takes the decoded bytes. object: an object; other values count as
    recorded, because the reader shows them too. written: text; any other value is converted to text by the reader, and
    its type counts too. last: text, of which a stream's last value counts, and numbers, which count as recorded. final:
    of a stream, only the value in the last element counts, as recorded. known: counts as recorded. count: the reader
    takes the items of a list, and their number counts here. each: counts as recorded, in a stream at every occurrence.
    """

    TEXT = "text"
    BASE64 = "base64"
    WHOLE = "whole"
    NUMBER = "number"
    ANY = "any"
    OBJECT = "object"
    WRITTEN = "written"
    VECTOR = "vector"
    LAST = "last"
    FINAL = "final"
    KNOWN = "known"
    COUNT = "count"
    EACH = "each"


_TYPES: dict[Take, tuple[type, ...]] = {
    Take.TEXT: (str,),
    Take.BASE64: (str,),
    Take.LAST: (str,),
    Take.WRITTEN: (str,),
    Take.WHOLE: (int,),
    Take.OBJECT: (dict,),
    Take.NUMBER: (int, float, SourceFloat),
    Take.ANY: (str, int, float, SourceFloat, bool, list, dict),
}
MATCHED_MOST = 1_000
"""Most keys for which a node caches which pattern they match."""

NUMBERS = frozenset({int, float, SourceFloat})
"""Types of numbers; a truth value is none."""

_HEADERS = frozenset({"headers", "HTTPHeaders"})
_BASE64 = re.compile(r"[0-9A-Za-z+/]*={0,2}")


class PathNode:
    """One node of the tree of paths.

    keys, patterns, any_key: the children of an object, by key; items: the child of a list. matched: cache from keys to
    the nodes of their patterns. take, how: how the value is treated. twin: the path, from the object that contains this
    value, to the value that it repeats. spelling: another key for the same value, which the reader prefers if both are
    present. one_of: groups of keys of which the reader takes only one.
    """

    __slots__ = ("any_key", "how", "items", "keys", "matched", "one_of", "patterns", "spelling", "take", "twin")

    def __init__(self) -> None:
        self.keys: dict[str, PathNode] = {}
        self.patterns: list[tuple[re.Pattern[str], PathNode]] = []
        self.matched: dict[str, PathNode | None] = {}
        self.any_key: PathNode | None = None
        self.items: PathNode | None = None
        self.take: Take | None = None
        self.how: HowHarmless | None = None
        self.twin: tuple[str, ...] = ()
        self.spelling = ""
        self.one_of: tuple[tuple[str, ...], ...] = ()

    def child(self, key: str) -> PathNode | None:
        """Return the child for a key, None if no path describes it."""
        found = self.keys.get(key)
        if found is None and self.patterns:
            if key in self.matched:
                return self.matched[key] or self.any_key
            low = key.lower()
            found = next((node for pattern, node in self.patterns if pattern.match(low)), None)
            if len(self.matched) < MATCHED_MOST:
                self.matched[key] = found
        return found or self.any_key

    def at(self, path: str) -> PathNode:
        """Return the node at a path, created if missing. Patterns and names of headers match whatever the case."""
        node, before = self, ""
        for step in filter(None, path.replace("[]", ".[]").split(".")):
            before, holder = step, before
            if step == "[]":
                node.items = node.items or PathNode()
                node = node.items
            elif step == "*":
                node.any_key = node.any_key or PathNode()
                node = node.any_key
            elif "*" in step or holder in _HEADERS:
                made = PathNode()
                node.patterns.append((re.compile(translate(step)), made))
                node = made
            else:
                node = node.keys.setdefault(step, PathNode())
        return node

    def keep(self) -> None:
        """Let all of a value count as recorded, but for what has entries of its own on the list of what is harmless."""
        if self.how is not None:
            return
        if not self.has_steps:
            self.take = Take.KNOWN
        if self.items is not None:
            self.items.keep()
        if self.keys or self.patterns:
            for child in (*self.keys.values(), *[child for _, child in self.patterns]):
                child.keep()
            self.any_key = self.any_key or PathNode()
            self.any_key.take = Take.KNOWN

    def clashing(self, holder: dict[str, Json]) -> list[str]:
        """Return the keys of an object that exclude each other (`one_of`), if several of a group are present."""
        groups = ([key for key in keys if not is_empty(holder.get(key))] for keys in self.one_of)
        return [key for found in groups if len(found) > 1 for key in found]

    @property
    def has_steps(self) -> bool:
        """Tell whether the node has children."""
        return bool(self.keys or self.patterns or self.any_key or self.items)

    def takes(self, value: Json) -> bool:
        """Tell whether the reader takes a non-empty value as meaning."""
        if self.take is Take.VECTOR:
            return _is_vector(value)
        return self.take is not None and type(value) in _TYPES.get(self.take, ())

    def twin_in(self, holder: dict[str, Json]) -> Json:
        """Return the value that the one at this node repeats, None if there is none."""
        other: Json = holder
        for key in self.twin:
            other = other.get(key) if type(other) is dict else None
        return other


def _is_vector(value: Json) -> bool:
    if type(value) is str:
        size = len(value) // 4 * 3 - value.count("=")
        return len(value) % 4 == 0 and size % 4 == 0 and _BASE64.fullmatch(value) is not None
    return type(value) is list and NUMBERS.issuperset(map(type, value))
