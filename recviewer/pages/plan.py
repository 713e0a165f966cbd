"""The plan: what the decisions ask for, as a page, a patch, a list for git, and tests to record again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from recviewer.pages.bar import url_of
from recviewer.pages.forms import item_of
from recviewer.pages.testids import TestId, parse
from recviewer.review import deleting
from recviewer.review import plan as plans
from recviewer.review.plan import Again, Deletion, LeftOut, Loss, Plan

SHOWN = 200
"""Files that the page names, and tests to record again; the downloads have all."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to delete with the address of its recording."""

    deletion: Deletion
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """The files of one test. test: None for files that no test is known of. loss: what the test would lose."""

    test: TestId | None
    files: tuple[File, ...]
    size: int
    loss: Loss | None


@dataclass(frozen=True, slots=True)
class Link:
    """A recording that is left out, with its address. item: to mark it by."""

    left: LeftOut
    url: str
    item: str


@dataclass(frozen=True, slots=True)
class Rerun:
    """A test to record again. links: its rejected recordings by address."""

    again: Again
    test: TestId
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PlanPage:
    """The page. items: the value of the `item` field that moves all marked files to the trash. more: files not shown.

    losses: how many tests would lose what they replay. obstacle: why files cannot be moved, "" if they can. test_ids:
    all ids to record again, a line each. more_reruns, more_alike: how many are not shown.
    """

    plan: Plan
    groups: tuple[Group, ...]
    more: int
    losses: int
    items: str
    obstacle: str
    changed: tuple[Link, ...]
    alike: tuple[Link, ...]
    more_alike: int
    alike_items: str
    reruns: tuple[Rerun, ...]
    more_reruns: int
    orphans: tuple[tuple[str, str], ...]
    test_ids: str
    top: str


def _page(plan: Plan) -> PlanPage:
    return PlanPage(
        plan=plan,
        groups=_groups(plan),
        more=max(0, len(plan.deletions) - SHOWN),
        losses=len(plan.losses),
        items="\n".join(item_of(deletion.path, deletion.blob) for deletion in plan.deletions),
        obstacle=deleting.obstacle(),
        changed=tuple(_link(left) for left in plan.changed),
        alike=tuple(_link(left) for left in plan.alike[:SHOWN]),
        more_alike=max(0, len(plan.alike) - SHOWN),
        alike_items="\n".join(item_of(left.path, left.blob) for left in plan.alike),
        reruns=tuple(
            Rerun(again, parse(again.test_id), tuple((path, url_of(path)) for path in again.paths))
            for again in plan.again[:SHOWN]
        ),
        more_reruns=max(0, len(plan.again) - SHOWN),
        orphans=tuple((path, url_of(path)) for path in plan.orphans[:SHOWN]),
        test_ids="\n".join(again.test_id for again in plan.again),
        top=plan.work_tree.name if plan.work_tree else "",
    )


def _groups(plan: Plan) -> tuple[Group, ...]:
    losses = {loss.test_id: loss for loss in plan.losses}
    made = []
    for test, some in groupby(plan.deletions[:SHOWN], lambda deletion: deletion.test_id):
        files = tuple(File(one, one.path.rpartition("/")[2], url_of(one.path)) for one in some)
        size = sum(file.deletion.size for file in files)
        made.append(Group(parse(test) if test else None, files, size, losses.get(test)))
    return tuple(sorted(made, key=lambda group: group.loss is None))


def _link(left: LeftOut) -> Link:
    return Link(left, url_of(left.path), item_of(left.path, left.blob))


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the plan."""
    return render(request, "plan/page.html", {"page": _page(plans.make())})


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """Give the plan to scripts."""
    return JsonResponse(plans.as_json(plans.make()), json_dumps_params={"ensure_ascii": False})


@require_safe
def patch(request: HttpRequest) -> HttpResponse:
    """Give the deletions as a patch for `git apply`."""
    return _file(b"".join(plans.patch(plans.make())), "text/x-diff", "delete-recordings.patch")


@require_safe
def git_rm(request: HttpRequest) -> HttpResponse:
    """Give the deletions as a list for `git rm --pathspec-from-file`; `?null` for `--pathspec-file-nul`."""
    data = plans.git_rm(plans.make(), null="null" in request.GET)
    return _file(data, "text/plain; charset=utf-8", "delete-recordings.txt")


@require_safe
def tests(request: HttpRequest) -> HttpResponse:
    """Give the tests to record again, one id a line: for `pytest @file`."""
    data = "".join(f"{again.test_id}\n" for again in plans.make().again).encode("utf-8", "backslashreplace")
    return _file(data, "text/plain; charset=utf-8", "record-again.txt")


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(data, content_type=kind, headers=headers)


urlpatterns = [
    path("plan/", show, name="show"),
    path("plan/.json", as_json, name="json"),
    path("plan/delete.patch", patch, name="patch"),
    path("plan/git-rm.txt", git_rm, name="git_rm"),
    path("plan/record-again.txt", tests, name="tests"),
]
