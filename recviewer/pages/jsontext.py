"""JSON as people read it: numbers as they were recorded, one line or indented, never re-ordered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from recviewer.exchange.model import Json
from recviewer.formats.decode import SourceFloat


@dataclass(frozen=True, slots=True)
class Parsed:
    """value: the decoded JSON. error: where it stops being JSON, "" where it is fine."""

    value: Json
    error: str = ""


def parse(text: str) -> Parsed:
    """Decode JSON text, keeping how numbers were written. Never raises."""
    try:
        return Parsed(json.loads(text, parse_float=SourceFloat, parse_int=_integer))
    except json.JSONDecodeError as error:
        return Parsed(None, f"not JSON at character {error.pos + 1:,}")
    except (ValueError, RecursionError):
        return Parsed(None, "not JSON that can be read")


def _integer(digits: str) -> Any:
    return int(digits) if len(digits) < 4000 else SourceFloat(digits)


def looks_like_json(text: str) -> bool:
    """Tell whether a text could be a JSON object or array, at a glance."""
    start, end = text.lstrip()[:1], text.rstrip()[-1:]
    return (start, end) in (("{", "}"), ("[", "]"))


def compact(value: Json) -> str:
    """Write a value in one line: `{"include_usage": true}`."""
    return _write(value, None, 0)


def pretty(value: Json) -> str:
    """Write a value with two spaces of indent."""
    return _write(value, 2, 0)


def _write(value: Json, indent: int | None, depth: int) -> str:
    if isinstance(value, dict):
        items = [f"{_text(str(key))}: {_write(item, indent, depth + 1)}" for key, item in value.items()]
        return _enclose("{", items, "}", indent, depth)
    if isinstance(value, list | tuple):
        return _enclose("[", [_write(item, indent, depth + 1) for item in value], "]", indent, depth)
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return str(value)


def _enclose(opening: str, items: list[str], closing: str, indent: int | None, depth: int) -> str:
    if not items:
        return opening + closing
    if indent is None:
        return f"{opening}{', '.join(items)}{closing}"
    inner, outer = " " * indent * (depth + 1), " " * indent * depth
    return f"{opening}\n{inner}" + f",\n{inner}".join(items) + f"\n{outer}{closing}"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
