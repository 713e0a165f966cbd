"""Headers of every answer: the Content-Security-Policy, for Django 5.2 and 6.x alike, and that no page is kept."""

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
    """Middleware: has the browser ask for every page anew, also for Back, which else shows what held before an act.

    Answers that say themselves how long they hold (a picture of a recording) are left as they are.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith(("text/html", "application/json")):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


METHODS = ("GET", "HEAD", "OPTIONS", "POST")
"""Methods that some page, or Django's administration, has. Which of them a page has is said by its view."""


class KnownMethods:
    """Middleware: refuses methods that no page has, before anybody asks for the token of a form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request) if request.method in METHODS else HttpResponseNotAllowed(METHODS)
