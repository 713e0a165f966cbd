"""Headers of every response: the Content-Security-Policy, for Django 5.2 and 6.x alike, and that no page is cached."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed


class ContentSecurityPolicy:
    """Sends `settings.SECURE_CSP` (directive -> sources) with every answer that has no policy of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy = "; ".join(f"{name} {' '.join(sources)}" for name, sources in settings.SECURE_CSP.items())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        return response


class NotKept:
    """Middleware: makes the browser reload every page, also for Back, which would otherwise show an outdated one.

    Responses that set their own lifetime (such as a picture of a recording) are left as they are.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith(("text/html", "application/json")):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


METHODS = ("GET", "HEAD", "OPTIONS", "POST")
"""Methods of any page, or of Django's admin. Each view restricts them further."""


class KnownMethods:
    """Middleware: refuses methods that no page has, before the CSRF token of a form is checked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request) if request.method in METHODS else HttpResponseNotAllowed(METHODS)
