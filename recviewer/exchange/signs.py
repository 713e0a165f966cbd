"""Placeholders for values that do not count as recorded."""

from __future__ import annotations


class StandIn(str):
    """A placeholder text. A recorded text with the same characters is not equal in kind: it is a plain `str`."""

    __slots__ = ()


PASSED = StandIn("…")
"""Stands for a harmless value of which only the presence counts."""

SIZE = "(characters)"
"""Key for the length of a block's text, where a reader joins several blocks."""
