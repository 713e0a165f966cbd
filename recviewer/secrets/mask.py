"""What stands in the place of a secret: how long it is, and a few digits by which two of them are told apart."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recviewer.secrets.texts import SecretAt

_SALT = b"recviewer masks"
_DIGITS, _FEW = 6, 2
"""Hexadecimal digits of a key, and of what a person may have chosen: 256 passwords have the same, so none is told by it."""

REST = "\u2588"
"""What stands in further pieces of a stream for the rest of a secret, so that none of them looks empty."""

_RESTS = re.compile(rf"([\])]){REST}+")

_ROUND = {ord("["): "(", ord("]"): ")"}

MASK = re.compile(r"…?[\[(]masked [0-9a-f]{2,6}, \d+ characters[\])]")
"""A mask in a text."""


def without_rests(text: str) -> str:
    """Return a text that was put together from pieces of a stream with each mask as it stands elsewhere."""
    return _RESTS.sub(r"\1", text) if REST in text else text


def mask_of(found: SecretAt, text: str) -> str:
    """Return the mask of a secret that was found in a text. What it begins with, which everybody knows, stands before it."""
    made = mask(text[found.start : found.end], lead=found.shown, is_guessable=found.kind.is_guessable)
    return made.translate(_ROUND) if found.kind.is_in_address else made


def proof(secret: str) -> str:
    """Return a digest that no two secrets share."""
    return hashlib.blake2b(secret.encode("utf-8", "surrogatepass"), key=_SALT, digest_size=16).hexdigest()


def mask(secret: str, *, lead: str = "", is_guessable: bool = False) -> str:
    """Return the mask of a secret. lead: what it begins with, which is shown and counted."""
    digest = hashlib.blake2b(secret.encode("utf-8", "surrogatepass"), key=_SALT, digest_size=8).hexdigest()
    digits = digest[: _FEW if is_guessable else _DIGITS]
    return f"{'…' if lead else ''}[masked {digits}, {len(lead) + len(secret)} characters]"
