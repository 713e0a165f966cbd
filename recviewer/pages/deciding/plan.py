"""The plan: what the decisions ask for, as a page, a patch, a list for git, and tests to re-record."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from recviewer.pages.deciding import plan_files
from recviewer.pages.deciding.plan_page import Around, Downloads, page_of
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.site.forms import item_of, items_of
from recviewer.pages.site.json import Json
from recviewer.plan import model as plans
from recviewer.plan import tree
from recviewer.review import deleting


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the plan."""
    plan = tree.make()
    around = Around(
        url=reverse("plan:show"),
        url_of=url_of,
        downloads=Downloads(reverse("plan:patch"), reverse("plan:git_rm"), reverse("plan:tests")),
        mark_url=reverse("review:decide"),
        mark_fields=(),
        items=items_of(item_of(file.path, file.blob) for file in plan.deletions),
        obstacle=deleting.obstacle(),
        title="Plan",
        list_url=reverse("recordings:listing"),
    )
    return render(request, "plan/page.html", {"page": page_of(plan, around)})


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """Return the plan to scripts."""
    return Json(plans.as_json(tree.make()))


@require_safe
def patch(request: HttpRequest) -> HttpResponse:
    """Return the deletions as a patch for `git apply`."""
    return plan_files.patch(tree.make())


@require_safe
def git_rm(request: HttpRequest) -> HttpResponse:
    """Return the deletions as a list for `git rm --pathspec-from-file`; `?null` for `--pathspec-file-nul`."""
    return plan_files.git_rm(tree.make(), null="null" in request.GET)


@require_safe
def tests(request: HttpRequest) -> HttpResponse:
    """Return the tests to re-record, one id on each line, for `pytest @file`."""
    return plan_files.tests(tree.make())


app_name = "plan"
urlpatterns = [
    path("plan/", show, name="show"),
    path("plan/.json", as_json, name="json"),
    path("plan/delete.patch", patch, name="patch"),
    path("plan/git-rm.txt", git_rm, name="git_rm"),
    path("plan/record-again.txt", tests, name="tests"),
]
