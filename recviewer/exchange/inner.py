"""The innermost message of an error: providers wrap it in a dict, clients print that dict, and proxies wrap it again."""

from __future__ import annotations

import ast
import json
from typing import Any

LONGEST = 20_000
"""Characters of the longest message that is parsed."""

DEEPEST = 4
"""How many levels of nested messages are unwrapped."""

_BRACKETS = 200
"""Most opening brackets in a message that is parsed; real error messages have fewer."""


def inner_message(text: str) -> str:
    """Return the innermost message of an error's text, or the text itself if it contains none. Nothing is guessed.

    `Error code: 400 - {'error': {'message': 'no such model'}}` gives `no such model`. JSON and printed Python dicts are
    parsed.
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
