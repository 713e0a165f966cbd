"""The path below which an instance is served: the one of RECVIEWER_PUBLIC_URL, "" for a site of its own.

A proxy may take it off, or leave it where it is: it is taken off here where it stands. For that to be certain, no prefix
begins as an address of ours does.
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
"""How addresses of ours begin."""

_PREFIX = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")


def of_site(address: str) -> str:
    """Return the prefix that the address of a site asks for. Raises ValueError with what it takes."""
    path = urlsplit(address).path.rstrip("/")
    if not _PREFIX.fullmatch(path):
        raise ValueError("its path takes letters, digits and . _ ~ - between slashes, such as /recordings/ogx")
    first = path[1:].partition("/")[0]
    if first in OWN:
        raise ValueError(f"its path begins as pages here do, with /{first}: take another, such as /recviewer")
    return path


def inside(path: str, prefix: str) -> str:
    """Return a path without the prefix, where it stands there."""
    return path[len(prefix) :] if prefix and (path == prefix or path.startswith(f"{prefix}/")) else path


def cookie(name: str, prefix: str) -> str:
    """Return the name of a cookie. Browsers send those of `/` to `/a/` as well: another name keeps them apart."""
    return name + prefix.replace("/", "-")


TICKET = "recviewer_at-"
"""How cookies begin by which the page above several instances knows who has an account in which; the name follows."""


def above(prefix: str) -> str:
    """Return the path above an instance, with its last slash: that of the page which lists it, and what it lies beside."""
    return f"{prefix.rpartition('/')[0]}/"


def outside(path: str, site: str) -> str:
    """Return the whole address of a path, as `reverse` gives it with the prefix or, where nobody asked, without.

    site: the address of the site.
    """
    return site + inside(path, of_site(site))


_Answer = Callable[..., Any]
_Application = Callable[[dict[str, Any], _Answer], Iterable[bytes]]


def below(application: _Application, prefix: str) -> _Application:
    """Return a WSGI application that answers below a prefix, whether or not the proxy before it takes that off."""
    if not prefix:
        return application

    def answer(environ: dict[str, Any], start: _Answer) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == prefix:  # what is relative on that page, and its cookies, would lie beside the prefix
            query = environ.get("QUERY_STRING", "")
            start("302 Found", [("Location", f"{prefix}/{f'?{query}' if query else ''}"), ("Content-Length", "0")])
            return []
        return application({**environ, "SCRIPT_NAME": prefix, "PATH_INFO": inside(path, prefix)}, start)

    return answer
