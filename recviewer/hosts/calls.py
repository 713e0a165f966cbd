"""A call of a host's API, its response, and the three kinds of failure."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

LONGEST_WAIT = 3600.0
"""Maximum number of seconds that a host can make us wait; after that it is called again, whatever it said."""

UNSAID_WAIT = 60.0
"""Seconds to wait if a host reports a rate limit without a duration (GitHub's documents say a minute)."""

_SHOWN = 200


class HostError(Exception):
    """A call failed. `str()` gives a sentence without secrets."""


class HostDown(HostError):
    """The result of the call is unknown, or the host has a problem: to be retried."""


class HostBusy(HostError):
    """The rate limit is exceeded. wait: seconds until the host may be called again, for anything."""

    def __init__(self, told: str, wait: float) -> None:
        super().__init__(told)
        self.wait = wait


class HostRefused(HostError):
    """The host understood and refused: a retry changes nothing. status: the HTTP status."""

    def __init__(self, told: str, status: int) -> None:
        super().__init__(told)
        self.status = status


@dataclass(frozen=True, slots=True)
class HostCall:
    """method; path: below the base of the API, quoted, with its query; body: the JSON body, None for nothing.

    form: form fields instead of a body.
    """

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None

    @property
    def shown(self) -> str:
        """The call in messages."""
        return f"{self.method} {self.path.partition('?')[0]}"


@dataclass(frozen=True, slots=True)
class HostReply:
    """status; headers: with names in lower case; data: the JSON of the body, None if there is none."""

    status: int
    headers: Mapping[str, str]
    data: Any


def judged(call: HostCall, reply: HostReply, *, now: float | None = None) -> HostReply:
    """Return a successful reply. Raises HostBusy, HostDown or HostRefused. now: seconds since the epoch.

    GitHub answers 403 or 429 with `retry-after`, or with `x-ratelimit-remaining: 0` and `x-ratelimit-reset`; GitLab 429
    with `Retry-After` and `RateLimit-Reset`; Forgejo and Gitea leave it to the proxy in front of them.
    """
    status = reply.status
    if 200 <= status < 300:
        return reply
    told = f"{call.shown} was answered with {status}{_message(reply.data)}"
    wait = _wait(reply, time.time() if now is None else now)
    if status == 429 or (status == 403 and wait is not None) or (status in (502, 503, 504) and wait is not None):
        raise HostBusy(told, UNSAID_WAIT if wait is None else wait)
    if status == 408 or status >= 500:
        raise HostDown(told)
    if 300 <= status < 400:
        told += ": it leads elsewhere, and that is not followed"
    raise HostRefused(told, status)


def _wait(reply: HostReply, now: float) -> float | None:
    """Return how many seconds the host asks us to wait, None if it does not."""
    headers = reply.headers
    seconds = _seconds(headers.get("retry-after", ""), now)
    if seconds is None:
        for start in ("x-ratelimit", "ratelimit"):
            reset = headers.get(f"{start}-reset", "")
            if headers.get(f"{start}-remaining") == "0" and re.fullmatch(r"\d{1,12}", reset):
                seconds = int(reset) - now
    if seconds is None and reply.status == 403 and "rate limit" in _message(reply.data).casefold():
        seconds = UNSAID_WAIT
    return None if seconds is None else min(max(seconds, 1.0), LONGEST_WAIT)


def _seconds(text: str, now: float) -> float | None:
    """Parse Retry-After: a number of seconds, or a date."""
    if re.fullmatch(r"\d{1,9}", text):
        return float(text)
    try:
        return parsedate_to_datetime(text).timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return None


def _message(data: Any) -> str:
    """Return the host's message, as the end of a sentence; "" if there is none."""
    said = data.get("message", data.get("error")) if isinstance(data, dict) else None
    if not said:
        return ""
    text = " ".join("".join(one if one.isprintable() else " " for one in str(said)).split())
    return f" ({text[:_SHOWN]})"
