"""Every page view triggers a comparison of the catalog with the disk."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from recviewer.catalog import freshness


class Nudge:
    """Middleware: after a response, compare the catalog with the disk in the background."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "GET" and not request.path_info.startswith(("/healthz", "/readyz")):
            freshness.nudge()
        return response
