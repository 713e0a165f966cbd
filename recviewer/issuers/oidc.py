"""Signing in with OpenID Connect: the authorization code flow with PKCE, state and nonce.

Source: OpenID Connect Core 1.0 (3.1.3.7: validation of an ID token), Discovery 1.0, RFC 7636 (PKCE), RFC 8725
(algorithms), RFC 9207 (`iss` in the redirect).
"""

from __future__ import annotations

import base64
import hmac
import re
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from recviewer.issuers.calling import called, origin, trusted, turn
from recviewer.issuers.model import NotBelieved, Person, RoundTrip, words

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signature algorithms with a private key. `none` is not among them, nor is HS256, whose key is shared."""

KNOWN_SECONDS = 3600.0
"""How long an issuer's metadata and keys are cached."""

LEEWAY = 60
"""Maximum difference in seconds between its clock and ours."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,149}")
_SUBJECT = 255


@dataclass(frozen=True, slots=True)
class IssuerPlaces:
    """An issuer's metadata. userinfo: "" for none. until: when it expires, by `time.monotonic`."""

    authorization: str
    token: str
    keys: str
    userinfo: str
    is_basic: bool
    until: float


_places: dict[tuple[str, frozenset[str]], IssuerPlaces] = {}
_keys: dict[str, tuple[float, list[Any]]] = {}


def forget() -> None:
    """Drop the cached metadata."""
    _places.clear()
    _keys.clear()


class OpenIdLogin:
    """issuer: the configured URL, which it has to name itself. others: origins that it may name besides its own."""

    def __init__(self, issuer: str, client: str, secret: str, back: str, others: frozenset[str] = frozenset()) -> None:
        self._issuer, self._client, self._secret, self._back = issuer, client, secret, back
        self._origins = others | {origin(issuer)}

    def address(self, begun: RoundTrip) -> str:
        """Return the authorization URL."""
        with turn(self._issuer):
            place = self._known().authorization
        told = {"response_type": "code", "scope": "openid profile email", "client_id": self._client}
        told |= {"redirect_uri": self._back, "state": begun.state, "nonce": begun.nonce}
        told |= {"code_challenge": begun.challenge, "code_challenge_method": "S256"}
        return f"{place}{'&' if '?' in place else '?'}{urlencode(told)}"

    def person(self, code: str, begun: RoundTrip) -> Person:
        """Query who signed in: the tokens, whose signature is verified, and then the user's claims."""
        with turn(self._issuer):
            places = self._known()
            told = self._tokens(places, code, begun)
            claims = self._claims(places, told.get("id_token"), begun.nonce)
            access = told.get("access_token")
            more = self._userinfo(places, access, claims["sub"]) if places.userinfo and access else {}
        return person_of(claims, more)

    def _known(self) -> IssuerPlaces:
        """Return the issuer's metadata, fetched at most once an hour. Raises NotBelieved if it names another issuer."""
        key = (self._issuer, self._origins)
        kept = _places.get(key)
        if kept is None or time.monotonic() >= kept.until:
            kept = _places[key] = self._said()
        return kept

    def _said(self) -> IssuerPlaces:
        told = called("GET", f"{self._issuer.rstrip('/')}/.well-known/openid-configuration", {})
        if not isinstance(told, dict) or told.get("issuer") != self._issuer:
            name = told.get("issuer") if isinstance(told, dict) else None
            raise NotBelieved(f"{self._issuer} calls itself {str(name)[:200]!r}")
        authorization, token, keys = (
            trusted(told.get(name), self._origins) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
        )
        userinfo = trusted(told["userinfo_endpoint"], self._origins) if told.get("userinfo_endpoint") else ""
        ways = told.get("token_endpoint_auth_methods_supported")
        is_basic = not isinstance(ways, list) or "client_secret_basic" in ways or "client_secret_post" not in ways
        return IssuerPlaces(authorization, token, keys, userinfo, is_basic, time.monotonic() + KNOWN_SECONDS)

    def _tokens(self, places: IssuerPlaces, code: str, begun: RoundTrip) -> dict[str, Any]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._back}
        form |= {"code_verifier": begun.verifier, "client_id": self._client}
        headers = {}
        if places.is_basic:
            both = f"{quote(self._client, safe='')}:{quote(self._secret, safe='')}"
            headers = {"Authorization": f"Basic {base64.b64encode(both.encode()).decode()}"}
        else:
            form["client_secret"] = self._secret
        told = called("POST", places.token, headers, form)
        if not isinstance(told, dict):
            raise NotBelieved("the issuer's answer has no tokens")
        return told

    def _claims(self, places: IssuerPlaces, token: Any, nonce: str) -> dict[str, Any]:
        """Return the claims of an ID token, after all validations of the standard. Raises NotBelieved."""
        import jwt

        if not isinstance(token, str) or len(token) > 100_000:
            raise NotBelieved("the issuer's answer has no ID token")
        try:
            head = jwt.get_unverified_header(token)
            if head.get("alg") not in ALGORITHMS:
                raise NotBelieved("the ID token is not signed in a way that is believed")
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key(places, head),
                algorithms=[head["alg"]],
                audience=self._client,
                issuer=self._issuer,
                leeway=LEEWAY,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise NotBelieved(f"the ID token does not hold: {type(error).__name__}") from None
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode("utf-8", "replace"), nonce.encode()):
            raise NotBelieved("the ID token was made for another way there")
        many = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (many or claims.get("azp") is not None) and claims.get("azp") != self._client:
            raise NotBelieved("the ID token was made for another program")
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= _SUBJECT:
            raise NotBelieved("the ID token names nobody")
        return claims

    def _key(self, places: IssuerPlaces, head: dict[str, Any]) -> Any:
        """Return the key that a token names. For an unknown one the keys are fetched again, once."""
        import jwt

        for is_fresh in (False, True):
            until, rows = _keys.get(places.keys, (0.0, []))
            if is_fresh or time.monotonic() >= until:
                told = called("GET", places.keys, {})
                rows = (
                    [row for row in told.get("keys") or () if isinstance(row, dict)] if isinstance(told, dict) else []
                )
                _keys[places.keys] = time.monotonic() + KNOWN_SECONDS, rows
            fit = [row for row in rows if _fits(row, head)]
            if len(fit) == 1:
                return jwt.PyJWK(fit[0], algorithm=head["alg"])
        raise NotBelieved("the ID token is signed with a key that the issuer does not name")

    def _userinfo(self, places: IssuerPlaces, token: Any, subject: str) -> dict[str, Any]:
        if not isinstance(token, str) or not re.fullmatch(r"[!-~]{1,20000}", token):
            raise NotBelieved("the issuer's access token is none")
        told = called("GET", places.userinfo, {"Authorization": f"Bearer {token}"})
        if not isinstance(told, dict) or told.get("sub") != subject:
            raise NotBelieved("the issuer's answer about the user is about somebody else")
        return told


