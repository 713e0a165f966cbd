"""Signing in with an issuer: the redirect to it, and the callback.

The state is kept in a signed cookie for ten minutes, so that only the browser that started can come back. Linking an
account starts from a form of ours, whose response is a page with the issuer's URL, because the content security policy
forbids forms to lead elsewhere.
"""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as let_session_begin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlsafe_base64_decode
from django.views.decorators.http import require_POST, require_safe

from recviewer.hosts.calls import HostBusy, HostDown, HostRefused
from recviewer.issuers.configured import ConfiguredLogin
from recviewer.issuers.model import NotBelieved, RoundTrip, round_trip
from recviewer.pages.models import Identity
from recviewer.pages.site import identities, login_attempts, sessions
from recviewer.pages.site.identities import NotLetIn
from recviewer.pages.site.next_page import leads_to_page
from recviewer.pages.site.numbers import is_whole
from recviewer.pages.site.proxy_login import is_by_proxy

log = logging.getLogger(__name__)

COOKIE = "recviewer_way"
_FOR = timedelta(minutes=10)
_SALT = "recviewer.pages.site.elsewhere"
_LONGEST = 4000
"""Maximum length of a code, and of the other parameters of the callback."""
_BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class BegunWay:
    """trip: what has to come back. then: the page to go to. user: the account to link, 0 to sign in.

    invitation: the token of an invitation to that account, "" if its owner is signed in.
    """

    trip: RoundTrip
    then: str = ""
    user: int = 0
    invitation: str = ""

    def signed(self) -> str:
        """Return it as a signed cookie value."""
        trip = [self.trip.state, self.trip.nonce, self.trip.verifier]
        return signing.dumps([trip, self.then, self.user, self.invitation], salt=_SALT)


def _begun(request: HttpRequest) -> BegunWay | None:
    """Return the sign-in that this browser started, None if there is no recent one."""
    try:
        trip, then, user, invitation = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_FOR)
        return BegunWay(RoundTrip(*trip), str(then), int(user), str(invitation))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def _login() -> ConfiguredLogin:
    """Return the configured issuer. Raises Http404 if there is none."""
    login: ConfiguredLogin | None = settings.LOGIN
    if login is None or not settings.HOSTED:
        raise Http404("nobody signs in by an issuer here")
    return login


def offer(then: str = "") -> dict[str, str] | None:
    """Return the issuer's label and URL for a sign-in page; None if there is no issuer."""
    if settings.LOGIN is None:
        return None
    start = reverse("account:start", query={"next": then} if then else None)
    return {"called": settings.LOGIN.called, "address": start}


@login_not_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Redirect to the issuer; a user who is signed in goes to the start page."""
    login = _login()
    wanted = request.GET.get("next", "")
    then = wanted if leads_to_page(request, wanted) else reverse("recordings:listing")
    if request.user.is_authenticated:
        return HttpResponseRedirect(then)
    way = BegunWay(round_trip(), then)
    try:
        address = login.opened().address(way.trip)
    except (HostDown, HostBusy, HostRefused, NotBelieved) as failed:
        return _not_answered(request, login, failed)
    return _with_way(HttpResponseRedirect(address), way)


@require_POST
def connect(request: HttpRequest) -> HttpResponse:
    """Begin to link one's own account; the response contains the issuer's URL."""
    _login()
    if is_by_proxy(request) or not isinstance(request.user, User):
        raise Http404("the proxy in front says who somebody is")
    return _go_on(request, BegunWay(round_trip(), reverse("account:show"), request.user.pk))


@login_not_required
@require_POST
def join(request: HttpRequest, uidb64: str) -> HttpResponse:
    """Begin to accept an invitation by signing in with the issuer, instead of choosing a password."""
    _login()
    token = request.session.get(INTERNAL_RESET_SESSION_TOKEN, "")
    user = _invited(uidb64)
    if user is None or not default_token_generator.check_token(user, token):
        return _told(request, "This invitation is not valid", "It was used already, or is older than three days.", 403)
    return _go_on(request, BegunWay(round_trip(), reverse("recordings:listing"), user.pk, token))


def _invited(uidb64: str) -> User | None:
    try:
        return User.objects.get(pk=int(urlsafe_base64_decode(uidb64)))
    except (ValueError, OverflowError, User.DoesNotExist):
        return None


def _go_on(request: HttpRequest, way: BegunWay) -> HttpResponse:
    login = _login()
    try:
        address = login.opened().address(way.trip)
    except (HostDown, HostBusy, HostRefused, NotBelieved) as failed:
        return _not_answered(request, login, failed)
    name = User.objects.get(pk=way.user).get_username()
    told = {"called": login.called, "address": address, "name": name}
    return _with_way(render(request, "account/go_on.html", told), way)


@login_not_required
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Handle the callback. The issuer is only queried for a browser that started a sign-in."""
    login, way = _login(), _begun(request)
    response = _came_back(request, login, way) if way else _lost(request)
    response.delete_cookie(COOKIE, path=reverse("account:back"), samesite="Lax")
    return response


