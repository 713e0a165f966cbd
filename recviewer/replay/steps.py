"""The steps by which a recorder normalizes a request before hashing it, one small class for each kind.

A step is data (a key, a pattern, a number of digits) and a way to apply it. Each can tell from the request's JSON text
whether it could change anything, so that the many requests without scores, ids or long decimals are hashed unchanged.

All steps take time linear in their input, also for adversarial strings.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from recviewer.exchange.dataclass import dataclass
from recviewer.exchange.model import Json

# In ASCII JSON text: a point followed by four digits, where a non-ASCII digit is an escape.
_MAYBE_LONG_DECIMAL = re.compile(r"\.(?:[0-9]|\\u[0-9a-f]{4}){4}")
# A number such as 1e-07, which rounds to zero although it has no decimals.
_SMALL_NUMBER = re.compile(r"e-[0-9]{2,3}[,}\]]|e-[0-9]{2,3}$")
_FRACTION = re.compile(r"\.\d{4,}")


@dataclass(frozen=True, slots=True, eq=False)
class DropKeys:
    """Remove keys of the top-level object.

    keys: their names. host_contains: only for hosts whose name contains this; "" for all. It never matches requests of
    kinds whose host the recorder ignored.
    """

    keys: tuple[str, ...]
    host_contains: str = ""

    def may_change(self, body_json: str, host: str) -> bool:
        """Whether the step could change a body, given its JSON text and its host."""
        return self.host_contains in host and _any_inside(self.keys, body_json)

    def applied(self, body: Json) -> Json:
        """The body without the keys. Values other than objects are returned unchanged."""
        if not isinstance(body, dict):
            return body
        return {key: value for key, value in body.items() if key not in self.keys}


@dataclass(frozen=True, slots=True, eq=False)
class DropInside:
    """Remove keys from certain objects inside the top-level object, and inside every object that is an item of a list.

    The lists are a quirk of the original recorder: its recursion treats each item of a list as a top-level object.
    """

    parents: tuple[str, ...]
    keys: tuple[str, ...]

    def may_change(self, body_json: str, host: str) -> bool:
        """Whether the step could change a body, given its JSON text. The host does not matter."""
        return _any_inside(self.keys, body_json)

    def applied(self, body: Json) -> Json:
        """A copy of the body without the keys."""
        return self._without(body, outermost=True)

    def _without(self, value: Json, *, outermost: bool) -> Json:
        if isinstance(value, list):
            return [self._without(item, outermost=True) for item in value]
        if not isinstance(value, dict):
            return value
        copy = {key: self._without(item, outermost=False) for key, item in value.items()}
        for parent in self.parents if outermost else ():
            inner = copy.get(parent)
            if isinstance(inner, dict):
                copy[parent] = {key: item for key, item in inner.items() if key not in self.keys}
        return copy


@dataclass(frozen=True, slots=True, eq=False)
class Replace:
    """Replace every match of a pattern by a fixed text, in every string value (never in keys).

    needle: the prefix of every match: ASCII without quotes or backslashes, which are not escaped in JSON text.
    """

    needle: str
    pattern: re.Pattern[str]
    replacement: str

    def may_change(self, body_json: str) -> bool:
        """Whether the step could change a body, given its JSON text."""
        return self.needle in body_json

    def rewritten(self, text: str) -> str:
        """One string value after the step."""
        return self.pattern.sub(self.replacement, text) if self.needle in text else text


@dataclass(frozen=True, slots=True, eq=False)
class CutClause:
    r"""Remove a clause such as `, attributes: {…}` from every string value.

    needle: the prefix of `opening` (as in `Replace`). The clause runs from there to the next `closing`; the white space
    before it, and one comma before that, are removed too. Equivalent to replacing
    `,?\s*<opening>[^<closing>]*<closing>` by nothing, which takes quadratic time on long white space.
    """

    needle: str
    opening: re.Pattern[str]
    closing: str

    def may_change(self, body_json: str) -> bool:
        """Whether the step could change a body, given its JSON text."""
        return self.needle in body_json

    def rewritten(self, text: str) -> str:
        """One string value after the step."""
        kept, last = [], 0
        while opening := self.opening.search(text, last):
            end = text.find(self.closing, opening.end())
            if end < 0:
                break
            kept.append(text[last : opening.start()].rstrip().removesuffix(","))
            last = end + len(self.closing)
        return "".join(kept) + text[last:] if last else text


@dataclass(frozen=True, slots=True, eq=False)
class RoundNumbers:
    """Round floats to this many digits, and reprint decimals with four or more digits inside strings with that many.

    Integers and booleans are unchanged. Rounding is Python's: to the nearest, ties by the exact binary value.
    """

    digits: int

    def may_change(self, body_json: str) -> bool:
        """Whether the step could change a body, given its JSON text."""
        return bool(_MAYBE_LONG_DECIMAL.search(body_json) or _SMALL_NUMBER.search(body_json))

    def rewritten(self, text: str) -> str:
        r"""One string value after the step: equivalent to reprinting every match of `-?\d+\.\d{4,}`."""
        kept: list[str] = []
        last = 0
        for fraction in _FRACTION.finditer(text):
            start = fraction.start()
            while start > last and text[start - 1].isdecimal():
                start -= 1
            if start < fraction.start():
                kept += text[last:start], f"{float(text[start : fraction.end()]):.{self.digits}f}"
                last = fraction.end()
        return "".join(kept) + text[last:] if last else text


DropStep: TypeAlias = DropKeys | DropInside
"""A step that removes values."""

TextStep: TypeAlias = Replace | CutClause | RoundNumbers
"""A step that changes strings and numbers in place."""


def concerned(text: str, needles: tuple[str, ...]) -> bool:
    """Whether a step could change a string value. needles: of all steps that have one; rounding is always checked."""
    return _any_inside(needles, text) or _FRACTION.search(text) is not None


def rewritten(value: Json, step: TextStep) -> Json:
    """A string or a float after a step."""
    if isinstance(value, str):
        return step.rewritten(value)
    return round(value, step.digits) if isinstance(step, RoundNumbers) else value


def _any_inside(words: tuple[str, ...], text: str) -> bool:
    for word in words:  # noqa: SIM110 - a generator costs several times as much, for every string of a body
        if word in text:
            return True
    return False
