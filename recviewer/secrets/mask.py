"""Masks for secrets: the length, and a few digits of a digest by which two secrets can be distinguished."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recviewer.secrets.texts import SecretAt

_SALT = b"recviewer masks"
_DIGITS, _FEW = 6, 2
"""Hexadecimal digits for a key, and for a guessable secret: 1 in 256 passwords has the same, so none can be confirmed
by it.
"""

REST = "\u2588"
"""Stands for the rest of a secret in further fragments of a stream, so that none looks empty."""

_RESTS = re.compile(rf"([\])]){REST}+")

_ROUND = {ord("["): "(", ord("]"): ")"}

MASK = re.compile(r"…?[\[(]masked [0-9a-f]{2,6}, \d+ characters[\])]")
"""Matches a mask in a text."""


def without_rests(text: str) -> str:
    """Return a text joined from fragments of a stream, with each mask in its usual form."""
    return _RESTS.sub(r"\1", text) if REST in text else text


def mask_of(found: SecretAt, text: str) -> str:
    """Return the mask of a secret found in a text, preceded by the secret's public prefix."""
    made = mask(text[found.start : found.end], lead=found.shown, is_guessable=found.kind.is_guessable)
    return made.translate(_ROUND) if found.kind.is_in_address else made


def proof(secret: str) -> str:
    """Return a digest that is unique to a secret."""
    return hashlib.blake2b(secret.encode("utf-8", "surrogatepass"), key=_SALT, digest_size=16).hexdigest()


def mask(secret: str, *, lead: str = "", is_guessable: bool = False) -> str:
    """Return the mask of a secret. lead: its public prefix, which is shown and counted."""
    digest = hashlib.blake2b(secret.encode("utf-8", "surrogatepass"), key=_SALT, digest_size=8).hexdigest()
    digits = digest[: _FEW if is_guessable else _DIGITS]
    return f"{'…' if lead else ''}[masked {digits}, {len(lead) + len(secret)} characters]"
