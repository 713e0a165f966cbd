"""`/smells/let-be/`: all suppressions, including those that match nothing any more, and lifting them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.smells.acts import told
from recviewer.pages.smells.found import AllFindings, standing
from recviewer.pages.text.test_addresses import url_of_test
from recviewer.review import suppressing
from recviewer.review.actors import actor_of
from recviewer.review.models import Suppression
from recviewer.review.refusals import Invalid
from recviewer.review.suppressing import Aim
from recviewer.smells.suppressing import Reach

_REACHES = {Reach.FINDING: "one finding on", Reach.TEST: "the test", Reach.PATH: "the file"}


@dataclass(frozen=True, slots=True)
class SuppressionLine:
    """A suppression. what: its reach, in words; name, url: of its target, "" for no link.

    count: findings that it suppresses now. is_over: its last day has passed.
    """

    row: Suppression
    what: str
    name: str
    url: str
    count: int
    is_over: bool


def lines(every: AllFindings) -> Iterator[SuppressionLine]:
    """Yield all suppressions, by rule and subject."""
    counts = Counter(
        (one.over.rule, one.over.scope, one.over.subject)
        for rule in every.rules
        for one in rule.findings
        if one.over is not None
    )
    today = timezone.localdate()
    for row in Suppression.objects.filter(is_lifted=False).order_by("rule", "scope", "subject"):
        reach = Reach(row.scope)
        name = row.path if reach is Reach.FINDING else row.subject
        url = url_of_test(name) if reach is Reach.TEST else "" if name.endswith("/") or not name else url_of(name)
        what = "all below" if name.endswith("/") else _REACHES[reach]
        count = counts[row.rule, reach, row.subject]
        yield SuppressionLine(row, what, name, url, count, row.until is not None and row.until < today)


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show all suppressions."""
    every = standing()
    return render(request, "smells/let_be.html", {"lines": tuple(lines(every)), "is_known": every.found is not None})


@require_POST
def lift(request: HttpRequest) -> HttpResponse:
    """Lift a suppression. rule, reach, subject: the last percent-encoded."""
    sent = request.POST
    if sent.get("reach") not in list(Reach):
        raise Invalid("There is no such suppression.")
    aim = Aim(sent.get("rule", ""), Reach(sent["reach"]), unquote(sent.get("subject", "")))
    return told(request, suppressing.lift([aim], actor=actor_of(request)))
