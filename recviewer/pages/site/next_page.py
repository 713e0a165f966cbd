"""URLs that are allowed as redirect targets after an action or a login: pages of this site, never fragments or actions."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, get_script_prefix, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from recviewer.serving.url_prefix import inside

PAGES = frozenset(
    {
        "account:show",
        "account:password",
        "recordings:listing",
        "recording:show",
        "recording:blob",
        "growth:show",
        "operations:show",
        "history:show",
        "models:listing",
        "models:show",
        "bulk:show",
        "changes:listing",
        "changes:show",
        "changes:older",
        "report:show",
        "difference:two",
        "difference:since_approval",
        "queue:start",
        "plan:show",
        "plan:range",
        "tags:listing",
        "tests:listing",
        "tests:show",
        "files:show",
        "smells:let_be",
        "smells:listing",
        "smells:rule",
        "trash:listing",
        "activity:listing",
        "activity:show",
    }
)
"""URL names of pages; everything else is a fragment, an action, a file or a login page."""

_UNSURE = re.compile(r"[\x00-\x20\x7f\\]")
"""Characters that browsers drop from a URL, or treat as a slash."""


def leads_to_page(request: HttpRequest, address: str) -> bool:
    """Tell whether a URL, from its first slash on, is that of a page of ours as a browser would read it."""
    if not address.startswith("/") or _UNSURE.search(address):
        return False
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return False
    try:
        path = unquote(urlsplit(address).path)
        if not path.startswith(get_script_prefix()):  # another site at the same host
            return False
        if {".", ".."} & set(path.split("/")):  # a browser would resolve it
            return False
        found = resolve(inside(path, get_script_prefix()[:-1]))
    except (Resolver404, ValueError):
        return False
    return found.view_name in PAGES or "admin" in found.app_names


def page_of(request: HttpRequest) -> str:
    """Return the page that a request asks for or, for a fragment or an action, was sent from; "" if it is not ours."""
    here = request.get_full_path()
    if request.method in ("GET", "HEAD") and leads_to_page(request, here):
        return here
    sent_from = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    there = f"{sent_from.path}?{sent_from.query}" if sent_from.query else sent_from.path
    return there if sent_from.netloc == request.get_host() and leads_to_page(request, there) else ""
