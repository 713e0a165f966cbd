"""Finding secrets in a text by the names that stand before them in it, too: of headers, variables and keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recviewer.secrets.texts import LEAST, SecretAt, after_scheme, apart, between_data, find_named, hidden, tells

_NAME = re.compile(
    r"(?<![\w-])([A-Za-z][\w-]{1,60})[\"'\\]*\s*[:=]"
    r"(?:[ \t]*|\s*(?![A-Za-z][\w-]{0,60}:\s))"  # what stands on the next line may be a name of its own
    r"(?:(?:-\s+|\[\s*)[\"'\\]*|[\"'\\]*)(?=[^\s\"'\\\[\]{}])"
)
_ESCAPE = re.compile(r"\\[nrt]")
_VALUE = re.compile(r"[^\"'\\\n]{6,4000}")
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
    named = [one for one in named if not any(one.start < other.end and other.start < one.end for other in found)]
    return apart(sorted(found + named, key=lambda one: one[:2])) if named else found


def without_secrets(text: str) -> str:
    """Return a text with masks in place of its secrets: what people write is kept, exported and posted so."""
    return hidden(text, find_all(text))


def by_names(text: str) -> Iterator[SecretAt]:
    """Yield what the names in a text tell, in order."""
    last = (0, 0)
    for match in _NAME.finditer(text):
        start, name = match.end(), match[1]
        if last[0] <= start < last[1] or not (tells(name) or text.find("@", start, start + 80) > 0):
            continue  # `find` has found what other names have
        found = _VALUE.match(text, start)
        if found is None:
            continue
        value = found[0].rstrip()
        is_whole = text[start - 1] in "\"'"
        if not is_whole and _FLOW.search(text, text.rfind("\n", 0, start) + 1, start):
            value = _FLOW_ENDS.split(value, maxsplit=1)[0]  # a list or an object of YAML without quotation marks
        for one in in_value(name, value, is_whole=is_whole):
            last = (start + one.start, start + one.end)
            yield one._replace(start=last[0], end=last[1])


def in_value(name: str, value: str, *, is_whole: bool = False) -> list[SecretAt]:
    """Return the secrets in what stands behind a name. is_whole: it is known where that ends."""
    ends = _WORD_ENDS.search(value, after_scheme(name, value))
    word = value[: ends.start()].rstrip(".:") if ends else value
    if not tells(name):
        return find_named(name, word)
    first, second = (value, word) if is_whole or name.lower().endswith(("cookie", "cookie2")) else (word, value)
    return find_named(name, first) or (find_named(name, second) if first != second else [])
