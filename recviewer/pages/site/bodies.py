"""What a request may send, and how a form is read: in memory that its length bounds, whoever sends it.

Python's own reading of a form keeps an object for each escaped sign. 31 MB of them took 5.6 GB and 50 seconds, before
anybody asked who sends it.
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
"""What somebody may send who is not signed in: a form of a million signs, which is kept (`held_forms`), has room."""

OWN_LIMIT = "/hooks/"
"""How the one address begins that takes more of strangers, has a limit of its own, and reads no form."""

_PIECE = 8 * 1024
_FORM = "application/x-www-form-urlencoded"


class BodyLimits:
    """Middleware: refuses what is too large before it is read, and reads forms.

    It stands behind those that tell who asks. The first to read a form looks for its token, in a `process_view`: later.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("CONTENT_LENGTH") or "0"
        length = int(given) if given.isascii() and given.isdecimal() and len(given) < 18 else math.inf
        limit = _limit(request) if length > STRANGER_BYTES else STRANGER_BYTES  # who asks costs a look-up
        if length > limit:
            return _too_large(request, limit)
        if request.method == "POST" and request.content_type == _FORM:
            request._load_post_and_files = partial(_load, request, request._load_post_and_files)  # type: ignore[method-assign]
        return self.get_response(request)


def _limit(request: HttpRequest) -> int:
    """Return how many bytes who asks may send."""
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
    """Read the form of a request, as Django does. load: Django's own, which refuses what is not UTF-8."""
    if (request._read_started and not hasattr(request, "_body")) or (request._encoding or "utf-8").lower() != "utf-8":
        load()
        return
    request._post, request._files = form_of(request.body), MultiValueDict()


def form_of(body: bytes) -> QueryDict:
    """Return a form as Django's own reading does, at a memory of some times its length. Raises TooManyFieldsSent."""
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
    """Return what an escaped name or value says, piece by piece; no sign is cut in two."""
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
    """Return what a text with escapes says. Python's own takes 11 seconds for 31 MB of `%` alone, which are no escapes."""
    return _ESCAPES.sub(lambda run: unhexlify(run[0].replace(b"%", b"")), escaped) if b"%" in escaped else escaped
