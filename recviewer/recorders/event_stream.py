"""AWS event streams: binary messages with checksums, as Bedrock sends them.

Source: Smithy specification, "application/vnd.amazon.eventstream": total length and length of the headers (32 bits
each, big endian), CRC32 of these eight bytes, headers, payload, CRC32 of all before it.
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from collections.abc import Iterator

from recviewer.exchange.model import Json
from recviewer.formats.decode import Unreadable, decode

_PRELUDE = struct.Struct(">III")
_FIXED = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
"""Size in bytes of a header value, by its type; types 6 and 7 start with their length."""


def is_stream(data: bytes) -> bool:
    """Tell whether bytes are an event stream: the checksum of the first message's lengths is correct."""
    if len(data) < _PRELUDE.size:
        return False
    total, _, checksum = _PRELUDE.unpack_from(data)
    return bool(total >= 16 and zlib.crc32(data[:8]) == checksum)


def elements(data: bytes, problems: list[str], *, exact: bool = False) -> list[Json]:
    """Return each message as `{event name: payload}`; for `chunk` events the decoded bytes.

    problems: errors such as wrong checksums are appended. Bytes that cannot be parsed become the last element, as
    base64.
    """
    found: list[Json] = []
    at = 0
    while at < len(data):
        if len(data) - at < 16:
            return _rest(found, data[at:], problems, "the stream is cut off")
        total, headers, checksum = _PRELUDE.unpack_from(data, at)
        if zlib.crc32(data[at : at + 8]) != checksum or total < 16 + headers:
            return _rest(found, data[at:], problems, "the checksum of a message's lengths is wrong")
        if at + total > len(data):
            return _rest(found, data[at:], problems, "the stream is cut off")
        message = data[at : at + total]
        if zlib.crc32(message[:-4]) != int.from_bytes(message[-4:], "big"):
            problems.append(f"the checksum of message {len(found) + 1} is wrong")
        try:
            named = dict(_headers(message[12 : 12 + headers]))
        except (IndexError, struct.error, UnicodeDecodeError):
            return _rest(found, data[at:], problems, "the headers of a message cannot be read")
        found.append(_element(named, message[12 + headers : -4], exact))
        at += total
    return found


def _rest(found: list[Json], data: bytes, problems: list[str], why: str) -> list[Json]:
    problems.append(why)
    return [*found, {"base64": base64.b64encode(data).decode()}]


def _headers(data: bytes) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(data):
        size = data[at]
        name, kind = data[at + 1 : at + 1 + size].decode(), data[at + 1 + size]
        at += 2 + size
        if kind in (6, 7):
            (length,) = struct.unpack_from(">H", data, at)
            at += 2
        else:
            length = _FIXED.get(kind, len(data))
        if at + length > len(data):
            raise IndexError
        if kind == 7:
            yield name, data[at : at + length].decode()
        at += length


def _element(headers: dict[str, str], payload: bytes, exact: bool) -> Json:
    value: Json
    try:
        value = decode(payload, exact=exact).document if payload.strip() else {}
    except Unreadable:
        value = {"base64": base64.b64encode(payload).decode()}
    kind = headers.get(":message-type", "event")
    name = headers.get(":exception-type") or headers.get(":error-code") or headers.get(":event-type", "")
    if kind == "event" and name == "chunk" and isinstance(value, dict) and isinstance(value.get("bytes"), str):
        held = _held(value["bytes"], exact)
        rest = {key: item for key, item in value.items() if key not in ("bytes", "p")}
        if isinstance(held, dict) and rest.keys().isdisjoint(held):
            return {**held, **rest}
    return {name or kind: value}


def _held(text: str, exact: bool) -> Json:
    try:
        return decode(base64.b64decode(text, validate=True), exact=exact).document
    except (Unreadable, binascii.Error, ValueError):
        return None
