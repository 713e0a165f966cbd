"""A person as an issuer knows them, and the state of one sign-in."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, Protocol


class NotBelieved(Exception):
    """The response does not prove an identity. `str()` is for the log, and contains no secret."""


@dataclass(frozen=True, slots=True)
class Person:
    """subject: the issuer's permanent id for somebody, the only field by which an account is recognised.

    name: a suggestion for the account's name, "" for none. ids, logins: what a rule `name:` may match, unchanged and in
    lower case. mails: addresses that the issuer has verified, in lower case. groups: organisations, in lower case.
    """

    subject: str
    name: str
    ids: frozenset[str] = frozenset()
    logins: frozenset[str] = frozenset()
    mails: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """What has to come back, and proves that we began the sign-in. verifier: of PKCE (RFC 7636)."""

    state: str
    nonce: str
    verifier: str

    @property
    def challenge(self) -> str:
        """The hash of the verifier, sent at the beginning; the verifier itself is sent at the end."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


def round_trip() -> RoundTrip:
    """Return new random values of 256 bits each."""
    return RoundTrip(*(secrets.token_urlsafe(32) for _ in range(3)))


class Issuer(Protocol):
    """The interface of an issuer. Methods may raise HostDown, HostBusy and HostRefused, and NotBelieved."""

    def address(self, begun: RoundTrip) -> str:
        """Return the URL to which a browser is redirected to sign in."""

    def person(self, code: str, begun: RoundTrip) -> Person:
        """Return the person for an authorization code."""


def words(value: Any) -> frozenset[str]:
    """Return the texts in a list, in lower case."""
    return (
        frozenset(one.casefold() for one in value if isinstance(one, str)) if isinstance(value, list) else frozenset()
    )
