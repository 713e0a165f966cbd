"""Delivery of notices: everything that waits for one person in one message, with a minimum interval, and retries."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import smtplib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db.models import Min, Q
from django.urls import reverse

from recviewer.configuration.mail_and_hooks import below
from recviewer.exchange.amounts import counted
from recviewer.hosts.calls import HostCall, HostError
from recviewer.hosts.client import HostClient
from recviewer.loop.models import Notice, NoticeKind, NoticeWish
from recviewer.serving.url_prefix import outside

log = logging.getLogger(__name__)

GATHER_SECONDS = 20
"""How long the first notice waits for others to be sent with it."""

FIRST_WAIT = 60
"""Back-off in seconds after a failed delivery; it doubles with each attempt."""

LONGEST_WAIT = 3600
SHOWN = 20
"""Maximum number of notices in a message; further ones are only counted."""

KEPT = timedelta(days=30)
"""How long a delivered notice is remembered, so that it is not sent again."""

SALT = "notices off"


class Undelivered(Exception):
    """A message could not be delivered. `str()` gives a sentence without secrets."""


def send_one(now: datetime) -> bool:
    """Send what waits for one person, the one who has waited longest; tell whether there was anybody."""
    first = Min("user__notices__made_at", filter=Q(user__notices__sent_at=None))
    wishes = NoticeWish.objects.filter(user__is_active=True).exclude(way="").annotate(first=first)
    for wish in wishes.exclude(first=None).order_by("first", "pk").select_related("user"):
        if _is_due(wish, wish.first, now):
            _send(wish, now)
            return True
    return False


def _is_due(wish: NoticeWish, made_at: datetime, now: datetime) -> bool:
    """Tell whether a notice is due. A time too far in the future means that the clock was set back."""
    waits = [(made_at, timedelta(seconds=GATHER_SECONDS))]
    waits += [(wish.sent_at, timedelta(minutes=wish.minutes))] if wish.sent_at else []
    if any(timedelta(0) <= now - since < wait for since, wait in waits):
        return False
    return wish.due_at is None or not now < wish.due_at <= now + timedelta(seconds=LONGEST_WAIT)


def _send(wish: NoticeWish, now: datetime) -> None:
    """Send what waits for somebody, and record the result. Notices that they no longer want are dropped."""
    unwanted = [kind for kind, is_on in _wanted(wish).items() if not is_on]
    Notice.objects.filter(user=wish.user, sent_at=None, kind__in=unwanted).delete()
    waiting = list(Notice.objects.filter(user=wish.user, sent_at=None).order_by("made_at", "pk"))
    if not waiting:
        return
    try:
        (_mail if wish.way == "mail" else _call)(wish, waiting)
    except Undelivered as failed:
        log.warning("notices to %s: %s", wish.user_id, failed)
        wish.attempts, wish.error = wish.attempts + 1, str(failed)
        wish.due_at = now + timedelta(seconds=min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(wish.attempts - 1, 10)))
        wish.save(update_fields=["attempts", "error", "due_at"])
        return
    Notice.objects.filter(pk__in=[one.pk for one in waiting]).update(sent_at=now)
    wish.attempts, wish.error, wish.due_at, wish.sent_at = 0, "", None, now
    wish.save(update_fields=["attempts", "error", "due_at", "sent_at"])


def _wanted(wish: NoticeWish) -> dict[str, bool]:
    return {NoticeKind.MENTION: wish.mentions, NoticeKind.RANGE: wish.ranges}


def _lines(some: Sequence[Notice]) -> list[str]:
    lines = [f"{one.text}\n{outside(one.path, settings.PUBLIC_URL)}" for one in some[:SHOWN]]
    left = len(some) - SHOWN
    rest = outside(reverse("changes:listing"), settings.PUBLIC_URL)
    return [*lines, f"… and {left:,} more: {rest}"] if left > 0 else lines


def off_url(user: int, kind: str) -> str:
    """Return the URL at which somebody turns off a kind of notices, or all ("") of them, without signing in."""
    return outside(reverse("notices:off", args=[signing.dumps([user, kind], salt=SALT)]), settings.PUBLIC_URL)


def read_off(signed: str) -> tuple[int, str]:
    """Read such a URL. Raises signing.BadSignature."""
    pair = signing.loads(signed, salt=SALT)
    if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], int) or pair[1] not in ("", *NoticeKind):
        raise signing.BadSignature("it names nothing that can be turned off")
    return pair[0], str(pair[1])


def _mail(wish: NoticeWish, some: Sequence[Notice]) -> None:
    """Raises Undelivered."""
    if not settings.MAIL_FROM:
        raise Undelivered("This instance sends no mail.")
    if not wish.user.email:
        raise Undelivered("The account has no address.")
    kinds = dict.fromkeys(one.kind for one in some)
    ends = [f"Not again, where {NoticeKind(kind).label}:\n{off_url(wish.user_id, kind)}" for kind in kinds]
    ends.append(f"No notices at all:\n{off_url(wish.user_id, '')}")
    message = EmailMessage(
        f"recviewer: {counted(len(some), 'notice')}",
        "\n\n".join([*_lines(some), "--", *ends]) + "\n",
        settings.MAIL_FROM,
        [wish.user.email],
        headers={
            "List-Unsubscribe": f"<{off_url(wish.user_id, '')}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    try:
        message.send()
    except (OSError, smtplib.SMTPException, ValueError) as failed:
        raise Undelivered(f"The mail server did not take it ({type(failed).__name__}).") from failed


def _call(wish: NoticeWish, some: Sequence[Notice]) -> None:
    """Raises Undelivered."""
    place = below(settings.NOTICE_HOOKS, wish.hook)
    if place is None:
        raise Undelivered("The address of the hook is none that this instance may call.")
    body = {
        "text": "\n".join(_lines(some)),
        "notices": [
            {"kind": one.kind, "text": one.text, "url": outside(one.path, settings.PUBLIC_URL)} for one in some[:SHOWN]
        ],
        "count": len(some),
        "off": off_url(wish.user_id, ""),
    }
    signed = hmac.new(wish.secret.encode(), json.dumps(body).encode(), hashlib.sha256).hexdigest()
    client = HostClient(place[0].rstrip("/"), {"X-Recviewer-Signature": f"sha256={signed}"}, seconds=10, takes_any=True)
    try:
        client.send(HostCall("POST", f"/{place[1]}", body))
    except HostError as failed:
        raise Undelivered("The hook did not take it.") from failed


def tidy(now: datetime) -> None:
    """Delete notices that were delivered long ago, and those that nobody waits for any more."""
    Notice.objects.filter(sent_at__lt=now - KEPT).delete()
    Notice.objects.filter(Q(user__notice_wish=None) | Q(user__notice_wish__way=""), sent_at=None).delete()
