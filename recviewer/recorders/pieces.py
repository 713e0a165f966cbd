"""Bodies stored as a list of fragments in hex or base64, as recorders for Node.js store compressed ones."""

from __future__ import annotations

import base64
import binascii
import json
import re

_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")


def joined(text: str) -> bytes | None:
    """Return the bytes of a body written as a JSON list of fragments; None if it is not one."""
    if not text.startswith('["') or not text.endswith('"]'):
        return None
    try:
        return joined_list(json.loads(text))
    except (ValueError, RecursionError):
        return None


def joined_list(pieces: object) -> bytes | None:
    """Return the bytes of fragments that together are a compressed body; None if they are not."""
    if not isinstance(pieces, list) or not pieces or not all(isinstance(piece, str) for piece in pieces):
        return None
    try:
        if all(map(_HEX.fullmatch, pieces)):
            made = bytes.fromhex("".join(pieces))
        else:
            made = b"".join([base64.b64decode(piece, validate=True) for piece in pieces])
    except (binascii.Error, ValueError):
        return None
    return made if made[:2] in (b"\x1f\x8b", b"\x78\x01", b"\x78\x9c", b"\x78\xda") else None
