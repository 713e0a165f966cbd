"""What people decided meanwhile: the requests that it concerns are told anew, once it has been quiet for a while."""

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
"""How long nobody may have decided anything before the host is told."""

LONGEST_SECONDS = 60
"""After so long it is told although somebody still decides."""

_FAR = frozenset({Action.UNDO, Action.REDO, Action.PAIR}) | BROUGHT
"""Acts of which the decisions of their own do not say which requests they concern."""


def heed(now: datetime) -> bool:
    """Ask for what is to be told because of acts since the last time; tell whether there were any to heed."""
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
        said = {digest(one) for one in decided.iterator()}
        rows = watched.values_list("number", "subjects")
        concerned = [number for number, subjects in rows if not said.isdisjoint(subjects.split())]
    with acting():
        for number in concerned:
            jobs.ask(JobKind.TELL, number)
        marks.put(marks.HEEDED, found["top"])
    return True
