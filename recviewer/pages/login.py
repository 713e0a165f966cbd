"""Signing in and out; used only where the instance is hosted."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import URLPattern, path


class SignIn(LoginView):
    """Django's own, without PUT, which it takes for POST."""

    http_method_names = ("get", "head", "post", "options")


urlpatterns: list[URLPattern] = [
    path("login/", SignIn.as_view(template_name="login.html", redirect_authenticated_user=True), name="login"),
    path("logout/", LogoutView.as_view(next_page="login"), name="logout"),
]
