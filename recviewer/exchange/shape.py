"""The shape of a format's replies: which JSON paths its reader takes as meaning, which are known, which are harmless.

What a reader takes is in the neutral model. What is harmless may differ without a change of meaning. Everything else
counts as recorded; of that, values that the format does not even know by name are reported as not understood.

A shape is written as paths, next to the reader: `choices[].message.content:text`. `[]` is any item of a list, `*` in a
key matches any text. The `Take` follows the colon; without one it is text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from recviewer.exchange.encode import encode
from recviewer.exchange.error_ids import without_ids
from recviewer.exchange.harmless import BY_FORMAT, EVERY
from recviewer.exchange.harmless_entry import HowHarmless
from recviewer.exchange.made_ids import GENERATED
from recviewer.exchange.model import Json, Left
from recviewer.exchange.not_understood import At, is_empty, is_hollow, leave
from recviewer.exchange.path_nodes import NUMBERS, PathNode, Take
from recviewer.exchange.signs import PASSED, SIZE, passed_value


class Shape:
    """The paths of one format's replies: see the module.

    name: of the format. taken, known: paths. spellings: pairs of (path, the sibling key that the reader prefers if an
    object has both; the value at the path is then not understood). twins: pairs of (path, the path beside it that it
    repeats): an equal twin is left out, a different one counts; if the other is missing, the twin is taken, and its
    presence counts. alternatives: pairs of (path, keys of which the reader takes only one): if an object has several,
    none is understood.
    """

    __slots__ = ("name", "root")

    def __init__(
        self,
        name: str,
        *,
        taken: Iterable[str] = (),
        known: Iterable[str] = (),
        twins: Iterable[tuple[str, str]] = (),
        spellings: Iterable[tuple[str, str]] = (),
        alternatives: Iterable[tuple[str, tuple[str, ...]]] = (),
    ) -> None:
        self.name = name
        self.root = PathNode()
        for entry in (*EVERY, *BY_FORMAT.get(name, ())):
            self.root.at(entry.path).how = entry.how
        harmless = tuple([entry.path for entry in (*EVERY, *BY_FORMAT.get(name, ()))])
        for path in known:
            if any(other.startswith((f"{path}.", f"{path}[]")) for other in harmless):
                self.root.at(path).keep()
            elif path not in harmless:
                self.root.at(path).take = Take.KNOWN
        for told in taken:
            path, _, kind = told.partition(":")
            node = self.root.at(path)
            node.take, node.how = Take(kind or "text"), None
        for path, other in twins:
            node = self.root.at(path)
            node.take, node.twin = Take.TEXT, tuple(other.split("."))
        for path, key in spellings:
            self.root.at(path).spelling = key
        for path, keys in alternatives:
            node = self.root.at(path)
            node.one_of = (*node.one_of, keys)
        if "data" not in self.root.keys:
            self.root.at("data").take = Take.KNOWN  # an element that is no JSON is kept under this key

    def rest(self, body: Json, left: list[Left]) -> Json:
        """Return what else counts of a complete reply: its body without what the reader took and what is harmless.

        left: values not known by name are appended.
        """
        found = _rest(body, self.root, (), left)
        return {} if found is NOTHING else found

    def harmless(self, body: Json) -> Iterator[tuple[str, Json]]:
        """Yield the harmless values of a body, or of one element of a stream, with their paths; list indexes are `[]`."""
        yield from _harmless(body, self.root, "")

    def passed(self, key: str, value: Json) -> Json:
        """Return what counts of the harmless value at a top-level key of the body."""
        node = self.root.keys[key]
        return value if node.how is None else passed(value, node, node.how)


class ShapeOfTwo(Shape):
    """The shape of a format that reads other paths of a complete reply than of an element of a stream.

    whole: of complete replies; the other arguments are for elements.
    """

    __slots__ = ("whole",)

    def __init__(
        self,
        whole: Shape,
        *,
        taken: Iterable[str],
        known: Iterable[str],
        alternatives: Iterable[tuple[str, tuple[str, ...]]] = (),
    ) -> None:
        super().__init__(whole.name, taken=taken, known=known, alternatives=alternatives)
        self.whole = whole

    def rest(self, body: Json, left: list[Left]) -> Json:
        """Return what else counts of a complete reply, see `Shape`."""
        return self.whole.rest(body, left)


def names_file(disposition: Json) -> bool:
    """Tell whether a `content-disposition` has anything but how to show the reply: a name of a file, or no text at all."""
    return type(disposition) is not str or "=" in disposition


NOTHING: Any = object()
"""Sentinel: nothing of a value counts."""


def is_twin(item: Json, other: Json) -> bool:
    """Tell whether a value repeats another. Only equal texts do; values of other types always count."""
    return type(item) is str and item == other


def is_spelled_otherwise(item: Json, node: PathNode, holder: dict[str, Json]) -> bool:
    """Tell whether an object has a different value under the preferred spelling of the same key."""
    other = holder.get(node.spelling)
    return item is not None and other is not None and encode(item, is_sorted=True) != encode(other, is_sorted=True)


def type_of(value: Json) -> str:
    """Return a placeholder for a value of which only the type counts."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return f"({names.get(type(value), 'a number')})"


def _rest(value: Json, node: PathNode, at: At, left: list[Left]) -> Json:
    take = node.take
    if take is Take.KNOWN or take is Take.FINAL or take is Take.EACH:
        return value
    if take is Take.COUNT:
        return len(value) if type(value) is list else value
    if take is not None:
        if is_empty(value):
            return value
        if node.takes(value):
            return NOTHING
        if take is Take.OBJECT or (take is Take.LAST and type(value) is int):
            return value
        if take is Take.WRITTEN:
            return type_of(value)
    elif node.how is not None:
        return passed(value, node, node.how)
    if type(value) is dict and (node.has_steps or take is None):
        return _rest_of_object(value, node, at, left)
    if type(value) is list and node.items is not None:
        inner = node.items
        found = [_rest(item, inner, (*at, place), left) for place, item in enumerate(value)]
        kept = [{} if item is NOTHING else item for item in found]
        is_text = "text" in inner.keys and inner.keys["text"].take is Take.TEXT
        return _with_sizes(value, kept) if is_text and len(kept) > 1 else kept
    leave(value, at, left)
    return value


