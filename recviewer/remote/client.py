"""The HTTP client: it calls only the server's own URL, with a token that is never sent unencrypted over a network.

Redirects are not followed. Certificates are verified. The environment's proxy is used for https only, where it sees no
more than the host's name.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import re
import ssl
import threading
import time
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit

from recviewer import __version__

STEP_SECONDS = 30.0
"""Timeout in seconds for connecting, sending or one piece of a response."""

CALL_SECONDS = 300.0
"""Timeout in seconds for a whole response."""

REPLY_BYTES = 256_000_000
"""Maximum size of a response; a longer one is rejected."""

_SHOWN = 1000
_TOKEN = re.compile(r"rv_[A-Za-z0-9_-]{20,200}")


class RemoteProblem(Exception):
    """Why a call failed, as a sentence with what to do, without secrets."""


class RemoteRefusal(RemoteProblem):
    """The server understood the request and refused it."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *given: Any) -> None:
        return None


def token_in(text: str, where: str) -> str:
    """Return the token in a text. where: its source, for the message. Raises RemoteProblem."""
    token = text.strip()
    if not _TOKEN.fullmatch(token):
        raise RemoteProblem(f"{where} holds no token: one begins with rv_, and is made on the page of your account.")
    return token


class Server:
    """A recviewer elsewhere. address: with its prefix. token: "" for none. Raises RemoteProblem."""

    def __init__(self, address: str, token: str = "", *, seconds: float = CALL_SECONDS) -> None:
        self.base = _checked(address)
        self._token = token
        self._seconds = seconds
        proxies = {name: url for name, url in urllib.request.getproxies().items() if name == "https"}
        context = ssl.create_default_context()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler(proxies), urllib.request.HTTPSHandler(context=context), _NoRedirects
        )

    def get(self, path: str) -> bytes:
        """Send a GET request for a path below the address. Raises RemoteProblem."""
        return self._asked(urljoin(self.base, path), None, "")

    def post(self, path: str, body: bytes, kind: str) -> Any:
        """Send a POST request and return the JSON of the response. kind: the media type. Raises RemoteProblem."""
        return told_in(self._asked(urljoin(self.base, path), body, kind))

    def resolved(self, address: str, link: str) -> str:
        """Resolve a link in a response relative to its address. Raises RemoteProblem if it leads to another server."""
        found = urljoin(urljoin(self.base, address), link)
        if not found.startswith(self.base):
            raise RemoteProblem("The server's list goes on elsewhere, which is not followed. What was read is not all.")
        return found

    def _asked(self, url: str, body: bytes | None, kind: str) -> bytes:
        """Make a request in a separate thread, so that slow headers and name lookups are subject to the timeout too."""
        made: list[bytes | BaseException] = []

        def ask() -> None:
            try:
                made.append(self._exchange(url, body, kind))
            except BaseException as error:  # raised in the waiting thread
                made.append(error)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(self._seconds)
        if not made:
            raise RemoteProblem(_LATE.format(self._seconds))
        if isinstance(made[0], BaseException):
            raise made[0]
        return made[0]

    def _exchange(self, url: str, body: bytes | None, kind: str) -> bytes:
        if not url.startswith(self.base):
            raise RemoteProblem("That address is not below the server's, and is not asked.")
        headers = {"Accept": "application/json", "User-Agent": f"recviewer/{__version__}"}
        headers |= {"Content-Type": kind} if body is not None else {}
        request = urllib.request.Request(url, body, headers)  # noqa: S310  # `_checked` lets http and https through alone
        if self._token:
            request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        until = time.monotonic() + self._seconds
        try:
            with self._opener.open(request, timeout=min(STEP_SECONDS, self._seconds)) as answer:
                return self._read(answer, until)
        except HTTPError as error:
            with error:
                raise self._refusal(error, until) from None
        except URLError as error:
            raise RemoteProblem(_unreached(error.reason, is_act=body is not None)) from None
        except (OSError, http.client.HTTPException) as error:
            raise RemoteProblem(_unreached(error, is_act=body is not None)) from None

    def _read(self, answer: Any, until: float) -> bytes:
        """Read a response piece by piece, so that a slow one is subject to the timeout too."""
        pieces, size = [], 0
        while piece := answer.read1(1 << 16):
            pieces.append(piece)
            size += len(piece)
            if size > REPLY_BYTES:
                raise RemoteProblem(f"The server's answer is longer than {REPLY_BYTES:,} bytes; it was not read on.")
            if time.monotonic() > until:
                raise RemoteProblem(_LATE.format(self._seconds))
        if answer.length:
            raise RemoteProblem("The server's answer broke off in the middle. Look there before you try again.")
        return b"".join(pieces)

    def _refusal(self, error: HTTPError, until: float) -> RemoteProblem:
        status = error.code
        if 300 <= status < 400:
            return RemoteProblem(_led_away(error.headers.get("Location", ""), has_token=bool(self._token)))
        try:
            document = json.loads(self._read(error, until))
        except (ValueError, RecursionError, OSError, http.client.HTTPException, RemoteProblem):
            document = None
        sentence = document.get("error") if isinstance(document, dict) else None
        if isinstance(sentence, str) and sentence:
            kind = RemoteRefusal if status in (403, 409, 410, 422) else RemoteProblem
            return kind(line(sentence))
        if status == 401:
            return RemoteProblem(_SIGN_IN)
        if status == 404:
            return RemoteProblem(
                "The server has no such page: is its address right, and its recviewer as new as this one?"
            )
        return RemoteProblem(f"The server answered with status {status} and no sentence. Its log says what happened.")


_LATE = "The server did not answer within {:g} seconds. Look there before you try again."
_SIGN_IN = (
    "The server wants a token. Make one on the page of your account, and name its file by --token-file, or set "
    "RECVIEWER_TOKEN."
)


def line(text: str) -> str:
    """Return a server's message as one line of limited length."""
    return " ".join(text.split())[:_SHOWN]


def told_in(data: bytes) -> Mapping[str, Any]:
    """Return the JSON object in a response. Raises RemoteProblem."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise RemoteProblem("The server answered with something that is not recviewer's JSON. Is its address right?")
    return found


def _checked(address: str) -> str:
    """Return a valid address with a final `/`. Raises RemoteProblem."""
    try:
        parts = urlsplit(address)
        port, host = parts.port, parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or not re.fullmatch(r"[!-~]+", address):
        raise RemoteProblem("--server takes the address of a recviewer, such as https://recordings.example.com/.")
    if "@" in parts.netloc or parts.query or parts.fragment or port == 0:
        raise RemoteProblem("--server takes an address without a name, a password or a query in it.")
    if parts.scheme == "http" and not _is_loopback(host):
        raise RemoteProblem("Over plain http anybody on the way reads the token: name an address with https.")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _led_away(place: str, *, has_token: bool) -> str:
    if "/login/" in place and not has_token:
        return _SIGN_IN
    where = urlsplit(place)._replace(query="", fragment="").geturl()
    return f"The server leads elsewhere ({line(where)}), which is not followed. Name that by --server if it is right."


def _unreached(reason: object, *, is_act: bool) -> str:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return (
            f"The server's certificate does not hold: {line(str(reason.verify_message))}. Nothing was sent. An authority of "
            "your own is named by SSL_CERT_FILE."
        )
    doubt = " Look there whether it was done before you try again." if is_act else " Try again later."
    return f"The server gave no whole answer: {line(str(reason)) or type(reason).__name__}.{doubt}"
