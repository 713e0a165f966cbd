"""Names of the parts of a file: they stay what they are when other parts come or go, unlike numbers."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

from recviewer.exchange.model import Json

DIGITS = 12
"""Hex digits of a name: two requests of one file share 48 bits by chance in no file that anybody has."""


class PartNames:
    """Gives the parts of one file their names, in order."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()

    def of(self, request: Json) -> str:
        """Return the name of a part by its request: a short hash, and `-2`, `-3`, … for further equal requests."""
        text = json.dumps(request, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        name = hashlib.blake2b(text.encode(), digest_size=DIGITS // 2).hexdigest()
        self._given[name] += 1
        return name if self._given[name] == 1 else f"{name}-{self._given[name]}"
