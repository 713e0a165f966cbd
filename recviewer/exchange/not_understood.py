"""Emptiness of values, and notes of values that no reader understands, with their paths."""

from __future__ import annotations

import json
import re
from typing import Any

from recviewer.exchange.model import Json, Left

At = tuple[Any, ...]
"""A path as a tuple of keys and list indexes."""


def is_empty(value: Json) -> bool:
    """Tell whether a value is null, "", [] or {}."""
    return value is None or (type(value) in (str, list, dict) and not value)


def is_hollow(value: Json) -> bool:
    """Tell whether a value is empty or contains only empty values, such as `{"content": null}`."""
    if type(value) is dict:
        return all(map(is_hollow, value.values()))
    return all(map(is_hollow, value)) if type(value) is list else is_empty(value)


def leave(value: Json, at: At, left: list[Left]) -> None:
    """Append a value that is not understood to `left`, unless it is empty."""
    if not is_empty(value):
        left.append(Left(path_of(at), value))


_ODD = re.compile(r"[.\[\]()'\"]")


def path_of(at: At) -> str:
    """Return a path in readable form: `choices[0].message.content`. Keys with special characters are quoted."""
    made = ""
    for step in at:
        if type(step) is int:
            made += f"[{step}]"
        else:
            key = json.dumps(step) if not step or _ODD.search(step) else step
            made += f".{key}" if made else key
    return made
