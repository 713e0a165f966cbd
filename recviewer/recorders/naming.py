"""Names of the parts of a file: they stay what they are when other parts come or go, unlike numbers."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

import orjson

from recviewer.exchange.model import Json

DIGITS = 12
"""Hex digits of a name: two requests of one file share 48 bits by chance in no file that anybody has."""


class PartNames:
    """Gives the parts of one file their names, in order."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()

    def of(self, request: Json) -> str:
        """Return the name of a part by its request: a short hash, and `-2`, `-3`, … for further equal requests."""
        name = hashlib.blake2b(_written(request), digest_size=DIGITS // 2).hexdigest()
        self._given[name] += 1
        return name if self._given[name] == 1 else f"{name}-{self._given[name]}"


def _written(request: Json) -> bytes:
    """Return a request as compact JSON in ASCII, with sorted keys: what names are made of, so it never changes."""
    if isinstance(request, list) and all(isinstance(one, str) and one.isascii() and DEL not in one for one in request):
        return orjson.dumps(request)  # which writes it alike, in less time
    return json.dumps(request, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()


DEL = "\x7f"
"""The one sign of ASCII that the two write in different ways."""
