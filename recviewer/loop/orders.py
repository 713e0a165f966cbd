"""What a maintainer wants from the host besides statuses: the plan as a branch, and its tests re-recorded.

An order names what its author saw: the commits, and a digest of what is to be done. The worker computes the plan again,
and carries it out only if it is still that one, the head has not moved, and the commits are the project's own:
otherwise a branch of ours, and a run with its secrets, would execute what a stranger wrote. Pushing a branch again does
no harm. Starting a run twice does, so if it is unknown whether a run began, it is not started again.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from recviewer.changes.sources import Spec, open_range
from recviewer.exchange.amounts import counted
from recviewer.git.pushing import NotPushed, Signature, commit_of_patch, push_new
from recviewer.git.repository import GitFailed
from recviewer.hosts.calls import HostDown, HostRefused
from recviewer.hosts.client import HostClient
from recviewer.hosts.configured import ConfiguredHost
from recviewer.hosts.contract import LONGEST_INPUT, CodeHost, RecordInputs
from recviewer.loop import jobs
from recviewer.loop.models import HostOrder, JobKind, OrderState, WatchedRequest
from recviewer.memory import ranges
from recviewer.plan import model as plans
from recviewer.plan import range as range_plan
from recviewer.plan.model import Plan
from recviewer.review import audit
from recviewer.review.audit import Action
from recviewer.review.locks import acting
from recviewer.review.refusals import Invalid

LONGEST = timedelta(days=1)
"""How long an order waits for a host that is down; after that nobody expects a branch or a run any more."""

KINDS = (JobKind.BRANCH, JobKind.RECORD)
_MOVED = "The head moved since, so nothing was done."


def is_offered(configured: ConfiguredHost | None, kind: str) -> bool:
    """Tell whether the operator allows such orders."""
    if configured is None:
        return False
    return configured.pushes if kind == JobKind.BRANCH else configured.record is not None and kind == JobKind.RECORD


def request_at(head: str) -> WatchedRequest | None:
    """Return the open request with this head, as of its last evaluation."""
    return WatchedRequest.objects.filter(head=head, is_open=True).order_by("-number").first() if head else None


def spec_of(base: str, head: str) -> Spec:
    """Return the range between two commits as named by the request with this head.

    The tip of its base branch says who has to agree to it.
    """
    row, direct = request_at(head), Spec(base, head, is_direct=True)
    if row is None or row.base in ("", base):
        return direct
    named = Spec(row.base, head)
    with suppress(GitFailed):
        return named if open_range(ranges.repository(), named).base == base else direct
    return direct


def digest(kind: str, plan: Plan) -> str:
    """Return a digest of the part of a plan that an order is about. Raises GitFailed."""
    hashed = hashlib.sha256()
    for piece in plans.patch(plan) if kind == JobKind.BRANCH else [plans.test_ids(plan)]:
        hashed.update(piece)
    return hashed.hexdigest()


def give(kind: str, plan: Plan, *, seen: str, actor: str) -> HostOrder:
    """Create and log an order. seen: the digest of what its author saw. Raises Invalid, GitFailed."""
    row = request_at(plan.ground.head)
    if not is_offered(settings.HOST, kind) or row is None:
        raise Invalid("This plan belongs to no open request of the code host, or the request has moved.")
    if not (plan.has_patch if kind == JobKind.BRANCH else plans.test_ids(plan)):
        raise Invalid("The plan asks for nothing of that kind.")
    if digest(kind, plan) != seen:
        raise Invalid("The plan has changed. Look at it again.")
    given = {"kind": kind, "number": row.number, "base": plan.ground.base, "head": plan.ground.head, "digest": seen}
    with acting():
        if HostOrder.objects.filter(**given, state__in=(OrderState.WAITING, OrderState.DONE)).exists():
            raise Invalid("That was requested already.")
        order = HostOrder.objects.create(**given, actor=actor, at=timezone.now(), state=OrderState.WAITING)
        does = (
            "had the plan pushed"
            if kind == JobKind.BRANCH
            else f"had {counted(plans.test_ids(plan).count(10), 'test')} re-recorded"
        )
        audit.write(
            actor=actor,
            action=Action.PUSH if kind == JobKind.BRANCH else Action.RECORD,
            summary=f"{does} for request {row.number} at {order.head[:9]}",
            payload={"order": order.pk, **given},
        )
        jobs.ask(JobKind(kind), order.pk)
    return order


def carry_out(configured: ConfiguredHost, host: CodeHost, client: HostClient, number: int) -> None:
    """Carry out an order, unless that was done. Raises what calls of the host raise, and GitFailed, for a retry."""
    order = HostOrder.objects.filter(pk=number, state=OrderState.WAITING).first()
    if order is None:
        return
    state, message = OrderState.REFUSED, "It waited for a day, so nothing was done."
    if abs(timezone.now() - order.at) <= LONGEST:
        try:
            state, message = _carried_out(configured, host, client, order)
        except NotPushed as why:
            message = f"{str(why)[:1].upper()}{str(why)[1:1000].rstrip('.')}."
    order.state, order.told, order.done_at = state, message, timezone.now()
    order.save(update_fields=["state", "told", "done_at"])


def _carried_out(
    configured: ConfiguredHost, host: CodeHost, client: HostClient, order: HostOrder
) -> tuple[OrderState, str]:
    request = host.request(client, order.number)
    if not is_offered(configured, order.kind):
        raise NotPushed("the operator does not let that be done any more")
    if not request.is_open or request.head != order.head:
        raise NotPushed(_MOVED)
    if request.is_fork:
        raise NotPushed(
            "the request comes from another repository: what a stranger wrote would run with the rights of this one"
        )
    repository = ranges.repository()
    report = ranges.report_on(open_range(repository, spec_of(order.base, order.head)))
    plan = range_plan.make(report.found)
    if digest(order.kind, plan) != order.digest:
        raise NotPushed("what people decided is something else by now, so nothing was done. Look at the plan again")
    if order.kind == JobKind.BRANCH:
        return OrderState.DONE, _pushed(order, plan)
    return _started(configured, host, client, order, plan)


def branch_of(order: HostOrder) -> str:
    """Return the name of the branch of an order, which no other branch or order has."""
    return f"recviewer/plan-{order.number}-{order.head[:9]}-{order.pk}"


def _pushed(order: HostOrder, plan: Plan) -> str:
    assert settings.FETCH_FROM is not None
    repository = ranges.repository()
    by = Signature(order.actor, f"recviewer@{urlsplit(settings.PUBLIC_URL).hostname}", order.at)
    message = (
        f"Carry out the plan for request {order.number}\n\n{settings.PUBLIC_URL}/plan/{order.base}..{order.head}\n"
    )
    commit = commit_of_patch(repository, order.head, b"".join(plans.patch(plan)), message, by)
    push_new(repository, settings.FETCH_FROM, commit, branch_of(order))
    return f"{branch_of(order)} is pushed, at {commit[:9]}."


def _started(
    configured: ConfiguredHost, host: CodeHost, client: HostClient, order: HostOrder, plan: Plan
) -> tuple[OrderState, str]:
    tests = plans.test_ids(plan).decode("utf-8", "replace")
    if len(tests) > LONGEST_INPUT:
        raise NotPushed(f"the tests are {len(tests):,} characters, and a run takes {LONGEST_INPUT:,}")
    assert configured.record is not None
    try:
        called = host.start_run(client, configured.record, RecordInputs(tests, order.number, order.head))
    except HostRefused as refused:
        configured.forget()
        return OrderState.REFUSED, f"{str(refused)[:1000].rstrip('.')}."
    except HostDown as failed:
        if isinstance(failed.__cause__, ConnectionRefusedError):
            raise
        return OrderState.UNSURE, f"{str(failed)[:900]}: look at the host whether it began."
    what = called or configured.record.workflow
    return OrderState.DONE, f"{what} was started on {configured.record.ref}."
