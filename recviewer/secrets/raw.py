"""The displayable text of a file: its secrets masked, every line at its number."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import orjson

from recviewer.secrets import documents, packed, pieces
from recviewer.secrets.around import has_sign
from recviewer.secrets.named import find_all
from recviewer.secrets.texts import SecretAt, between_data, find_named, hidden, tells, without_overlapping

_HEADER = re.compile(
    r"[\"']name[\"']\s*:\s*[\"']([\w-]{2,60})[\"']\s*,\s*[\"']value[\"']\s*:\s*[\"'](?P<value>[^\"'\\\n]{6,4000})"
)


def found_in(text: str) -> list[SecretAt]:
    """Return the secrets in the text of a file, by their form and by the names before them."""
    found = find_all(text)
    for at, piece in between_data(text):
        named = [one._replace(start=at + one.start, end=at + one.end) for one in _of_headers(piece)]
        found = sorted([*found, *without_overlapping(named, found)], key=lambda one: one[:2])
    return found


def _of_headers(text: str) -> Iterator[SecretAt]:
    for match in _HEADER.finditer(text):
        if tells(match[1]):
            for one in find_named(match[1], match["value"].rstrip()):
                yield one._replace(start=match.start("value") + one.start, end=match.start("value") + one.end)


def shown(data: bytes) -> bytes:
    """Return the bytes of a file with its secrets masked; equal bytes if there are none."""
    is_odd = has_sign(data)
    masked = _document(data) if is_odd or len(data) <= CLOSELY else None
    if masked is not None and masked.values:
        again = _written_again(data, masked)
        if again is not None:
            return again
    text = data.decode("utf-8", "surrogateescape")
    made = text
    if is_odd:
        made = hidden(made, _apart(found_in(made)))
    for value, mask in sorted(masked.values.items() if masked else (), key=lambda one: -len(one[0])):
        made = _without(made, value, mask)
    if pieces.across(made):
        made = pieces.hidden_across(made)
    made = packed.hidden_in(made, _holds_any)
    return data if made == text else made.encode("utf-8", "surrogateescape")


def _holds_any(text: str) -> bool:
    return any(one.kind.is_masked for one in found_in(text)) or bool(pieces.across(text))


CLOSELY = 3_000_000
"""Files up to this size are also searched as documents without a sign of a secret: a stream may have split one."""


def _document(data: bytes) -> documents.Masked | None:
    """Return a JSON document with masks, None if the file is not JSON."""
    try:
        return documents.masked(orjson.loads(data))
    except (ValueError, RecursionError):
        return None


def _written_again(data: bytes, masked: documents.Masked) -> bytes | None:
    """Return a masked document serialized as its file, None if the file's layout is not that of a recorder."""
    document = orjson.loads(data)
    option = orjson.OPT_INDENT_2
    for end in (b"\n", b""):
        try:
            if orjson.dumps(document, option=option) + end == data:
                return orjson.dumps(masked.document, option=option) + end
            if json.dumps(document, indent=2).encode() + end == data:
                return json.dumps(masked.document, indent=2).encode() + end
        except (TypeError, ValueError):
            return None
    return None


def _apart(found: list[SecretAt]) -> list[SecretAt]:
    """Remove secrets that overlap an earlier one."""
    made: list[SecretAt] = []
    for one in found:
        if one.kind.is_masked and (not made or one.start >= made[-1].end):
            made.append(one)
    return made


def _without(text: str, value: str, mask: str) -> str:
    """Return a text with a value replaced by its mask, in any JSON notation of its characters."""
    for spelled in dict.fromkeys((json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1])):
        text = text.replace(spelled, mask + "\n" * spelled.count("\n"))
    return text
