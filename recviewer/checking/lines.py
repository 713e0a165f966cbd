"""On which line of a file something stands: what a JSON pointer names, or one exchange among many."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from recviewer.recorders.packing import is_packed

if TYPE_CHECKING:
    from recviewer.pairing.sides import Side

MOST_BYTES = 4_000_000
"""In a larger file no line is looked for."""

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[{}\[\],:]|[^\s{}\[\],:"]++', re.DOTALL)
"""A string without an end goes on to the end of the file, so that no byte is looked at twice."""


def line_of(data: bytes, pointer: str) -> int:
    """Return the line, from 1, of the value that a pointer (RFC 6901) names; of what holds it where it is not there.

    1 for the whole document, for what is no JSON, and where the file is too large.
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
    """Return the line of what is found on a recording: of one exchange among many that on which it begins.

    data: of its file, b"" where nobody has it. pointer: None where the finding names no place.
    """
    if side.part:
        return 1 if is_packed(data) else data.count(b"\n", 0, side.start) + 1
    return line_of(data, pointer) if pointer is not None and data[:1] in (b"{", b"[") else 1


class _Place:
    """A walk over the tokens of a document.

    stack: for each open object or list the name or number of the member that is being read, None in an object before its
    first key. matched: how many of them are those that are wanted. at: where the innermost of these begins.
    """

    def __init__(self, wanted: list[str]) -> None:
        self.wanted = wanted
        self.stack: list[str | int | None] = []
        self.matched = 0
        self.at = 0
        self.is_key = False

    def step(self, token: bytes, start: int) -> bool:
        """Take one token; tells whether the place was found, or can be found no more."""
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
        """Note a value that begins here; tells whether it is the one that is wanted."""
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
