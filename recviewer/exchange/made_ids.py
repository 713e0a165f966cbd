"""Ids in texts that were made anew each time: of files, stores, calls, answers, and whatever is a long run of digits.

For telling what may be the same call again. What counts as the same meaning takes them as words: see `fingerprint`.
"""

from __future__ import annotations

import re

_MADE = re.compile(
    r"(?<![0-9A-Za-z])(?=[0-9a-fmrv])(?:"
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
    r"|(?=[0-9a-f]*\d)[0-9a-f]{12,}(?![0-9A-Za-z])"
    r"|(?:file|vs|call|resp|msg)[-_]\w{6,})"
)


OF_CONTAINERS = r"(?:cfile|cntr)_[0-9a-f]{16,}"
"""The names that a container of a server makes for itself and for files in it."""


def blinded(text: str) -> str:
    """Return a text with `#` for each such id."""
    return _MADE.sub("#", text)
