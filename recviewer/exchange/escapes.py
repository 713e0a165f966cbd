r"""JSON text inside texts, as people read it: arguments of calls and results of tools write `Zürich` as `Z\u00fcrich`."""

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
"""How many times JSON text inside JSON text is looked into."""

_LONGEST = 400_000
"""Characters of a text that is taken for JSON; more are shown and found as they are."""


def spelled_out(text: str) -> str:
    r"""Return JSON text with the characters that its `\u` escapes stand for; other text as it is.

    What could not be seen, or would end a string, stays an escape: control and formatting characters, odd spaces, quotes
    and backslashes. The result means the same as the text.
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
    """Tell whether a text is JSON, or was JSON until it was cut off."""
    start = text.lstrip()[:1]
    if start not in ("{", "[", '"') or len(text) > _LONGEST:
        return False
    try:
        orjson.loads(text)
        return True
    except ValueError:  # no JSON, or JSON with what orjson refuses
        pass
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.msg.startswith(("Unterminated string", "Invalid \\u")) or error.pos >= len(text.rstrip())
    except (ValueError, RecursionError):
        return False
    return True


def words_in(text: str, *, depth: int = 0) -> Iterator[str]:
    r"""Yield what a text says besides its own characters: where it is JSON, its strings without escapes.

    `{"a": "one\ntwo"}` says `one` and `two`, though no word of the text is `two`. A text without a backslash says nothing
    else. JSON text inside is looked into as well.
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
    """Yield the words of a JSON value: its keys, texts and numbers, in order, and what JSON text among them says."""
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
