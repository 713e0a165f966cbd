"""Signing in with GitHub, github.com or Enterprise Server, by an OAuth app (or the user side of a GitHub App).

Source: https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps (the web flow, with PKCE since
July 2025) and https://docs.github.com/en/rest (users, users/emails, orgs/members), November 2026.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlencode

from recviewer.hosts.calls import HostRefused
from recviewer.hosts.github import GitHub
from recviewer.issuers.allowed import AllowedPeople
from recviewer.issuers.calling import called, turn
from recviewer.issuers.model import NotBelieved, Person, RoundTrip

SITE = "https://github.com"
API = "https://api.github.com"
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98})")


class GitHubLogin:
    """site: `https://github.com`, or that of an Enterprise Server. back: the redirect URI."""

    def __init__(self, site: str, client: str, secret: str, back: str, people: AllowedPeople) -> None:
        self._site = site
        self._api = API if site == SITE else f"{site}/api/v3"
        self._client, self._secret, self._back, self._people = client, secret, back, people

    def address(self, begun: RoundTrip) -> str:
        """Return the authorization URL. Only the scopes that the rules need are requested."""
        scopes = [scope for scope, rules in self._scopes() if rules]
        told = {"client_id": self._client, "redirect_uri": self._back, "state": begun.state, "allow_signup": "false"}
        told |= {"code_challenge": begun.challenge, "code_challenge_method": "S256", "scope": " ".join(scopes)}
        return f"{self._site}/login/oauth/authorize?{urlencode(told)}"

    def _scopes(self) -> tuple[tuple[str, frozenset[str]], ...]:
        return ("read:org", self._people.orgs), ("user:email", self._people.domains)

    def person(self, code: str, begun: RoundTrip) -> Person:
        """Query who signed in: the token, then the user, and what the rules need."""
        with turn(self._site):
            headers = GitHub.headers(self._token(code, begun))
            told = called("GET", f"{self._api}/user", headers)
            number, login = (told.get(name) if isinstance(told, dict) else None for name in ("id", "login"))
            if not isinstance(number, int) or isinstance(number, bool) or number <= 0:
                raise NotBelieved("GitHub's answer about the user lacks its id")
            if not isinstance(login, str) or not _LOGIN.fullmatch(login):
                raise NotBelieved("GitHub's answer about the user lacks its login")
            mails = self._mails(headers) if self._people.domains else frozenset[str]()
            groups = frozenset(one for one in sorted(self._people.orgs) if self._is_in(one, headers))
        return Person(str(number), login, logins=frozenset({login.casefold()}), mails=mails, groups=groups)

    def _token(self, code: str, begun: RoundTrip) -> str:
        form = {"client_id": self._client, "client_secret": self._secret, "code": code}
        form |= {"redirect_uri": self._back, "code_verifier": begun.verifier}
        told = called("POST", f"{self._site}/login/oauth/access_token", {"Accept": "application/json"}, form)
        token = told.get("access_token") if isinstance(told, dict) else None
        if not isinstance(token, str) or not re.fullmatch(r"[!-~]{1,500}", token):
            raise NotBelieved(f"GitHub gave no token for the code ({_error(told)})")
        return token

    def _mails(self, headers: dict[str, str]) -> frozenset[str]:
        told = called("GET", f"{self._api}/user/emails?per_page=100", headers)
        rows = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
        return frozenset(
            one["email"].casefold() for one in rows if one.get("verified") is True and isinstance(one.get("email"), str)
        )

    def _is_in(self, org: str, headers: dict[str, str]) -> bool:
        """Tell whether somebody is an active member; an open invitation is `pending`."""
        try:
            told = called("GET", f"{self._api}/user/memberships/orgs/{quote(org, safe='')}", headers)
        except HostRefused as refused:
            if refused.status not in (403, 404):
                raise
            return False
        return isinstance(told, dict) and told.get("state") == "active"


def _error(told: Any) -> str:
    found = told.get("error") if isinstance(told, dict) else None
    return "".join(one for one in str(found) if one.isprintable())[:80]
