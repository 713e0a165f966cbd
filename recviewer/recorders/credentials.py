"""Credentials in recorded HTTP: in headers, URLs, and token requests. None of them reaches a document."""

from __future__ import annotations

import re

from recviewer.exchange.model import Json

HIDDEN = "(credential)"
"""Replaces a credential."""

HEADERS = re.compile(
    r".*authorization|.*-key|x-auth|x-auth-.*|x-authentication-.*|.*secret.*|.*password.*|.*credential.*|.*jwt.*|.*signature.*"
    r"|(?!x-time-per-|.*(?:page|pagination|continuation|next|sync)-?token).*-token",
    re.IGNORECASE,
)
"""Headers whose value is a credential: only their presence is kept. A token of a list's next page is none."""

_NAMES = (
    r"api[-_]?key|x-api-key|subscription-key|access[-_]?key|awsaccesskeyid|access_token|refresh_token|id_token|token|auth"
    r"|authorization|client_secret|client_assertion|assertion|secret|password|passwd|sig|signature|jwt|upload_id|code_verifier"
    r"|x-amz-[a-z-]+|x-goog-(?:signature|credential)"
)
_IN_QUERY = re.compile(rf"([?&#](?:{_NAMES})=)[^&#\s]+", re.IGNORECASE)
_KEY = re.compile(r"([?&]key=)([^&#\s]+)", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9._ -]{1,15}")
"""A `key` parameter that is not a credential: a short lower-case word, as in `?key=colour`."""

_USER = re.compile(r"^([a-z][a-z0-9+.-]*://)[^/?#@]+@", re.IGNORECASE)
_IN_FORM = re.compile(rf"((?:^|&)(?:{_NAMES}|code)=)[^&]+", re.IGNORECASE)
_GRANT = re.compile(r"(?:^|&)grant_type=")

_FIELDS = re.compile(
    r"authorization|authorization_?token|api_?key|x-api-key|access_?token|refresh_?token|id_?token|client_?secret"
    r"|client_?assertion|assertion|password|private_?key",
    re.IGNORECASE,
)
"""Fields of an object that hold credentials, outside of the texts of a conversation."""

_TOKENS = frozenset(
    {"access_token", "id_token", "refresh_token", "accessToken", "idToken", "refreshToken", "clientSecret"}
)
"""Keys of a token server's reply."""

_KEYS_OF_AWS = frozenset({"roleCredentials", "Credentials", "credentials"})
_OF_AWS = re.compile(r"access_?key_?id|secret_?access_?key|session_?token|token", re.IGNORECASE)
"""Keys of a reply under which there are AWS keys, and those keys. Source: AWS, "GetRoleCredentials", "Credentials" of
STS.
"""

_SERVERS = ("tools", "mcp_servers", "mcpServers")
"""Keys of a request with servers that the provider is to call, including credentials for them."""


def in_url(url: str) -> str:
    """Return a URL without credentials in its query or user part."""
    if "@" in url:
        url = _USER.sub(rf"\g<1>{HIDDEN}@", url)
    if "=" not in url:
        return url
    return _KEY.sub(_shown, _IN_QUERY.sub(rf"\g<1>{HIDDEN}", url))


def _shown(match: re.Match[str]) -> str:
    return match[0] if _WORD.fullmatch(match[2]) else match[1] + HIDDEN


def in_request(body: Json) -> Json:
    """Return a request body without credentials: those in token requests, and those for tool servers.

    Texts of a conversation and tool arguments are not changed.
    """
    if isinstance(body, str):
        return _IN_FORM.sub(rf"\g<1>{HIDDEN}", body) if _GRANT.search(body) else body
    if not isinstance(body, dict):
        return body
    if isinstance(body.get("sent"), list):
        return {**body, "sent": [_of_frame(frame) for frame in body["sent"]]}
    made = _without(body)
    if "grant_type" in body and isinstance(body.get("code"), str):
        made = {**made, "code": HIDDEN}
    for key in _SERVERS:
        servers = made.get(key)
        if isinstance(servers, list) and any(map(_has_any, servers)):
            made = {**made, key: [_of_server(one) for one in servers]}
    return made


def _of_frame(frame: Json) -> Json:
    """Return a frame of a session without credentials, in its data and in its description of the session."""
    data = frame.get("data") if isinstance(frame, dict) else None
    if not isinstance(data, dict):
        return frame
    session = data.get("session")
    return {**frame, "data": {**data, "session": in_request(session)} if isinstance(session, dict) else data}


def _has_any(server: Json) -> bool:
    return isinstance(server, dict) and (isinstance(server.get("headers"), dict) or any(map(_FIELDS.fullmatch, server)))


def _of_server(server: Json) -> Json:
    if not isinstance(server, dict):
        return server
    made = _without(server)
    headers = made.get("headers")
    if isinstance(headers, dict):
        made = {**made, "headers": {name: HIDDEN if HEADERS.fullmatch(name) else headers[name] for name in headers}}
    return made


def in_any(value: Json) -> Json:
    """Return a value of unknown meaning without the fields with names of credentials, at any depth."""
    if isinstance(value, list):
        return [in_any(one) for one in value]
    if not isinstance(value, dict):
        return in_url(value) if isinstance(value, str) else value
    return {
        key: HIDDEN if item and (HEADERS.fullmatch(key) or _FIELDS.fullmatch(key)) else in_any(item)
        for key, item in value.items()
    }


def in_reply(body: Json) -> Json:
    """Return a reply without credentials issued by a token server, or by a provider for a session."""
    if isinstance(body, list):
        return [in_reply(one) for one in body]
    if not isinstance(body, dict):
        return body
    if not _TOKENS.isdisjoint(body):
        body = _without(body)
    for key in body.keys() & _KEYS_OF_AWS:
        if isinstance(body[key], dict):
            body = {
                **body,
                key: {
                    name: HIDDEN if value and _OF_AWS.fullmatch(name) else value for name, value in body[key].items()
                },
            }
    for key in ("session", "client_secret"):
        if isinstance(body.get(key), dict):
            body = {**body, key: _of_session(key, body[key])}
    value = body.get("value")
    return {**body, "value": HIDDEN} if isinstance(value, str) and value.startswith("ek_") else body


def _of_session(key: str, held: dict[str, Json]) -> dict[str, Json]:
    if key == "client_secret":
        return {**held, "value": HIDDEN} if isinstance(held.get("value"), str) else held
    return {**held, **({"client_secret": HIDDEN} if "client_secret" in held else {})}


def _without(held: dict[str, Json]) -> dict[str, Json]:
    if not any(map(_FIELDS.fullmatch, held)):
        return held
    return {
        key: HIDDEN if value and isinstance(value, str) and _FIELDS.fullmatch(key) else value
        for key, value in held.items()
    }
