"""The one host that the operator named: which it is, where its API lies, and how we show who we are."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from recviewer.hosts.client import HostClient
from recviewer.hosts.contract import CodeHost
from recviewer.hosts.forgejo import Forgejo
from recviewer.hosts.github import GitHub
from recviewer.hosts.gitlab import GitLab

KINDS: dict[str, Callable[[str], CodeHost]] = {"GITHUB": GitHub, "GITLAB": GitLab, "FORGEJO": Forgejo, "GITEA": Forgejo}
APIS = {"GITHUB": "https://api.github.com", "GITLAB": "https://gitlab.com/api/v4"}
"""Where the API lies, where nobody says it."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PART = r"[A-Za-z0-9_.][A-Za-z0-9_.-]*"
_PROJECT = re.compile(rf"{_PART}(?:/{_PART})+")
_SECRET = re.compile(r"[!-~]{16,200}")


@dataclass(frozen=True, slots=True)
class ConfiguredHost:
    """kind: one of `KINDS`. token, secret: kept out of what is printed. secret: of the webhook, "" where none is taken.

    every: seconds between two looks at which requests are open.
    """

    kind: str
    project: str
    api: str
    every: int
    token: str = field(repr=False)
    secret: str = field(default="", repr=False)

    @property
    def host(self) -> CodeHost:
        """The host's part of the loop."""
        return KINDS[self.kind](self.project)

    def client(self) -> HostClient:
        """Return what calls its API."""
        return HostClient(self.api, self.host.headers(self.token))


def project(text: str) -> str:
    """Read the name of a project. Raises ValueError with what it takes."""
    if not _PROJECT.fullmatch(text) or any(part in (".", "..") for part in text.split("/")):
        raise ValueError("it takes owner/name, as it stands in the project's address")
    return text


def api(text: str) -> str:
    """Read the base of an API. Raises ValueError with what it takes: without TLS only what is on this machine."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    is_plain = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if not host or not is_plain or parts.username or parts.query or parts.fragment or not text.isprintable():
        raise ValueError("it takes the base of an API such as https://git.example.com/api/v1")
    return text.rstrip("/")


def secret(text: str) -> str:
    """Read a token or the secret of a webhook. Raises ValueError with what it takes."""
    if not _SECRET.fullmatch(text):
        raise ValueError("it takes 16 to 200 printable characters without spaces")
    return text
