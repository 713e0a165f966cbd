"""Parses server-sent events from text, in every layout in which recorders store them.

Source: the HTML standard, "Server-sent events" (lines end at CRLF, LF or CR; an event ends at a blank line; several
data lines are joined by a newline; one space after the colon is dropped; lines that start with a colon are comments).
Beyond the standard: blank lines may have been lost in the recording, and a server may write a failure as a line of its
own (llama.cpp: `error: {...}`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from recviewer.exchange.dataclass import dataclass
from recviewer.exchange.model import Json
from recviewer.formats.decode import Unreadable, as_written

DONE = "[DONE]"
"""The end marker of many servers: data that is not JSON and has no meaning."""

_LINE_END = re.compile(r"\r\n|\n|\r")
_FIELDS = frozenset({"event", "data", "id", "retry"})
_BEGINS = re.compile(r"(?:event|data|id|retry)(?:[:\r\n]|\Z)|:|error: *\{")
_HAS_EVENT = re.compile(r"(?:^|[\r\n])(?:data|event|error):")
_ONLY_COMMENTS = re.compile(r"(?::[^\r\n]*[\r\n]*)+")
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|([\[{])|([\]}])')


@dataclass(frozen=True, slots=True)
class Event:
    """One event. data: decoded JSON, or None if the data is not JSON (such as `[DONE]`). text: the data as sent.

    size_bytes: of its lines. problems: anomalies of the JSON.
    """

    name: str
    text: str
    data: Json
    size_bytes: int = 0
    problems: tuple[str, ...] = ()
    has_halves: bool = False

    @property
    def is_unread(self) -> bool:
        """Whether there is data that is neither JSON nor the usual end marker."""
        return self.data is None and self.text not in ("", DONE, "null")


def is_stream(text: str) -> bool:
    """Tell whether a text is server-sent events: its first line is one of theirs, and it has an event or only comments."""
    if not _BEGINS.match(text):
        return False
    return _HAS_EVENT.search(text) is not None or _ONLY_COMMENTS.fullmatch(text) is not None


def starts_line(text: str) -> bool:
    """Tell whether a text starts like a line of server-sent events, or is blank."""
    return not text.strip() or _BEGINS.match(text) is not None


def events(text: str) -> Iterator[Event]:
    """Yield the events of a text. The last one may be incomplete; events without name and data are skipped."""
    block: list[tuple[str, str, int]] = []
    depth = 0
    for line in _LINE_END.split(text):
        if not line:
            yield from _block(block)
            block, depth = [], 0
            continue
        if line[0] == ":":
            continue
        key, _, value = line.partition(":")
        size = len(line.encode("utf-8", "replace")) + 1
        if key in _FIELDS:
            block.append((key, value.removeprefix(" "), size))
            continue
        depth = depth or _depth(block)
        if depth > 0:
            block.append(("data", line, size))
            depth += _opened(line)
        else:
            yield from _block(block)
            block, depth = [], 0
            yield _foreign(line, key, value.strip(), size)
    yield from _block(block)


def _depth(block: list[tuple[str, str, int]]) -> int:
    """Return the number of unclosed brackets in a block's data: some servers split JSON over lines after one `data:`."""
    data = [value for key, value, _ in block if key == "data"]
    return sum(map(_opened, data)) if data and data[0].startswith(("{", "[")) else 0


def _foreign(line: str, key: str, value: str, size: int) -> Event:
    """Read a line that is not in the standard: JSON with or without a name before it, else text."""
    if value.startswith("{") and key.isidentifier():
        made = event_of(key, value, size)
        if made.data is not None:
            return made
    return event_of("", line, size)


def _block(block: list[tuple[str, str, int]]) -> Iterator[Event]:
    """Yield the events between two blank lines: one by the standard, more if blank lines were lost."""
    kinds = [key for key, _, _ in block if key in ("event", "data")]
    if kinds.count("event") < 2:
        yield from _segment(block)
        return
    name_is_last = kinds[0] == "data" and kinds[-1] == "event"
    segment: list[tuple[str, str, int]] = []
    for field in block:
        if field[0] == "event" and not name_is_last and any(key == "event" for key, _, _ in segment):
            yield from _segment(segment)
            segment = []
        segment.append(field)
        if field[0] == "event" and name_is_last:
            yield from _segment(segment)
            segment = []
    yield from _segment(segment)


def _segment(segment: list[tuple[str, str, int]]) -> Iterator[Event]:
    """Yield the events under one name: one, or several if each part of the data is complete JSON."""
    name = next((value for key, value, _ in segment if key == "event"), "")
    data = [value for key, value, _ in segment if key == "data"]
    size = sum(size for _, _, size in segment)
    parts = _parts(data)
    if len(parts) < 2:
        if name or any(data):
            yield event_of(name, "\n".join(data), size)
        return
    named = 0
    if segment[0][0] == "data":
        before = [key for key, _, _ in segment].index("event") if name else 0
        named = min(before, len(parts) - 1)
    for number, part in enumerate(parts):
        yield event_of(name if number == named else "", part, len(part.encode("utf-8", "replace")) + len("data: \n"))


def _parts(lines: list[str]) -> list[str]:
    """Split data lines into parts that are complete JSON each. One part if they are not, as the standard has it."""
    if len(lines) < 2:
        return lines
    joined = "\n".join(lines)
    parts: list[str] = []
    begun: list[str] = []
    depth = 0
    for line in lines:
        if not begun and line != DONE and not line.startswith(("{", "[")):
            return [joined]
        begun.append(line)
        depth = 0 if line == DONE else depth + _opened(line)
        if depth <= 0:
            parts.append("\n".join(begun))
            begun, depth = [], 0
    if begun:
        parts.append("\n".join(begun))
    return parts if all(part == DONE or _is_json(part) for part in (parts[:-1] if begun else parts)) else [joined]


def _opened(line: str) -> int:
    """Return how many more brackets a line opens than it closes, outside of strings."""
    opened = 0
    for found in _BRACKETS.finditer(line):
        opened += 1 if found[1] else -1 if found[2] else 0
    return opened


def _is_json(text: str) -> bool:
    try:
        as_written(text.encode("utf-8", "replace"))
    except Unreadable:
        return False
    return True


def event_of(name: str, text: str, size: int = 0) -> Event:
    """Make an event from its name and the text of its data."""
    if text in ("", DONE):
        return Event(name, text, None, size)
    try:
        decoded = as_written(text.encode("utf-8", "replace"))
    except Unreadable:
        return Event(name, text, None, size)
    return Event(
        name, text, decoded.document, size, tuple([problem.what for problem in decoded.problems]), decoded.has_halves
    )
