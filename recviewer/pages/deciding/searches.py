"""All saved searches: the query and results of each; save, rename, delete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from recviewer.pages.recordings.list_state import SORTS, ListState
from recviewer.pages.recordings.saved import SavedLine, lines_of, sort_of
from recviewer.pages.site.forms import next_of
from recviewer.pages.site.json import Json
from recviewer.review import narrowing, searches
from recviewer.review.actors import actor_of
from recviewer.review.audit import Done
from recviewer.review.refusals import Invalid


@dataclass(frozen=True, slots=True)
class SearchesPage:
    """All saved searches by name. error: why the last act was refused, "" for none; wrong: the search that it is about.

    typed: the name that was typed then. query, sort, next: of a search that could not be saved, to try another name.
    """

    lines: tuple[SavedLine, ...]
    error: str = ""
    wrong: str = ""
    typed: str = ""
    query: str = ""
    sort: str = ""
    next: str = ""


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show all saved searches."""
    return render(request, "searches/page.html", {"page": SearchesPage(lines_of(searches.listing()))})


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """Return all saved searches to scripts."""
    told = [
        {
            "name": line.name,
            "query": line.query,
            "sort": line.sort or None,
            "by": line.author,
            "recordings": line.count,
            "list": f"{reverse('recordings:json')}{line.url}",
        }
        for line in lines_of(searches.listing())
    ]
    return Json({"searches": told})


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save the filters of a list under a name."""
    sent, name = request.POST, request.POST.get("name", "")
    asked = ListState().with_asked(narrowing.read(sent.get("query", "")))
    sort = sent.get("sort", "")
    sort = sort_of(ListState(sort=sort)) if sort in SORTS else ""
    try:
        done = searches.save(name, asked.line, actor=actor_of(request), sort=sort, over=sent.get("over", ""))
    except Invalid as refusal:
        query, next_ = sent.get("query", ""), next_of(request, sent)
        page = SearchesPage(lines_of(searches.listing()), str(refusal), "", name, query, sort, next_)
        return render(request, "searches/page.html", {"page": page}, status=refusal.status)
    return _told(request, done)


@require_POST
def rename(request: HttpRequest) -> HttpResponse:
    """Rename a search."""
    return _done(request, lambda name, actor: searches.rename(name, request.POST.get("to", ""), actor=actor))


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Delete a search."""
    return _done(request, lambda name, actor: searches.remove(name, actor=actor))


def _done(request: HttpRequest, act: Callable[[str, str], Done]) -> HttpResponse:
    name = request.POST.get("name", "")
    try:
        done = act(name, actor_of(request))
    except Invalid as refusal:
        lines = lines_of(searches.listing())
        wrong = name if any(line.name == name for line in lines) else ""
        page = SearchesPage(lines, str(refusal), wrong, request.POST.get("to", ""))
        return render(request, "searches/page.html", {"page": page}, status=refusal.status)
    return _told(request, done)


def _told(request: HttpRequest, done: Done) -> HttpResponse:
    messages.success(request, done.sentence, extra_tags=f"undo-{done.event}" if done.event else "")
    target = next_of(request, request.POST) if "next" in request.POST else reverse("searches:listing")
    return HttpResponseRedirect(target, status=303)


app_name = "searches"
urlpatterns = [
    path("searches/", listing, name="listing"),
    path("searches/.json", as_json, name="json"),
    path("searches/save", save, name="save"),
    path("searches/rename", rename, name="rename"),
    path("searches/remove", remove, name="remove"),
]
