"""From a recorded body to what was sent: one value, or the elements of a stream.

Shared by all formats: a body may be recorded as JSON, as text, as lines, or as network fragments. Its framing is
recognized by its first bytes, never by a header or by what the request asked for. Source: the HTML standard for
server-sent events; Ollama and Cohere v1 send one JSON object per line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

import orjson

from recviewer.exchange.dataclass import dataclass
from recviewer.exchange.model import Json, Problem
from recviewer.formats import halves, sse
from recviewer.formats.decode import BOM, HALVES, Decoded, Unreadable, as_written
from recviewer.formats.lookup import Lookup
from recviewer.formats.sse import Event

AT = "response.body"


@dataclass(frozen=True, slots=True)
class Framed:
    """A body as it was sent.

    body: one value, or a list of elements: JSON values, and text if an element is not JSON. events: the server-sent
    events with the elements as their data; () for every other framing.
    """

    body: Json
    events: tuple[Event, ...] = ()
    problems: tuple[Problem, ...] = ()


def frame(body: Json) -> Framed:
    """Return the body as it was sent. A body that is neither text nor a list of texts is returned as it is."""
    if isinstance(body, str):
        return _of_text(body) or Framed(body)
    if isinstance(body, list) and body:
        if isinstance(body[0], str):
            return _of_texts(body)
        first = body[0].get("__data__", body[0]) if isinstance(body[0], dict) else None
        if isinstance(first, dict) and "data" in first:
            return _of_objects(body)
    return Framed(body)


def events_of(framed: Json, events: tuple[Event, ...]) -> Iterator[Event]:
    """Yield the events of a stream; if it was recorded as decoded elements, one unnamed event for each."""
    if events or not isinstance(framed, list):
        yield from events
        return
    for item in framed:
        data = item["__data__"] if isinstance(item, dict) and "__data__" in item else item
        yield Event("", data if isinstance(data, str) else "", None if isinstance(data, str) else data)


def cursor(item: Json, number: int, problems: list[Problem]) -> Lookup:
    """Return a cursor on an unwrapped element of a stream. An element that is not JSON is put under the key `data`.

    number: index of the element, from 0.
    """
    if isinstance(item, str):
        if item != sse.DONE:
            problems.append(Problem(f"{AT}[{number}]", "data that is not JSON"))
        return Lookup({"data": item}, f"{AT}[{number}]", problems)
    data = item["__data__"] if isinstance(item, dict) and "__data__" in item else item
    return Lookup(data, f"{AT}[{number}]", problems)


def _of_text(text: str) -> Framed | None:
    """Frame a text; None if it is neither server-sent events nor JSON."""
    begun = text.removeprefix(BOM.decode()).lstrip(" \t\r\n")
    if sse.is_stream(begun):
        return _of_events(sse.events(begun))
    if not begun.startswith(("{", "[")):
        return None
    if is_by_line(begun):
        lines = _lines_of(begun)
        return Framed(lines) if lines is not None else _of_sequence(begun)
    try:
        decoded = _decoded(begun)
    except Unreadable:
        return _of_sequence(begun)
    body = decoded.document
    problems = [Problem(AT, problem.what) for problem in decoded.problems]
    if decoded.has_halves:
        body = _joined(body, problems)
    return Framed(body, (), tuple(problems))


def _of_events(found: Iterable[Event]) -> Framed:
    made = list(found)
    problems = [Problem(_at_event(number), what) for number, event in enumerate(made) for what in event.problems]
    if any(event.has_halves for event in made):
        data = _joined([event.data for event in made], problems)
        made = [replace(event, data=item) for event, item in zip(made, data, strict=True)]
    body = [event.text if event.data is None else event.data for event in made]
    return Framed(body, tuple(made), tuple(problems))


_EVENT = frozenset({"event", "data", "id", "retry"})
"""The keys of an event that a client library has already parsed."""


def _of_objects(items: list[Json]) -> Framed:
    """Frame a list of parsed events, each an object with its `data` as text; any other list as it is."""
    found = [item["__data__"] if isinstance(item, dict) and "__data__" in item else item for item in items]
    if not all(isinstance(item, dict) and isinstance(item.get("data"), str) and set(item) <= _EVENT for item in found):
        return Framed(items)
    names = (item.get("event") for item in found)
    return _of_events(
        sse.event_of(name if isinstance(name, str) and name != "message" else "", item["data"])
        for name, item in zip(names, found, strict=True)
    )


def _at_event(number: int) -> str:
    return f"{AT}, event {number + 1}"


def is_by_line(text: str) -> bool:
    """Tell whether the first line of a text is JSON and more follows, so that the text as a whole is not JSON."""
    end = text.find("\n")
    if end < 0 or text[0] != "{" or text[:end].rstrip()[-1:] != "}" or not text[end:].strip():
        return False
    try:
        orjson.loads(text[:end])
    except ValueError:
        return False
    return True


def _lines_of(text: str) -> list[Json] | None:
    """Return the objects of a text with one per line; None if a line is not exactly that."""
    found: list[Json] = []
    for line in text.split("\n"):
        if not line:
            continue
        data = line.encode("utf-8", "replace")
        try:
            item = orjson.loads(data)
            if orjson.dumps(item) != data:  # not in the usual layout
                decoded = as_written(data)
                item = None if decoded.problems or decoded.has_halves else decoded.document
        except (ValueError, TypeError, Unreadable):
            return None
        if type(item) is not dict:
            return None
        found.append(item)
    return found


def _value_at(text: str, place: int, decoder: json.JSONDecoder) -> tuple[Decoded, int]:
    """Decode the JSON value at an offset of a text; also return its end offset.

    Most values are a line of their own, which is decoded without searching for the end. Raises Unreadable and JSON
    errors.
    """
    end = text.find("\n", place)
    line = text[place : end if end >= 0 else len(text)].rstrip(_LAYOUT)
    if line[:1] == "{" and line[-1:] == "}":
        with suppress(Unreadable, RecursionError):
            return _decoded(line), place + len(line)
    _, end = decoder.raw_decode(text, place)
    return _decoded(text[place:end]), end


def _of_sequence(text: str) -> Framed | None:
    """Frame concatenated JSON values, or a truncated list; None if not even one value is complete."""
    decoder = json.JSONDecoder()
    found: list[Json] = []
    problems: list[Problem] = []
    has_halves = False
    is_list = text.startswith("[")
    place = 1 if is_list else 0
    while True:
        begin = place
        while place < len(text) and text[place] in (_LAYOUT + "]" if is_list else _LAYOUT):
            place += 1
        is_end = place >= len(text)
        if is_list:
            found += _unmatched(text[begin:place].count("]"), is_end)
        if is_end:
            break
        try:
            decoded, end = _value_at(text, place, decoder)
        except (ValueError, RecursionError, Unreadable):
            found.append(text[place:])
            break
        problems += (Problem(f"{AT}[{len(found)}]", problem.what) for problem in decoded.problems)
        found.append(decoded.document)
        has_halves = has_halves or decoded.has_halves
        place = end
    if not found or isinstance(found[0], str):
        return None
    return Framed(_joined(found, problems) if has_halves else found, (), tuple(problems))


_LAYOUT = " \t\r\n,"


def _unmatched(ends: int, is_end: bool) -> list[str]:
    """Return the unmatched brackets of a list, as one text. ends: the number of `]` between two of its items."""
    if is_end and not ends:
        return ["["]
    more = "]" * (ends - is_end)
    return [more] if more else []


def _of_texts(items: list[Json]) -> Framed:
    """Frame a list of texts: lines, or fragments cut anywhere. Elements of other types are reported and left out."""
    texts = [item for item in items if isinstance(item, str)]
    problems = []
    if len(texts) < len(items):
        if len(texts) * 2 < len(items) or not any(sse.starts_line(text) for text in texts[:1]):
            return Framed(items)
        problems.append(Problem(AT, f"{len(items) - len(texts)} elements that are no text among the lines of a stream"))
    best, most = None, (-1, 0)
    for separator in _separators(texts):
        framed = _of_text(separator.join(texts))
        if framed is None:
            continue
        whole, broken = _counts(framed)
        if (whole, -broken) > most:
            best, most = framed, (whole, -broken)
        if whole and not broken:
            break
    if best is None:
        return Framed(items)
    return replace(best, problems=(*problems, *best.problems))


def _separators(texts: list[str]) -> tuple[str, ...]:
    """Return candidates for the separator between the texts, most likely first."""
    if any("\n" in text or "\r" in text for text in texts):
        return ("", "\n", "\n\n")
    if all(sse.starts_line(text) or text[:1] in "{[" for text in texts):
        return ("\n", "")
    return ("", "\n")


def _counts(framed: Framed) -> tuple[int, int]:
    """Return how many elements are JSON, and how many look like JSON but are not."""
    items = framed.body if isinstance(framed.body, list) else [framed.body]
    broken = sum(isinstance(item, str) and item.startswith(("{", "[{")) for item in items)
    return sum(not isinstance(item, str) for item in items), broken


def _decoded(text: str) -> Decoded:
    """Decode a text, treating carriage returns as spaces. Raises Unreadable."""
    return as_written(text.replace("\r", " ").encode("utf-8", "replace"))


def _joined(value: Json, problems: list[Problem]) -> Json:
    """Return a value with surrogate pairs joined that were split between elements; lone surrogates are reported."""
    if isinstance(value, list):
        halves.join(value)
    if not halves.has_half(value):
        return value
    problems.append(Problem(AT, HALVES))
    return halves.spelled(value)
