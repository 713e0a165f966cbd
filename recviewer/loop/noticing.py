"""Creating notices: that somebody was named, and that a request has changes of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from recviewer.exchange.amounts import counted
from recviewer.loop import marks
from recviewer.loop.models import Notice, NoticeKind, NoticeWish, WatchedRequest
from recviewer.report.report import Report
from recviewer.review import audit
from recviewer.review.assigned import left_to
from recviewer.review.audit import Action
from recviewer.review.locks import acting
from recviewer.review.mentions import MARK, is_named
from recviewer.review.models import AuditEvent
from recviewer.review.subjects import printable
from recviewer.review.tagging import folded
from recviewer.serving.url_prefix import inside

_NAMING = (Action.NOTE, Action.NOTE_EDIT, Action.TAG)

AT_ONCE = 200
"""Actions that are processed at once."""


LATE = timedelta(days=2)
"""Older notes are not notified any more, if nobody processed them in time."""


def is_on() -> bool:
    """Tell whether the operator configured a way to deliver notices."""
    return bool(settings.MAIL_FROM or settings.NOTICE_HOOKS)


def heed(now: datetime) -> bool:
    """Create notices for people named by actions since the last call; tell whether there were any actions.

    Older ones are skipped.
    """
    since = marks.number(marks.NOTICED)
    if not since:
        newest = AuditEvent.objects.aggregate(last=Max("pk"))["last"] or 0
        marks.put(marks.NOTICED, newest + 1)  # the next action is the first that is processed
        return False
    events = list(AuditEvent.objects.filter(pk__gte=since).order_by("pk")[:AT_ONCE])
    if not events:
        return False
    wishes = list(_wishes().filter(mentions=True))
    with acting():
        for event in events:
            if event.action in _NAMING and event.at > now - LATE and wishes:
                _tell_named(event, wishes)
        marks.put(marks.NOTICED, events[-1].pk + 1)
    return True


def _wishes() -> QuerySet[NoticeWish]:
    return NoticeWish.objects.filter(user__is_active=True).exclude(way="").select_related("user")


def _tell_named(event: AuditEvent, wishes: list[NoticeWish]) -> None:
    is_tag = event.action == Action.TAG
    tag = event.payload["tag"]["name"] if is_tag else ""
    words = [] if is_tag else list(_words(event))
    for wish in wishes:
        name = wish.user.get_username()
        if is_tag:
            is_meant = folded(tag) == folded(MARK + name)
        else:
            is_meant = any(is_named(name, now_) and not is_named(name, before) for before, now_ in words)
        if is_meant and event.actor != name:
            who = printable(event.actor, 60)
            what = f"gave you {counted(event.count, 'recording')}" if is_tag else "named you in a note"
            query = urlencode({"q": f'for:"{name}"'})
            _keep(wish, NoticeKind.MENTION, f"event {event.pk}", f"{who} {what}.", f"/?{query}", event.at)


def _words(event: AuditEvent) -> Iterator[tuple[str, str]]:
    """Yield the texts of notes before an action ("" for new ones) and after it."""
    for _, change in audit.members_of(event, "changes"):
        before, after = change.get("before") or {}, change.get("after") or {}
        is_new = event.action == Action.NOTE
        yield "" if is_new else str(before.get("body", "")), str(after.get("body", ""))


def tell_of_range(row: WatchedRequest, report: Report, *, is_new: bool) -> None:
    """Create notices for the people whose changes are in a request that was opened or pushed."""
    if not is_on():
        return
    now = timezone.now()
    for wish in _wishes().filter(ranges=True):
        name = wish.user.get_username()
        count = left_to(report, name)
        if count:
            verb = "was opened" if is_new else "was pushed again"
            text = (
                f"Request {row.number} {verb}; {counted(count, 'change')} of it {'is' if count == 1 else 'are'} yours."
            )
            place = inside(reverse("changes:show", args=[f"{row.base}...{row.head}"]), settings.PREFIX)
            query = urlencode({"needs": "you", "for": name})
            _keep(wish, NoticeKind.RANGE, f"{row.number} {row.head}", text, f"{place}?{query}", now)


def _keep(wish: NoticeWish, kind: NoticeKind, key: str, text: str, path: str, at: datetime) -> None:
    values = {"kind": kind, "text": text, "path": path, "made_at": at}
    Notice.objects.get_or_create(user=wish.user, key=key, defaults=values)
