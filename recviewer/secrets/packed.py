"""Base64 text in a file, optionally gzip-compressed: anybody can decode it, so its secrets must be masked too."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Callable

from recviewer.secrets.mask import mask
from recviewer.secrets.quick import suspects

_BLOCK = re.compile(r"(?<=binary \|)[-+]?\r?\n(?P<lines>(?:[ \t]*[A-Za-z0-9+/]+={0,2}(?:\r?\n|\Z))+)")
_RUN = re.compile(r"(?<![A-Za-z0-9+/=])(?P<lines>[A-Za-z0-9+/]{32,}={0,2})(?![A-Za-z0-9+/=])")

MOST = 10_000_000
"""Most bytes decoded from one text."""


def hidden_in(text: str, holds: Callable[[str], bool]) -> str:
    """Return a text with encoded parts masked that contain a secret. Line breaks are kept, so line numbers do not
    change.

    holds: whether a text contains a secret.
    """

    def made(match: re.Match[str]) -> str:
        held = match["lines"]
        inside = _unpacked(held)
        if not inside or not suspects(inside) or not holds(inside.decode("utf-8", "replace")):
            return match[0]
        before = held[: len(held) - len(held.lstrip())]
        masked = before + mask("".join(held.split())) + "\n" * held.count("\n")
        return match[0][: match.start("lines") - match.start()] + masked

    return _RUN.sub(made, _BLOCK.sub(made, text) if "binary |" in text else text)


def _unpacked(text: str) -> bytes:
    """Return the content of base64 if it is text, b"" otherwise."""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
        if data[:2] == b"\x1f\x8b":
            data = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, MOST)
        data[:200].decode("utf-8", "ignore" if len(data) > 200 else "strict")
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        return b""
    return b"\n" + data if _is_text(data) else b""


def _is_text(data: bytes) -> bool:
    begin = data[:400]
    return begin.translate(None, _CONTROLS) == begin and b"\xff" not in begin


_CONTROLS = bytes([byte for byte in range(32) if byte not in b"\t\n\r"])