def _came_back(request: HttpRequest, login: ConfiguredLogin, way: BegunWay) -> HttpResponse:
    told = {name: request.GET.get(name, "")[:_LONGEST] for name in ("state", "code", "error", "iss")}
    is_same = hmac.compare_digest(told["state"].encode("utf-8", "replace"), way.trip.state.encode())
    if not is_same or (told["iss"] and told["iss"] != login.issuer and login.kind == "OIDC"):
        return _lost(request)
    if told["error"] or not told["code"]:
        log.info("the issuer sent somebody back without a code: %s", told["error"][:100])
        return _told(request, "Not signed in", f"{login.called} sent you back without saying who you are.", 403)
    tried = login_attempts.count_try(request, "")
    if tried.wait:
        reason = f"Too many tries went wrong. Try again in {tried.wait} seconds."
        response = _told(request, "Too early", reason, 429)
        response["Retry-After"] = str(tried.wait)
        return response
    try:
        response = _let_in(request, login, way, told["code"])
    except (HostDown, HostBusy) as failed:
        login_attempts.uncount(tried)  # the user is not to blame
        return _not_answered(request, login, failed)
    except (HostRefused, NotBelieved) as failed:
        return _not_answered(request, login, failed)
    except NotLetIn as reason:
        return _told(request, "Not signed in", str(reason), 403)
    login_attempts.uncount(tried)
    return response


def _let_in(request: HttpRequest, login: ConfiguredLogin, way: BegunWay, code: str) -> HttpResponse:
    """Query who signed in, and sign them in. Raises what the query raises, and NotLetIn."""
    person = login.opened().person(code, way.trip)
    if not way.user:
        user = identities.signed_in(login, person)
    elif way.invitation:
        user = _by_invitation(way)
        identities.tie(login, person, user, is_invited=True)
    else:
        if request.user.pk != way.user or not isinstance(request.user, User):
            raise NotLetIn("You are signed in to another account than the one that was to be connected, or signed out.")
        identities.tie(login, person, request.user)
        messages.success(request, f"{person.name or 'You'} at {login.called} signs in to this account from now on.")
        return HttpResponseRedirect(way.then)
    request.session.pop(INTERNAL_RESET_SESSION_TOKEN, None)
    let_session_begin(request, user, backend=_BACKEND)
    sessions.note(request)
    return HttpResponseRedirect(way.then)


def _by_invitation(way: BegunWay) -> User:
    user = User.objects.filter(pk=way.user, is_active=True).first()
    if user is None or not default_token_generator.check_token(user, way.invitation):
        raise NotLetIn("This invitation is not valid: it was used already, or is older than three days.")
    return user


@require_POST
def disconnect(request: HttpRequest) -> HttpResponse:
    """Unlink one's own account, unless no way to sign in would be left."""
    _login()
    number, user = request.POST.get("identity", ""), request.user
    if not isinstance(user, User):
        raise Http404("there are no accounts here")
    mine = Identity.objects.filter(user=user)
    if is_whole(number) and mine.filter(pk=int(number)).exists():
        if not user.has_usable_password() and mine.count() < 2:
            messages.error(request, "That is the only way into this account: it has no password.")
        else:
            mine.filter(pk=int(number)).delete()
            messages.success(request, "It does not sign in to this account any more.")
    return HttpResponseRedirect(reverse("account:show"), status=303)


def _with_way(response: HttpResponse, way: BegunWay) -> HttpResponse:
    response.set_cookie(
        COOKIE,
        way.signed(),
        max_age=_FOR,
        httponly=True,
        samesite="Lax",  # the issuer redirects from its own site
        secure=settings.SESSION_COOKIE_SECURE,
        path=reverse("account:back"),
    )
    return response


def _not_answered(request: HttpRequest, login: ConfiguredLogin, failed: Exception) -> HttpResponse:
    """Say that the issuer did not answer, or that its answer proves nothing; the details go to the log."""
    log.warning("signing in by %s: %s", login.issuer, failed)
    if isinstance(failed, (HostDown, HostBusy)):
        reason = f"{login.called} does not answer. Try again in a minute; who has a password here can sign in with it."
        response = _told(request, "Not signed in", reason, 503)
        response["Retry-After"] = "60"
        return response
    reason = f"What {login.called} answered does not show who you are. Begin again; the log of this instance says more."
    return _told(request, "Not signed in", reason, 403)


def _lost(request: HttpRequest) -> HttpResponse:
    reason = "This browser did not begin to sign in here, or it is more than ten minutes ago. Begin again."
    return _told(request, "Not signed in", reason, 400)


def _told(request: HttpRequest, title: str, reason: str, status: int) -> HttpResponse:
    told: dict[str, Any] = {"page": {"title": title, "reason": reason, "status": status}}
    return render(request, "account/not_in.html", told, status=status)


app_name = "account"
urlpatterns = [
    path("login/with", start, name="start"),
    path("login/back", back, name="back"),
    path("account/with", connect, name="connect"),
    path("account/with/remove", disconnect, name="disconnect"),
    path("invited/<slug:uidb64>/with", join, name="join"),
]
