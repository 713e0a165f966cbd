"""The configured host: which one, the URL of its API, and our credentials."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from recviewer.hosts.app import AppKey, forget, signed, token_for
from recviewer.hosts.client import HostClient
from recviewer.hosts.contract import CodeHost, RecordRun
from recviewer.hosts.forgejo import Forgejo
from recviewer.hosts.github import GitHub
from recviewer.hosts.gitlab import GitLab

KINDS: dict[str, Callable[[str], CodeHost]] = {"GITHUB": GitHub, "GITLAB": GitLab, "FORGEJO": Forgejo, "GITEA": Forgejo}
APIS = {"GITHUB": "https://api.github.com", "GITLAB": "https://gitlab.com/api/v4"}
"""The default URLs of the API."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PART = r"[A-Za-z0-9_.][A-Za-z0-9_.-]*"
_PROJECT = re.compile(rf"{_PART}(?:/{_PART})+")
_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,99}")
_APP = re.compile(r"[A-Za-z0-9._-]{1,60}")


@dataclass(frozen=True, slots=True)
class ConfiguredHost:
    """kind: one of `KINDS`. token, secret: excluded from the repr. secret: of the webhook, "" if none is accepted.

    every: seconds between two queries for open requests. app: signs instead of a token, on GitHub.

    pushes: plans may be pushed as branches. record: what may be started to re-record, None for nothing.
    """

    kind: str
    project: str
    api: str
    every: int
    token: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    app: AppKey | None = None
    pushes: bool = False
    record: RecordRun | None = None

    @property
    def host(self) -> CodeHost:
        """The host's part of the loop."""
        return KINDS[self.kind](self.project)

    def opened(self) -> tuple[CodeHost, HostClient]:
        """Return the host and a client of its API, with a valid token. Raises what `HostClient.send` raises."""
        if self.app is None:
            return self.host, self._client(self.token)
        held = token_for(self.api, self.project, self.app, is_starting=self.record is not None)
        return GitHub(self.project, author=held.author), self._client(held.token)

    def forget(self) -> None:
        """Drop the cached token, because the host refused it."""
        if self.app is not None:
            forget(self.api, self.project, self.app)

    def _client(self, token: str) -> HostClient:
        return HostClient(self.api, self.host.headers(token))


def project(text: str) -> str:
    """Parse the name of a project. Raises ValueError with what is allowed."""
    if not _PROJECT.fullmatch(text) or any(part in (".", "..") for part in text.split("/")):
        raise ValueError("it takes owner/name, as it stands in the project's address")
    return text


def api(text: str) -> str:
    """Parse the base URL of an API. Raises ValueError with what is allowed: without TLS only on this machine."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    is_plain = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if not host or not is_plain or parts.username or parts.query or parts.fragment or not text.isprintable():
        raise ValueError("it takes the base of an API such as https://git.example.com/api/v1")
    return text.rstrip("/")


def branch(text: str) -> str:
    """Parse the name of a branch or a tag. Raises ValueError with what is allowed."""
    if not _BRANCH.fullmatch(text) or ".." in text or text.endswith((".lock", "/", ".")) or "//" in text:
        raise ValueError("it takes the name of a branch")
    return text


def workflow(text: str) -> str:
    """Parse the file name of a workflow. Raises ValueError with what is allowed."""
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}\.ya?ml", text):
        raise ValueError("it takes the name of a file below workflows/, such as record.yml")
    return text


def app(name: str) -> str:
    """Parse the client id or number of a GitHub App. Raises ValueError with what is allowed."""
    if not _APP.fullmatch(name):
        raise ValueError("it takes the client id of a GitHub App, or its number")
    return name


def app_key(name: str, place: str) -> AppKey:
    """Read the private key of an app from a file, and test it. Raises ValueError with what is allowed."""
    try:
        import jwt  # noqa: F401 - asked for here, so that what lacks is said at the start
    except ImportError:
        raise ValueError("a GitHub App needs `pip install 'recviewer[github-app]'`") from None
    try:
        key = AppKey(name, Path(place).expanduser().read_text())
    except (OSError, UnicodeDecodeError, RuntimeError):
        raise ValueError("it takes the path of the app's private key, a file that can be read") from None
    signed(key, 0)
    return key
