"""Finds secrets in a text, including those identified by a name before them: of headers, variables and keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recviewer.secrets.texts import (
    LEAST,
    SecretAt,
    after_scheme,
    between_data,
    disjoint,
    find_named,
    hidden,
    tells,
    without_overlapping,
)

_NAME = re.compile(
    r"(?<![\w-])([A-Za-z][\w-]{1,60})[\"'\\]*\s*[:=]"
    r"(?:[ \t]*|\s*(?![A-Za-z][\w-]{0,60}:\s))"  # the next line may start with a name of its own
    r"(?:(?:-\s+|\[\s*)[\"'\\]*|[\"'\\]*)(?=[^\s\"'\\\[\]{}])"
)
_ESCAPE = re.compile(r"\\[nrt]")
_VALUE = re.compile(r"[^\"'\\\n]{6,4000}")
_BARE = re.compile(r"[^\"'\\\n]{6,2050}")  # longest named secret, plus a scheme
_BARE_WORD = re.compile(r"(?=[^\"'\\\n]{6})[^\s\"'\\]{1,2050}[^\S\n]?")  # of a name whose value has no scheme
_SPACES = re.compile(r"\s")

SHORT_WORD = 200
"""A word without quotation marks is also searched with the characters that would end it, up to this length: a password
may contain them.
"""

LOOKS = 4
"""How often a span is searched for nested names, which keeps the cost linear for a text full of them."""
_COOKIES = ("cookie", "cookie2")
_WORD_ENDS = re.compile(r"[\s;,&<>(){}|`\]]")
_FLOW = re.compile(r"[\[{]")
_FLOW_ENDS = re.compile(r"[\]}]|,\s")


def find_all(text: str, name: str = "") -> list[SecretAt]:
    """Return the secrets in a text, by their form and by the names before them, disjoint.

    name: of the whole text.
    """
    if "\\" in text:
        text = _ESCAPE.sub("  ", text)  # JSON within a text: an escape's letter is not part of what follows
    found = find_named(name, text)
    if len(text) < LEAST or not (":" in text or "=" in text):
        return found
    named = [
        one._replace(start=at + one.start, end=at + one.end)
        for at, piece in between_data(text)
        for one in by_names(piece)
    ]
    named = without_overlapping(named, found)
    return disjoint(sorted(found + named, key=lambda one: one[:2])) if named else found


def without_secrets(text: str, *, most: int) -> str:
    """Return a text with secrets masked, as user-written text is stored, exported and posted.

    most: the longest text that may be stored. A longer one is returned unchanged; the caller refuses it.
    """
    return hidden(text, find_all(text)) if len(text) <= most else text


def by_names(text: str) -> Iterator[SecretAt]:
    """Yield the secrets identified by names in the text, in order."""
    last, flow = (0, 0), _Flow(text)
    reached, looks = 0, 0
    for match in _NAME.finditer(text):
        start, name = match.end(), match[1]
        if last[0] <= start < last[1] or not (tells(name) or text.find("@", start, start + 80) > 0):
            continue  # `find` covers the values of other names
        looks = looks + 1 if start < reached else 0
        if looks >= LOOKS:
            continue
        is_whole = text[start - 1] in "\"'"
        low = name.lower()
        if is_whole or low.endswith(_COOKIES):
            found = _VALUE.match(text, start)
        else:
            found = (_BARE if low.endswith("authorization") else _BARE_WORD).match(text, start)
        if found is None:
            continue
        value = found[0]
        if not is_whole and flow.holds(start):
            value = _FLOW_ENDS.split(value, maxsplit=1)[0]  # an unquoted YAML list or object
        value = value.rstrip()
        looked = parts_of(name, value, is_whole=is_whole)
        reached = max(reached, start + max(map(len, looked)))
        for one in next(filter(None, (find_named(name, part) for part in looked)), []):
            last = (start + one.start, start + one.end)
            yield one._replace(start=last[0], end=last[1])


class _Flow:
    """Whether an unquoted list or object starts earlier in the line of an offset. Offsets must be queried in ascending
    order.
    """

    def __init__(self, text: str):
        self._text = text
        self._seen = 0
        self._holds = False

    def holds(self, place: int) -> bool:
        """Tell whether it does for an offset, which must not precede the previous one."""
        line = self._text.rfind("\n", self._seen, place) + 1
        self._holds = (self._holds and not line) or _FLOW.search(self._text, max(line, self._seen), place) is not None
        self._seen = place
        return self._holds


def in_value(name: str, value: str, *, is_whole: bool = False) -> list[SecretAt]:
    """Return the secrets in the value after a name. is_whole: the end of the value is known."""
    return next(filter(None, (find_named(name, part) for part in parts_of(name, value, is_whole=is_whole))), [])


def parts_of(name: str, value: str, *, is_whole: bool) -> tuple[str, ...]:
    """Return the parts of a value to search, in order, until something is found: its first word, then more of it."""
    begins = after_scheme(name, value)
    ends = _WORD_ENDS.search(value, begins)
    word = value[: ends.start()].rstrip(".:") if ends else value
    if not tells(name):
        return (word,)
    if is_whole or name.lower().endswith(_COOKIES):
        return (value, word) if word != value else (value,)
    more = _SPACES.split(value[begins : begins + SHORT_WORD + 1], maxsplit=1)[0]
    return (word, value[:begins] + more) if len(word) - begins < len(more) <= SHORT_WORD else (word,)
