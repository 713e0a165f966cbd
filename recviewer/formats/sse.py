"""Server-sent events, as recorded: a list of lines with blank strings between the events.

Source: the HTML standard, "Server-sent events" (an event ends at a blank line; several data lines are joined by a
newline; one space after the colon is dropped; lines that start with a colon are comments).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import orjson

from recviewer.exchange.encode import nesting
from recviewer.exchange.model import Json
from recviewer.formats.decode import DEPTH_LIMIT


@dataclass(frozen=True, slots=True)
class Event:
    """One event. data: decoded JSON, or None where the data is no JSON (such as `[DONE]`). text: the data as sent."""

    name: str
    text: str
    data: Json
    size_bytes: int


def events(lines: Iterable[Json]) -> Iterator[Event]:
    """Yield the events of recorded lines. Elements that are no text are passed over; the last event may lack its end."""
    name, data, size = "", [], 0
    for element in lines:
        if not isinstance(element, str):
            continue
        for line in element.removesuffix("\n").split("\n"):
            line = line.removesuffix("\r")
            if line:
                size += len(line.encode("utf-8", "replace")) + 1
                key, _, value = line.partition(":")
                value = value.removeprefix(" ")
                if key == "event":
                    name = value
                elif key == "data":
                    data.append(value)
            elif name or data:
                yield _event(name, data, size)
                name, data, size = "", [], 0
    if name or data:
        yield _event(name, data, size)


def _event(name: str, data: list[str], size: int) -> Event:
    text = "\n".join(data)
    try:
        decoded = None if nesting(text.encode(), limit=DEPTH_LIMIT) > DEPTH_LIMIT else orjson.loads(text)
    except ValueError:
        decoded = None
    return Event(name, text, decoded, size)
