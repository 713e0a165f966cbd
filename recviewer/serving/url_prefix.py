"""The URL prefix of an instance: the path of RECVIEWER_PUBLIC_URL, "" for a host name of its own.

A proxy may strip it or leave it; here it is stripped if it is present. For that to be unambiguous, no prefix begins as
a URL of recviewer does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

OWN = frozenset(
    {
        "account",
        "activity",
        "activity.jsonl",
        "admin",
        "around",
        "b",
        "bulk",
        "changes",
        "complete",
        "desk",
        "difference",
        "do",
        "favicon.ico",
        "files",
        "fresh",
        "growth",
        "hash",
        "healthz",
        "history",
        "hooks",
        "invited",
        "login",
        "logout",
        "metrics",
        "models",
        "notices",
        "open",
        "operations",
        "overview",
        "plan",
        "pushed",
        "queue",
        "r",
        "readyz",
        "recordings.json",
        "report",
        "reviews.jsonl",
        "said",
        "searches",
        "searching",
        "secrets",
        "smells",
        "static",
        "tags",
        "tests",
        "tests.json",
        "trash",
    }
)
"""First segments of recviewer's own URLs."""

_PREFIX = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")


def of_site(address: str) -> str:
    """Return the prefix in the URL of a site. Raises ValueError with what is allowed."""
    path = urlsplit(address).path.rstrip("/")
    if not _PREFIX.fullmatch(path):
        raise ValueError("its path takes letters, digits and . _ ~ - between slashes, such as /recordings/ogx")
    first = path[1:].partition("/")[0]
    if first in OWN:
        raise ValueError(f"its path begins as pages here do, with /{first}: take another, such as /recviewer")
    return path


def inside(path: str, prefix: str) -> str:
    """Return a path without the prefix, if it has it."""
    return path[len(prefix) :] if prefix and (path == prefix or path.startswith(f"{prefix}/")) else path


def cookie(name: str, prefix: str) -> str:
    """Return the name of a cookie. Browsers send those of `/` to `/a/` as well, so the prefix is part of the name."""
    return name + prefix.replace("/", "-")


TICKET = "recviewer_at-"
"""Prefix of cookies that tell the page above several instances who has an account in which; the name follows."""


def above(prefix: str) -> str:
    """Return the path above an instance, with its final slash: that of the page which lists it and its siblings."""
    return f"{prefix.rpartition('/')[0]}/"


def outside(path: str, site: str) -> str:
    """Return the full URL of a path, which `reverse` returns with the prefix or, outside of a request, without.

    site: the URL of the site.
    """
    return site + inside(path, of_site(site))


_Answer = Callable[..., Any]
_Application = Callable[[dict[str, Any], _Answer], Iterable[bytes]]


def below(application: _Application, prefix: str) -> _Application:
    """Return a WSGI application that is served below a prefix, whether or not the proxy in front strips it."""
    if not prefix:
        return application

    def answer(environ: dict[str, Any], start: _Answer) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == prefix:  # relative links of that page, and its cookies, would be outside the prefix
            query = environ.get("QUERY_STRING", "")
            start("302 Found", [("Location", f"{prefix}/{f'?{query}' if query else ''}"), ("Content-Length", "0")])
            return []
        return application({**environ, "SCRIPT_NAME": prefix, "PATH_INFO": inside(path, prefix)}, start)

    return answer
