"""Who acts: the user who is logged in or, on a laptop, the one local user."""

from __future__ import annotations

import getpass
import os
import subprocess
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from recviewer.review.subjects import printable

_LENGTH = 80


def actor_of(request: HttpRequest) -> str:
    """Return the name of who sent the request. Raises PermissionDenied on a hosted instance without a login."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return str(user.get_username())
    if settings.HOSTED:
        raise PermissionDenied("Log in to review.")
    return local_actor(settings.RECORDINGS_ROOT)


@cache
def local_actor(root: Path) -> str:
    """Return the local user's name: that of git where the recordings lie, else the login name, else `local user`."""
    return _tidy(_git_name(root)) or _tidy(_login_name()) or "local user"


def _git_name(root: Path) -> str:
    """Ask git for its user's name. Only the configuration is read; no pager, prompt or hook can run."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        asked = subprocess.run(
            ["git", "--no-pager", "config", "--get", "user.name"],  # noqa: S607 - the git of the user's own PATH
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return asked.stdout.decode("utf-8", "replace") if asked.returncode == 0 else ""


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _tidy(name: str) -> str:
    return printable(" ".join(name.split()), _LENGTH)
