"""Pictures and sounds inside recordings, served separately: only types that browsers show without running anything."""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from recviewer.exchange.model import Image, Message, Output, Part, SentFile, ToolResult
from recviewer.formats.media import type_of

TYPES = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}
"""Served types, with their magic bytes. Never SVG: it is a document that can contain scripts."""


SOUNDS = frozenset({"audio/mpeg", "audio/wav", "audio/ogg", "audio/flac", "audio/aac"})
"""Served types of sound, if their magic bytes agree."""

RAW_SOUND = re.compile(r"audio/(?:L16|pcm)(?:$|;)", re.IGNORECASE)
"""Raw samples: 16 bits, one channel, 24,000 per second unless its type says otherwise."""

ASSUMED_RATE = 24_000
_RATE = re.compile(r"rate=(\d{4,6})\b")

_URL_SAFE = str.maketrans("-_", "+/")
"""The URL-safe base64 alphabet, which Google's SDK writes."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture, or a sound. type: as recorded. is_shown: its type is served, and its bytes agree.

    is_rate_assumed: the sample rate of the sound is unknown.
    """

    type: str
    data: bytes
    is_shown: bool
    is_rate_assumed: bool = False


def picture_of(url: str) -> Picture | None:
    """Decode a data URL, or bare base64 of a picture. None if it is neither."""
    if url.startswith("data:"):
        head, comma, text = url[5:].partition(",")
        if not comma or not head.endswith(";base64"):
            return None
        named = head.split(";", 1)[0].lower()
    elif len(url) > 64 and "://" not in url[:16]:
        named, text = "", url
    else:
        return None
    try:
        data = base64.b64decode(text.translate(_URL_SAFE), validate=True)
    except (binascii.Error, ValueError):
        return None
    real = next((kind for kind, starts in TYPES.items() if data.startswith(starts)), "")
    if not named:
        return Picture(real, data, True) if real else None
    if named == "image/jpg":
        named = "image/jpeg"
    return Picture(named, data, named == real)


def sound_of(data: str, name: str = "") -> Picture | None:
    """Decode a sound from a data URL or base64; None if it is not served. name: its type, if known.

    Raw samples get a WAV header, so that they can be played.
    """
    told, text = name, data
    if data.startswith("data:"):
        head, _, text = data[5:].partition(",")
        told = head.removesuffix(";base64")
    try:
        sound = base64.b64decode(text.translate(_URL_SAFE), validate=True)
    except (binascii.Error, ValueError):
        return None
    real = type_of(sound)
    if real in SOUNDS:
        return Picture(real, sound, True)
    if not real and sound and RAW_SOUND.match(told):
        rate = _RATE.search(told)
        headed = _with_head(sound, int(rate[1]) if rate else ASSUMED_RATE)
        return Picture("audio/wav", headed, True, is_rate_assumed=rate is None)
    return None


def _with_head(sound: bytes, rate: int) -> bytes:
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16)
    size = struct.pack("<4sI", b"data", len(sound))
    return b"RIFF" + struct.pack("<I", 4 + len(head) + len(size) + len(sound)) + b"WAVE" + head + size + sound


def data_size(data: str) -> int:
    """Return the approximate size in bytes of a file given as base64."""
    text = data.partition(",")[2] if data.startswith("data:") else data
    return len(text) * 3 // 4 - text[-2:].count("=")


def find(messages: Iterable[Message], outputs: Iterable[Output], name: str) -> Picture | None:
    """Return the picture or sound at a place such as `m1.0`, `m4.0.1` or `a1.0`, None if there is none to serve."""
    first, *places = name[1:].split(".")
    numbers = [first, *places]
    if name[:1] not in ("m", "a") or not all(number.isdecimal() and len(number) < 7 for number in numbers):
        return None
    listed = [holder.parts for holder in (messages if name[0] == "m" else outputs)]
    if not 1 <= int(first) <= len(listed):
        return None
    parts: tuple[Part, ...] = listed[int(first) - 1]
    part: Part | None = None
    for number in places:
        if int(number) >= len(parts):
            return None
        part = parts[int(number)]
        parts = part.parts if isinstance(part, ToolResult) else ()
    picture = picture_of(part.url) if isinstance(part, Image) else None
    if isinstance(part, SentFile):
        picture = sound_of(part.data, part.name)
    return picture if picture and picture.is_shown else None
