r"""Halves of surrogate pairs: JSON may write half a character (`\ud83e`), and a stream may cut one in two.

Source: RFC 8259, section 8.2 (unpaired surrogates); JavaScript clients cut texts between UTF-16 code units.
"""

from __future__ import annotations

import re
from typing import Any

from recviewer.exchange.model import Json

_HALF = re.compile("[\ud800-\udfff]")
_PLACES = ("index", "output_index", "content_index", "summary_index", "item_id")
"""Keys beside a text that tell which of several texts it belongs to."""

MARK = "\N{REPLACEMENT CHARACTER}"
"""Stands before the escape of a half that stayed alone, so that it is not mistaken for a text that spells the escape."""


def has_half(value: Json) -> bool:
    """Tell whether half of a pair stands alone in a string or a key."""
    if isinstance(value, str):
        return not value.isascii() and _HALF.search(value) is not None
    if isinstance(value, list):
        return any(has_half(item) for item in value)
    if isinstance(value, dict):
        return any(has_half(key) or has_half(item) for key, item in value.items())
    return False


def spelled(value: Json) -> Json:
    """Return the value with each lone half as a mark and its escape, so that it can be seen, stored and sent."""
    if isinstance(value, str):
        return _HALF.sub(lambda found: f"{MARK}\\u{ord(found[0]):04x}", value)
    if isinstance(value, list):
        return [spelled(item) for item in value]
    if isinstance(value, dict):
        return {spelled(key): spelled(item) for key, item in value.items()}
    return value


def join(elements: list[Json]) -> None:
    """Put characters together that were cut in two between texts at one place of successive elements, in place.

    The whole character goes to the earlier text. One place: the same keys, and the same `index` or item beside them.
    """
    waiting: dict[tuple[Any, ...], tuple[Any, Any]] = {}
    for number in range(len(elements)):
        _join_into(elements, number, (), waiting)


def _join_into(holder: Any, key: Any, place: tuple[Any, ...], waiting: dict[tuple[Any, ...], tuple[Any, Any]]) -> None:
    value = holder[key]
    if isinstance(value, str):
        if value:
            _join_text(holder, key, place, waiting)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            index = item.get("index") if isinstance(item, dict) else None
            _join_into(value, number, (*place, number if index is None else 0), waiting)
    elif isinstance(value, dict):
        beside = tuple([value.get(name) if isinstance(value.get(name), int | str) else None for name in _PLACES])
        for name in value:
            _join_into(value, name, (*place, beside, name), waiting)


def _join_text(holder: Any, key: Any, place: tuple[Any, ...], waiting: dict[tuple[Any, ...], tuple[Any, Any]]) -> None:
    text = holder[key]
    before = waiting.pop(place, None)
    if before is not None and "\udc00" <= text[0] <= "\udfff":
        earlier, name = before
        begun = earlier[name]
        earlier[name] = begun[:-1] + (begun[-1] + text[0]).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        text = holder[key] = text[1:]
    if text and "\ud800" <= text[-1] <= "\udbff":
        waiting[place] = (holder, key)
