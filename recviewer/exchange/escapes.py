r"""JSON inside strings, decoded for people: tool arguments and results write `Zürich` as `Z\u00fcrich`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import orjson

from recviewer.exchange.model import Json

_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|.)", re.DOTALL
)
_DEEPEST = 4
"""How many levels of JSON inside JSON strings are searched."""

_LONGEST = 400_000
"""Characters of the longest text that is parsed as JSON; longer ones are shown and indexed as they are."""


def spelled_out(text: str) -> str:
    r"""Return JSON text with its `\u` escapes replaced by the characters they encode; other text is returned unchanged.

    Characters that would be invisible or end a string stay escaped: control and formatting characters, unusual spaces,
    quotes and backslashes. The result decodes to the same value.
    """
    return _ESCAPE.sub(_character, text) if "\\u" in text and _is_json(text) else text


def _character(found: re.Match[str]) -> str:
    high, low, plain = found.groups()
    if high:
        character = chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00))
    elif plain:
        character = chr(int(plain, 16))
    else:
        return found[0]
    return character if character.isprintable() and character not in ' "\\' else found[0]


def _is_json(text: str) -> bool:
    """Tell whether a text is JSON, or a truncated JSON document."""
    start = text.lstrip()[:1]
    if start not in ("{", "[", '"') or len(text) > _LONGEST:
        return False
    try:
        orjson.loads(text)
        return True
    except ValueError:  # not JSON, or JSON with values that orjson refuses
        pass
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.msg.startswith(("Unterminated string", "Invalid \\u")) or error.pos >= len(text.rstrip())
    except (ValueError, RecursionError):
        return False
    return True


def words_in(text: str, *, depth: int = 0) -> Iterator[str]:
    r"""Yield the words that a text encodes besides its literal characters: if it is JSON, its strings with escapes
    decoded.

    `{"a": "one\ntwo"}` encodes `one` and `two`, though neither is a word of the text. A text without a backslash
    encodes nothing more. JSON inside its strings is searched as well.
    """
    if "\\" not in text or len(text) > _LONGEST:
        return
    if depth < _DEEPEST and text.lstrip()[:1] in ("{", "[", '"'):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            pass
        else:
            yield "\n".join(leaves(value, depth=depth + 1))
            return
    if "\\u" in text:
        yield _ESCAPE.sub(_any_character, text)


def _any_character(found: re.Match[str]) -> str:
    return _character(found) if found[1] or found[3] else " "


def leaves(value: Json, *, depth: int = 0) -> Iterator[str]:
    """Yield the words of a JSON value in order: keys, texts, numbers, and the contents of JSON inside its texts."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
            yield from words_in(one, depth=depth)
        elif isinstance(one, dict):
            for key, inner in reversed(one.items()):
                waiting += [inner, str(key)]
        elif isinstance(one, list):
            waiting += reversed(one)
        elif isinstance(one, bool):
            yield "true" if one else "false"
        elif one is not None:
            yield str(one)
