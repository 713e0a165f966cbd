"""What stands in the place of values that do not count as they were recorded."""

from __future__ import annotations


class StandIn(str):
    """A text that stands for values, and that nobody recorded: a recorded one of the same letters is no such thing."""

    __slots__ = ()


PASSED = StandIn("…")
"""Stands for a value that is harmless, where that there is one counts."""

SIZE = "(characters)"
"""Stands for the length of a block's text, where a reader joins several."""
