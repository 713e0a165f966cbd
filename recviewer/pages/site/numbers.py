"""Whole numbers that an address or a form names."""

from __future__ import annotations

DIGITS = 18
"""So many digits fit into the integers of a database; Python refuses to read some thousands."""


def is_whole(text: str) -> bool:
    """Tell whether a text is a whole number, without a sign and not too long."""
    return text.isascii() and text.isdecimal() and len(text) <= DIGITS


def whole(text: str, default: int = 0) -> int:
    """Return the whole number that a text is, the default for any other text."""
    return int(text) if is_whole(text) else default
