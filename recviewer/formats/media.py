"""The media type of base64 data, recognized by its first bytes, and its data URL."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable

from recviewer.exchange.model import Image, SentFile
from recviewer.formats.raw import Raw

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"\x1a\x45\xdf\xa3", "audio/webm"),
    (b"%PDF-", "application/pdf"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_FRAMES = {
    **dict.fromkeys((b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa"), "audio/mpeg"),
    **dict.fromkeys((b"\xff\xf1", b"\xff\xf9"), "audio/aac"),
}


def type_of(data: bytes) -> str:
    """Return the media type that bytes start like, "" if unknown."""
    if data[:4] == b"RIFF":
        return _RIFF.get(data[8:12], "")
    if data[4:8] == b"ftyp":
        return "video/mp4"
    return next((kind for start, kind in _STARTS if data.startswith(start)), _FRAMES.get(data[:2], ""))


def url_of(text: str, told: str = "") -> str:
    """Return the data URL of base64 data. told: its recorded media type, used if the bytes are not recognized."""
    try:
        head = base64.b64decode(text[:64], validate=True)
    except (binascii.Error, ValueError):
        head = b""
    return f"data:{type_of(head) or told or 'application/octet-stream'};base64,{text}"


def part_of(text: str, told: str = "", name: str = "") -> Image | SentFile:
    """Return base64 data as an `Image` if it is one, else as a file. told: see `url_of`."""
    url = url_of(text, told)
    return Image(url) if url.startswith("data:image/") else SentFile(name, "", url)


def joined(texts: Iterable[str]) -> str:
    """Return the base64 encoding of concatenated base64 fragments. Raises ValueError if one is invalid."""
    return base64.b64encode(b"".join(base64.b64decode(text, validate=True) for text in texts)).decode()


def told_type(raw: Raw) -> str:
    """Return the media type in the headers of a reply, "" if there is none."""
    headers = raw.response.get("headers")
    told = headers.get("content-type") if isinstance(headers, dict) else None
    return told.partition(";")[0].strip().lower() if isinstance(told, str) else ""


def held_type(raw: Raw) -> str:
    """Return the media type of a reply that is bytes alone, told by their start or else by the headers; "" for others."""
    text = raw.first.get("base64")
    if raw.first.keys() != {"base64"} or not isinstance(text, str):
        return ""
    try:
        found = type_of(base64.b64decode(text[:64], validate=True))
    except (binascii.Error, ValueError):
        found = ""
    return found or told_type(raw)
