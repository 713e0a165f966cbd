"""A person as an issuer knows them, and one way there and back."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, Protocol


class NotBelieved(Exception):
    """What came back does not show who somebody is. `str()` of it is for the log, and has no secret."""


@dataclass(frozen=True, slots=True)
class Person:
    """subject: what the issuer calls somebody for ever; no other field is one to know an account again by.

    name: what an account may be called, "" for none. ids, logins: what a rule `name:` may say, as it stands and in small
    letters. mails: addresses that the issuer has verified, in small letters. groups: organisations, in small letters.
    """

    subject: str
    name: str
    ids: frozenset[str] = frozenset()
    logins: frozenset[str] = frozenset()
    mails: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """What has to come back, and what shows that we began it. verifier: of PKCE (RFC 7636)."""

    state: str
    nonce: str
    verifier: str

    @property
    def challenge(self) -> str:
        """What is told at the beginning of the verifier, which is told at the end."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


def round_trip() -> RoundTrip:
    """Return a new one: 256 bits each."""
    return RoundTrip(*(secrets.token_urlsafe(32) for _ in range(3)))


class Issuer(Protocol):
    """Who is asked. Methods may raise HostDown, HostBusy and HostRefused, and NotBelieved."""

    def address(self, begun: RoundTrip) -> str:
        """Return where a browser is led to sign in."""

    def person(self, code: str, begun: RoundTrip) -> Person:
        """Return who came back with a code."""


def words(value: Any) -> frozenset[str]:
    """Return the texts of a list that came, in small letters."""
    return (
        frozenset(one.casefold() for one in value if isinstance(one, str)) if isinstance(value, list) else frozenset()
    )
