"""The one way to an issuer: its own origin, and those that the operator names besides. Nothing else is ever called."""

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
"""How long one answer may take: somebody waits for the page, and a thread of a worker with them."""

AT_ONCE = 3
"""Ways back that one process asks an issuer about at a time; the others have threads to read pages with."""

PATIENCE = 2.0
"""Seconds that one more waits for its turn."""

DOWN_SECONDS = 5.0
"""For how long nobody is asked after an issuer gave no answer, so that many who try do not wait for it one by one."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_turns = BoundedSemaphore(AT_ONCE)
_down: dict[str, float] = {}


def origin(text: str) -> str:
    """Read the origin of an address: https, or on this machine http. Raises ValueError with what it takes."""
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
    """Return an address that an issuer named, if it lies at an origin that the operator named. Raises NotBelieved."""
    try:
        if isinstance(address, str) and origin(address) in origins:
            return address
    except ValueError:
        pass
    raise NotBelieved(f"the issuer names an address that is not its own: {str(address)[:200]!r}")


def called(method: str, address: str, headers: Mapping[str, str], form: Mapping[str, str] | None = None) -> Any:
    """Call an address that is trusted, and return the JSON of its answer. Raises what `HostClient.send` raises."""
    parts = urlsplit(address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    client = HostClient(f"{parts.scheme}://{parts.netloc}", headers, seconds=SECONDS)
    return client.send(HostCall(method, path, form=form)).data


@contextmanager
def turn(issuer: str) -> Iterator[None]:
    """Wait for a turn to ask. Raises HostDown at once where the issuer was down a moment ago, HostBusy without a turn."""
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
