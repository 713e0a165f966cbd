"""The kinds of secrets recognized by their form: keys by their prefix, and values in the place of a credential."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace

from recviewer.secrets.keys import PROVIDERS
from recviewer.secrets.kind import LatePattern, Level, SecretKind, is_key, is_mixed
from recviewer.secrets.live import is_fake, is_made, is_worn, variety
from recviewer.secrets.services import SERVICES
from recviewer.secrets.told import TOLD, is_password

__all__ = ["KINDS", "MADE_UP", "PLACES", "PROVIDERS", "SERVICES", "Level", "SecretKind"]


def _opened(value: str) -> bytes:
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except ValueError:  # no base64, or letters that are not of ASCII
        return b""


def is_basic(value: str) -> bool:
    """Tell whether it is a name and a password in base64."""
    try:
        text = _opened(value).decode("utf-8")
    except UnicodeDecodeError:
        return False
    name, _, password = text.partition(":")
    return len(password) >= 4 and text.isprintable() and not is_fake(name) and not is_fake(password)


def _is_packed_key(value: str) -> bool:
    """Tell whether base64 starts like a private key, not like a certificate."""
    return b"PRIVATE KEY" in base64.b64decode(value[:64])


_JWT = LatePattern(r"(?<![\w-])(?P<shown>eyJ)(?P<secret>[\w-]{8,}\.[\w-]{10,}(?:\.[\w-]*){1,3})")
_DAY = 86_400


def _ends_soon(value: str) -> bool:
    """Tell whether a JSON web token is valid for a day at most. value: without its prefix."""
    middle = value.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (ValueError, RecursionError):
        return False
    made, ends = (claims.get("iat"), claims.get("exp")) if isinstance(claims, dict) else (None, None)
    return isinstance(made, int | float) and isinstance(ends, int | float) and 0 <= ends - made <= _DAY


_HEX = r"(?:[0-9a-f]{32,128}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})"
_QUOTED = r"[^\s\"'\\,;&<>{}()]"

PLACES = (
    SecretKind(
        "private-key",
        "a private key",
        Level.RED,
        ("PRIVATE KEY",),
        LatePattern(
            r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?P<secret>(?:(?!-----BEGIN)[\s\S]){40,}?)"
            r"(?=-----END|[\"']|\Z)"
        ),
        lambda value: not is_fake(value) and is_made(re.sub(r"\\n|\s", "", value)),
    ),
    SecretKind(
        "private-key",
        "a private key",
        Level.RED,
        ("LS0tLS1CRUdJTi",),
        LatePattern(r"(?<![A-Za-z0-9+/])(?P<secret>LS0tLS1CRUdJTi[A-Za-z0-9+/]{60,}={0,2})"),
        _is_packed_key,
    ),
    SecretKind(
        "jwt",
        "a JSON web token",
        Level.RED,
        ("eyJ",),
        _JWT,
        lambda value: variety(value) >= 3.5 and not _ends_soon(value),
    ),
    SecretKind(
        "short-jwt",
        "a JSON web token that ends soon",
        Level.AMBER,
        ("eyJ",),
        _JWT,
        lambda value: variety(value) >= 3.5 and _ends_soon(value),
    ),
    SecretKind(
        "basic-auth",
        "a name with a password (Basic)",
        Level.RED,
        ("basic ", "auth=", 'auth"', "auth\\", "auth ="),
        LatePattern(
            r"(?i)(?:\bbasic +|(?<![A-Za-z])_?auth(?:\s*=\s*|[\"'\\]+\s*:\s*[\"'\\]+))"
            r"(?P<secret>[A-Za-z0-9+/]{8,}={0,2})(?![\w-])"
        ),
        is_basic,
        is_guessable=True,
    ),
    SecretKind(
        "basic-auth",
        "a name with a password of a registry",
        Level.RED,
        ("eyJ1c2VybmFtZSI6",),
        LatePattern(r"(?<![A-Za-z0-9+/])(?P<secret>eyJ1c2VybmFtZSI6[A-Za-z0-9+/]{16,}={0,2})"),
        lambda value: b"assword" in _opened(value) and is_basic(value),
        is_guessable=True,
    ),
    SecretKind(
        "bearer-token",
        "a token (Bearer)",
        Level.RED,
        ("bearer ",),
        LatePattern(r"(?i)\bbearer +(?P<secret>[A-Za-z0-9+/=_.~:-]{12,})"),
        is_key,
    ),
    SecretKind(
        "password-in-address",
        "a password in an address",
        Level.RED,
        ("://",),
        LatePattern(
            r"(?i)\b[a-z][a-z0-9+.-]*://[^\s:/@\"'?#]*:(?P<secret>[^\s@/\"'?#]{3,})@(?!(?:[\w-]+\.)*example\.(?:com|net|org)\b"
            r"|localhost\b|127\.0\.0\.1)(?=[\w\[])"
        ),
        is_password,
        is_guessable=True,
        is_in_address=True,
        quick=LatePattern(r"://[^\s:/@\"'?#]*:[^\s@/\"'?#]{3}"),
    ),
    SecretKind(
        "token-in-address",
        "a token in an address",
        Level.RED,
        ("://",),
        LatePattern(r"(?i)\b[a-z][a-z0-9+.-]*://(?P<secret>[\w.~%+-]{20,200})@(?=[\w\[])"),
        is_key,
        is_in_address=True,
        quick=LatePattern(r"://[\w.~%+-]{20,200}@"),
    ),
    *TOLD,
    SecretKind(
        "account-key",
        "a key of a storage account",
        Level.RED,
        ("accountkey=", "sharedaccesskey="),
        LatePattern(r"(?i)(?:Account|SharedAccess)Key=(?P<secret>[A-Za-z0-9+/]{30,}={0,2})"),
        is_key,
    ),
    SecretKind(
        "aws-secret-key",
        "an AWS secret key",
        Level.RED,
        ("secretkey", "secret_key", "secretaccess", "secret_access"),
        LatePattern(
            r"(?i)secret_?(?:access_?)?key[\"'\\]*\s*(?:[:=]|=>)\s*[\"'\\]*(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])"
        ),
        is_mixed,
    ),
    SecretKind(
        "signed-address",
        "the signature of an address",
        Level.AMBER,
        ("sig=", "signature=", "security-token="),
        LatePattern(
            r"(?i)(?:[?&;]|SignedHeaders=[\w;-]{4,200}, ?)"
            r"(?:X-Amz-Signature|X-Amz-Security-Token|X-Goog-Signature|sig|signature)="
            r"(?P<secret>[A-Za-z0-9%+/=_~.-]{16,})"
        ),
        lambda value: not is_fake(value),
    ),
    SecretKind(
        "key-in-address",
        "a key in an address",
        Level.RED,
        ("key=", "token=", "secret=", "auth="),
        LatePattern(
            r"(?i)[?&](?:api[-_]?key|key|subscription-key|access[-_]?token|refresh_token|id_token|token|auth|client_secret)="
            r"(?P<secret>[A-Za-z0-9%+/=_~.-]{16,})"
        ),
        is_key,
    ),
    SecretKind(
        "cookie",
        "a cookie",
        Level.AMBER,
        ("__cf_bm=", "_cfuvid=", "session", "cookie", "csrftoken=", "sid=", "sessid="),
        LatePattern(
            r"(?i)(?<![\w-])(?:__cf_bm|_cfuvid|__cflb|cf_clearance|[\w-]{0,40}session[\w-]{0,40}|csrftoken|connect\.sid"
            r"|PHPSESSID|__Host-[\w-]+|__Secure-[\w-]+)=(?P<secret>[A-Za-z0-9%+/=_~.:-]{16,})"
        ),
        is_worn,
        quick_low=LatePattern(
            r"(?:__cf_bm|_cfuvid|__cflb|cf_clearance|session[\w-]{0,40}|csrftoken|connect\.sid|phpsessid"
            r"|(?<![\w-])__(?:host|secure)-[\w-]+)=[a-z0-9%+/=_~.:-]{16}"
        ),
    ),
    SecretKind(
        "organisation-id",
        "the id of an organisation or project",
        Level.AMBER,
        ("org-", "proj_"),
        LatePattern(r"(?<![A-Za-z0-9_-])(?P<shown>org-|proj_)(?P<secret>[A-Za-z0-9]{20,32})(?![A-Za-z0-9_-])"),
        is_mixed,
        quick=LatePattern(r"(?:org-|proj_)[A-Za-z0-9]{20}"),
    ),
    SecretKind(
        "named-secret",
        "a value that is called a key, token or password",
        Level.RED,
        ("key", "token", "secret", "passw", "credential"),
        LatePattern(
            r"(?i)(?:api[_-]?key|access[_-]?key|secret(?:[_-]key)?|(?<!page)(?<!continuation)[_-]token|auth[_-]?token"
            r"|(?:access|refresh)token|password|passwd|private[_-]?key|[_-]key)[\"'\\]*\s*(?:[:=]|=>)\s*(?:\[\s*|-\s+)?[\"'\\]*"
            rf"(?P<secret>{_QUOTED}{{16,}})"
        ),
        is_mixed,
        quick_low=LatePattern(
            r"(?:key|token|secret|passwo?r?d)[\"'\\]*\s*(?:[:=]|=>)\s*(?:\[\s*|-\s+)?[\"'\\]*" + _QUOTED + "{16}"
        ),
    ),
    SecretKind(
        "named-secret",
        "a value that is called a key, token or password",
        Level.RED,
        ("key", "token", "secret", "authorization"),
        LatePattern(
            r"(?i)(?:api[_-]?key|api[_-]?token|auth[_-]?token|access[_-]?token|client[_-]?secret|secret[_-]?key|authorization)"
            rf"[\"'\\]*\s*(?:[:=]|=>)\s*(?:\[\s*|-\s+)?[\"'\\]*(?:(?:token|key) +)?(?P<secret>{_HEX})(?![\w.-])"
        ),
        is_key,
        quick_low=LatePattern(
            rf"(?:key|token|secret|authorization)[\"'\\]*\s*(?:[:=]|=>)\s*(?:\[\s*|-\s+)?[\"'\\]*(?:(?:token|key) +)?{_HEX}"
        ),
    ),
    SecretKind(
        "e-mail",
        "an e-mail address",
        Level.GREY,
        ("@",),
        LatePattern(
            r"(?<![\w.+/:@-])(?P<secret>(?!git@|no-?reply)[A-Za-z0-9][\w.+-]{0,63}"
            r"@(?!(?:[\w-]+\.)*(?:example|test|invalid|localhost|local)\b)(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24})(?![\w-])"
        ),
        is_masked=False,
        quick=LatePattern(r"@(?<=[\w.+-]@)(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2}"),
    ),
    SecretKind(
        "internal-host",
        "an internal host",
        Level.GREY,
        ("://",),
        LatePattern(
            r"(?i)\b(?:https?|wss?|grpcs?)://(?:[^\s/@\"']*@)?(?P<secret>10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}"
            r"|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}|[\w.-]+\.(?:internal|intranet|intra|corp|lan|svc|svc\.cluster\.local|local))(?![\w.-])"
        ),
        is_masked=False,
        quick_low=LatePattern(
            r"://(?:[^\s/@\"']*@)?(?:1(?:0|92|72)\.|[\w.-]+\.(?:internal|intranet|intra|corp|lan|svc|local))"
        ),
    ),
)
"""Values in the place of a credential."""

KINDS = (*PROVIDERS, *SERVICES, *PLACES)

MADE_UP = {
    kind.name: replace(kind, called=f"{kind.called} that is plainly made up", level=Level.GREY)
    for kind in (*PROVIDERS, *SERVICES)
}
"""The same kinds for values that declare themselves fake, by name: still masked, since a real one may do so by chance."""
