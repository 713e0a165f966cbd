"""What an element of a stream contains besides the values its format has read."""

from __future__ import annotations

from typing import Any


def leftovers(value: Any, read: frozenset[str], at: str = "") -> dict[str, Any]:
    """Return the values of a chunk that were not read, by path, without null and empty ones.

    value: the chunk's object. read: the paths that were read, with list indexes as `[]`.
    """
    found: dict[str, Any] = {}
    _collect(value, read, at, at, found)
    return found


def _collect(value: Any, read: frozenset[str], shape: str, at: str, found: dict[str, Any]) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            inner = f"{shape}.{key}" if shape else key
            if inner not in read:
                _collect(item, read, inner, f"{at}.{key}" if at else key, found)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for number, item in enumerate(value):
            _collect(item, read, f"{shape}[]", f"{at}[{number}]", found)
    elif value is not None and value not in ("", [], {}):
        found[at] = value
