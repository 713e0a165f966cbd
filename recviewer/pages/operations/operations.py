"""The state of the instance: failures with the code host, open requests, what was posted, and what takes space."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recviewer.exchange.amounts import counted
from recviewer.loop import jobs, marks, orders, worker
from recviewer.loop.models import HostJob, HostOrder, JobKind, JobState, WatchedRequest
from recviewer.pages.operations.room import TakenRoom, room
from recviewer.pages.site import roles
from recviewer.pages.site.numbers import is_whole
from recviewer.serving.discreet import discreet

SHOWN = 100
ORDERS = 20
"""Number of the latest orders of maintainers that are shown."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job that failed. what: in words, with its request. is_refused: the host refused."""

    pk: int
    what: str
    error: str
    attempts: int
    is_refused: bool
    due_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class WatchedRow:
    """An open request. url: of its range, "" before it was evaluated. told: the posted status, with its state."""

    label: str
    url: str
    files: int
    state: str
    told: str
    told_at: datetime | None
    has_comment: bool


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order of a maintainer. url: of the plan."""

    label: str
    url: str
    order: HostOrder


@dataclass(frozen=True, slots=True)
class OperationsPage:
    """host: the name of the project and its API, "" if there is none. hook: the URL for the webhook, "" for none.

    alive_at: when the worker last reported. waiting: jobs without a failure. more: numbers of further failures and
    requests.
    """

    host: str
    api: str
    hook: str
    every: int
    alive_at: datetime | None
    is_silent: bool
    paused_until: datetime | None
    waiting: int
    troubles: tuple[JobRow, ...]
    more_troubles: int
    requests: tuple[WatchedRow, ...]
    more_requests: int
    orders: tuple[OrderRow, ...]
    room: TakenRoom


def expect_operator(request: HttpRequest) -> None:
    """Raise PermissionDenied for everybody but superusers; on a laptop its one user is the operator."""
    if not roles.may(request, roles.Role.SUPERUSER):
        raise PermissionDenied("Operations are for superusers.")


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the state of the work for the code host."""
    expect_operator(request)
    return render(request, "operations/page.html", {"page": _page()})


@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """Retry a failed job, or all of them, now."""
    expect_operator(request)
    job = request.POST.get("job", "")
    count = jobs.retry([int(job)] if is_whole(job) else None)
    messages.success(
        request, f"{counted(count, 'job')} will be tried now." if count else "Nothing is left to be tried."
    )
    return HttpResponseRedirect(reverse("operations:show"), status=303)


def _page() -> OperationsPage:
    host, now = settings.HOST, timezone.now()
    troubles = HostJob.objects.filter(jobs.troubled()).order_by("-state", "due_at", "pk")
    watched = WatchedRequest.objects.filter(is_open=True).order_by("-number")
    waiting = HostJob.objects.filter(state__in=(JobState.WAITING, JobState.RUNNING), attempts=0)
    return OperationsPage(
        host=host.project if host else "",
        api=host.api if host else "",
        hook=f"{settings.PUBLIC_URL}/hooks/{host.kind.lower()}" if host and host.secret else "",
        every=host.every if host else 0,
        alive_at=marks.time(marks.ALIVE),
        is_silent=worker.is_silent(now),
        paused_until=marks.time(marks.PAUSED) if worker.is_paused(now) else None,
        waiting=waiting.count(),
        troubles=tuple(map(_job, troubles[:SHOWN])),
        more_troubles=max(0, troubles.count() - SHOWN),
        requests=tuple(map(_request, watched[:SHOWN])),
        more_requests=max(0, watched.count() - SHOWN),
        orders=tuple(map(_order, HostOrder.objects.order_by("-pk")[:ORDERS])),
        room=room(),
    )


def _job(job: HostJob) -> JobRow:
    number = job.number
    if job.kind in orders.KINDS:
        number = HostOrder.objects.filter(pk=number).values_list("number", flat=True).first() or 0
    what = JobKind(job.kind).label + (f" {_label(number)}" if number else "")
    is_refused = job.state == JobState.FAILED
    return JobRow(job.pk, what, discreet(job.error), job.attempts, is_refused, job.due_at, job.changed_at)


def _order(order: HostOrder) -> OrderRow:
    return OrderRow(_label(order.number), reverse("plan:range", args=[f"{order.base}..{order.head}"]), order)


def _label(number: int) -> str:
    is_gitlab = settings.HOST is not None and settings.HOST.kind == "GITLAB"
    return f"{'!' if is_gitlab else '#'}{number}"


def _request(row: WatchedRequest) -> WatchedRow:
    url = reverse("changes:show", args=[f"{row.base}...{row.head}"]) if row.head else ""
    return WatchedRow(_label(row.number), url, row.files, row.told_state, row.told, row.told_at, bool(row.comment))


app_name = "operations"
urlpatterns = [
    path("operations/", show, name="show"),
    path("operations/retry", retry, name="retry"),
]
