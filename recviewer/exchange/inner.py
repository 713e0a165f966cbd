"""The sentence inside of a failure: providers wrap it in a dict, clients print that dict, and proxies wrap it again."""

from __future__ import annotations

import ast
import json
from typing import Any

LONGEST = 20_000
"""Characters of a message that is looked into."""

DEEPEST = 4
"""How often a message may hold another one."""

_BRACKETS = 200
"""Opening brackets of a message that is looked into: no failure that says one thing holds more."""


def inner_message(text: str) -> str:
    """Return the innermost message of a failure's text, or the text where it holds none: nothing is guessed.

    `Error code: 400 - {'error': {'message': 'no such model'}}` is `no such model`. Read are JSON and what Python prints of
    a dict.
    """
    said = text
    for _ in range(DEEPEST):
        found = _within(said)
        if not found:
            break
        said = found
    return said


def _within(text: str) -> str:
    start = text.find("{")
    if start < 0 or len(text) > LONGEST or text.count("{") + text.count("[") + text.count("(") > _BRACKETS:
        return ""
    inside = text[start : text.rfind("}") + 1]
    return _message(_read(inside))


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _message(value: Any) -> str:
    for _ in range(DEEPEST):
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, dict):
            break
        value = next((value[name] for name in ("error", "message") if value.get(name)), None)
    return value.strip() if isinstance(value, str) else ""
