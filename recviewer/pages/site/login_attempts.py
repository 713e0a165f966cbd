"""Limits for sign-in attempts: after some failures the waiting time grows, by address and by name.

During the waiting time no password is checked, and attempts do not count, so waiting times end. A browser that has
signed in under a name before has a signed cookie and counts only its own failures: somebody who guesses a name from
elsewhere, or behind the same address, does not lock its owner out.
"""

from __future__ import annotations

import ipaddress
import math
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac

from recviewer.pages.models import Knock
from recviewer.review.locks import acting

COOKIE = "recviewer_known"
KNOWN_FOR = timedelta(days=180)
FORGOTTEN_AFTER = timedelta(hours=1)
_SALT = "recviewer.pages.site.door"
_FAMILY = 64
"""Prefix length of IPv6 addresses: one household or server has all addresses below it."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """free: failures without a wait. longest: maximum wait in seconds; the first is 2, each doubles the last."""

    free: int
    longest: int

    def wait(self, failures: int) -> int:
        over = failures - self.free
        return 0 if over < 0 else min(self.longest, 2 ** min(over + 1, 20))


_RULES = {"address": _Rule(20, 900), "name": _Rule(5, 300), "browser": _Rule(5, 900)}


@dataclass(frozen=True, slots=True)
class Try:
    """An attempt to sign in. keys: what it counts for.

    wait: seconds to wait before the next one; then it was not an attempt.
    """

    keys: tuple[str, ...]
    wait: int


def count_try(request: HttpRequest, name: str) -> Try:
    """Count an attempt before its password is checked, so that concurrent attempts do not evade the limit; or return
    the wait.

    name: "" if unknown; then only the address counts.
    """
    limits = _limits(request, name)
    now = timezone.now()
    with acting():
        Knock.objects.filter(last__lt=now - FORGOTTEN_AFTER).delete()
        found = Knock.objects.in_bulk(limits)
        waits = [
            rule.wait(found[key].count) - abs((now - found[key].last).total_seconds())
            for key, rule in limits.items()
            if key in found
        ]
        wait = max(waits, default=0)
        if wait > 0:
            return Try((), math.ceil(wait))
        for key in limits:
            count = found[key].count + 1 if key in found else 1
            Knock.objects.update_or_create(key=key, defaults={"count": count, "last": now})
    return Try(tuple(limits), 0)


def uncount(tried: Try) -> None:
    """Undo the count of an attempt, because its password was right."""
    Knock.objects.filter(key__in=tried.keys, count__gt=0).update(count=F("count") - 1)


def remember(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Set a signed cookie saying that the browser signed in under this name."""
    browser = _browser(request, name) or get_random_string(22)
    value = signing.dumps([_plain(name), browser], salt=_SALT)
    response.set_cookie(
        COOKIE,
        value,
        max_age=KNOWN_FOR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        path=request.path,
    )


def address_of(request: HttpRequest) -> str:
    """Return the client address of a request: behind a proxy the last entry of X-Forwarded-For, which the proxy added."""
    told = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or told
    try:
        address = ipaddress.ip_address(told)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), _FAMILY), strict=False))
    return str(address)


def _limits(request: HttpRequest, name: str) -> dict[str, _Rule]:
    name_, address, browser = _plain(name), address_of(request), _browser(request, name)
    told = {"browser": f"{browser}:{name_}"} if browser else {"name": name_} if name_ else {}
    if address and not browser:
        told["address"] = address
    return {
        salted_hmac(_SALT, f"{kind}:{value}", algorithm="sha256").hexdigest(): _RULES[kind]
        for kind, value in told.items()
    }


def _browser(request: HttpRequest, name: str) -> str:
    """Return the id of a browser that signed in under this name, "" for any other."""
    try:
        known, browser = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=KNOWN_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(browser) if known == _plain(name) else ""


def _plain(name: str) -> str:
    return name.strip().casefold()[:150]
