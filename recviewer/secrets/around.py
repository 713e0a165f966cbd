"""Which spans of a file are searched closely for secrets: the surroundings of each sign of one.

A sign is a match of `quick`, or a telling name with a value that could be a secret. For unquoted texts, such as headers
in YAML, only the latter is checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from recviewer.secrets.named import in_value
from recviewer.secrets.quick import SIGNS, Sign
from recviewer.secrets.texts import tells, without_data

_QUOTE = rb"\\{0,3}['\"]"
_HOLDS = (
    rb"(?:"
    + _QUOTE
    + rb")?\s*(?::|,\s*"
    + _QUOTE
    + rb"value"
    + _QUOTE
    + rb"\s*:)\s*(?:-\s+|\[\s*)?(?:"
    + _QUOTE
    + rb")?"
    rb"(?=([^\s\\'\"*<{\[][^'\"\n]{5,2000}))"
)
_NAMES = tuple(
    [
        Sign(anchor, re.compile(rb"(" + name + rb")" + _HOLDS))
        for anchor, name in (
            (b"k", rb"k(?:ey|en|ie)"),
            (b"K", rb"K(?:[eE][yY]|EN|IE)"),
            (b"ization", rb"ization"),
            (b"IZATION", rb"IZATION"),
            (b"roject", rb"(?<=-[pP])roject(?:-[iI]d)?"),
            (b"w", rb"w(?:or)?d"),
            (b"W", rb"W(?:OR)?D"),
            (b"ecret", rb"ecret"),
            (b"ECRET", rb"ECRET"),
            (b"jwt", rb"(?<![A-Za-z])jwt"),
            (b"auth", rb"(?<![A-Za-z])auth"),
            (b"redential", rb"(?<=[cC])redentials?"),
            (b"phrase", rb"(?<=ss)phrase"),
            (b"tring", rb"(?<=[nN][-_][sS])tring"),
            (b"-", rb"-[iI][dD](?<=[yYnNeE]-..)"),
            (b"_", rb"_[iI][dD](?<=[yY]_..)"),
        )
    ]
)
_BEFORE = re.compile(rb"[A-Za-z][\w-]*\Z")

MOST = 500
"""With more signs than this the whole file is searched; also the limit of telling names, whatever their values."""

BEFORE, BEHIND = 400, 600
"""Bytes before and after a sign that are searched, extended to the end of a text without white space."""

LONGEST = 20_000
"""Most bytes of that extension."""

_PRIVATE = re.compile(rb"KEY(?: BLOCK)?-----")
_ENDS = re.compile(rb"[\s\"']")


def stretches(data: bytes) -> list[bytes]:
    """Return the spans of a file that may contain a secret, in order and disjoint; [] if there is no sign."""
    data = _without_blocks(without_data(data))
    places = sorted(_signs(data))
    if len(places) >= MOST:
        return [data]
    made: list[list[int]] = []
    for place in places:
        start, end = _around(data, place)
        if made and start <= made[-1][1]:
            made[-1][1] = max(end, made[-1][1])
        else:
            made.append([start, end])
    return [data[start:end] for start, end in made]


def has_sign(data: bytes) -> bool:
    """Tell whether there are such spans, without searching for more than the first."""
    return next(_signs(_without_blocks(without_data(data))), None) is not None


_BLOCK = b"binary |"
_BASE64 = re.compile(rb"(!!?binary \|[-+]?\r?\n)(?:[ \t]*[A-Za-z0-9+/]+={0,2}\r?\n)+")


def _without_blocks(data: bytes) -> bytes:
    """Return a file's text without base64 marked by a YAML tag, whose content is searched where it is decoded."""
    return _BASE64.sub(rb"\1", data) if _BLOCK in data else data


def _signs(data: bytes) -> Iterator[int]:
    """Yield the offsets of signs."""
    left = MOST
    for sign in SIGNS:
        for match in sign.matches(data):
            yield match.start()
            left -= 1
            if not left:
                return
    left = MOST
    for sign in _NAMES:
        for match in sign.matches(data):
            found = _BEFORE.search(data, max(0, match.start() - 60), match.end(1))
            name = found[0].decode("utf-8", "replace") if found else ""
            if tells(name):
                left -= 1
                if not left or _is_named(name, match[2].decode("utf-8", "replace")):
                    yield from [match.start()] if left else [match.start()] * MOST
                if not left:
                    return


@lru_cache(maxsize=512)
def _is_named(name: str, value: str) -> bool:
    """Tell whether a named value is a secret, taken in full, or up to an escape, or up to the end of a list."""
    ends = (value, value.partition("\\")[0], _END.split(value, maxsplit=1)[0])
    return any(in_value(name, one.rstrip("] \t\r")) for one in dict.fromkeys(ends))


_END = re.compile(r"[\]}]|,\s")


def _around(data: bytes, place: int) -> tuple[int, int]:
    """Return the span around a sign. It does not cut a text without white space, or a private key."""
    start = max(0, place - BEFORE)
    before = data[max(0, start - LONGEST) : start]
    start -= len(before) - max(before.rfind(sign) + 1 for sign in (b" ", b"\n", b'"', b"'"))
    end = place + BEHIND
    if _PRIVATE.match(data, place) and data.rfind(b"-----BEGIN", start, place) > data.rfind(b"-----END", start, place):
        close = data.find(b"-----END", place, place + LONGEST)
        end = max(end, close + 8 if close >= 0 else place + LONGEST)
    found = _ENDS.search(data, end, end + LONGEST)
    return start, found.start() if found else min(len(data), end + LONGEST)
