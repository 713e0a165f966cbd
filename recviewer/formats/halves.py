r"""Lone surrogates: JSON may encode half a character (`\ud83e`), and a stream may split a character in two.

Source: RFC 8259, section 8.2 (unpaired surrogates); JavaScript clients cut texts between UTF-16 code units.
"""

from __future__ import annotations

import re
from typing import Any

from recviewer.exchange.model import Json

_HALF = re.compile("[\ud800-\udfff]")
_PLACES = ("index", "output_index", "content_index", "summary_index", "item_id")
"""Keys beside a text that identify which of several texts it belongs to."""

MARK = "\N{REPLACEMENT CHARACTER}"
"""Precedes the escape of a lone surrogate, to distinguish it from a text that contains the escape literally."""


def has_half(value: Json) -> bool:
    """Tell whether a string or a key contains a lone surrogate."""
    if isinstance(value, str):
        return not value.isascii() and _HALF.search(value) is not None
    if isinstance(value, list):
        return any(has_half(item) for item in value)
    if isinstance(value, dict):
        return any(has_half(key) or has_half(item) for key, item in value.items())
    return False


def spelled(value: Json) -> Json:
    """Return the value with each lone surrogate as a mark and its escape, so that it can be shown, stored and sent."""
    if isinstance(value, str):
        return _HALF.sub(lambda found: f"{MARK}\\u{ord(found[0]):04x}", value)
    if isinstance(value, list):
        return [spelled(item) for item in value]
    if isinstance(value, dict):
        return {spelled(key): spelled(item) for key, item in value.items()}
    return value


def join(elements: list[Json]) -> None:
    """Join, in place, surrogate pairs split between texts at the same place of successive elements.

    The whole character goes to the earlier text. Same place: equal keys, and equal `index` or item beside them.
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
