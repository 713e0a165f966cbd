"""Finding secrets in a text by the names that stand before them in it, too: of headers, variables and keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recviewer.secrets.texts import (
    LEAST,
    SecretAt,
    after_scheme,
    apart,
    beside,
    between_data,
    find_named,
    hidden,
    tells,
)

_NAME = re.compile(
    r"(?<![\w-])([A-Za-z][\w-]{1,60})[\"'\\]*\s*[:=]"
    r"(?:[ \t]*|\s*(?![A-Za-z][\w-]{0,60}:\s))"  # what stands on the next line may be a name of its own
    r"(?:(?:-\s+|\[\s*)[\"'\\]*|[\"'\\]*)(?=[^\s\"'\\\[\]{}])"
)
_ESCAPE = re.compile(r"\\[nrt]")
_VALUE = re.compile(r"[^\"'\\\n]{6,4000}")
_BARE = re.compile(r"[^\"'\\\n]{6,2050}")  # no more than what is told by its name has, and a scheme
_SPACES = re.compile(r"\s")

SHORT_WORD = 200
"""Characters up to which a word without quotation marks is looked at with the marks in it, too: a password may hold them."""

LOOKS = 4
"""How often a stretch is looked through for names that stand in one another: a text full of them costs its length."""
_COOKIES = ("cookie", "cookie2")
_WORD_ENDS = re.compile(r"[\s;,&<>(){}|`\]]")
_FLOW = re.compile(r"[\[{]")
_FLOW_ENDS = re.compile(r"[\]}]|,\s")


def find_all(text: str, name: str = "") -> list[SecretAt]:
    """Return the secrets in a text, by their looks and by the names that stand before them, none over another.

    name: of the whole text.
    """
    if "\\" in text:
        text = _ESCAPE.sub("  ", text)  # JSON within a text: the letter of an escape is none of what stands behind it
    found = find_named(name, text)
    if len(text) < LEAST or not (":" in text or "=" in text):
        return found
    named = [
        one._replace(start=at + one.start, end=at + one.end)
        for at, piece in between_data(text)
        for one in by_names(piece)
    ]
    named = beside(named, found)
    return apart(sorted(found + named, key=lambda one: one[:2])) if named else found


def without_secrets(text: str, *, most: int) -> str:
    """Return a text with masks in place of its secrets: what people write is kept, exported and posted so.

    most: characters that may be kept. A longer text is refused by who asks, and returned as it is.
    """
    return hidden(text, find_all(text)) if len(text) <= most else text


def by_names(text: str) -> Iterator[SecretAt]:
    """Yield what the names in a text tell, in order."""
    last, flow = (0, 0), _Flow(text)
    reached, looks = 0, 0
    for match in _NAME.finditer(text):
        start, name = match.end(), match[1]
        if last[0] <= start < last[1] or not (tells(name) or text.find("@", start, start + 80) > 0):
            continue  # `find` has found what other names have
        looks = looks + 1 if start < reached else 0
        if looks >= LOOKS:
            continue
        is_whole = text[start - 1] in "\"'"
        found = (_VALUE if is_whole or name.lower().endswith(_COOKIES) else _BARE).match(text, start)
        if found is None:
            continue
        value = found[0].rstrip()
        if not is_whole and flow.holds(start):
            value = _FLOW_ENDS.split(value, maxsplit=1)[0]  # a list or an object of YAML without quotation marks
        looked = parts_of(name, value, is_whole=is_whole)
        reached = max(reached, start + max(map(len, looked)))
        for one in next(filter(None, (find_named(name, part) for part in looked)), []):
            last = (start + one.start, start + one.end)
            yield one._replace(start=last[0], end=last[1])


class _Flow:
    """Whether a list or an object without quotation marks begins in a line before a place. Places are asked in order."""

    def __init__(self, text: str):
        self._text = text
        self._seen = 0
        self._holds = False

    def holds(self, place: int) -> bool:
        """Tell it of a place, which stands behind the last one."""
        line = self._text.rfind("\n", self._seen, place) + 1
        self._holds = (self._holds and not line) or _FLOW.search(self._text, max(line, self._seen), place) is not None
        self._seen = place
        return self._holds


def in_value(name: str, value: str, *, is_whole: bool = False) -> list[SecretAt]:
    """Return the secrets in what stands behind a name. is_whole: it is known where that ends."""
    return next(filter(None, (find_named(name, part) for part in parts_of(name, value, is_whole=is_whole))), [])


def parts_of(name: str, value: str, *, is_whole: bool) -> tuple[str, ...]:
    """Return what of a value is looked at, one after the other until something is found: its first word, and more of it."""
    begins = after_scheme(name, value)
    ends = _WORD_ENDS.search(value, begins)
    word = value[: ends.start()].rstrip(".:") if ends else value
    if not tells(name):
        return (word,)
    if is_whole or name.lower().endswith(_COOKIES):
        return (value, word) if word != value else (value,)
    more = _SPACES.split(value[begins : begins + SHORT_WORD + 1], maxsplit=1)[0]
    return (word, value[:begins] + more) if len(word) - begins < len(more) <= SHORT_WORD else (word,)
