"""The sessions of an account: where it is signed in, and an end to one or all of them.

They are read from the table of sessions itself, so that none can be left out. A session is named by a hash of its key, for
who has the key is signed in.
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
"""Characters that were kept of what a browser says of itself; now, and by earlier versions."""

_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {"Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Mac OS X": "macOS",
            "CrOS": "ChromeOS", "Linux": "Linux"}  # fmt: skip
"""Marks by which browsers and systems are told, the first that is there: most browsers name others besides."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """name: a hash of the key. at: when it began, None where nobody noted it. browser: its name; in_full: its words."""

    name: str
    at: datetime | None
    browser: str
    in_full: str
    expires_at: datetime
    is_this: bool


def note(request: HttpRequest) -> None:
    """Note in a new session when and by what it was begun."""
    agent = "".join(one for one in request.headers.get("User-Agent", "") if one.isprintable())
    request.session[_AT] = timezone.now().isoformat()
    request.session[_BROWSER] = agent[:_LENGTH]


def listed(request: HttpRequest) -> list[SessionRow]:
    """Return the sessions of who asks, newest first."""
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
    """Return a name for what a browser says of itself: “Firefox on Windows”; where none is known, that itself."""
    if len(agent) in (_LENGTH, _OLD_LENGTH):
        return agent
    browser = next((name for mark, name in _BROWSERS.items() if f"{mark}/" in agent), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in agent), "")
    return f"{browser} on {system}" if browser and system else agent


def end(request: HttpRequest, name: str = "") -> int:
    """End the session of this name; without a name all of who asks. Returns how many."""
    keys = [one.session_key for one in _of(request) if not name or _name(one.session_key) == name]
    return Session.objects.filter(session_key__in=keys).delete()[0]


def _of(request: HttpRequest) -> Iterator[Session]:
    me = str(request.user.pk)
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == me:
            yield session


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]
