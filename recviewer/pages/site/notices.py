"""Notification settings on the account page, and a URL that turns notifications off without a login."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from recviewer.configuration.mail_and_hooks import below
from recviewer.loop import noticing
from recviewer.loop.delivering import read_off
from recviewer.loop.models import Notice, NoticeKind, NoticeWish

MINUTES = (10, 60, 1440)
"""Choices for the minimum interval between two messages."""


@dataclass(frozen=True, slots=True)
class NoticesPart:
    """A person's notification settings. address: for mail, "" for none. places: URL prefixes that a hook may have."""

    wish: NoticeWish
    address: str
    sends_mail: bool
    places: tuple[str, ...]
    minutes: tuple[int, ...]
    waiting: int
    due_at: datetime | None


def part_of(user: User) -> NoticesPart | None:
    """Return a person's notification settings; None if the instance sends none."""
    if not noticing.is_on():
        return None
    wish = NoticeWish.objects.filter(user=user).first() or NoticeWish(user=user)
    waiting = Notice.objects.filter(user=user, sent_at=None).count()
    sends = bool(settings.MAIL_FROM)
    return NoticesPart(wish, user.email, sends, settings.NOTICE_HOOKS, MINUTES, waiting, wish.due_at)


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save notification settings."""
    if not settings.HOSTED or not isinstance(request.user, User) or not noticing.is_on():
        raise Http404("there are no notices here")
    sent = request.POST
    way, hook, minutes = sent.get("way", ""), sent.get("hook", "").strip(), sent.get("minutes", "")
    why_not = _why_not(request.user, way, hook)
    if why_not:
        messages.error(request, why_not)
        return HttpResponseRedirect(reverse("account:show"), status=303)
    wish = NoticeWish.objects.filter(user=request.user).first() or NoticeWish(user=request.user)
    wish.way, wish.hook = way, hook if way == "hook" else ""
    wish.secret = (wish.secret or secrets.token_urlsafe(32)) if wish.hook else ""
    wish.mentions, wish.ranges = "mentions" in sent, "ranges" in sent
    wish.minutes = int(minutes) if minutes in map(str, MINUTES) else 60
    wish.attempts, wish.error, wish.due_at = 0, "", None
    wish.save()
    messages.success(request, "Notices are saved." if way else "You get no notices.")
    return HttpResponseRedirect(reverse("account:show"), status=303)


def _why_not(user: User, way: str, hook: str) -> str:
    """Return why a channel cannot be used, "" if it can."""
    if way not in ("", "mail", "hook"):
        return "A way is mail, hook, or none."
    if way == "mail" and not (settings.MAIL_FROM and user.email):
        return "No mail can be sent to you: a superuser gives your account an address."
    if way == "hook" and below(settings.NOTICE_HOOKS, hook) is None:
        return "The address of a hook has to lie below one of those that are named here."
    return ""


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def off(request: HttpRequest, signed: str) -> HttpResponse:
    """Ask (GET), and turn notifications off (POST): the URL was sent to the user alone.

    Mail clients post to it, too.
    """
    try:
        number, kind = read_off(signed)
    except signing.BadSignature:
        raise Http404("this address turns nothing off") from None
    wish = NoticeWish.objects.filter(user=number).first()
    if request.method == "POST" and wish is not None:
        if kind == NoticeKind.MENTION:
            wish.mentions = False
        elif kind == NoticeKind.RANGE:
            wish.ranges = False
        else:
            wish.way = ""
        wish.save(update_fields=["mentions", "ranges", "way"])
    told = {"kind": NoticeKind(kind).label if kind else "", "is_off": request.method == "POST"}
    return render(request, "account/notices_off.html", told)


app_name = "notices"
urlpatterns = [
    path("account/notices", save, name="save"),
    path("notices/off/<str:signed>", off, name="off"),
]
