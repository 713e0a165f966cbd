"""JSON as a tree that expands and collapses: duplicate keys and the source text of numbers are kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from recviewer.exchange.encode import SourceFloat
from recviewer.pages.templatetags.words import counted
from recviewer.pages.text.jsontext import compact, looks_like_json

MOST = 1_500
"""Maximum number of values in a tree; more are easier to read as lines."""

DEEPEST = 30
"""Levels of a tree."""

ALL_OPEN = 40
"""Number of values up to which a whole tree is expanded at first."""

PREVIEW = 70
"""Characters of a collapsed value that are shown beside its count."""

_FENCED = re.compile(r"\s*```(?:json)?[ \t]*\n(?P<inside>.*?)\n[ \t]*```\s*", re.DOTALL | re.IGNORECASE)


class Pairs(tuple[tuple[str, Any], ...]):
    """An object as it was written, with duplicate keys."""

    __slots__ = ()


Step: TypeAlias = Literal["open", "close", "leaf"]


@dataclass(frozen=True, slots=True)
class TreeStep:
    """A line of a tree, in order. what: the start or end of an object or a list, or a value.

    key: as JSON, "" for none. text: a value as JSON; at a start the number of members, with the beginning of the
    content in `preview`.
    """

    what: Step
    key: str = ""
    text: str = ""
    preview: str = ""
    is_open: bool = False


def json_in(text: str) -> str:
    """Return the JSON in a text, also in a Markdown code block; "" for any other text."""
    fenced = _FENCED.fullmatch(text) if text.lstrip().startswith("```") else None
    inside = fenced["inside"] if fenced else text
    return inside if looks_like_json(inside) else ""


def tree(text: str) -> tuple[TreeStep, ...] | None:
    """Return JSON as a tree; None if it is not JSON, or too large for one."""
    try:
        value = json.loads(text, object_pairs_hook=Pairs, parse_float=SourceFloat, parse_int=SourceFloat)
    except (ValueError, RecursionError):
        return None
    count = _count(value, MOST, DEEPEST)
    if count < 0:
        return None
    return tuple(_steps(value, "", is_open=True, opens_all=count >= MOST - ALL_OPEN))


def _count(value: Any, left: int, deepest: int) -> int:
    """Return how much of a budget of values is left, -1 for too many or too deep."""
    left -= 1
    if not isinstance(value, Pairs | list):
        return left
    if not deepest:
        return -1
    for inner in value:
        left = _count(inner[1] if isinstance(value, Pairs) else inner, left, deepest - 1)
        if left < 0:
            return -1
    return left


def _steps(value: Any, key: str, *, is_open: bool, opens_all: bool) -> Iterator[TreeStep]:
    if isinstance(value, Pairs):
        inside = [(_text(name), inner) for name, inner in value]
        told = counted(len(inside), "key")
    elif isinstance(value, list):
        inside = [("", inner) for inner in value]
        told = counted(len(inside), "item")
    else:
        yield TreeStep("leaf", key, _plain(value))
        return
    if not inside:
        yield TreeStep("leaf", key, "{}" if isinstance(value, Pairs) else "[]")
        return
    beginning = compact(_unpaired(value), PREVIEW)
    preview = beginning if len(beginning) <= PREVIEW else f"{beginning[:PREVIEW]}…"
    yield TreeStep("open", key, told, preview, is_open)
    for name, inner in inside:
        yield from _steps(inner, name, is_open=opens_all, opens_all=opens_all)
    yield TreeStep("close")


def _unpaired(value: Any) -> Any:
    """Return a value with objects in the form of `compact`."""
    if isinstance(value, Pairs):
        return {name: _unpaired(inner) for name, inner in value}
    return [_unpaired(inner) for inner in value] if isinstance(value, list) else value


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    return str(value) if isinstance(value, SourceFloat) else json.dumps(value)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
