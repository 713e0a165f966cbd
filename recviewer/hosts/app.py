"""A GitHub App in place of a token of somebody's: it signs for itself, and gets tokens that hold for an hour.

Source: https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app, November 2026: a JWT by RS256
with `iss` (the client id or the app's number), `iat` a minute back, `exp` ten minutes ahead at most; the installation of a
project; a token of the installation, here for the one project and with two rights.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from urllib.parse import quote

from recviewer.hosts.calls import HostCall, HostDown
from recviewer.hosts.client import HostClient
from recviewer.hosts.contract import id_in
from recviewer.hosts.deliveries import text_or_number
from recviewer.hosts.github import GitHub

EARLY_SECONDS = 300
"""How long before its expiry a token is replaced: a job in progress has to end with it."""

RIGHTS = {"pull_requests": "write", "statuses": "write"}
"""What a token may do: comments on pull requests, commit statuses. Contents are fetched by git."""

STARTING = {"actions": "write"}
"""Additional permission if runs are to be started."""


@dataclass(frozen=True, slots=True)
class AppKey:
    """name: the app's client id or number. pem: its private key, excluded from the repr."""

    name: str
    pem: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AppToken:
    """A token of the installation. until: seconds since the epoch. author: the login under which the app writes."""

    token: str = field(repr=False)
    until: float
    author: str


_kept: dict[tuple[str, str, AppKey], AppToken] = {}
_lock = Lock()


def signed(key: AppKey, now: float) -> str:
    """Return a JWT of the app. Raises ValueError if the key is not an RSA key."""
    import jwt

    told = {"iss": key.name, "iat": int(now) - 60, "exp": int(now) + 540}
    try:
        return jwt.encode(told, key.pem, algorithm="RS256")
    except (jwt.PyJWTError, TypeError, AttributeError) as error:  # AttributeError: for a public key
        raise ValueError("it is not a private key of RSA in PEM") from error


def token_for(api: str, project: str, key: AppKey, *, is_starting: bool = False) -> AppToken:
    """Return a token for a project, from the cache while it is valid. Raises what `HostClient.send` raises.

    is_starting: with the permission to start runs.
    """
    place, now = (api, project, key), time.time()
    with _lock:
        kept = _kept.get(place)
        if kept is None or not now < kept.until - EARLY_SECONDS:
            kept = _kept[place] = _asked(api, project, key, now, RIGHTS | (STARTING if is_starting else {}))
        return kept


def forget(api: str, project: str, key: AppKey) -> None:
    """Drop a cached token that the host refused: the app may have been installed again."""
    with _lock:
        _kept.pop((api, project, key), None)


def _asked(api: str, project: str, key: AppKey, now: float, rights: dict[str, str]) -> AppToken:
    client = HostClient(api, GitHub.headers(signed(key, now)))
    slug = text_or_number(client.send(HostCall("GET", "/app")).data, "slug")
    installation = id_in(client.send(HostCall("GET", f"/repos/{quote(project)}/installation")).data)
    wanted = {"repositories": [project.partition("/")[2]], "permissions": rights}
    call = HostCall("POST", f"/app/installations/{installation}/access_tokens", wanted)
    told = client.send(call).data
    token, until = text_or_number(told, "token"), text_or_number(told, "expires_at")
    try:
        ends = datetime.fromisoformat(until).timestamp()
    except (TypeError, ValueError):
        ends = 0
    if not isinstance(token, str) or not token or not isinstance(slug, str) or not slug or not ends:
        raise HostDown("the host's answer about a token lacks it, its end or the name of the app")
    return AppToken(token, ends, f"{slug}[bot]")
