"""What a plan may request from the code host: a branch of its own, and its tests re-recorded.

A maintainer confirms first.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from recviewer.git.repository import GitFailed
from recviewer.loop import orders
from recviewer.loop.models import HostOrder, JobKind
from recviewer.memory.ranges import report_of
from recviewer.pages.deciding.plan_page import clauses_of
from recviewer.pages.ranges.index import not_there
from recviewer.plan import model as plans
from recviewer.plan import range as range_plan
from recviewer.plan.model import Plan
from recviewer.review.actors import actor_of
from recviewer.review.refusals import Invalid

SHOWN = 20


@dataclass(frozen=True, slots=True)
class OrderOffer:
    """The offers on the page of a plan. url: of the question, without its kind. label: of the request.

    pushes, records: whether that is offered. given: orders for this request, newest first.
    """

    url: str
    label: str
    pushes: bool
    records: bool
    given: tuple[HostOrder, ...]


@dataclass(frozen=True, slots=True)
class OrderQuestion:
    """The question before. is_branch: the plan is pushed; else tests are recorded. what: how much, in words.

    where: the remote, or the run. seen: the digest that goes along.
    """

    spec: str
    kind: str
    is_branch: bool
    label: str
    what: str
    where: str
    seen: str
    back: str


def label_of(number: int) -> str:
    """Return the host's notation for the number of a request."""
    return f"{'!' if settings.HOST is not None and settings.HOST.kind == 'GITLAB' else '#'}{number}"


def offer_of(plan: Plan) -> OrderOffer | None:
    """Return what is offered for a plan, None if it belongs to no request, or the operator allows none of it."""
    kinds = [kind for kind in orders.KINDS if orders.is_offered(settings.HOST, kind)]
    row = orders.request_at(plan.ground.head) if kinds else None
    if row is None:
        return None
    given = HostOrder.objects.filter(number=row.number).order_by("-pk")[:SHOWN]
    return OrderOffer(
        reverse("plan:order", query={"range": str(orders.spec_of(plan.ground.base, plan.ground.head))}),
        label_of(row.number),
        JobKind.BRANCH in kinds and plan.has_patch,
        JobKind.RECORD in kinds and bool(plans.test_ids(plan)),
        tuple(given),
    )


@require_http_methods(["GET", "POST"])
def order(request: HttpRequest) -> HttpResponse:
    """Ask, and then create an order."""
    sent = request.POST if request.method == "POST" else request.GET
    spec, kind = sent.get("range", ""), sent.get("kind", "")
    if kind not in orders.KINDS or not orders.is_offered(settings.HOST, kind):
        raise Http404(kind)
    try:
        plan = range_plan.make(report_of(spec).found)
        if request.method != "POST":
            return render(request, "plan/order.html", {"page": _question(spec, kind, plan)})
        orders.give(kind, plan, seen=sent.get("seen", ""), actor=actor_of(request))
    except GitFailed as failed:
        return not_there(request, spec, failed)
    messages.success(request, "Asked for. The page of the plan, and operations, say what came of it.")
    return HttpResponseRedirect(reverse("plan:range", args=[spec]), status=303)


def _question(spec: str, kind: str, plan: Plan) -> OrderQuestion:
    row, host = orders.request_at(plan.ground.head), settings.HOST
    if row is None:
        raise Invalid("This plan belongs to no open request of the code host, or the request has moved.")
    is_branch = kind == JobKind.BRANCH
    where = settings.FETCH_FROM.shown if settings.FETCH_FROM else ""
    if not is_branch and host and host.record:
        where = f"{host.record.workflow or 'a pipeline'} on {host.record.ref}"
    wanted = [one for one in clauses_of(plan) if (one[0] == "record") is not is_branch]
    what = "; ".join(f"{does} {much}{rest}" for does, much, rest in wanted)
    back, seen = reverse("plan:range", args=[spec]), orders.digest(kind, plan)
    return OrderQuestion(spec, kind, is_branch, label_of(row.number), what, where, seen, back)


app_name = "plan"
urlpatterns = [path("do/order", order, name="order")]
