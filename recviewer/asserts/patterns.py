"""Regular expressions in tests, as far as they can be tried without catastrophic backtracking.

Patterns come from untrusted source code. A pattern with more than one unlimited repetition, or with a repeated group,
may take too long; it is not tried.
"""

from __future__ import annotations

import re

from recviewer.asserts.values import Known, Value

LONGEST = 300
MOST_TEXT = 20_000
"""Most characters of an answer that a pattern is tried on."""

_REPEATS = re.compile(r"(?<!\\)(?:[*+]|\{\d+,\})")
_REPEATED_GROUP = re.compile(r"\)\s*[*+{]|\\[1-9]|\(\?[P<=!(]")
_FLAGS = {"I": "i", "IGNORECASE": "i", "S": "s", "DOTALL": "s", "M": "m", "MULTILINE": "m"}


def pattern(written: Value, function: str, flags: str) -> Known | None:
    """Return the pattern of a call of `re` in a form equivalent for searching; None if it is not tried.

    function: `search`, `match` or `fullmatch`. flags: as written in the source.
    """
    if not isinstance(written, Known) or not isinstance(written.value, str):
        return None
    text = written.value
    if len(text) > LONGEST or len(_REPEATS.findall(text)) > 1 or _REPEATED_GROUP.search(text):
        return None
    names = [name.rpartition(".")[2] for name in flags.replace("|", " ").split()]
    if any(name not in _FLAGS for name in names):
        return None
    letters = "".join(sorted({_FLAGS[name] for name in names}))
    start, end = ("" if function == "search" else r"\A"), (r"\Z" if function == "fullmatch" else "")
    whole = f"(?{letters})" * bool(letters) + f"{start}(?:{text}){end}"
    try:
        re.compile(whole)
    except (re.error, RecursionError, OverflowError):
        return None
    return Known(whole)


def matches(whole: str, text: str) -> bool:
    """Tell whether a pattern returned by `pattern` is found in a text."""
    return re.search(whole, text[:MOST_TEXT]) is not None
