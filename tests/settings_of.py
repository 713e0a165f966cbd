"""What our settings become under variables of the environment, without becoming those of the tests."""

import os
import runpy
from unittest import mock

from recviewer import settings

PREFIXED = (
    *("PUBLIC_URL", "PREFIX", "FORCE_SCRIPT_NAME", "STATIC_URL"),
    *("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_PATH", "CSRF_COOKIE_PATH"),
)
"""Settings that follow from the path of RECVIEWER_PUBLIC_URL, but for what is only set behind TLS."""


def settings_of(**variables):
    """Return all settings by name."""
    with mock.patch.dict(os.environ, variables):
        return runpy.run_path(settings.__file__)


def put_below(site, to):
    """Give the settings `to` those of an instance at the address of a site."""
    made = settings_of(RECVIEWER_PUBLIC_URL=site)
    for name in PREFIXED:
        setattr(to, name, made[name])


def put_doors(to):
    """Have requests pass the doors of a hosted instance: sessions, tokens, roles."""
    at = to.MIDDLEWARE.index("django.contrib.messages.middleware.MessageMiddleware")
    to.MIDDLEWARE = [*to.MIDDLEWARE[:at], *to.DOORS, *to.MIDDLEWARE[at:]]
