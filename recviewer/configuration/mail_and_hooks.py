"""How notices may leave an instance: through the operator's mail server, and to hooks below configured URLs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

_PORTS = {"smtp": 587, "smtps": 465}
_HERE = ("127.0.0.1", "localhost", "::1")
_BELOW = re.compile(r"[A-Za-z0-9._~/?=&%+-]{0,500}")
_ADDRESS = re.compile(r"[^\s@<>\"',;:\\()\[\]]+@[A-Za-z0-9.-]+")

SECONDS = 10
"""Timeout for the mail server in seconds."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """The mail server. is_tls: from the first byte; is_starttls: after STARTTLS. Otherwise it is on this machine."""

    host: str
    port: int
    user: str
    password: str
    is_tls: bool
    is_starttls: bool


def mail_server(text: str) -> MailServer:
    """Parse `smtp://user:password@mail.example.com:587` or `smtps://…`. Raises ValueError with what is allowed."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        port = _PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
    except ValueError:
        host, port = "", 0
    if not host or not port or parts.scheme not in _PORTS or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("it takes smtp://user:password@mail.example.com:587 or smtps://…")
    is_tls = parts.scheme == "smtps"
    return MailServer(
        host,
        port,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        is_tls,
        not is_tls and host not in _HERE,
    )


def mailer(server: MailServer) -> dict[str, Any]:
    """Return the settings of a mail server for Django 6.1 and later."""
    options = {"host": server.host, "port": server.port, "username": server.user, "password": server.password}
    options |= {"use_ssl": server.is_tls, "use_tls": server.is_starttls, "timeout": SECONDS}
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}


def mail_address(text: str) -> str:
    """Parse the sender's address of mail. Raises ValueError."""
    if not _ADDRESS.fullmatch(text):
        raise ValueError("it takes an address such as recviewer@example.com")
    return text


def hook_places(text: str) -> tuple[str, ...]:
    """Parse comma-separated URL prefixes. Each result ends with a slash. Raises ValueError."""
    return tuple(_place(one.strip()) for one in text.split(",") if one.strip())


def _place(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_good = bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        is_good = False
    if (
        not is_good
        or parts.query
        or parts.fragment
        or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE))
    ):
        raise ValueError("it takes beginnings of addresses such as https://chat.example.com/hooks/")
    return f"{text.rstrip('/')}/"


def below(places: tuple[str, ...], address: str) -> tuple[str, str] | None:
    """Return the prefix that a URL begins with, and the rest of it; None if it begins with none of them."""
    for place in places:
        rest = address.removeprefix(place)
        if rest != address and rest and _BELOW.fullmatch(rest) and ".." not in unquote(rest):
            return place, rest
    return None
