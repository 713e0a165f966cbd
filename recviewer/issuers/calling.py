"""The client of an issuer: it calls only the issuer's own origin, and those that the operator names besides."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlsplit

from recviewer.hosts.calls import HostBusy, HostCall, HostDown
from recviewer.hosts.client import HostClient
from recviewer.issuers.model import NotBelieved

SECONDS = 8.0
"""Timeout of one response in seconds: a user waits for the page, and blocks a thread of a worker."""

AT_ONCE = 3
"""Concurrent sign-ins for which one process queries an issuer; the other threads stay free for pages."""

PATIENCE = 2.0
"""Seconds that a further sign-in waits for its turn."""

DOWN_SECONDS = 5.0
"""How long an issuer is not called after it gave no answer, so that not everybody waits for the timeout."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_turns = BoundedSemaphore(AT_ONCE)
_down: dict[str, float] = {}


def origin(text: str) -> str:
    """Parse an origin: https, or http on this machine. Raises ValueError with what is allowed."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if not host or not is_safe or parts.username is not None or parts.fragment or not text.isprintable() or " " in text:
        raise ValueError("it takes an address such as https://login.example.com")
    name = f"[{host}]" if ":" in host else host
    default = 443 if parts.scheme == "https" else 80
    return f"{parts.scheme}://{name}" + (f":{port}" if port not in (None, default) else "")


def trusted(address: Any, origins: frozenset[str]) -> str:
    """Return a URL that an issuer named, if it is at an origin that the operator named. Raises NotBelieved."""
    try:
        if isinstance(address, str) and origin(address) in origins:
            return address
    except ValueError:
        pass
    raise NotBelieved(f"the issuer names an address that is not its own: {str(address)[:200]!r}")


def called(method: str, address: str, headers: Mapping[str, str], form: Mapping[str, str] | None = None) -> Any:
    """Call a trusted URL, and return the JSON of the response. Raises what `HostClient.send` raises."""
    parts = urlsplit(address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    client = HostClient(f"{parts.scheme}://{parts.netloc}", headers, seconds=SECONDS)
    return client.send(HostCall(method, path, form=form)).data


@contextmanager
def turn(issuer: str) -> Iterator[None]:
    """Wait for a turn. Raises HostDown at once if the issuer was down a moment ago, HostBusy without a turn."""
    if time.monotonic() < _down.get(issuer, 0.0):
        raise HostDown("the issuer gave no answer a moment ago")
    if not _turns.acquire(timeout=PATIENCE):
        raise HostBusy("too many sign in at once", DOWN_SECONDS)
    try:
        yield
    except HostDown:
        _down[issuer] = time.monotonic() + DOWN_SECONDS
        raise
    finally:
        _turns.release()


def forget() -> None:
    """Forget that an issuer was down."""
    _down.clear()
