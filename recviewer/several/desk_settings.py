"""Django's settings of the page at the top: no database, no sessions, no forms, no secret that signs anything."""

from __future__ import annotations

import json
import os
import secrets
from typing import Any

from recviewer.configuration import env, places
from recviewer.serving import url_prefix
from recviewer.several.plan import host_of

DESK: dict[str, Any] = json.loads(os.environ["RECVIEWER_DESK"])
"""address: of the site. instances: name, title, url, port, is_listed and key of each."""

PREFIX = url_prefix.of_site(DESK["address"])
FORCE_SCRIPT_NAME = PREFIX or None
SECRET_KEY = secrets.token_urlsafe(48)
ALLOWED_HOSTS = [host_of(DESK["address"])]
DEBUG = False
HOSTED = True
USE_TZ = True
TIME_ZONE = "UTC"
DATABASES: dict[str, Any] = {}
INSTALLED_APPS = ["django.contrib.staticfiles"]
ROOT_URLCONF = "recviewer.several.desk"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "recviewer.pages.site.security.ContentSecurityPolicy",
    "recviewer.pages.site.security.NotKept",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [places.ASSETS / "templates"]}
]
STATIC_URL = f"{PREFIX}/static/"
STATICFILES_DIRS = [places.ASSETS / "static"]
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'none'"],
}
if env.flag("RECVIEWER_TLS", default=True):
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [f"^{PREFIX[1:] + '/' if PREFIX else ''}healthz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
