"""Posting the effects of decisions: the affected pull requests are updated once it has been quiet for a while."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max, Min

from recviewer.loop import jobs, marks
from recviewer.loop.looking import digest
from recviewer.loop.models import JobKind, WatchedRequest
from recviewer.review.audit import BROUGHT, VERDICTS, Action
from recviewer.review.locks import acting
from recviewer.review.models import AuditEvent, Decision

QUIET_SECONDS = 5
"""How long nobody may have decided anything before the host is updated."""

LONGEST_SECONDS = 60
"""After this time the host is updated even if somebody is still deciding."""

_FAR = frozenset({Action.UNDO, Action.REDO, Action.PAIR}) | BROUGHT
"""Actions whose own decisions do not tell which requests they affect."""


def heed(now: datetime) -> bool:
    """Create jobs for the requests that are affected by actions since the last call; tell whether there were any
    actions.
    """
    since = marks.number(marks.HEEDED)
    events = AuditEvent.objects.filter(pk__gt=since, action__in=VERDICTS | _FAR)
    found = events.aggregate(first=Min("at"), last=Max("at"), top=Max("pk"))
    if found["top"] is None:
        return False
    quiet, waited = abs((now - found["last"]).total_seconds()), abs((now - found["first"]).total_seconds())
    if quiet < QUIET_SECONDS and waited < LONGEST_SECONDS:
        return False
    events = events.filter(pk__lte=found["top"])
    watched = WatchedRequest.objects.filter(is_open=True).exclude(head="")
    if events.filter(action__in=_FAR).exists():
        concerned = list(watched.values_list("number", flat=True))
    else:
        decided = Decision.objects.filter(event__in=events).values_list("fingerprint", flat=True).distinct()
        digests = {digest(one) for one in decided.iterator()}
        rows = watched.values_list("number", "subjects")
        concerned = [number for number, subjects in rows if not digests.isdisjoint(subjects.split())]
    with acting():
        for number in concerned:
            jobs.ask(JobKind.TELL, number)
        marks.put(marks.HEEDED, found["top"])
    return True
