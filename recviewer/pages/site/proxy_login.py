"""Signing in by a proxy in front, which authenticates users and passes their name in a configured header.

Whoever can send that header can be anybody. So it is trusted only from configured addresses, compared with the address
of the connection itself and not with X-Forwarded-For; a request with the header from any other address is refused.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from recviewer.configuration.trusted_proxies import is_among
from recviewer.pages.site import tokens
from recviewer.pages.site.htmx import wants_fragment

log = logging.getLogger(__name__)

_NAME = re.compile(r"[\w.@+-]{1,150}")
"""Django's limits for an account's name. A header that was sent twice contains a comma."""


class ProxyUsers:
    """Middleware: authenticates a request as the user that the proxy names.

    A missing account is created, and may only read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.LOGIN_HEADER:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self._key = f"HTTP_{settings.LOGIN_HEADER.upper().replace('-', '_')}"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = request.META.get(self._key)
        if name is None:
            return self.get_response(request)
        if not is_among(request.META.get("REMOTE_ADDR", ""), settings.LOGIN_PROXIES):
            log.warning("%s came from an address that RECVIEWER_LOGIN_PROXIES does not name", settings.LOGIN_HEADER)
            return _refused(request, "This site accepts user names only from the proxy in front of it.")
        if tokens.scope_of(request) or not name.strip():
            return self.get_response(request)
        user = _user(name.strip())
        if user is None:
            return _refused(request, "The proxy in front of this site sent no user who may sign in.")
        request.user = user
        request.is_named_by_proxy = True  # type: ignore[attr-defined]  # read by `is_by_proxy`
        return self.get_response(request)


def is_by_proxy(request: HttpRequest) -> bool:
    """Tell whether the proxy in front authenticated the user: then there is no session to end, and no password to
    change.
    """
    return getattr(request, "is_named_by_proxy", False) is True


def _user(name: str) -> User | None:
    """Return the account of this name, created if necessary; None for no name, and if it is deactivated."""
    name = str(User.normalize_username(name))
    if not _NAME.fullmatch(name):
        return None
    user, is_new = User.objects.get_or_create(username=name, defaults={"password": "!"})
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        log.info("an account was made for who the proxy named")
    return user if user.is_active else None


def _refused(request: HttpRequest, reason: str) -> HttpResponse:
    page = {"title": "Not signed in", "reason": reason, "status": 403}
    template = "errors/_refusal.html" if wants_fragment(request) else "errors/refusal.html"
    return render(request, template, {"page": page}, status=403)
