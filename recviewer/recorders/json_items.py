"""The items of a list in a JSON file, each with its byte offsets."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from recviewer.exchange.encode import nesting
from recviewer.exchange.model import Json
from recviewer.formats.decode import DEPTH_LIMIT, Unreadable, decode
from recviewer.recorders.contract import FilePart
from recviewer.recorders.yaml_text import FileItem

_SPACE = re.compile(r"[ \t\r\n]*")


class BadJson(Exception):
    """A text that is not the expected JSON. The message has no full stop."""


def items_below(data: bytes, key: str, *, alone: str) -> list[FileItem]:
    """Return the items of the list at a key of the top-level object.

    key: `a.b` for a nested object; "" if the whole file is the list. alone: a key that only items have: a file with
    this key at the top is a single item. Raises BadJson.
    """
    if nesting(data, limit=DEPTH_LIMIT) > DEPTH_LIMIT:
        raise BadJson(f"nested deeper than {DEPTH_LIMIT} levels")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadJson(f"not UTF-8 text: byte 0x{data[error.start]:02x} at offset {error.start:,}") from None
    shift = len(data) - len(text.encode())
    try:
        spans = _spans(text, key, alone)
    except (ValueError, IndexError, RecursionError) as error:
        raise BadJson(f"not JSON: {str(error) or 'it ends too early'}") from None
    found, at, place = [], 0, shift
    for start, end in spans:
        first = place + len(text[at:start].encode())
        last = first + len(text[start:end].encode())
        at, place = end, last
        try:
            decoded = decode(data[first:last])
            found.append(FileItem(decoded.document, first, last, tuple(one.what for one in decoded.problems)))
        except Unreadable as reason:
            raise BadJson(str(reason)) from None
    return found


def around(data: bytes, items: Sequence[FileItem]) -> Json:
    """Return a file's content without its items, {} if there is none. Raises BadJson."""
    left = data[: items[0].start] + data[items[-1].end :] if items else data
    if not left.strip():
        return {}
    try:
        return decode(left).document
    except Unreadable as reason:
        raise BadJson(str(reason)) from None


def _spans(text: str, key: str, alone: str) -> list[tuple[int, int]]:
    scanner = json.JSONDecoder()
    begin = _skip(text, 0)
    if text[begin] == "[" and not key:
        found, end = _listed(text, begin, scanner)
    elif text[begin] == "{":
        found, end = _inside(text, begin, key.split("."), alone, scanner)
    else:
        raise ValueError("an object was expected")
    if text[_skip(text, end) :]:
        raise ValueError("more text after the end")
    return found


def _inside(
    text: str, begin: int, keys: Sequence[str], alone: str, scanner: json.JSONDecoder
) -> tuple[list[tuple[int, int]], int]:
    """Return the items at some keys of the object that starts here, and its end offset."""
    found: list[tuple[int, int]] = []
    at = _skip(text, begin + 1)
    while text[at] != "}":
        name, at = scanner.raw_decode(text, at)
        if alone and name == alone:
            _, end = scanner.raw_decode(text, begin)
            return [(begin, end)], end
        at = _skip(text, at)
        if text[at] != ":":
            raise ValueError("a colon was expected behind a key")
        at = _skip(text, at + 1)
        if name == keys[0] and len(keys) == 1 and text[at] == "[":
            found, at = _listed(text, at, scanner)
        elif name == keys[0] and len(keys) > 1 and text[at] == "{":
            found, at = _inside(text, at, keys[1:], "", scanner)
        else:
            _, at = scanner.raw_decode(text, at)
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return found, at + 1


def _listed(text: str, at: int, scanner: json.JSONDecoder) -> tuple[list[tuple[int, int]], int]:
    found = []
    at = _skip(text, at + 1)
    while text[at] != "]":
        _, end = scanner.raw_decode(text, at)
        found.append((at, end))
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
        elif text[at] != "]":
            raise ValueError("a comma or a closing bracket was expected")
    return found, at + 1


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    assert match is not None
    return match.end()


def with_commas(data: bytes, every: Sequence[FilePart], parts: Collection[str]) -> list[FilePart]:
    """Return the parts with spans for removal: up to the next part, or for the last ones from the part before."""
    made = [replace_span(one, one.start, after.start) for one, after in pairwise(every)]
    made.append(every[-1])
    last = len(every) - 1
    while last >= 0 and every[last].name in parts:
        before = every[last - 1].end if last else every[last].start
        made[last] = replace_span(every[last], before, made[last].end)
        if last:
            made[last - 1] = replace_span(every[last - 1], made[last - 1].start, before)
        last -= 1
    return made


def replace_span(part: FilePart, start: int, end: int) -> FilePart:
    """Return a part with other offsets."""
    return part._replace(start=start, end=end)
