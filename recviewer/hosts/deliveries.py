"""Webhooks: the sender is verified before anything is parsed.

A delivery is trusted in one point alone: that something happened to a pull request of the project. Everything else is
queried at the host. So a delivery that somebody sends again costs one query, and can claim nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BODY_BYTES = 4_000_000
"""Maximum size of a delivery. Hosts send some tens of thousands of bytes."""

_ID_SIGNS = 100


class NotSigned(Exception):
    """A delivery was not signed with the secret."""


class BadDelivery(Exception):
    """A delivery is signed, but invalid."""


@dataclass(frozen=True, slots=True)
class HookDelivery:
    """id: the host's id for it. number: of the pull or merge request that something happened to, 0 for none of ours."""

    id: str
    number: int


def expect_signature(given: str, body: bytes, secret: str) -> None:
    """Compare an HMAC-SHA256 in hexadecimal with that of the body, in constant time. Raises NotSigned."""
    wanted = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace")):
        raise NotSigned


def expect_token(given: str, secret: str) -> None:
    """Compare a token with the secret, in constant time. Raises NotSigned."""
    if not hmac.compare_digest(secret.encode(), given.encode("utf-8", "replace")):
        raise NotSigned


def named(headers: Mapping[str, str], *names: str, body: bytes) -> str:
    """Return the host's id for a delivery: the first of some headers that is present, else the digest of the body."""
    found = next((headers[name] for name in names if headers.get(name)), "")
    return found[:_ID_SIGNS] if found else hashlib.sha256(body).hexdigest()


def payload_of(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a delivery. Raises BadDelivery."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise BadDelivery("It holds no JSON. Choose application/json as the content type of the webhook.") from None
    if not isinstance(data, dict):
        raise BadDelivery("It holds no object.")
    return data


def number_in(data: Any, *way: str) -> int:
    """Return the integer at a path in a payload. Raises BadDelivery."""
    found = text_or_number(data, *way)
    if isinstance(found, int) and not isinstance(found, bool) and 0 < found < 2**31:
        return found
    raise BadDelivery(f"It has no number at {'.'.join(way)}.")


def text_or_number(data: Any, *way: str) -> Any:
    """Return the text or number at a path in JSON, None if there is none."""
    for step in way:
        data = data.get(step) if isinstance(data, dict) else None
    return data
