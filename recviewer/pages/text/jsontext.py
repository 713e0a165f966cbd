"""JSON for people: numbers as they were recorded, on one line or indented, never re-ordered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from recviewer.exchange.encode import SourceFloat
from recviewer.exchange.model import Json


@dataclass(frozen=True, slots=True)
class Parsed:
    """value: the decoded JSON. error: where it stops being JSON, "" if it is valid."""

    value: Json
    error: str = ""


def parse(text: str) -> Parsed:
    """Decode JSON text, keeping the source text of numbers. Never raises."""
    try:
        return Parsed(json.loads(text, parse_float=SourceFloat, parse_int=_integer))
    except json.JSONDecodeError as error:
        return Parsed(None, f"not JSON at character {error.pos + 1:,}")
    except (ValueError, RecursionError):
        return Parsed(None, "not JSON that can be read")


def _integer(digits: str) -> Any:
    return int(digits) if len(digits) < 4000 else SourceFloat(digits)


def looks_like_json(text: str) -> bool:
    """Tell quickly whether a text could be a JSON object or array."""
    start, end = text.lstrip()[:1], text.rstrip()[-1:]
    return (start, end) in (("{", "}"), ("[", "]"))


def compact(value: Json, limit: int | None = None) -> str:
    """Write a value on one line: `{"include_usage": true}`. Output stops after limit characters."""
    return _written(_write(value, None, 0), limit)


def pretty(value: Json, limit: int | None = None) -> str:
    """Write a value indented by two spaces. Output stops after limit characters."""
    return _written(_write(value, 2, 0), limit)


def _written(pieces: Iterator[str], limit: int | None) -> str:
    """Join pieces until they exceed the limit, so that a text of a million values only costs what is shown of it."""
    if limit is None:
        return "".join(pieces)
    made, length = [], 0
    for piece in pieces:
        made.append(piece)
        length += len(piece)
        if length > limit:
            break
    return "".join(made)


def _write(value: Json, indent: int | None, depth: int) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _enclosed("{", value.items(), "}", indent, depth)
    elif isinstance(value, list | tuple):
        yield from _enclosed("[", ((None, item) for item in value), "]", indent, depth)
    else:
        yield _plain(value)


def _enclosed(
    opening: str, items: Iterable[tuple[Any, Json]], closing: str, indent: int | None, depth: int
) -> Iterator[str]:
    inner = "" if indent is None else "\n" + " " * indent * (depth + 1)
    between = ", " if indent is None else f",{inner}"
    start = opening + inner
    for key, item in items:
        named = start if key is None else f"{start}{_text(str(key))}: "
        if isinstance(item, dict | list | tuple):
            yield named
            yield from _write(item, indent, depth + 1)
        else:
            yield named + _plain(item)
        start = between
    if start is not between:
        yield opening + closing
    else:
        yield closing if indent is None else "\n" + " " * indent * depth + closing


def _plain(value: Json) -> str:
    if isinstance(value, str):
        return _text(value)
    return json.dumps(value) if value is None or isinstance(value, bool) else str(value)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
