"""Responses to users who are signed out, or whose form has an old token: nothing is done, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from recviewer.pages.site import issuer_login
from recviewer.pages.site.held_forms import HeldForm, held_from, held_of
from recviewer.pages.site.htmx import wants_fragment
from recviewer.pages.site.login import offered
from recviewer.pages.site.next_page import page_of
from recviewer.pages.site.roles import is_for_all

_ORIGIN = "Origin checking failed"
"""The beginning of Django's message for an untrusted origin: a new token would not help."""


class SignInFirst(LoginRequiredMiddleware):
    """Redirects from pages to the login. A fragment gets the URL, a form is kept on a page that says so."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponse | None:
        if request.resolver_match and is_for_all(request.method or "", request.resolver_match.view_name):
            return None
        if wants_fragment(request):
            return HttpResponse(status=401, headers={"X-Sign-In": _login_url(request)})
        if request.method not in ("GET", "HEAD"):
            return _kept(request)
        return HttpResponseRedirect(_login_url(request))


def _login_url(request: HttpRequest) -> str:
    return str(redirect_to_login(page_of(request) or reverse("recordings:listing"), reverse("login")).url)


def _kept(request: HttpRequest) -> HttpResponse:
    """Say that nothing was done, and ask to sign in; the form is passed along."""
    held = held_from(request)
    page = page_of(request)
    told = {"held": held.signed() if held else "", "what": held.what if held else "", "next": page}
    context = told | {"elsewhere": issuer_login.offer(page)}
    return render(request, "signed_out.html", context, status=401)


def old_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without a valid token. If it came from a page of ours, it may be sent again with a new one.

    A browser sends the origin of a form, which no other site can forge; so the user who presses the button is the one
    who sent it.
    """
    is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin" and _ORIGIN not in reason
    is_door = request.path in (reverse("login"), reverse("logout"))
    if is_ours and wants_fragment(request):
        return HttpResponse(status=403, headers={"X-Sign-In": _login_url(request)})
    held = _of_door(request) if is_door else held_from(request)
    if not is_ours:
        held = None
    if held is None:
        return render(request, "403_csrf.html", {"is_door": is_door}, status=403)
    return offered(request, held, status=403)


def _of_door(request: HttpRequest) -> HeldForm | None:
    """Return the form kept by the login page if the user signed in meanwhile in another tab, so that its token is old."""
    return held_of(request.POST.get("held", "")) if request.user.is_authenticated else None
