"""Short changes with their characters named, including invisible ones."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

SPELLED = 3
"""Changes of up to this many characters are spelled out."""

_SEEN = re.compile(r"[!-_a-~]+")
"""Visible ASCII characters, except the backtick, which may pass for an apostrophe."""

_NAMES = {"\n": "line feed", "\r": "carriage return", "\t": "tab", "\0": "null", "\x1b": "escape", "\x7f": "delete"}


def spell(gone: str, new: str) -> str:
    """Return a short change spelled out, "" if either side has more than three characters.

    ASCII letters and digits are not named: `12 → 13`. Neither are ASCII signs that replace others: `[1] → (1)`. All other
    characters are.
    """
    if max(len(gone), len(new)) > SPELLED:
        return ""
    if _SEEN.fullmatch(gone) and _SEEN.fullmatch(new):
        return f"{gone} → {new}"
    left, right = _spelled(gone), _spelled(new)
    if gone and new:
        return f"{left} → {right}"
    return f"{left} gone" if gone else f"{right} new"


def _spelled(text: str) -> str:
    if text.isascii() and text.isalnum():
        return text
    runs = [(mark, len(list(run))) for mark, run in groupby(text)]
    return ", ".join(f"{_named(mark)}{f' ×{count}' if count > 1 else ''}" for mark, count in runs)


def _named(mark: str) -> str:
    code = f"U+{ord(mark):04X}"
    name = _NAMES.get(mark) or unicodedata.name(mark, "").lower()
    shown = f"{mark} " if mark.isprintable() and not mark.isspace() and not unicodedata.combining(mark) else ""
    return f"{shown}{code} {name}".rstrip()
