"""`/around`: the place of a recording in the list that it was opened from, with its neighbours there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from recviewer.catalog import freshness
from recviewer.catalog.models import Recording
from recviewer.pages.recordings.best import in_order
from recviewer.pages.recordings.facets import narrowed, page_of
from recviewer.pages.recordings.listing import BEST, DEFAULT_SORT, SORTS, ListState
from recviewer.pages.recordings.neighbours import looked_for, url_of
from recviewer.pages.recordings.telling_apart import SAID, gathered

MOST = 200_000
"""Recordings of a list among which one is looked for."""


@dataclass(frozen=True, slots=True)
class ListPlace:
    """Where a recording stands in a list.

    place: from 1. url: of the page of the list that holds it. previous, next: of its neighbours, "" at the ends.
    """

    place: int
    total: int
    url: str
    previous: str
    next: str


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Answer with the way to the neighbours; with nothing (204) where the list does not hold the recording."""
    state = ListState.of(QueryDict(request.GET.get("in", "").removeprefix("?")))
    found = around(request.GET.get("key", ""), state)
    if found is None:
        return HttpResponse(status=204)
    return render(request, "recordings/_around.html", {"around": found})


def around(key: str, state: ListState) -> ListPlace | None:
    """Return the place of a recording in a list, None where the list does not hold it."""
    here = Recording.objects.filter(path=key).values_list("pk", flat=True).first()
    if here is None:
        return None
    order = SORTS[state.sort].columns
    kept_for = freshness.once_settled(freshness.generation())
    ids = (
        list(in_order(state, kept_for)[:MOST])
        if state.sort == BEST
        else page_of(state, kept_for, order, slice(0, MOST))
    )
    if ids is None:
        ids = list(narrowed(state, None, kept_for).order_by(*order).values_list("pk", flat=True)[:MOST])
    if here not in ids:
        return None
    at = ids.index(here)
    if state.sort == DEFAULT_SORT:
        ids = _as_shown(ids, at, state.per_page)
        at = ids.index(here)
    beside = [ids[at - 1]] * (at > 0) + ids[at + 1 : at + 2]
    paths = dict(Recording.objects.filter(pk__in=beside).values_list("pk", "path"))
    return ListPlace(
        place=at + 1,
        total=len(ids),
        url=f"{reverse('recordings:listing')}{_page_with(state, at).address()}#row-{here}",
        previous=_url(paths, ids[at - 1], state) if at else "",
        next=_url(paths, ids[at + 1], state) if at + 1 < len(ids) else "",
    )


def _as_shown(ids: list[int], at: int, size: int) -> list[int]:
    """Return the ids with the page around a place, and those beside it, as the list shows them. size: of a page."""
    first = max(0, at // size - 1) * size
    end = (at // size + 2) * size
    by_id = Recording.objects.only("test_id", *SAID).in_bulk(ids[first:end])
    for start in range(first, min(end, len(ids)), size):
        page = [by_id[id] for id in ids[start : start + size] if id in by_id]
        if len(page) == len(ids[start : start + size]):
            ids[start : start + size] = [one.pk for one in gathered(page)]
    return ids


def _page_with(state: ListState, at: int) -> ListState:
    return replace(state, page=at // state.per_page + 1)


def _url(paths: dict[int, str], id: int, state: ListState) -> str:
    return url_of(paths[id]) + looked_for(state.words) if id in paths else ""


app_name = "around"
urlpatterns = [path("around/", show, name="show")]
