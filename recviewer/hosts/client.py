"""The client of a host's API: it calls only the configured base. Redirects are not followed, proxies are not used.

The standard library's `http.client` does just that: it opens one connection, sends, and reads, and has no redirects,
cookies or proxies that would have to be turned off. It costs no dependency.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from threading import Event, Timer
from typing import Any
from urllib.parse import urlencode, urlsplit

from recviewer import __version__
from recviewer.hosts.calls import HostCall, HostDown, HostReply, judged

STEP_SECONDS = 10.0
"""Timeout in seconds for connecting, sending or one piece of a response."""

CALL_SECONDS = 30.0
"""Timeout in seconds for a whole response."""

REPLY_BYTES = 8_000_000
"""Maximum size of a response; a longer one is rejected."""


class HostClient:
    """Calls below one base URL.

    base: `https://api.github.com`, `https://gitlab.example.com/api/v4`. headers: sent with each call, including the
    token. takes_any: the response may be anything, and is not parsed.
    """

    def __init__(
        self, base: str, headers: Mapping[str, str], *, seconds: float = CALL_SECONDS, takes_any: bool = False
    ) -> None:
        self._parts = urlsplit(base)
        self._headers = {"Accept": "application/json", "User-Agent": f"recviewer/{__version__}", **headers}
        self._seconds = seconds
        self._takes_any = takes_any

    def send(self, call: HostCall) -> HostReply:
        """Make a call and return the successful response. Raises HostDown, HostBusy, HostRefused."""
        try:
            return judged(call, self._exchange(call))
        except (OSError, http.client.HTTPException) as failed:
            reason = str(failed) or type(failed).__name__
            raise HostDown(f"{call.shown} got no answer ({reason[:200]})") from failed

    def _exchange(self, call: HostCall) -> HostReply:
        until = time.monotonic() + self._seconds
        connection = self._connection()
        late = Event()
        end = Timer(self._seconds, _cut, (connection, late))
        end.daemon = True
        try:
            end.start()
            body, kind = _sent(call)
            headers = self._headers | ({"Content-Type": kind} if body is not None else {})
            connection.request(call.method, f"{self._parts.path}{call.path}", body, headers)
            with connection.getresponse() as answer:
                if late.is_set():  # http.client takes truncated headers for complete ones
                    raise HostDown(f"{call.shown} was not answered within {self._seconds:g} seconds")
                data = self._read(call, answer, until)
                return HostReply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, data)
        finally:
            end.cancel()
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        assert self._parts.hostname is not None
        step = min(STEP_SECONDS, self._seconds)
        if self._parts.scheme == "http":
            return http.client.HTTPConnection(self._parts.hostname, self._parts.port, timeout=step)
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(self._parts.hostname, self._parts.port, timeout=step, context=context)

    def _read(self, call: HostCall, answer: http.client.HTTPResponse, until: float) -> Any:
        """Read a response piece by piece, so that a slow one is subject to the timeout too."""
        pieces, size = [], 0
        while piece := answer.read1(1 << 16):
            pieces.append(piece)
            size += len(piece)
            if size > REPLY_BYTES:
                raise HostDown(f"{call.shown} was answered with more than {REPLY_BYTES:,} bytes")
            if time.monotonic() > until:
                raise HostDown(f"{call.shown} was not answered within {self._seconds:g} seconds")
        if answer.length:
            raise HostDown(f"{call.shown} was cut off in the middle of the answer")
        text = b"".join(pieces)
        if not text.strip():
            return None
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            if answer.status >= 300 or self._takes_any:  # a proxy's page; the status is enough
                return None
            raise HostDown(f"{call.shown} was answered with something that is not JSON") from None


def _sent(call: HostCall) -> tuple[bytes | None, str]:
    """Return the body of a call, None for nothing, and its type."""
    if call.form is not None:
        return urlencode(call.form).encode(), "application/x-www-form-urlencoded"
    return (None if call.body is None else json.dumps(call.body).encode()), "application/json"


def _cut(connection: http.client.HTTPConnection, late: Event) -> None:
    """Close a connection whose response headers arrive byte by byte, so that no single read times out."""
    late.set()
    sock = connection.sock
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
