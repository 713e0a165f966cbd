"""Arguments of a function call that are streamed as values with their paths in the object.

Source: Vertex AI, "Stream function call arguments": `partialArgs` has a JSON path (RFC 9535, `$.items[0].name`) and one
value; a text is appended to the previous value at the same path.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from recviewer.exchange.model import Json
from recviewer.formats.lookup import Lookup

_STEP = re.compile(r"""\.([^.\[\]]+)|\[(\d{1,6})\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]""")
_VALUES = ("string_value", "stringValue", "number_value", "numberValue", "bool_value", "boolValue")
_ROOM = 10_000
"""A single value extends a list to at most this length; beyond it the path is kept as a key."""


def put(arguments: dict[str, Json], piece: Lookup) -> None:
    """Store an argument value at its path. A value whose path cannot be followed is stored under the path as a key."""
    path = piece.text("jsonPath" if "jsonPath" in piece.data else "json_path")
    value = next((piece.data[key] for key in _VALUES if piece.data.get(key) is not None), None)
    steps = _steps(path)
    if not steps or not _set(arguments, steps, value):
        _set(arguments, [path], value)


def _steps(path: str) -> list[str | int]:
    """Return the steps of a path, [] if it is of a kind that matches none or several values."""
    rest = path.removeprefix("$")
    found: list[str | int] = []
    place = 0
    while place < len(rest):
        step = _STEP.match(rest, place)
        if step is None:
            return []
        if step[2] is not None:
            found.append(int(step[2]))
        else:
            name = step[1] if step[1] is not None else step[3] if step[3] is not None else step[4]
            found.append(re.sub(r"\\(.)", r"\1", name))
        place = step.end()
    return found


def _set(root: dict[str, Json], steps: list[str | int], value: Json) -> bool:
    """Set a value, creating objects and lists on the path. False if another value is in the way."""
    holder: Any = root
    for step, following in pairwise(steps):
        held = _held(holder, step)
        if held is None:
            held = [] if isinstance(following, int) else {}
            if not _store(holder, step, held):
                return False
        holder = held
    last = steps[-1]
    before = _held(holder, last)
    if isinstance(before, str) and isinstance(value, str):
        value = before + value
    return _store(holder, last, value)


def _held(holder: Any, step: str | int) -> Json:
    if isinstance(step, str):
        return holder.get(step) if isinstance(holder, dict) else None
    return holder[step] if isinstance(holder, list) and step < len(holder) else None


def _store(holder: Any, step: str | int, value: Json) -> bool:
    if isinstance(holder, dict) and isinstance(step, str):
        holder[step] = value
        return True
    if isinstance(holder, list) and isinstance(step, int) and step < _ROOM:
        holder.extend([None] * (step + 1 - len(holder)))
        holder[step] = value
        return True
    return False
