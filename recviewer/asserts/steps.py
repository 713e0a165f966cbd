"""The operations that tests apply to a text before comparing it, applied to untrusted texts."""

from __future__ import annotations

import unicodedata
from typing import Any

STEPS = frozenset(
    [
        *("lower", "upper", "casefold", "title", "capitalize", "swapcase", "strip", "lstrip", "rstrip"),
        *("replace", "removeprefix", "removesuffix", "encode", "decode", "split", "splitlines", "normalize", "keys"),
    ]
)
"""Supported methods of str, bytes and dict, and `unicodedata.normalize`."""
FORMS = frozenset({"NFC", "NFD", "NFKC", "NFKD"})
MOST_TEXT = 1_000_000
"""Most characters of an operation's result."""


def step(value: Any, name: str, arguments: tuple[Any, ...]) -> Any:
    """Return a value after one operation. Raises ValueError if it fails, or if the result would be too large."""
    try:
        if name == "keys" and isinstance(value, dict):
            return list(value)
        if name == "normalize" and isinstance(value, str) and arguments[:1] and arguments[0] in FORMS:
            return unicodedata.normalize(arguments[0], value)
        if name in STEPS and isinstance(value, str | bytes) and _weight(value, name, arguments) <= MOST_TEXT:
            return getattr(value, name)(*arguments)
    except (TypeError, ValueError, LookupError, AttributeError, OverflowError) as failed:
        raise ValueError(f"{name} cannot be done") from failed
    raise ValueError(f"{name} is not done")


def _weight(value: str | bytes, name: str, arguments: tuple[Any, ...]) -> int:
    """Return an upper bound for the number of characters of an operation's result."""
    longest = max([1, *(len(argument) for argument in arguments if isinstance(argument, str | bytes))])
    return (len(value) + 1) * (longest if name == "replace" else 1)
