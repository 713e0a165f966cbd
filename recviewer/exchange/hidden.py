"""Invisible characters, such as those that change the direction of writing: which they are, and their names."""

from __future__ import annotations

import re

ALWAYS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad"  # control characters but tab and line feed; soft hyphen
    "\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f"  # zero width, bidi, separators
    "\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e01ef"  # tags, further variation selectors
)
"""Characters that are invisible everywhere, for use in a regular expression's character class."""

HALVES = "\ud800-\udfff"
"""Surrogates, which stand for bytes that are not UTF-8, for use in a character class."""

JOINER = "\u200d"
"""The zero-width joiner: visible between two emoji, invisible elsewhere."""

_HIDDEN = f"(?:[{ALWAYS}{HALVES}]|(?<![\u2190-\U0003ffff]){JOINER})"
RUN = re.compile(f"({_HIDDEN})\\1*")
"""A run of one repeated invisible character."""


def named(found: re.Match[str]) -> str:
    """Return the name to show for a match of `RUN`: `U+202E`, `byte FF`, `U+200B ×3`."""
    code = ord(found[1])
    name = f"byte {code - 0xDC00:02X}" if 0xDC80 <= code <= 0xDCFF else f"U+{code:04X}"
    times = len(found[0])
    return f"{name} ×{times}" if times > 1 else name
