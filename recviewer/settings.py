"""Django settings, read from RECVIEWER_* variables. The README lists them.

With no variables set this is one person's program on a laptop: 127.0.0.1, SQLite, no login. DATABASE_URL names PostgreSQL.
RECVIEWER_HOSTED=1 makes a secret key, host names and a login mandatory.
"""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

from recviewer.configuration import databases, env, mail_and_hooks, places, trusted_proxies
from recviewer.git import remotes
from recviewer.serving import url_prefix

if TYPE_CHECKING:
    from recviewer.hosts.configured import ConfiguredHost
    from recviewer.issuers.configured import ConfiguredLogin

PLACES = places.find()
RECORDINGS_ROOT: Path = PLACES.root
DATA_DIR: Path = PLACES.data

HOSTED = env.flag("RECVIEWER_HOSTED")
DEBUG = env.flag("RECVIEWER_DEBUG")
if HOSTED and DEBUG:
    raise env.BadEnvironment("RECVIEWER_DEBUG", "1", "a hosted instance never runs in debug mode")

METRICS_TOKEN = env.checked("RECVIEWER_METRICS_TOKEN", env.secret) or ""
SESSION_COOKIE_AGE = 3600 * env.number("RECVIEWER_SESSION_HOURS", 14 * 24, least=1)
DESK_KEY = (env.checked("RECVIEWER_DESK_KEY", env.secret) or "") if HOSTED else ""
"""What the page above several instances shows, to be told who has an account here; set by `recviewer several`."""
PUBLIC_READ = HOSTED and env.flag("RECVIEWER_PUBLIC_READ")

LOGIN_HEADER = (env.checked("RECVIEWER_LOGIN_HEADER", trusted_proxies.header) or "") if HOSTED else ""
LOGIN_PROXIES = env.checked("RECVIEWER_LOGIN_PROXIES", trusted_proxies.listed) or ()
if LOGIN_HEADER and not LOGIN_PROXIES:
    raise env.BadEnvironment(
        "RECVIEWER_LOGIN_PROXIES", "", "RECVIEWER_LOGIN_HEADER is believed from named addresses alone"
    )

SECRET_KEY = env.text("RECVIEWER_SECRET_KEY")
if HOSTED and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5):
    raise env.BadEnvironment(
        "RECVIEWER_SECRET_KEY", "…", "a hosted instance needs a random secret of 50 characters or more"
    )
if not SECRET_KEY:
    SECRET_KEY = places.local_secret(DATA_DIR) or secrets.token_urlsafe(48)

ALLOWED_HOSTS = env.words("RECVIEWER_ALLOWED_HOSTS")
if HOSTED and not ALLOWED_HOSTS:
    raise env.BadEnvironment("RECVIEWER_ALLOWED_HOSTS", "", "a hosted instance needs the host names it answers to")
if not HOSTED:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.words("RECVIEWER_TRUSTED_ORIGINS")

FILE_LIMIT_BYTES = env.number("RECVIEWER_FILE_LIMIT_MB", 64, least=1) * 1024 * 1024
REFRESH_SECONDS = env.number("RECVIEWER_REFRESH_SECONDS", 2, least=0)
REPOSITORY = env.path("RECVIEWER_REPO") or PLACES.mirror
FETCH_FROM = env.checked("RECVIEWER_FETCH_FROM", remotes.checked)
REFRESH_IN_BACKGROUND = True
READ_ONLY = env.flag("RECVIEWER_READ_ONLY")
REVIEWS_FILE = env.path("RECVIEWER_REVIEWS_FILE")
PUBLIC_URL = env.url("RECVIEWER_PUBLIC_URL")
PREFIX = env.checked("RECVIEWER_PUBLIC_URL", url_prefix.of_site) or ""
"""The path below which the site lies, without its last slash: "" for a site of its own."""
FORCE_SCRIPT_NAME = PREFIX or None

MAIL = env.checked("RECVIEWER_MAIL", mail_and_hooks.mail_server) if HOSTED else None
MAIL_FROM = (env.checked("RECVIEWER_MAIL_FROM", mail_and_hooks.mail_address) or "") if MAIL else ""
NOTICE_HOOKS = (env.checked("RECVIEWER_NOTICE_HOOKS", mail_and_hooks.hook_places) or ()) if HOSTED else ()
if MAIL and not MAIL_FROM:
    raise env.BadEnvironment("RECVIEWER_MAIL_FROM", "", "RECVIEWER_MAIL needs it")
if (MAIL or NOTICE_HOOKS) and not PUBLIC_URL:
    raise env.BadEnvironment("RECVIEWER_PUBLIC_URL", "", "notices lead to it")
