"""All tags: how often each is used; rename, merge, colour, delete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from recviewer.pages.site.htmx import answer, wants_fragment
from recviewer.pages.site.json import Json
from recviewer.review import labels
from recviewer.review.actors import actor_of
from recviewer.review.audit import Done
from recviewer.review.models import Colour
from recviewer.review.refusals import Invalid


@dataclass(frozen=True, slots=True)
class TagRow:
    """One tag. url: of the list with it. key: the digit that toggles it, "" for none. others: to merge it into.

    error, typed: a refusal's sentence and the name that was typed, "" for none.
    """

    use: labels.Use
    url: str
    key: str
    others: tuple[str, ...]
    error: str = ""
    typed: str = ""


@dataclass(frozen=True, slots=True)
class TagsPage:
    """All tags, the most used first. told, event: what was done just now and the act to undo it by, for htmx.

    error: a refusal that belongs to no row, "" for none.
    """

    rows: tuple[TagRow, ...]
    colours: tuple[str, ...]
    told: str = ""
    event: int | None = None
    error: str = ""


def _page(*, done: Done | None = None, wrong: str = "", error: str = "", typed: str = "") -> TagsPage:
    uses = labels.listing()
    keys = {tag.name: str(number) for number, tag in enumerate(labels.quick(), 1)}
    names = sorted((use.name for use in uses), key=str.casefold)
    rows = tuple(
        TagRow(
            use=use,
            url=f"{reverse('recordings:listing')}?{urlencode({'tag': use.name})}",
            key=keys.get(use.name, ""),
            others=tuple(name for name in names if name != use.name),
            error=error if use.name == wrong else "",
            typed=typed if use.name == wrong else "",
        )
        for use in uses
    )
    is_placed = any(row.error for row in rows)
    return TagsPage(
        rows=rows,
        colours=tuple(Colour.values),
        told=done.sentence if done else "",
        event=done.event if done else None,
        error="" if is_placed else error,
    )


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show all tags."""
    return answer(request, "tags/page.html", "tags/_list.html", _page())


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """Return all tags to scripts."""
    told = [
        {"name": use.name, "colour": use.colour, "recordings": use.count, "gone": use.gone} for use in labels.listing()
    ]
    return Json({"tags": told})


@require_POST
def rename(request: HttpRequest) -> HttpResponse:
    """Rename a tag."""
    return _done(request, lambda name, actor: labels.rename(name, request.POST.get("to", ""), actor=actor))


@require_POST
def merge(request: HttpRequest) -> HttpResponse:
    """Replace a tag by another one."""
    return _done(request, lambda name, actor: labels.merge(name, request.POST.get("into", ""), actor=actor))


@require_POST
def colour(request: HttpRequest) -> HttpResponse:
    """Change the colour of a tag."""
    return _done(request, lambda name, actor: labels.recolour(name, request.POST.get("colour", ""), actor=actor))


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Remove a tag from everything."""
    return _done(request, lambda name, actor: labels.remove(name, actor=actor))


def _done(request: HttpRequest, act: Callable[[str, str], Done]) -> HttpResponse:
    name = request.POST.get("name", "")
    try:
        done = act(name, actor_of(request))
    except Invalid as refusal:
        page = _page(wrong=name, error=str(refusal), typed=request.POST.get("to", ""))
        return answer(request, "tags/page.html", "tags/_list.html", page, status=refusal.status)
    if wants_fragment(request):
        return answer(request, "tags/page.html", "tags/_list.html", _page(done=done))
    messages.success(request, done.sentence, extra_tags=f"undo-{done.event}" if done.event else "")
    return HttpResponseRedirect(reverse("tags:listing"), status=303)


app_name = "tags"
urlpatterns = [
    path("tags/", listing, name="listing"),
    path("tags/.json", as_json, name="json"),
    path("tags/rename", rename, name="rename"),
    path("tags/merge", merge, name="merge"),
    path("tags/colour", colour, name="colour"),
    path("tags/remove", remove, name="remove"),
]
