"""What is empty, and how a value that nobody understands is noted, with the path at which it stands."""

from __future__ import annotations

import json
import re
from typing import Any

from recviewer.exchange.model import Json, Left

At = tuple[Any, ...]
"""A path, as the keys and places on it."""


def is_empty(value: Json) -> bool:
    """Tell whether a value is null or holds nothing."""
    return value is None or (type(value) in (str, list, dict) and not value)


def is_hollow(value: Json) -> bool:
    """Tell whether a value is empty, or holds only empty values: `{"content": null}` says nothing."""
    if type(value) is dict:
        return all(map(is_hollow, value.values()))
    return all(map(is_hollow, value)) if type(value) is list else is_empty(value)


def leave(value: Json, at: At, left: list[Left]) -> None:
    """Note a value that is not understood."""
    if not is_empty(value):
        left.append(Left(path_of(at), value))


_ODD = re.compile(r"[.\[\]()'\"]")


def path_of(at: At) -> str:
    """Return a path as people write it: `choices[0].message.content`. Odd keys are quoted."""
    made = ""
    for step in at:
        if type(step) is int:
            made += f"[{step}]"
        else:
            key = json.dumps(step) if not step or _ODD.search(step) else step
            made += f".{key}" if made else key
    return made
