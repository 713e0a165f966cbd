"""The issuer in the environment variables."""

from __future__ import annotations

from recviewer.configuration import env
from recviewer.issuers import allowed, calling, configured, github

_NAME = "RECVIEWER_LOGIN"


def from_environment(public_url: str) -> configured.ConfiguredLogin:
    """Return the login in RECVIEWER_LOGIN. public_url: the URL of the site. Raises env.BadEnvironment."""
    kind = env.choice(_NAME, "", among=configured.KINDS)
    if not public_url:
        raise env.BadEnvironment("RECVIEWER_PUBLIC_URL", "", f"{_NAME} needs it")
    if kind == "OIDC":
        env.checked(_NAME, configured.expect_jwt)
        issuer = env.needed("RECVIEWER_LOGIN_ISSUER", configured.issuer, by=_NAME)
    else:
        issuer = env.checked("RECVIEWER_LOGIN_ISSUER", configured.site) or github.SITE
    people = env.needed("RECVIEWER_LOGIN_ALLOW", allowed.allowed, by=_NAME)
    if people.everyone and kind == "GITHUB":
        raise env.BadEnvironment("RECVIEWER_LOGIN_ALLOW", "everyone", "that would be everybody on GitHub")
    host = calling.origin(issuer).partition("://")[2]
    return configured.ConfiguredLogin(
        kind,
        issuer,
        env.needed("RECVIEWER_LOGIN_CLIENT", configured.client, by=_NAME),
        people,
        env.choice("RECVIEWER_LOGIN_ROLE", "VIEWER", among=configured.ROLES).lower(),
        env.checked("RECVIEWER_LOGIN_CALLED", configured.called) or ("GitHub" if issuer == github.SITE else host),
        public_url,
        env.checked("RECVIEWER_LOGIN_ORIGINS", configured.others) or frozenset(),
        env.needed("RECVIEWER_LOGIN_SECRET", configured.client, by=_NAME),
    )
