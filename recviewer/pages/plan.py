"""The plan: what the decisions ask for, as a page, a patch, a list for git, and tests to record again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from recviewer.pages import planfiles
from recviewer.pages.bar import url_of
from recviewer.pages.forms import item_of
from recviewer.pages.planpage import Around, Downloads, page_of
from recviewer.review import deleting, treeplan
from recviewer.review import plan as plans


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the plan."""
    plan = treeplan.make()
    around = Around(
        url=reverse("plan:show"),
        url_of=url_of,
        downloads=Downloads(reverse("plan:patch"), reverse("plan:git_rm"), reverse("plan:tests")),
        mark_url=reverse("review:decide"),
        mark_fields=(),
        items="\n".join(item_of(file.path, file.blob) for file in plan.deletions),
        obstacle=deleting.obstacle(),
        title="Plan",
        list_url=reverse("recordings:listing"),
    )
    return render(request, "plan/page.html", {"page": page_of(plan, around)})


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """Give the plan to scripts."""
    return JsonResponse(plans.as_json(treeplan.make()))


@require_safe
def patch(request: HttpRequest) -> HttpResponse:
    """Give the deletions as a patch for `git apply`."""
    return planfiles.patch(treeplan.make())


@require_safe
def git_rm(request: HttpRequest) -> HttpResponse:
    """Give the deletions as a list for `git rm --pathspec-from-file`; `?null` for `--pathspec-file-nul`."""
    return planfiles.git_rm(treeplan.make(), null="null" in request.GET)


@require_safe
def tests(request: HttpRequest) -> HttpResponse:
    """Give the tests to record again, one id a line: for `pytest @file`."""
    return planfiles.tests(treeplan.make())


urlpatterns = [
    path("plan/", show, name="show"),
    path("plan/.json", as_json, name="json"),
    path("plan/delete.patch", patch, name="patch"),
    path("plan/git-rm.txt", git_rm, name="git_rm"),
    path("plan/record-again.txt", tests, name="tests"),
]
