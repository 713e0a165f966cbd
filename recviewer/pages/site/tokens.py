"""Tokens for scripts: `Authorization: Bearer rv_…` in place of a session, with less than its owner may do.

A request with a token needs no token of a form, for no other site can have a browser send that header. It opens no session,
and its owner's account and Django's administration are shut to it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from recviewer.pages.models import ApiToken
from recviewer.pages.site.json import Json

PREFIX = "rv_"
SCOPES = ("read", "decide", "import")
LONGEST_DAYS = 365
MOST = 20
"""Tokens of one account."""

_USED_STEP = timedelta(minutes=1)


def make(user: User, *, name: str, scope: str, days: int) -> str:
    """Make a token and return it; it is kept as a hash alone. Raises ValueError with a sentence."""
    name = " ".join(name.split())
    if not name or len(name) > 60 or not name.isprintable():
        raise ValueError("A token needs a name of 60 characters at most.")
    if scope not in SCOPES:
        raise ValueError("A token reads, decides, or imports reviews.")
    if not 1 <= days <= LONGEST_DAYS:
        raise ValueError(f"A token holds for 1 to {LONGEST_DAYS} days.")
    if ApiToken.objects.filter(user=user).count() >= MOST:
        raise ValueError(f"There are {MOST} tokens already; revoke one first.")
    token, now = PREFIX + secrets.token_urlsafe(32), timezone.now()
    expires = now + timedelta(days=days)
    ApiToken.objects.create(
        user=user, name=name, hashed=_hash(token), scope=scope, made_at=now, expires_at=expires
    )  # fmt: skip
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def owned(token: str) -> ApiToken | None:
    """Return what is known of a token that holds, None for any other. Notes that it was used."""
    now = timezone.now()
    found = ApiToken.objects.select_related("user").filter(hashed=_hash(token), expires_at__gt=now).first()
    if found is None or not found.user.is_active:
        return None
    if found.used_at is None or abs(now - found.used_at) > _USED_STEP:
        ApiToken.objects.filter(pk=found.pk).update(used_at=now)
    return found


class TokenUsers:
    """Middleware: who sends a token is its owner, for this request. One that does not hold is refused, whatever is asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token.startswith(PREFIX):
            return self.get_response(request)
        found = owned(token.strip())
        if found is None:
            told = {"error": "The token does not hold: it is unknown, has expired, or was revoked."}
            response = Json(told, status=401)
            response["WWW-Authenticate"] = 'Bearer realm="recviewer"'
            return response
        request.user = found.user
        request.api_token = found  # type: ignore[attr-defined]  # read by `scope_of`
        request.csrf_processing_done = True  # type: ignore[attr-defined]  # what Django's own middleware asks for
        return self.get_response(request)


def scope_of(request: HttpRequest) -> str:
    """Return the scope of the token that a request came with, "" where it came with none."""
    found = getattr(request, "api_token", None)
    return found.scope if isinstance(found, ApiToken) else ""
