"""Cuts chunks that equal the previous one except for one text out of a file before it is decoded.

Most bytes of a tree of recordings are such chunks. Compared bytewise, in the layout that the recorder writes, they need
not be decoded, and the shortened document contains everything else. Files in another layout are not changed.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import orjson

from recviewer.exchange.dataclass import dataclass
from recviewer.exchange.model import Json
from recviewer.formats.decode import UNWEIGHED, is_as_recorded

LEAST = 4
"""Fewest chunks for which cutting pays."""

MOST_BYTES = UNWEIGHED
"""Larger files are decoded in full, after a check of the memory they need."""

_HEAD = b'\n  "response": {\n    "body": [\n      {\n'
_TYPES = re.compile(rb'ChatCompletionChunk"|ModelResponseStream"')
_TYPE_BYTES = 120
"""The name of the type is within this many bytes of the start of the first element."""

_BETWEEN = b"\n      },\n      {\n"
_END = b"\n      }\n    ]"
_BEGINS = tuple([(key, b'\n                "%s": "' % key.encode()) for key in ("content", "reasoning")])
_ABOVE = (
    (b'\n              "', b'\n              "delta": {\n'),
    (b'\n          "', b'\n          "choices": [\n            {\n'),
    (b'\n        "', b'\n        "__data__": {\n'),
)
"""Prefixes of the lines that enclose a text, by level, and the last line of each if the text belongs to a chunk's delta."""

_PADDING = b'\n          "obfuscation": "'
_TEXTS = re.compile(rb'[^"\\]*+(?:\\[^\n][^"\\]*+)*+')
"""Lines that are each a JSON string without its quotes."""


class NotAlike(Exception):
    """The cut-out chunks are needed to read the recording."""


@dataclass(frozen=True, slots=True)
class CutChunks:
    """Consecutive chunks that equal the previous one except for a text of their delta. key: of the text."""

    key: str
    texts: list[str]


class SaidRun(NamedTuple):
    """What consecutive chunks add to one choice: a text each, nothing else. first: the number of the first chunk."""

    first: int
    choice: int
    texts: list[str]
    is_thought: bool


@dataclass(frozen=True, slots=True)
class Shortened:
    """A document without such chunks. alike: the chunks cut out behind an element of `response.body`, by its index.

    data: the bytes of the shortened document.
    """

    document: Json
    alike: dict[int, CutChunks]
    data: bytes


def shortened(data: bytes) -> Shortened | None:
    """Decode a file without its repetitive chunks; None if there are none, or if anything is unusual."""
    begin = data.find(_HEAD) + len(_HEAD)
    end = data.rfind(_END, begin) if begin >= len(_HEAD) and len(data) <= MOST_BYTES else -1
    if end < 0 or not _TYPES.search(data, begin, begin + _TYPE_BYTES) or b"\r" in data:
        return None
    kept: list[bytes] = []
    cut: dict[int, _Cut] = {}
    count, at = 0, begin
    while at >= 0:
        stop = data.find(_BETWEEN, at, end)
        if stop < 0:
            kept.append(data[at:end])
            break
        kept.append(data[at:stop])
        found = _like(data, at, stop, end)
        if found is None:
            at = stop + len(_BETWEEN)
        else:
            cut[len(kept) - 1] = found
            count += len(found.texts) - 1
            at = found.end
    if count < LEAST:
        return None
    return _decoded(data[:begin] + _BETWEEN.join(kept) + data[end:], cut, len(kept))


class _Cut(NamedTuple):
    """The texts of a chunk and of the similar ones after it, their padding, and the offset of the next chunk, or -1."""

    key: str
    texts: list[bytes]
    padding: list[bytes]
    end: int


class _Likeness(NamedTuple):
    """The bytes that similar chunks share: before the text, between text and padding, and after them.

    back, padding_back: distance from the end of the text, or padding, to the end of its line; 0 without padding.
    """

    before: bytes
    between: bytes
    behind: bytes
    back: int
    padding_back: int


