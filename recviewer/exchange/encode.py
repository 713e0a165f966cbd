"""JSON encoding that keeps numbers exactly as recorded and never fails.

orjson encodes nearly everything; what it refuses (integers beyond 64 bits, floats that keep their source text, lone
surrogates in file names) is converted first. `nesting` detects documents that are too deeply nested for any encoder.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

import orjson


class SourceFloat(float):
    """A float that keeps the text it was parsed from; `str()` and `repr()` return that text."""

    text: str

    def __new__(cls, text: str) -> SourceFloat:
        """Make the number from its JSON text."""
        made = super().__new__(cls, text)
        made.text = text
        return made

    def __repr__(self) -> str:
        return self.text

    __str__ = __repr__


def written(value: Any) -> Any:
    """Encode a `SourceFloat` as a number, or as its recorded digits if it overflows a float. Raise TypeError for others."""
    if not isinstance(value, SourceFloat):
        raise TypeError(type(value).__name__)
    if math.isfinite(value):
        return float(value)
    return orjson.Fragment(value.text.encode()) if value.text[-1:].isdigit() else None


def encode(value: Any, *, is_sorted: bool = False, odd: Callable[[Any], Any] = written) -> bytes:
    """Return a value as compact JSON.

    Integers are exact whatever their length; NaN and Infinity, which JSON lacks, become null. odd: how to encode a
    `SourceFloat`.
    """
    option = orjson.OPT_SORT_KEYS if is_sorted else 0
    try:
        return exact(orjson.dumps(value, default=odd, option=option))
    except TypeError:
        pass
    try:
        return orjson.dumps(_spelled(value), default=odd, option=option)
    except TypeError:  # nested a few levels deeper than orjson supports; occurs only in artificial files
        return json.dumps(_plain(value), separators=(",", ":"), ensure_ascii=False, sort_keys=is_sorted).encode()


_SMALL = 4096
"""Bytes that orjson allocates at least for each result, and does not give back."""


def exact(made: bytes) -> bytes:
    """Return orjson's result. A short one is copied, because the original would keep 4 KB of memory allocated."""
    return bytes(bytearray(made)) if len(made) < _SMALL else made


_LEAST, _MOST = -(2**63), 2**64 - 1


def _spelled(value: Any) -> Any:
    """Return a value with the numbers and texts that orjson refuses replaced."""
    if isinstance(value, dict):
        return {_text(key): _spelled(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_spelled(item) for item in value]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int) and not _LEAST <= value <= _MOST:
        return orjson.Fragment(str(value).encode())
    return value


def _plain(value: Any) -> Any:
    """Return a value that the standard library can encode; a non-finite number becomes a text."""
    if isinstance(value, dict):
        return {_text(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return _text(value)
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _text(value: str) -> str:
    return value.encode("utf-8", "backslashreplace").decode()


_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_QUOTED = re.compile(rb'"[^"]*"')
_NO_MARKS = bytes(byte for byte in range(256) if byte not in b'"[]{}')


def nesting(data: bytes, *, limit: int) -> int:
    """Return the nesting depth of brackets in a JSON text; limit + 1 if it is deeper than the limit."""
    if data.count(b"[") + data.count(b"{") <= limit:
        return 0
    bare = _ESCAPED.sub(b"", data) if b"\\" in data else data
    depth = deepest = 0
    for mark in _QUOTED.sub(b"", bare.translate(None, _NO_MARKS)):
        if mark in b"[{":
            depth += 1
            if depth > deepest:
                deepest = depth
                if deepest > limit:
                    break
        elif mark in b"]}":
            depth -= 1
    return deepest
