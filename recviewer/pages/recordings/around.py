"""`/around`: the position of a recording in the list from which it was opened, with its neighbours there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from recviewer.catalog.models import Recording
from recviewer.catalog.state import stable_state
from recviewer.pages.recordings.best_match import in_order
from recviewer.pages.recordings.facets import columns_left, narrowed, page_of
from recviewer.pages.recordings.list_state import BEST, BY_TEST, DEFAULT_SORT, EACH, SORTS, ListState
from recviewer.pages.recordings.neighbours import looked_for, url_of
from recviewer.pages.recordings.questions import Questions, questions_of
from recviewer.pages.recordings.row_folds import as_seen
from recviewer.pages.recordings.telling_apart import SAID, gathered, places_of

MOST = 200_000
"""Maximum length of a list that is searched for a recording."""


@dataclass(frozen=True, slots=True)
class ListPlace:
    """The position of a recording in a list.

    place: from 1. url: of the page of the list that contains it. previous, next: of its neighbours, "" at the ends.
    """

    place: int
    total: int
    url: str
    previous: str
    next: str


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Answer with links to the neighbours, or with 204 if the list does not contain the recording."""
    state = ListState.of(QueryDict(request.GET.get("in", "").removeprefix("?")))
    found = around(request.GET.get("key", ""), state)
    if found is None:
        return HttpResponse(status=204)
    return render(request, "recordings/_around.html", {"around": found})


def around(key: str, state: ListState) -> ListPlace | None:
    """Return the position of a recording in a list, None if the list does not contain it."""
    here = Recording.objects.filter(path=key).values_list("pk", flat=True).first()
    if here is None:
        return None
    stable = stable_state()
    asked = None
    if state.sort in BY_TEST and not state.words:
        asked = questions_of(state, stable, columns_left(state, stable))
    ids = asked.ids(0, MOST) if asked else _ids(state, stable)
    if here not in ids:
        return None
    at = ids.index(here)
    page = replace(state, page=at // state.per_page + 1)
    if asked and state.sort == DEFAULT_SORT:
        page = _with_questions_seen(asked, ids, at, page)
    elif state.sort in BY_TEST and not asked:
        ids = _as_shown(ids, at, state.per_page)
    at = ids.index(here)
    beside = [ids[at - 1]] * (at > 0) + ids[at + 1 : at + 2]
    paths = dict(Recording.objects.filter(pk__in=beside).values_list("pk", "path"))
    return ListPlace(
        place=at + 1,
        total=len(ids),
        url=f"{reverse('recordings:listing')}{page.address()}#row-{here}",
        previous=_url(paths, ids[at - 1], state) if at else "",
        next=_url(paths, ids[at + 1], state) if at + 1 < len(ids) else "",
    )


def _ids(state: ListState, stable: str) -> list[int]:
    """Return the ids of a list, in its order."""
    if state.sort == BEST:
        return list(in_order(state, stable)[:MOST])
    order = SORTS[state.sort].columns
    ids = page_of(state, stable, order, slice(0, MOST))
    if ids is None:
        ids = list(narrowed(state, None, stable).order_by(*order).values_list("pk", flat=True)[:MOST])
    return ids


def _with_questions_seen(asked: Questions, ids: list[int], at: int, page: ListState) -> ListState:
    """Reorder the answers to the question at an index, and to the one before, as a page shows them.

    Returns the page that contains the index. page: that of the list with a row for each recording.
    """
    here, (number, begins) = ids[at], asked.question_at(at)
    is_on_page = True
    for one, first in ((number - 1, begins - asked.counts[number - 1]), (number, begins)) if number else ((0, 0),):
        question = asked.question(one)
        by_id = Recording.objects.only("test_id", "model", "turns", "suite", *SAID).in_bulk(question.ids)
        rows = [by_id[id] for id in question.ids if id in by_id]
        if len(rows) == len(question.ids):
            seen = as_seen(rows, places_of(rows, is_by_test=True), question)
            some = ids[first : first + question.count]
            ids[first : first + question.count] = [*seen, *(id for id in some if id not in seen)]
            is_on_page = here in seen
    return replace(page, page=asked.page_of(number, page.per_page)) if is_on_page else replace(page, sort=EACH)


def _as_shown(ids: list[int], at: int, size: int) -> list[int]:
    """Reorder the page around an index, and its neighbours, as the list shows them. size: of a page."""
    first = max(0, at // size - 1) * size
    end = (at // size + 2) * size
    by_id = Recording.objects.only("test_id", *SAID).in_bulk(ids[first:end])
    for start in range(first, min(end, len(ids)), size):
        page = [by_id[id] for id in ids[start : start + size] if id in by_id]
        if len(page) == len(ids[start : start + size]):
            ids[start : start + size] = [one.pk for one in gathered(page)]
    return ids


def _url(paths: dict[int, str], id: int, state: ListState) -> str:
    return url_of(paths[id]) + looked_for(state.words) if id in paths else ""


app_name = "around"
urlpatterns = [path("around/", show, name="show")]