def _fits(row: dict[str, Any], head: dict[str, Any]) -> bool:
    kind = {"R": "RSA", "P": "RSA", "E": "EC"}[head["alg"][0]] if head["alg"] != "EdDSA" else "OKP"
    is_named = "kid" not in head or row.get("kid") == head["kid"]
    is_to_sign = row.get("use", "sig") == "sig" and row.get("alg", head["alg"]) == head["alg"]
    return is_named and is_to_sign and row.get("kty") == kind


def person_of(claims: dict[str, Any], more: dict[str, Any]) -> Person:
    """Return the person in the claims of an ID token and of userinfo.

    An address counts if the same response says that it was verified; addresses of the two are never mixed.
    """
    mail = next((_mail(one) for one in (more, claims) if one.get("email")), "")
    given = next((one["preferred_username"] for one in (more, claims) if one.get("preferred_username")), "")
    name = next((one for one in (given, mail) if isinstance(one, str) and _NAME.fullmatch(one)), "")
    mails = frozenset({mail}) if mail else frozenset[str]()
    groups = words(claims.get("groups")) | words(more.get("groups"))
    return Person(claims["sub"], name, frozenset({claims["sub"]}), mails, mails, groups)


def _mail(told: dict[str, Any]) -> str:
    mail = told["email"]
    is_verified = told.get("email_verified") in (True, "true")
    return mail.casefold() if is_verified and isinstance(mail, str) and mail.count("@") == 1 else ""
