"""Generated ids in texts: of files, stores, calls, answers, and any long run of digits.

Used to recognize the same call in two recordings. For the fingerprint, ids in texts count as text: see `fingerprint`.
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
"""Generated names of server-side containers and of the files in them."""

GENERATED = re.compile(
    r"(?=.*\d[A-Za-z]+\d)(?:file[-_][0-9A-Za-z]{12,}|[0-9a-f]{24,}|https://generativelanguage\.googleapis\.com/.*/files/[0-9a-z]{8,})"
    rf"|[0-9a-fA-F]{{8}}(?:-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}}|{OF_CONTAINERS}"
)
"""Generated file names: digits mixed with letters. Others count as text, since a person may have chosen them."""


def blinded(text: str) -> str:
    """Return a text with each generated id replaced by `#`."""
    return _MADE.sub("#", text)
