"""Integers in URLs and forms."""

from __future__ import annotations

DIGITS = 18
"""Maximum number of digits, which fits into a database integer; Python refuses to parse some thousands."""


def is_whole(text: str) -> bool:
    """Tell whether a text is an integer without a sign and not too long."""
    return text.isascii() and text.isdecimal() and len(text) <= DIGITS


def whole(text: str, default: int = 0) -> int:
    """Return the integer in a text, the default for any other text."""
    return int(text) if is_whole(text) else default
