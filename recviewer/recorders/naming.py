"""Names of the parts of a file, which unlike numbers do not change when other parts are added or removed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

import orjson

from recviewer.exchange.model import Json

DIGITS = 12
"""Hex digits of a name: a collision of 48 bits between two requests of one file is not to be expected."""


class PartNames:
    """Names the parts of one file, in order."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()

    def of(self, request: Json) -> str:
        """Return the name of a part from its request: a short hash, with `-2`, `-3`, … for further equal requests."""
        name = hashlib.blake2b(_written(request), digest_size=DIGITS // 2).hexdigest()
        self._given[name] += 1
        return name if self._given[name] == 1 else f"{name}-{self._given[name]}"


def _written(request: Json) -> bytes:
    """Serialize a request as compact ASCII JSON with sorted keys: the input of names, which must never change."""
    if isinstance(request, list) and all(isinstance(one, str) and one.isascii() and DEL not in one for one in request):
        return orjson.dumps(request)  # equal output, faster
    return json.dumps(request, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()


DEL = "\x7f"
"""The only ASCII character that the two encoders write differently."""
