"""What a recorder does to a request before it hashes it, one small class for each kind of change.

A step is data (which key, which pattern, how many digits) and a way to apply it. Each can tell from the request's JSON
text whether it could change anything at all, so that the many requests without scores, ids or long decimals are hashed
as they stand.

All steps take time linear in the length of what they read, also on strings written to be slow.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from recviewer.exchange.dataclass import dataclass
from recviewer.exchange.model import Json

# In ASCII JSON text: a point with four digits after it, where a digit of another script stands as an escape.
_MAYBE_LONG_DECIMAL = re.compile(r"\.(?:[0-9]|\\u[0-9a-f]{4}){4}")
# A number such as 1e-07, which rounds to zero without having any decimals.
_SMALL_NUMBER = re.compile(r"e-[0-9]{2,3}[,}\]]|e-[0-9]{2,3}$")
_FRACTION = re.compile(r"\.\d{4,}")


@dataclass(frozen=True, slots=True, eq=False)
class DropKeys:
    """Leave keys of the outermost object out.

    keys: their names. host_contains: only for hosts with this in their name; "" for all. It is never met by requests
    of which the recorder did not look at the host.
    """

    keys: tuple[str, ...]
    host_contains: str = ""

    def may_change(self, body_json: str, host: str) -> bool:
        """Whether the step could change a body, given its JSON text and the host it went to."""
        return self.host_contains in host and _any_inside(self.keys, body_json)

    def applied(self, body: Json) -> Json:
        """The body without the keys. Anything but an object comes back as it is."""
        if not isinstance(body, dict):
            return body
        return {key: value for key, value in body.items() if key not in self.keys}


@dataclass(frozen=True, slots=True, eq=False)
class DropInside:
    """Leave keys out of certain objects inside the outermost one, and inside every object that is an item of a list.

    The lists are a quirk of the recorder this was made for: its recursion takes each item of a list for an outermost
    object again.
    """

    parents: tuple[str, ...]
    keys: tuple[str, ...]

    def may_change(self, body_json: str, host: str) -> bool:
        """Whether the step could change a body, given its JSON text. The host plays no part."""
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
    """Put a fixed text in place of every match of a pattern, in every string value (never in keys).

    needle: what each match begins with: ASCII without quotes or backslashes, so that JSON text shows it as it is.
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

    needle: what `opening` begins with (as in `Replace`). The clause runs from there to the next `closing`, and the
    white space before it, and one comma before that, go with it. The same as replacing
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
    """Round floats to so many digits, and reprint decimals of four or more digits inside strings with that many.

    Integers and booleans stay as they are. Rounding is Python's: to the nearest, ties by the exact binary value.
    """

    digits: int

    def may_change(self, body_json: str) -> bool:
        """Whether the step could change a body, given its JSON text."""
        return bool(_MAYBE_LONG_DECIMAL.search(body_json) or _SMALL_NUMBER.search(body_json))

    def rewritten(self, text: str) -> str:
        r"""One string value after the step: the same as reprinting every match of `-?\d+\.\d{4,}`."""
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
"""A step that takes values away."""

TextStep: TypeAlias = Replace | CutClause | RoundNumbers
"""A step that changes strings and numbers where they stand."""


def concerned(text: str, needles: tuple[str, ...]) -> bool:
    """Whether some step could change a string value. needles: of all steps that have one; rounding is always tried."""
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
