"""The plan of a range: the decisions on its changes, as a page and in the formats of a plan."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from recviewer.catalog.git_paths import key_at, root_prefix
from recviewer.catalog.models import Recording
from recviewer.git.repository import GitFailed
from recviewer.memory.ranges import is_range, report_of
from recviewer.pages.deciding import plan_files
from recviewer.pages.deciding.plan_page import Around, Downloads, page_of
from recviewer.pages.ranges.filter import RangeFilter
from recviewer.pages.ranges.index import not_there
from recviewer.pages.ranges.ordering import offer_of
from recviewer.pages.ranges.queue import ShownRange, queue_of
from recviewer.pages.site.forms import item_of, items_of
from recviewer.pages.site.json import Json
from recviewer.plan import model as plans
from recviewer.plan import range
from recviewer.plan.model import Plan
from recviewer.recorders.reading import key_of_part
from recviewer.review import deleting
from recviewer.review.subjects import chunked


@require_safe
def show(request: HttpRequest, spec: str) -> HttpResponse:
    """Show the plan of a range; with `?as=patch`, `git-rm`, `tests` or `json` return it in that format."""
    wants_json = spec.endswith(".json") and not is_range(spec)
    form = request.GET.get("as", "json" if wants_json else "")
    spec = spec.removesuffix(".json") if wants_json else spec
    try:
        place = ShownRange(spec, report_of(spec))
        plan = range.make(place.report.found)
        if not form:
            told = {"page": page_of(plan, _around(place, plan)), "orders": offer_of(plan)}
            return render(request, "plan/page.html", told)
        return _in_form(request, plan, form)
    except GitFailed as failed:
        return not_there(request, spec, failed)


def _in_form(request: HttpRequest, plan: Plan, form: str) -> HttpResponse:
    match form:
        case "patch":
            return plan_files.patch(plan, _patch_name(plan))
        case "git-rm":
            return plan_files.git_rm(plan, null="null" in request.GET)
        case "tests":
            return plan_files.tests(plan)
        case "json":
            return Json(plans.as_json(plan))
        case _:
            raise Http404(form)


def _around(place: ShownRange, plan: Plan) -> Around:
    url = reverse("plan:range", args=[place.spec])
    here = _in_the_tree(plan)
    queue = queue_of(place, RangeFilter(), RangeFilter().items(place.report))
    return Around(
        url=url,
        url_of=_change_url(place),
        downloads=Downloads(f"{url}?as=patch", f"{url}?as=git-rm", f"{url}?as=tests", _patch_name(plan)),
        mark_url=reverse("changes:decide"),
        mark_fields=(("range", place.spec),),
        items=items_of(here),
        obstacle=deleting.obstacle() if here else "What is marked lies in no directory here.",
        title=f"Plan of {place.spec}",
        list_url=place.url,
        go_on_url=queue.skip_url,
    )


def _change_url(place: ShownRange) -> Callable[[str], str]:
    at = [("at", place.head)] if place.head else []
    return lambda path: place.url + RangeFilter().query(("change", path), *at)


def _in_the_tree(plan: Plan) -> list[str]:
    """Return what moves the marked files to the trash; nothing unless all of them are in the tree as they were marked."""
    start = root_prefix()
    keys = {key_of_part(key_at(file.name, start), file.part): file.blob for file in plan.deletions}
    there = 0
    for some in chunked(keys):
        rows = Recording.objects.filter(path__in=some).values_list("path", "blob")
        there += sum(keys[key] == blob for key, blob in rows)
    return [item_of(key, blob) for key, blob in keys.items()] if there == len(keys) else []


def _patch_name(plan: Plan) -> str:
    return f"recordings-{plan.ground.head[:9] or 'on-disk'}.patch"


app_name = "plan"
urlpatterns = [path("plan/<path:spec>", show, name="range")]
