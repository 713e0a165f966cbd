"""Whole pages and fragments: one view answers both."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

REFUSED = "X-Refused"
"""Header that tells scripts that a response is not a part of the present page, which stays: see static/js/page.js."""
VARY = ("HX-Request", "HX-Boosted", "HX-History-Restore-Request")


def wants_fragment(request: HttpRequest) -> bool:
    """Tell whether the request asks for a part of a page. Boosted and history requests want whole pages."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def answer(request: HttpRequest, page_template: str, fragment: str, page: Any, *, status: int = 200) -> HttpResponse:
    """Render the page, or for htmx its fragment, from the same `page`."""
    chosen = fragment if wants_fragment(request) else page_template
    return varied(render(request, chosen, {"page": page}, status=status))


def varied(response: HttpResponse) -> HttpResponse:
    """Add `Vary`, so that no cache returns a fragment instead of the page."""
    patch_vary_headers(response, VARY)
    return response
