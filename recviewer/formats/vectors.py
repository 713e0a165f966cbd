"""Embedding vectors, as lists of numbers or as base64 of little-endian 32-bit floats."""

from __future__ import annotations

import base64
import binascii
import struct
import sys
from collections.abc import Iterator

from recviewer.exchange.model import Json, JsonPart, Message, Problem, Text, Vector

LARGEST = int(sys.float_info.max)
"""The largest integer that a float can represent."""


def vector_of(value: Json, index: int, at: str, problems: list[Problem]) -> Vector | None:
    """Read one vector. Returns None, with a problem recorded, if the value is not a vector."""
    if isinstance(value, str):
        try:
            data = base64.b64decode(value, validate=True)
            floats = struct.unpack(f"<{len(data) // 4}f", data)
        except (binascii.Error, ValueError, struct.error):
            problems.append(Problem(at, "text that is not base64 of 32-bit floats"))
            return None
        return Vector(index, floats, "base64")
    if isinstance(value, list):
        kinds = set(map(type, value))
        if int in kinds and any(isinstance(item, int) and abs(item) > LARGEST for item in value):
            problems.append(Problem(at, "a whole number that is too large for a vector"))
            return None
        if kinds <= {float, int} or all(isinstance(item, int | float) for item in value):
            return Vector(index, tuple(value))
        problems.append(Problem(at, "a list that holds something else than numbers"))
        return None
    problems.append(Problem(at, "missing or of a wrong type, where a vector was expected"))
    return None


def inputs(value: Json) -> Iterator[Message]:
    """Yield what is to be embedded: a text, a list of texts, or lists of token ids."""
    items = value if isinstance(value, list) and any(not isinstance(item, int) for item in value) else [value]
    for item in items:
        if item is not None:
            yield Message("input", (Text(item) if isinstance(item, str) else JsonPart(item),))
