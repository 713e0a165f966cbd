"""Who acts: the user who is logged in or, on a laptop, the one local user."""

from __future__ import annotations

import getpass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from recviewer.git.identity import user_name
from recviewer.review.subjects import printable

_LENGTH = 80


def actor_of(request: HttpRequest) -> str:
    """Return the name of the user who sent the request, "" for anonymous reading if the operator allows it.

    Raises PermissionDenied on a hosted instance without a login.
    """
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return str(user.get_username())
    if settings.HOSTED and settings.PUBLIC_READ and request.method in ("GET", "HEAD"):
        return ""
    if settings.HOSTED:
        raise PermissionDenied("Log in to review.")
    return local_actor(settings.RECORDINGS_ROOT)


@cache
def local_actor(root: Path) -> str:
    """Return the local user's name: that of git for the recordings' folder, else the login name, else `local user`."""
    return _tidy(user_name(root)) or _tidy(_login_name()) or "local user"


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _tidy(name: str) -> str:
    return printable(" ".join(name.split()), _LENGTH)
