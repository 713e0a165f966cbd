"""The line of a finding in a file: of a JSON pointer, or of an exchange in a file with several."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from recviewer.recorders.packing import is_packed

if TYPE_CHECKING:
    from recviewer.pairing.sides import Side

MOST_BYTES = 4_000_000
"""Lines are not determined in larger files."""

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[{}\[\],:]|[^\s{}\[\],:"]++', re.DOTALL)
"""An unterminated string extends to the end of the file, so that no byte is scanned twice."""


def line_of(data: bytes, pointer: str) -> int:
    """Return the line, from 1, of the value at a JSON pointer (RFC 6901); of its nearest existing parent if it is
    missing.

    1 for the whole document, if it is not JSON, or if the file is too large.
    """
    if not pointer.startswith("/") or len(data) > MOST_BYTES:
        return 1
    wanted = [part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/")]
    place = _Place(wanted)
    for found in _TOKEN.finditer(data):
        if place.step(found[0], found.start()):
            break
    return data.count(b"\n", 0, place.at) + 1


def line_in(data: bytes, side: Side, pointer: str | None) -> int:
    """Return the line of a finding on a recording: for an exchange of a file with several, its first line.

    data: of its file, b"" if not available. pointer: None if the finding has no location.
    """
    if side.part:
        return 1 if is_packed(data) else data.count(b"\n", 0, side.start) + 1
    return line_of(data, pointer) if pointer is not None and data[:1] in (b"{", b"[") else 1


class _Place:
    """A traversal of a document's tokens.

    stack: for each open object or list, the key or index of the current member, None in an object before its first key.
    matched: how many of them match the pointer. at: the offset of the innermost match.
    """

    def __init__(self, wanted: list[str]) -> None:
        self.wanted = wanted
        self.stack: list[str | int | None] = []
        self.matched = 0
        self.at = 0
        self.is_key = False

    def step(self, token: bytes, start: int) -> bool:
        """Process a token; tells whether the search has ended, successfully or not."""
        first = token[:1]
        if first in b"}]":
            self.is_key = False
            if self.stack:
                self.stack.pop()
            return len(self.stack) < self.matched or not self.stack
        if first == b",":
            top = self.stack[-1] if self.stack else None
            if isinstance(top, int):
                self.stack[-1] = top + 1
            else:
                self.is_key = True
            return False
        if first == b":":
            return False
        if self.is_key and first == b'"':
            self.is_key = False
            self.stack[-1] = _text(token)
            return False
        if self._arrive(start):
            return True
        if first == b"{":
            self.stack.append(None)
            self.is_key = True
        elif first == b"[":
            self.stack.append(0)
        return False

    def _arrive(self, start: int) -> bool:
        """Process the start of a value; tells whether it is the requested one."""
        depth = len(self.stack)
        if depth != self.matched + 1 or str(self.stack[-1]) != self.wanted[self.matched]:
            return False
        self.matched, self.at = depth, start
        return depth == len(self.wanted)


def _text(token: bytes) -> str:
    try:
        return str(json.loads(token))
    except ValueError:
        return token.decode("utf-8", "replace")