def _with_sizes(blocks: list[Json], kept: list[Json]) -> list[Json]:
    """Add the length of each block's text: the reader joins the texts, but values beside a text refer to that text alone."""
    return [
        {**rest, SIZE: len(block["text"])} if type(rest) is dict and type(block.get("text")) is str else rest
        for block, rest in zip(blocks, kept, strict=True)
    ]


def _rest_of_object(value: dict[str, Json], node: PathNode, at: At, left: list[Left]) -> dict[str, Json]:
    clashing = node.clashing(value) if node.one_of else ()
    for key in clashing:
        leave(value[key], (*at, key), left)
    if node.any_key is not None and node.any_key.take is Take.KNOWN and not node.patterns:
        return _rest_of_known(value, node, at, left, clashing)
    made: dict[str, Json] = {key: value[key] for key in clashing}
    for key, item in value.items():
        if key in made:
            continue
        child = node.child(key)
        if child is None or (child.spelling and is_spelled_otherwise(item, child, value)):
            made[key] = item
            leave(item, (*at, key), left)
            continue
        other = child.twin_in(value) if child.twin else None
        if not is_empty(other):
            if not is_twin(item, other):
                made[key] = item
            continue
        kept = _rest(item, child, (*at, key), left)
        if kept is not NOTHING:
            made[key] = kept
        elif child.twin:
            made[key] = type_of(item)  # no equal value beside it, so the key that holds a text counts
    return made


def _rest_of_known(
    value: dict[str, Json], node: PathNode, at: At, left: list[Left], clashing: Collection[str]
) -> dict[str, Json]:
    """Return the remaining part of an object whose keys are all known. Only keys with a rule of their own are visited."""
    made = dict(value)
    for key, child in node.keys.items():
        if key in made and key not in clashing:
            if child.spelling and is_spelled_otherwise(made[key], child, value):
                leave(made[key], (*at, key), left)
                continue
            is_taken = child.take is Take.ANY and not is_empty(made[key])
            if is_taken or (child.how is HowHarmless.WHOLLY and child.take is None):
                del made[key]
                continue
            kept = _rest(made[key], child, (*at, key), left)
            if kept is NOTHING:
                del made[key]
            else:
                made[key] = kept
    return made


def passed(value: Json, node: PathNode | None, how: HowHarmless) -> Json:
    """Return what counts of a harmless value; `NOTHING` if nothing does. node: for rules about values inside it."""
    if how is HowHarmless.WHOLLY:
        return NOTHING
    if how is HowHarmless.VALUE:
        return value if is_hollow(value) or value == 0 else passed_value(value)
    if how is HowHarmless.UNFILTERED:
        if not value or _has_struck(value):
            return value
        return [PASSED] if type(value) is list else PASSED
    if how is HowHarmless.UNNAMED:
        return value if names_file(value) else NOTHING
    if how is HowHarmless.MADE:
        return passed_value(value) if type(value) is str and GENERATED.fullmatch(value) else value
    if how is HowHarmless.IDS:
        return without_ids(value)
    return _figures(value, node)


def _figures(value: Json, node: PathNode | None) -> Json:
    if node is not None and node.how is HowHarmless.VALUE and type(value) not in NUMBERS:
        return value  # a count that is no number
    if node is not None and node.how not in (None, HowHarmless.FIGURE):
        return passed(value, node, node.how or HowHarmless.FIGURE)
    kind = type(value)
    if kind is dict:
        made = {}
        for key, item in value.items():
            child = node.child(key) if node is not None else None
            if child is None and type(item) in NUMBERS:
                made[key] = PASSED
            elif (kept := _figures(item, child)) is not NOTHING:
                made[key] = kept
        return made
    if kind is list:
        return [_figures(item, None) for item in value]
    return PASSED if kind in NUMBERS else value


def _has_struck(value: Json, key: str = "") -> bool:
    """Tell whether a content filter's verdict contains anything but "safe", in words that are known to say so.

    key: the key of the value, or of the list that contains it.
    """
    if type(value) is dict:
        return not value or any(_has_struck(item, name) for name, item in value.items())
    if type(value) is list:
        return any(_has_struck(item, key) for item in value) if value else key not in _LISTED
    if key == "severity":
        return bool(value != "safe")
    return type(value) is not int if key == "prompt_index" else value is not False or key not in _CLEARED


_CLEARED = frozenset({"filtered", "detected"})
"""Keys of a verdict that say "nothing found" by `false`."""

_LISTED = frozenset({"details"})
"""Keys of a verdict that say "nothing found" by an empty list."""


def _is_counted(value: Json, how: HowHarmless) -> bool:
    """Tell whether all of a value counts although a path of the list leads to it."""
    if how is HowHarmless.UNFILTERED:
        return _has_struck(value)
    if how is HowHarmless.MADE:
        return type(value) is str and GENERATED.fullmatch(value) is None
    return how is HowHarmless.UNNAMED and names_file(value)


def _harmless(value: Json, node: PathNode, at: str) -> Iterator[tuple[str, Json]]:
    if node.how is not None and not _is_counted(value, node.how):
        yield from _all_values(value, at)
    elif type(value) is dict:
        for key, item in value.items():
            child = node.child(key)
            if child is not None and not is_empty(item):
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
