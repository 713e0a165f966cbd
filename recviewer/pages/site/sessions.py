"""The sessions of an account: where it is signed in, and ending one or all of them.

They are read from the session table itself, so that none can be missed. A session is identified by a hash of its key,
because whoever has the key is signed in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

_AT, _BROWSER = "signed_in_at", "signed_in_by"
_LENGTH = 300
_OLD_LENGTH = 120
"""Length of the stored user agent; now, and in earlier versions."""

_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {"Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Mac OS X": "macOS",
            "CrOS": "ChromeOS", "Linux": "Linux"}  # fmt: skip
"""Substrings that identify browsers and systems, the first match counts: most browsers name others as well."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """name: a hash of the key. at: when it began, None if unknown. browser: its name; in_full: the user agent."""

    name: str
    at: datetime | None
    browser: str
    in_full: str
    expires_at: datetime
    is_this: bool


def note(request: HttpRequest) -> None:
    """Store in a new session when it began and in which browser."""
    agent = "".join(one for one in request.headers.get("User-Agent", "") if one.isprintable())
    request.session[_AT] = timezone.now().isoformat()
    request.session[_BROWSER] = agent[:_LENGTH]


def listed(request: HttpRequest) -> list[SessionRow]:
    """Return the user's sessions, newest first."""
    mine = request.session.session_key
    rows = []
    for session in _of(request):
        told = session.get_decoded()
        at = told.get(_AT)
        began = datetime.fromisoformat(at) if isinstance(at, str) else None
        is_this = session.session_key == mine
        agent = str(told.get(_BROWSER, ""))
        rows.append(SessionRow(_name(session.session_key), began, called(agent), agent, session.expire_date, is_this))
    return sorted(rows, key=lambda row: (row.is_this, row.expires_at), reverse=True)


def called(agent: str) -> str:
    """Return a name for a user agent: “Firefox on Windows”; if none is known, the user agent itself."""
    if len(agent) in (_LENGTH, _OLD_LENGTH):
        return agent
    browser = next((name for mark, name in _BROWSERS.items() if f"{mark}/" in agent), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in agent), "")
    return f"{browser} on {system}" if browser and system else agent


def end(request: HttpRequest, name: str = "") -> int:
    """End the session with this name; without a name all of the user's. Returns how many."""
    keys = [one.session_key for one in _of(request) if not name or _name(one.session_key) == name]
    return Session.objects.filter(session_key__in=keys).delete()[0]


def _of(request: HttpRequest) -> Iterator[Session]:
    me = str(request.user.pk)
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == me:
            yield session


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]
