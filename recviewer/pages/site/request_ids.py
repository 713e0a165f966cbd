"""Every request has an id, which is in its response and in each log line that it causes."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from recviewer.serving.request_log import REQUEST_ID

HEADER = "X-Request-Id"
_ID = re.compile(r"[A-Za-z0-9_.-]{8,64}")
log = logging.getLogger("recviewer.request")


class RequestIds:
    """Middleware: gives each request an id, that of the proxy if there is one, and logs the result.

    The log contains the URL's name and not its path, because paths contain names of recordings. It contains no client
    addresses, and nothing that was sent.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "") if settings.BEHIND_PROXY else ""
        token = REQUEST_ID.set(given if _ID.fullmatch(given) else uuid.uuid4().hex)
        request.id = REQUEST_ID.get()  # type: ignore[attr-defined]  # read by `NamesOfPages`
        started = time.monotonic()
        try:
            response = self.get_response(request)
            response.headers[HEADER] = REQUEST_ID.get()
            match = request.resolver_match
            told = {
                "method": request.method,
                "view": match.view_name if match else "",
                "status": response.status_code,
                "milliseconds": round((time.monotonic() - started) * 1000, 1),
            }
            log.info("%(method)s %(view)s %(status)s %(milliseconds)s ms", told, extra={"told": told})
            return response
        finally:
            REQUEST_ID.reset(token)
