"""Signing in and out, on hosted instances."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode

from recviewer.pages.site import issuer_login, login_attempts, sessions
from recviewer.pages.site.held_forms import HeldForm, held_of
from recviewer.pages.site.next_page import leads_to_page


class SignIn(LoginView):
    """Django's view, with waiting times after failures, without PUT (which Django treats as POST), and with a safe
    `next`.

    A form that was sent while signed out is passed along in a signed field, and offered again afterwards.
    """

    http_method_names = ("get", "head", "post", "options")
    template_name = "login.html"
    redirect_authenticated_user = True

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        url = super().get_redirect_url()
        return url if leads_to_page(self.request, url) else ""

    @method_decorator(login_not_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Offer a kept form to a user who signed in meanwhile, in another tab."""
        held = held_of(request.POST.get("held", "")) if request.method == "POST" else None
        if held is not None and request.user.is_authenticated:
            return offered(request, held)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check name and password, unless the waiting time is not over."""
        name = request.POST.get("username", "")
        if not name.strip() or not request.POST.get("password"):
            return super().post(request, *args, **kwargs)
        tried = login_attempts.count_try(request, name)
        if tried.wait:
            return self._too_early(name, tried.wait)
        response = super().post(request, *args, **kwargs)
        if request.user.is_authenticated:
            login_attempts.uncount(tried)
            login_attempts.remember(request, response, name)
            sessions.note(request)
        return response

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        held = held_of(self.request.POST.get("held", ""))
        return offered(self.request, held) if held is not None else response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = self.request.POST.get("held", "")
        told = {
            "held": held if held_of(held) is not None else "",
            "elsewhere": issuer_login.offer(self.get_redirect_url()),
        }
        return super().get_context_data(**kwargs) | told

    def _too_early(self, name: str, wait: int) -> HttpResponse:
        form = AuthenticationForm(self.request, initial={"username": name})
        context = self.get_context_data(form=form, wait=wait)
        response = render(self.request, self.template_name, context, status=429)
        response["Retry-After"] = str(wait)
        return response


def offered(request: HttpRequest, held: HeldForm, *, status: int = 200) -> HttpResponse:
    """Offer to send a form again that was sent while signed out, or with an old token."""
    return render(request, "held.html", {"held": held}, status=status)


@login_not_required
def of_admin(request: HttpRequest) -> HttpResponse:
    """Redirect the admin's own login to ours; a user who is signed in and came here may not use the admin."""
    if request.user.is_authenticated:
        raise PermissionDenied
    wanted = request.GET.get("next", "")
    return HttpResponseRedirect(f"{reverse('login')}?{urlencode({'next': wanted})}")


app_name = ""
urlpatterns: list[URLPattern] = [
    path("login/", SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(next_page="login"), name="logout"),
]