if MAIL and django.VERSION >= (6, 1):
    MAILERS = {"default": mail_and_hooks.mailer(MAIL)}
elif MAIL:
    EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.host, MAIL.port, MAIL.user, MAIL.password
    EMAIL_USE_SSL, EMAIL_USE_TLS, EMAIL_TIMEOUT = MAIL.is_tls, MAIL.is_starttls, mail_and_hooks.SECONDS
elif django.VERSION < (6, 1):  # from then on nothing is sent where no mailer is named
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"


HOST: ConfiguredHost | None = None
"""The code host that status and comment are posted to, None where none is named."""
if env.text("RECVIEWER_HOST"):
    from recviewer.hosts import named as _named_host  # what speaks with hosts costs every start that needs none

    HOST = _named_host.from_environment(fetches=bool(FETCH_FROM), public_url=PUBLIC_URL)

LOGIN: ConfiguredLogin | None = None
"""By whom people sign in besides their passwords, None where nobody is named."""
if HOSTED and env.text("RECVIEWER_LOGIN"):
    from recviewer.issuers import named as _named_login

    LOGIN = _named_login.from_environment(PUBLIC_URL)

HAS_ADMIN = HOSTED or DEBUG
INSTALLED_APPS = [
    *(["django.contrib.admin"] if HAS_ADMIN else []),
    "recviewer.commands",  # first, so that its runserver is the one that is found
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "recviewer.catalog",
    "recviewer.review",
    "recviewer.loop",
    "recviewer.pages",
]
DOORS = [
    "recviewer.pages.site.tokens.TokenUsers",
    "recviewer.pages.site.proxy_login.ProxyUsers",
    "recviewer.pages.site.desk.DeskTicket",
    "recviewer.pages.site.signed_out.SignInFirst",
    "recviewer.pages.site.roles.RoleFirst",
]
MIDDLEWARE = [
    "recviewer.pages.site.request_ids.RequestIds",
    "django.middleware.security.SecurityMiddleware",
    "recviewer.pages.site.security.ContentSecurityPolicy",
    "recviewer.pages.site.security.NotKept",
    "recviewer.pages.site.security.KnownMethods",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    *(DOORS if HOSTED else []),
    "recviewer.pages.site.bodies.BodyLimits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "recviewer.pages.site.nudging.Nudge",
    "recviewer.pages.site.errors.Refusals",
]
ROOT_URLCONF = "recviewer.urls"
WSGI_APPLICATION = "recviewer.wsgi.application"
_TAGS = ("addresses", "cached", "facts", "forms", "words")
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [places.ASSETS / "templates"],
        "APP_DIRS": HAS_ADMIN,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "recviewer.pages.site.frame.frame",
            ],
            "builtins": [f"recviewer.pages.templatetags.{name}" for name in _TAGS],
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {"default": databases.named(env.text("DATABASE_URL"), PLACES.database)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = f"{PREFIX}/static/"
STATICFILES_DIRS = [places.ASSETS / "static"]
STATIC_ROOT = DATA_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "recviewer.pages.site.statics.DigestStorage"},
}
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
"""A decision on all of a filtered list names each of its recordings as it was seen."""

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_THOUSAND_SEPARATOR = True

SESSION_COOKIE_NAME = url_prefix.cookie("sessionid", PREFIX)
CSRF_COOKIE_NAME = url_prefix.cookie("csrftoken", PREFIX)
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{PREFIX}/"
MESSAGE_STORAGE = "recviewer.pages.site.messages_kept.MessagesBelow"
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "recordings:listing"
CSRF_FAILURE_VIEW = "recviewer.pages.site.signed_out.old_token"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "media-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
BEHIND_PROXY = HOSTED and env.flag("RECVIEWER_PROXY")
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
if HOSTED and env.flag("RECVIEWER_TLS", default=True):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = True
    _below = re.escape(PREFIX[1:] + "/" if PREFIX else "")
    SECURE_REDIRECT_EXEMPT = [f"^{_below}(healthz|readyz|metrics)$"]  # asked from inside, past the proxy
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOG_FORMAT = env.choice("RECVIEWER_LOG_FORMAT", "TEXT", among=("TEXT", "JSON"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "TEXT": {
            "()": "recviewer.exchange.plain.LogLines",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        },
        "JSON": {"()": "recviewer.serving.request_log.JsonLines"},
    },
    "filters": {
        "names": {"()": "recviewer.serving.request_log.NamesOfPages"},
        "secrets": {"()": "recviewer.serving.request_log.WithoutSecrets"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["names", "secrets"] if HOSTED else ["secrets"],
        }
    },
    "root": {"handlers": ["stderr"], "level": env.choice("RECVIEWER_LOG_LEVEL", "WARNING", among=LOG_LEVELS)},
}
