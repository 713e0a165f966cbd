"""Limits of request bodies, and parsing of forms with memory proportional to their length.

Python's own parser keeps an object for each escaped character. 31 MB of them took 5.6 GB and 50 seconds, before the
sender was authenticated.
"""

from __future__ import annotations

import math
import re
from binascii import unhexlify
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict

from recviewer.pages.site import tokens
from recviewer.pages.site.errors import ErrorPage, refused
from recviewer.pages.site.json import Json

STRANGER_BYTES = 2 * 1024 * 1024
"""Limit for requests without a login; enough for a form of a million characters, which is kept (`held_forms`)."""

OWN_LIMIT = "/hooks/"
"""Prefix of the one URL that accepts more from strangers, has its own limit, and parses no form."""

_PIECE = 8 * 1024
_FORM = "application/x-www-form-urlencoded"


class BodyLimits:
    """Middleware: rejects bodies that are too large before they are read, and parses forms.

    It comes after the middleware that authenticates. The first to read a form checks its CSRF token, in a
    `process_view`, which is later.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("CONTENT_LENGTH") or "0"
        length = int(given) if given.isascii() and given.isdecimal() and len(given) < 18 else math.inf
        limit = _limit(request) if length > STRANGER_BYTES else STRANGER_BYTES  # authenticating costs a query
        if length > limit:
            return _too_large(request, limit)
        if request.method == "POST" and request.content_type == _FORM:
            request._load_post_and_files = partial(_load, request, request._load_post_and_files)  # type: ignore[method-assign]
        return self.get_response(request)


def _limit(request: HttpRequest) -> int:
    """Return how many bytes the user may send."""
    most: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    user = getattr(request, "user", None)
    is_known = not settings.HOSTED or (user is not None and user.is_authenticated)
    return most if is_known or request.path_info.startswith(OWN_LIMIT) else min(most, STRANGER_BYTES)


def _too_large(request: HttpRequest, limit: int) -> HttpResponse:
    said = f"It takes {limit // 1024 // 1024} MB" + ("" if _is_most(limit) else " of who is not signed in")
    if tokens.scope_of(request):
        return Json({"error": f"That is too large. {said}."}, status=413)
    return refused(request, ErrorPage("That is too large", f"{said}. Nothing was done.", 413))


def _is_most(limit: int) -> bool:
    return limit == settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _load(request: Any, load: Callable[[], None]) -> None:
    """Parse the form of a request, as Django does. load: Django's own method, which rejects anything but UTF-8."""
    if (request._read_started and not hasattr(request, "_body")) or (request._encoding or "utf-8").lower() != "utf-8":
        load()
        return
    request._post, request._files = form_of(request.body), MultiValueDict()


def form_of(body: bytes) -> QueryDict:
    """Return a form as Django's parser does, with memory of a few times its length. Raises TooManyFieldsSent."""
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    if most is not None and body.count(b"&") >= most:
        raise TooManyFieldsSent("The number of GET/POST parameters exceeded settings.DATA_UPLOAD_MAX_NUMBER_FIELDS.")
    form = QueryDict(mutable=True, encoding="utf-8")
    for field in body.split(b"&"):
        if field:
            name, _, value = field.partition(b"=")
            form.appendlist(_unescaped(name), _unescaped(value))
    form._mutable = False
    return form


def _unescaped(escaped: bytes) -> str:
    """Return an unescaped name or value, piece by piece; no character is cut in two."""
    escaped = escaped.replace(b"+", b" ")
    if len(escaped) <= _PIECE:
        return _without_escapes(escaped).decode("utf-8", "replace")
    pieces, start = bytearray(), 0
    while start < len(escaped):
        end = start + _PIECE
        cut = escaped.rfind(b"%", end - 2, end)
        if cut > start and end < len(escaped):
            end = cut
        pieces += _without_escapes(escaped[start:end])
        start = end
    return pieces.decode("utf-8", "replace")


_ESCAPES = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")


def _without_escapes(escaped: bytes) -> bytes:
    """Return an unescaped text. Python's own function takes 11 seconds for 31 MB of bare `%`, which are not escapes."""
    return _ESCAPES.sub(lambda run: unhexlify(run[0].replace(b"%", b"")), escaped) if b"%" in escaped else escaped
