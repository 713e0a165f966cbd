"""The ticket from which the page above several repositories learns who has an account here.

Only this instance signs and reads it. It says to which account a browser signed in, and signs nobody in; only the page
at the top, which sends a key, gets the answer. See `recviewer.several`.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import MiddlewareNotUsed
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from recviewer.pages.site import roles, tokens
from recviewer.pages.site.json import Json
from recviewer.serving.url_prefix import TICKET, above

_SALT = "recviewer.pages.site.desk"
_RENEWED = timedelta(days=1)
_DIGITS = 20


def ticket_of(user: User) -> str:
    """Return the ticket of an account, valid until the password changes, the account is deactivated, or it expires."""
    return signing.dumps([user.pk, user.get_session_auth_hash()[:_DIGITS]], salt=_SALT)


def user_of(ticket: str, age: timedelta | None = None) -> User | None:
    """Return the owner of a ticket, None if it is invalid, or was signed longer ago than that."""
    try:
        pk, hashed = signing.loads(ticket, salt=_SALT, max_age=age or timedelta(seconds=settings.SESSION_COOKIE_AGE))
        user = User.objects.select_related("membership").get(pk=int(pk), is_active=True)
    except (signing.BadSignature, ValueError, TypeError, OverflowError, User.DoesNotExist):
        return None
    return user if hmac.compare_digest(user.get_session_auth_hash()[:_DIGITS].encode(), str(hashed).encode()) else None


class DeskTicket:
    """Middleware: gives the browser of a signed-in user a ticket, and deletes it when they sign out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.DESK_KEY:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        name = TICKET + settings.PREFIX.rpartition("/")[2]
        match = request.resolver_match
        if match is None or tokens.scope_of(request) or (match.view_name in roles.OPEN and match.view_name != "login"):
            return response
        user, sent = request.user, request.COOKIES.get(name, "")
        if not isinstance(user, User):
            if sent and not roles.is_for_all(request.method or "", match.view_name):
                response.delete_cookie(name, path=above(settings.PREFIX), samesite="Lax")
        elif not _is_fresh(sent, user):
            response.set_cookie(
                name,
                ticket_of(user),
                max_age=settings.SESSION_COOKIE_AGE,
                path=above(settings.PREFIX),
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def _is_fresh(sent: str, user: User) -> bool:
    try:
        pk, hashed = signing.loads(sent, salt=_SALT, max_age=_RENEWED)
    except (signing.BadSignature, ValueError, TypeError):
        return False
    return bool(pk == user.pk and hashed == user.get_session_auth_hash()[:_DIGITS])


@login_not_required
@require_safe
def known(request: HttpRequest) -> Json:
    """Answer whose ticket it is, and their role. Without the key the page does not exist."""
    given = request.headers.get("X-Desk-Key", "")
    if not settings.DESK_KEY or not hmac.compare_digest(given.encode("utf-8", "replace"), settings.DESK_KEY.encode()):
        raise Http404("there is no page above this one")
    user = user_of(request.headers.get("X-Desk-Ticket", ""))
    if user is None:
        return Json({}, status=403)
    return Json({"name": user.get_username(), "role": roles.own_role(user).name.lower()})


app_name = "desk"
urlpatterns = [path("desk", known, name="known")]
