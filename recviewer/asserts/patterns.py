"""Regular expressions in tests, as far as they can be tried without catastrophic backtracking.

Patterns and answers come from strangers. A pattern with more than one unlimited repetition, with a repeated group, or with
many choices, may take too long; it is not tried. Neither is any other pattern on a text that is too long for it, nor any
more once those before have cost too much.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from recviewer.asserts.values import Known, Value

LONGEST = 300
MOST_CHOICES = 256
"""Most ways in which the limited repetitions and alternatives of a pattern can be combined."""
MOST_COST = 400_000_000
"""Most characters that trying a pattern on a text may look at: half a second, but hardly ever that many."""
MOST_SECONDS = 2.0
"""Most processor time that all patterns may take while a range, or a page, is worked out."""

_UNLIMITED = re.compile(r"(?<!\\)(?:[*+]|\{\d*,\})")
_REPEATED_GROUP = re.compile(r"\)\s*[*+{]|\\[1-9]|\(\?[P<=!(]")
_LIMITED = re.compile(r"(?<!\\)(?:\{(\d*)(?:,(\d+))?\}|(?<!\()\?|\|)")
_FLAGS = {"I": "i", "IGNORECASE": "i", "S": "s", "DOTALL": "s", "M": "m", "MULTILINE": "m"}


class TooCostly(ValueError):
    """A text on which a pattern is not tried."""


@dataclass(slots=True)
class _Left:
    """What patterns may still cost."""

    seconds: float


_left: ContextVar[_Left | None] = ContextVar("left", default=None)


@contextmanager
def limited() -> Iterator[None]:
    """Limit what all patterns inside cost together."""
    token = _left.set(_Left(MOST_SECONDS))
    try:
        yield
    finally:
        _left.reset(token)


def pattern(written: Value, function: str, flags: str) -> Known | None:
    """Return the pattern of a call of `re` in a form equivalent for searching; None if it is not tried.

    function: `search`, `match` or `fullmatch`. flags: as written in the source.
    """
    if not isinstance(written, Known) or not isinstance(written.value, str):
        return None
    text = written.value
    if len(text) > LONGEST or len(_UNLIMITED.findall(text)) > 1 or _REPEATED_GROUP.search(text):
        return None
    if _choices(text) > MOST_CHOICES:
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


def _choices(text: str) -> int:
    """Return an upper bound for the combinations of the limited repetitions and alternatives of a pattern."""
    made = 1
    for match in _LIMITED.finditer(text):
        least, most = match[1], match[2]
        made *= max(1, int(most) - int(least or 0) + 1) if most else 1 if least else 2
        if made > MOST_CHOICES:
            break
    return made


def matches(whole: str, text: str) -> bool:
    """Tell whether a pattern returned by `pattern` is found in a text. Raises TooCostly."""
    cost = len(text) * _choices(whole) * (len(text) if _UNLIMITED.search(whole) else 1)
    left = _left.get() or _Left(MOST_SECONDS)
    if cost > MOST_COST or left.seconds <= 0:
        raise TooCostly("not tried")
    began = time.thread_time()
    found = re.search(whole, text) is not None
    left.seconds -= time.thread_time() - began
    return found
