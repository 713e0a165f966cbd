"""The trash: what was moved there, by whom and when; restoring it, or deleting it for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from recviewer.catalog.models import Recording
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.site import roles
from recviewer.pages.site.htmx import answer, wants_fragment
from recviewer.pages.site.json import Json
from recviewer.pages.site.numbers import is_whole
from recviewer.review import deleting, trash_notes
from recviewer.review.actors import actor_of
from recviewer.review.models import TrashRecord
from recviewer.review.refusals import NotAllowed
from recviewer.serving.discreet import discreet

PER_PAGE = 100
SHOWN = 20


@dataclass(frozen=True, slots=True)
class TrashRow:
    """One recording in the trash. url: of what lies at its path now, "" for nothing: then it can be restored."""

    entry: str
    path: str
    folder: str
    name: str
    blob: str
    asked: str
    test_id: str
    size: int
    actor: str
    at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class TrashPage:
    """The trash, newest first."""

    held: tuple[TrashRow, ...]
    count: int
    size: int
    """count, size: of all of it."""
    next_url: str
    """The URL of older ones, "" at the end."""
    obstacle: str
    """Why nothing can be restored, "" if it can."""
    first: int = 1
    """Number of the first one shown, from 1."""
    may_discard: bool = True
    """The user may delete for good."""
    refused: tuple[str, ...] = ()
    """Sentences about what was not restored."""
    told: str = ""
    event: int | None = None
    """told, event: what was done just now and its undo, for the response to htmx."""

    @property
    def last(self) -> int:
        """Number of the last one shown."""
        return self.first + len(self.held) - 1


@dataclass(frozen=True, slots=True)
class DiscardPage:
    """The question before recordings are deleted for good. ids: the value of the `entries` field."""

    count: int
    size: int
    ids: str
    shown: tuple[TrashRecord, ...]
    more: int
    is_all: bool


def may_discard(request: HttpRequest) -> bool:
    """Tell whether the user may delete for good: on a laptop its one user, on a hosted instance superusers."""
    return roles.may(request, roles.Role.SUPERUSER)


def _all_held() -> QuerySet[TrashRecord]:
    return TrashRecord.objects.filter(restored_at=None, discarded_at=None)


def _page(
    request: HttpRequest, *, refused: tuple[str, ...] = (), told: str = "", event: int | None = None
) -> TrashPage:
    before = request.GET.get("before", "")
    records = _all_held().order_by("-pk")
    newer = 0
    if is_whole(before):
        newer = records.filter(pk__gte=int(before)).count()
        records = records.filter(pk__lt=int(before))
    shown = list(records[: PER_PAGE + 1])
    sums = _all_held().aggregate(count=Count("pk"), size=Sum("size"))
    next_url = f"{reverse('trash:listing')}?before={shown[PER_PAGE - 1].pk}" if len(shown) > PER_PAGE else ""
    shown = shown[:PER_PAGE]
    taken = set(Recording.objects.filter(path__in=[record.path for record in shown]).values_list("path", flat=True))
    return TrashPage(
        held=tuple(_held(record, taken) for record in shown),
        count=sums["count"],
        size=sums["size"] or 0,
        next_url=next_url,
        obstacle=deleting.obstacle() or discreet(trash_notes.absence()),
        first=newer + 1,
        may_discard=may_discard(request),
        refused=tuple(map(discreet, refused)),
        told=told,
        event=event,
    )


def _held(record: TrashRecord, taken: set[str]) -> TrashRow:
    folder, slash, name = record.path.rpartition("/")
    return TrashRow(
        entry=record.entry,
        path=record.path,
        folder=folder + slash,
        name=name,
        blob=record.blob,
        asked=record.asked,
        test_id=record.test_id,
        size=record.size,
        actor=record.actor,
        at=record.at,
        url=url_of(record.path) if record.path in taken else "",
    )


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Show the trash."""
    return answer(request, "trash/page.html", "trash/_list.html", _page(request))


@require_GET
def as_json(request: HttpRequest) -> HttpResponse:
    """Return the trash to scripts."""
    page = _page(request)
    return Json(
        {
            "count": page.count,
            "size": page.size,
            "entries": [
                {
                    "id": held.entry,
                    "path": held.path,
                    "blob": held.blob,
                    "size": held.size,
                    "test_id": held.test_id or None,
                    "actor": held.actor,
                    "at": held.at.isoformat(),
                }
                for held in page.held
            ],
            "next": f"{reverse('trash:json')}?{page.next_url.partition('?')[2]}" if page.next_url else None,
        }
    )


def _chosen(request: HttpRequest) -> list[str]:
    """Return the entries that a form names: one by its own button, else the selected ones, else the lines of a field."""
    only = request.POST.get("only", "")
    if only:
        return [only]
    return [*request.POST.getlist("entry"), *request.POST.get("entries", "").split()]


@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """Restore the selected recordings to their paths."""
    chosen = _chosen(request)
    if not chosen:
        return _nothing_selected(request)
    restored = deleting.restore(chosen, actor=actor_of(request))
    told, event = (restored.done.sentence, restored.done.event) if restored.done else ("", None)
    if wants_fragment(request) or restored.done is None:
        status = 409 if restored.done is None else 200
        page = _page(request, refused=restored.refused, told=told, event=event)
        return answer(request, "trash/page.html", "trash/_list.html", page, status=status)
    messages.success(request, told, extra_tags=f"undo-{event}")
    for sentence in restored.refused[:5]:
        messages.warning(request, discreet(sentence))
    return HttpResponseRedirect(reverse("trash:listing"), status=303)


def _nothing_selected(request: HttpRequest) -> HttpResponse:
    """Answer with the trash itself, so that something can be selected."""
    page = _page(request, refused=("Nothing was selected that is in the trash.",))
    return answer(request, "trash/page.html", "trash/_list.html", page, status=422)


@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Ask before recordings are deleted for good, and delete them (with `confirmed`)."""
    if not may_discard(request):
        raise NotAllowed("Only a superuser may delete recordings for good. Until then they stay in the trash.")
    is_all = bool(request.POST.get("all"))
    records = _all_held() if is_all else _all_held().filter(entry__in=_chosen(request)[:5000])
    chosen = list(records.order_by("-pk"))
    if not chosen:
        return _nothing_selected(request)
    if not request.POST.get("confirmed"):
        page = DiscardPage(
            count=len(chosen),
            size=sum(record.size for record in chosen),
            ids="\n".join(record.entry for record in chosen),
            shown=tuple(chosen[:SHOWN]),
            more=max(0, len(chosen) - SHOWN),
            is_all=is_all,
        )
        return render(request, "trash/confirm.html", {"page": page})
    done = deleting.discard([record.entry for record in chosen], actor=actor_of(request))
    if wants_fragment(request):
        return answer(request, "trash/page.html", "trash/_list.html", _page(request, told=done.sentence))
    messages.success(request, done.sentence)
    return HttpResponseRedirect(reverse("trash:listing"), status=303)


app_name = "trash"
urlpatterns = [
    path("trash/", listing, name="listing"),
    path("trash/.json", as_json, name="json"),
    path("trash/restore", restore, name="restore"),
    path("trash/discard", discard, name="discard"),
]