def _like(data: bytes, at: int, stop: int, end: int) -> _Cut | None:
    """Return the chunks after `data[at:stop]` that are similar to it, None if there are none. end: of the last chunk."""
    following = stop + len(_BETWEEN)
    for key, begins in _BEGINS:
        start = data.find(begins, at, stop) + len(begins)
        if start < at or not data.startswith(data[at:start], following):
            continue
        close, back = _end_of(data, start)
        shared = _Likeness(data[at:start], b"", data[close:stop], back, 0)
        hidden = data.find(_PADDING, close, stop) + len(_PADDING)
        if hidden > close:
            hidden_end, hidden_back = _end_of(data, hidden)
            shared = _Likeness(data[at:start], data[close:hidden], data[hidden_end:stop], back, hidden_back)
        texts, padding, after = _walk(data, following + start - at, shared, end)
        if texts:
            if not all(data.startswith(line, data.rfind(above, at, start)) for above, line in _ABOVE):
                return None
            return _Cut(key, [data[start:close], *texts], padding, after)
    return None


def _walk(data: bytes, at: int, shared: _Likeness, end: int) -> tuple[list[bytes], list[bytes], int]:
    """Return the texts and the padding of the chunks that share these bytes, and the offset of the next chunk or -1.

    at: offset of the first text. Padding hides the length of a text and differs each time.
    """
    before, between, behind, back, padding_back = shared
    joint = behind + _BETWEEN + before
    texts: list[bytes] = []
    padding: list[bytes] = []
    while True:
        close = place = data.find(_LINE, at) - back
        if padding_back:
            if not data.startswith(between, close):
                break
            place = data.find(_LINE, close + len(between)) - padding_back
            if place < close + len(between):
                break
        after = place + len(behind)
        is_last = not data.startswith(joint, place)
        if close < at or after > end or (is_last and not _ends(data, behind, place, end)):
            break
        texts.append(data[at:close])
        if padding_back:
            padding.append(data[close + len(between) : place])
        if is_last:
            return texts, padding, -1 if after == end else after + len(_BETWEEN)
        at = place + len(joint)
    return texts, padding, at - len(before)


def _ends(data: bytes, behind: bytes, place: int, end: int) -> bool:
    """Tell whether a chunk ends like the previous one. end: of the last chunk."""
    after = place + len(behind)
    return data.startswith(behind, place) and (after == end or data.startswith(_BETWEEN, after))


def _end_of(data: bytes, start: int) -> tuple[int, int]:
    """Return the end offset of a text that ends its line, and its distance from the end of the line."""
    line = data.find(_LINE, start)
    back = 2 if data[line - 1] == _COMMA else 1
    return line - back, back


_LINE = b"\n"
_COMMA = ord(",")


def _has_so_many(document: Any, count: int) -> bool:
    """Tell whether a document is a recording whose reply has `count` elements: the bytes may also occur in a list."""
    response = document.get("response") if isinstance(document, dict) else None
    body = response.get("body") if isinstance(response, dict) else None
    return isinstance(body, list) and len(body) == count


def _decoded(short: bytes, cut: dict[int, _Cut], count: int) -> Shortened | None:
    """Decode the shortened bytes. count: the number of elements that the reply now has."""
    try:
        document = orjson.loads(short)
        if not _has_so_many(document, count) or not is_as_recorded(short, document):
            return None
        alike = {}
        for place, found in cut.items():
            texts = _texts(found.texts + found.padding)
            if texts is None:
                return None
            alike[place] = CutChunks(found.key, texts[1 : len(found.texts)])
    except ValueError:
        return None
    return Shortened(document, alike, short)


def _texts(found: list[bytes]) -> list[str] | None:
    """Return texts from JSON strings without quotes, None if they are not one string each. Raises ValueError."""
    together = b"\n".join(found)
    if (b'"' in together or b"\\" in together) and not _TEXTS.fullmatch(together):
        return None
    texts: list[str] = orjson.loads(b'["' + b'","'.join(found) + b'"]')
    return texts if len(texts) == len(found) else None
