"""One's own account: its role, its sessions, and the tokens of its scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordChangeView, PasswordResetConfirmView
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse, reverse_lazy
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recviewer.exchange.amounts import counted
from recviewer.pages.models import ApiToken, Identity
from recviewer.pages.site import notices, roles, sessions, tokens
from recviewer.pages.site.notices import NoticesPart
from recviewer.pages.site.numbers import is_whole
from recviewer.pages.site.sessions import SessionRow


@dataclass(frozen=True, slots=True)
class AccountPage:
    """role: in a word. made: a new token, shown only once, "" for none. error: why none was made.

    issuer: the login issuer of this instance, "" for none. identities: those linked to this account.
    """

    name: str
    role: str
    sessions: tuple[SessionRow, ...]
    tokens: tuple[ApiToken, ...]
    identities: tuple[Identity, ...]
    issuer: str
    has_password: bool
    notices: NoticesPart | None
    made: str = ""
    error: str = ""
    typed: str = ""


def _user(request: HttpRequest) -> User:
    """Return the user of the request. Raises Http404 on a laptop, which has no accounts."""
    if not settings.HOSTED or not isinstance(request.user, User):
        raise Http404("there are no accounts here")
    return request.user


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the user's account."""
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200, **more: str) -> HttpResponse:
    user = _user(request)
    page = AccountPage(
        name=user.get_username(),
        role=roles.role_of(request).name.lower(),
        sessions=tuple(sessions.listed(request)),
        tokens=tuple(ApiToken.objects.filter(user=user, expires_at__gt=timezone.now()).order_by("-pk")),
        identities=tuple(Identity.objects.filter(user=user).order_by("pk")),
        issuer=settings.LOGIN.called if settings.LOGIN else "",
        has_password=user.has_usable_password(),
        notices=notices.part_of(user),
        **more,
    )
    return render(request, "account/page.html", {"page": page}, status=status)


@require_POST
def make_token(request: HttpRequest) -> HttpResponse:
    """Make a token, and show it once."""
    user, sent = _user(request), request.POST
    days = sent.get("days", "")
    try:
        given = int(days) if is_whole(days) else 0
        made = tokens.make(user, name=sent.get("name", ""), scope=sent.get("scope", ""), days=given)
    except ValueError as error:
        return _page(request, status=422, error=str(error), typed=sent.get("name", "")[:60])
    return _page(request, made=made)


@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """Revoke one of one's own tokens."""
    user, number = _user(request), request.POST.get("token", "")
    if is_whole(number) and ApiToken.objects.filter(user=user, pk=int(number)).delete()[0]:
        messages.success(request, "The token is revoked.")
    return HttpResponseRedirect(reverse("account:show"), status=303)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End one of one's own sessions; without a name all of them, including this one."""
    _user(request)
    name = request.POST.get("session", "")
    ended = sessions.end(request, name)
    if not name:
        request.session.flush()
        return HttpResponseRedirect(reverse("login"), status=303)
    messages.success(request, f"{counted(ended, 'session')} ended.")
    return HttpResponseRedirect(reverse("account:show"), status=303)


class ChangePassword(PasswordChangeView):
    """Django's view. All other sessions of the account end, because they contain a hash of the old password."""

    http_method_names = ("get", "head", "post", "options")
    template_name = "account/password.html"
    success_url = reverse_lazy("account:show")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if (request.method or "").lower() not in self.http_method_names:
            return self.http_method_not_allowed(request, *args, **kwargs)
        _user(request)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, "The password is changed, and all other sessions have ended.")
        return super().form_valid(form)


class Invited(PasswordResetConfirmView):
    """The target of an invitation, Django's view: the owner chooses a password, once, within three days."""

    http_method_names = ("get", "head", "post", "options")
    template_name = "account/invited.html"
    success_url = reverse_lazy("login")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if (request.method or "").lower() not in self.http_method_names:
            return self.http_method_not_allowed(request, *args, **kwargs)
        if not settings.HOSTED:
            raise Http404("there are no accounts here")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = {"called": settings.LOGIN.called if settings.LOGIN else "", "uidb64": self.kwargs["uidb64"]}
        return super().get_context_data(**kwargs) | told


app_name = "account"
urlpatterns = [
    path("account/", show, name="show"),
    path("account/tokens", make_token, name="make_token"),
    path("account/tokens/revoke", revoke, name="revoke"),
    path("account/sign-out", sign_out, name="sign_out"),
    path("account/password", ChangePassword.as_view(), name="password"),
    path("invited/<slug:uidb64>/<slug:token>/", login_not_required(Invited.as_view()), name="invited"),
]
