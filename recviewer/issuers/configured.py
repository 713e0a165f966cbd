"""The configured issuer, and who may sign in with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from recviewer.issuers.allowed import AllowedPeople
from recviewer.issuers.calling import origin
from recviewer.issuers.github import SITE, GitHubLogin
from recviewer.issuers.model import Issuer
from recviewer.issuers.oidc import OpenIdLogin

KINDS = ("GITHUB", "OIDC")
ROLES = ("VIEWER", "REVIEWER", "MAINTAINER")
BACK = "/login/back"
"""The path of the redirect URI, below the URL of the site."""

_CLIENT = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True, slots=True)
class ConfiguredLogin:
    """kind: one of `KINDS`. secret: excluded from the repr. people: who may sign in. role: of a new account.

    called: the label of its button. public: the URL of the site. others: origins that the issuer may name besides its
    own.
    """

    kind: str
    issuer: str
    client: str
    people: AllowedPeople
    role: str
    called: str
    public: str
    others: frozenset[str] = frozenset()
    secret: str = field(default="", repr=False)

    def opened(self) -> Issuer:
        """Return the issuer's client."""
        back = f"{self.public}{BACK}"
        if self.kind == "GITHUB":
            return GitHubLogin(self.issuer, self.client, self.secret, back, self.people)
        return OpenIdLogin(self.issuer, self.client, self.secret, back, self.others)


def issuer(text: str) -> str:
    """Parse the URL of an issuer, unchanged, because the issuer has to name itself exactly so. Raises ValueError."""
    origin(text)
    if urlsplit(text).query:
        raise ValueError("it takes an address such as https://login.example.com")
    return text


def site(text: str) -> str:
    """Parse the URL of a GitHub. Raises ValueError with what is allowed."""
    if text.rstrip("/") != origin(text):
        raise ValueError(f"it takes the address of a GitHub such as {SITE}")
    return origin(text)


def others(text: str) -> frozenset[str]:
    """Parse comma-separated origins. Raises ValueError with what is allowed."""
    found = [one.strip() for one in text.split(",")]
    if any(one.rstrip("/") != origin(one) for one in found):
        raise ValueError("it takes origins with commas, such as https://oauth2.example.com,https://keys.example.com")
    return frozenset(map(origin, found))


def client(text: str) -> str:
    """Parse the client id of this instance at the issuer, or its secret. Raises ValueError with what is allowed."""
    if not _CLIENT.fullmatch(text):
        raise ValueError("it takes 1 to 200 printable characters without spaces")
    return text


def called(text: str) -> str:
    """Parse the label of the button. Raises ValueError with what is allowed."""
    if not text.isprintable() or len(text) > 40:
        raise ValueError("it takes 40 printable characters at most")
    return text


def expect_jwt(_: str) -> None:
    """Raise ValueError if the library that verifies signatures is not installed."""
    try:
        import jwt.algorithms
    except ImportError:
        raise ValueError("OpenID Connect needs `pip install 'recviewer[login]'`") from None
    if not jwt.algorithms.has_crypto:
        raise ValueError("OpenID Connect needs `pip install 'recviewer[login]'`")
