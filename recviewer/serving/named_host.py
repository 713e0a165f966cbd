"""Requests that do not say which host they are for.

Django takes the address of the server for the name that is missing, and that address is often among the allowed hosts, for
the health check on the machine itself. HTTP/1.1 demands that such a request is refused (RFC 9112, section 3.2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

_Answer = Callable[..., Any]
_Application = Callable[[dict[str, Any], _Answer], Iterable[bytes]]

_SENTENCE = b"The request does not name the host that it is for: the header Host is missing or empty.\n"


def demanded(application: _Application) -> _Application:
    """Return a WSGI application that refuses requests without a host with a 400."""

    def answer(environ: dict[str, Any], start: _Answer) -> Iterable[bytes]:
        if environ.get("HTTP_HOST", "").strip():
            return application(environ, start)
        head = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(_SENTENCE)))]
        start("400 Bad Request", [*head, ("Cache-Control", "no-store")])
        return [_SENTENCE]

    return answer
