"""Decisions on many recordings at once: `/bulk/` with a list's query string, or with `chosen` for a selection.

Recordings with the same meaning form one group with a representative. The decision applies exactly to what the page
showed: each group carries its recordings as they were seen, and a group whose box is not ticked is skipped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from recviewer.catalog.models import Recording
from recviewer.catalog.usage_words import NEVER
from recviewer.pages.recordings.facets import narrowed
from recviewer.pages.recordings.list_state import ListState
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.recordings.suite_runs import NeverRead, never_read
from recviewer.pages.site import chosen
from recviewer.pages.site.forms import item_of, items_of, next_of, seen_in
from recviewer.pages.text.words_for import StateWord, state_of
from recviewer.review.filters import standings_for, totals
from recviewer.review.refusals import Invalid
from recviewer.review.subjects import BLOB_PREFIX, chunked, subject_of, unread

SHOWN = 100
"""Groups with their own checkbox; the rest share one."""

COLUMNS = (
    "path", "fingerprint", "blob", "asked", "answered", "answer_kind", "outcome", "error_status", "replay", "size",
    "test_id", "model", "kind", "problems",
)  # fmt: skip


class ToDecide(NamedTuple):
    """The needed columns of each of very many recordings. subject: see `subject_of`."""

    path: str
    blob: str
    subject: str
    size: int
    test_id: str | None


@dataclass(frozen=True, slots=True)
class AlikeRecordings:
    """Recordings with the same meaning. items: for the `item` field. first: the representative.

    elsewhere: how many more say the same, outside of the list; the verdict applies to them too.
    """

    first: Recording
    url: str
    items: str
    count: int
    tests: int
    size: int
    state: StateWord | None
    elsewhere: int


@dataclass(frozen=True, slots=True)
class BulkPage:
    """rest: groups without a box of their own; their recordings in rest_items.

    unread: (path, address, why) of recordings that cannot be decided on, for their bytes cannot be had, or are others than
    those that were chosen; more_unread: how many of them are not named. is_choice: somebody chose them one by one.
    elsewhere: of all groups, rest_elsewhere: of the rest. never: on what it rests that no run reads them, where asked for.
    compare_url: where two that were chosen are compared, "" for another number of them.
    """

    count: int
    tests: int
    size: int
    groups: tuple[AlikeRecordings, ...]
    group_count: int
    decided: int
    rest_groups: int
    rest_count: int
    rest_items: str
    list_url: str
    unread: tuple[tuple[str, str, str], ...] = ()
    more_unread: int = 0
    elsewhere: int = 0
    rest_elsewhere: int = 0
    hints: tuple[str, ...] = ()
    is_choice: bool = False
    never: NeverRead | None = None
    compare_url: str = ""


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show what a decision on the whole list, or on the selection, would touch."""
    if "chosen" in request.GET:
        return _show_chosen(request)
    state = ListState.of(request.GET)
    found, unread_ones = [], []
    names = ("path", "fingerprint", "blob", "size", "test_id")
    for path_, fingerprint, blob, size, test_id in narrowed(state).order_by("path").values_list(*names):
        if blob:
            found.append(ToDecide(path_, blob, fingerprint or f"{BLOB_PREFIX}{blob}", size, test_id))
        else:
            unread_ones.append(path_)
    left = [_left_out(recording) for recording in _rows(unread_ones)]
    page = _page(found, left, reverse("recordings:listing") + state.address())
    never = never_read() if any((term.key, term.value) == ("used", NEVER) for term in state.terms) else None
    return render(request, "bulk/page.html", {"page": replace(page, hints=state.hints, never=never)})


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Store the selection, and redirect to a page that shows it."""
    items = [item for sent in request.POST.getlist("item") for item in chosen.choice_in(sent).split()]
    if not items:
        raise Invalid("Nothing is selected: select what is to be shown.")
    name = chosen.address_of(" ".join(dict.fromkeys(items)))
    query = urlencode({"chosen": name, "next": next_of(request, request.POST)})
    return HttpResponseRedirect(f"{reverse('bulk:show')}?{query}", status=303)


def _show_chosen(request: HttpRequest) -> HttpResponse:
    """Show the selection as it was seen; recordings that have changed are listed separately and not decided on."""
    seen = seen_in(QueryDict(urlencode({"item": request.GET["chosen"]})))
    found, left = [], []
    for some in chunked(sorted(seen, key=lambda one: one.path)):
        rows = {row.path: row for row in _rows(one.path for one in some)}
        for one in some:
            row = rows.get(one.path)
            if row is not None and row.blob and row.blob == one.blob:
                found.append(ToDecide(row.path, row.blob, subject_of(row), row.size, row.test_id))
            elif row is not None:
                why = "it has changed since it was selected" if row.blob else unread(row)
                left.append((row.path, url_of(row.path), why))
            else:
                left.append((one.path, "", "it is not there any more"))
    page = _page(found, left, next_of(request, request.GET))
    page = replace(page, is_choice=True, compare_url=_compare_url(found) if not left else "")
    return render(request, "bulk/page.html", {"page": page})


def _compare_url(found: list[ToDecide]) -> str:
    if len(found) != 2:
        return ""
    old, new = found
    return f"{reverse('difference:two')}?{urlencode({'old': old.path, 'new': new.path})}"


def _page(found: list[ToDecide], left: list[tuple[str, str, str]], list_url: str) -> BulkPage:
    gathered: dict[str, list[ToDecide]] = {}
    for one in found:
        gathered.setdefault(one.subject, []).append(one)
    ordered = sorted(gathered.values(), key=lambda some: (-len(some), some[0].path))
    firsts = {row.path: row for row in _rows(some[0].path for some in ordered[:SHOWN])}
    for some in ordered[:SHOWN]:
        row = firsts.get(some[0].path)
        if row is None or row.blob != some[0].blob:  # changed a moment ago: it cannot represent the others
            del gathered[some[0].subject]
    boxes = [some for some in ordered[:SHOWN] if some[0].subject in gathered]
    others = ordered[SHOWN:]
    decided = sum(len(standings_for(some)) for some in chunked(gathered))
    standings = standings_for(some[0].subject for some in boxes)
    counts = totals(gathered)
    elsewhere = [max(0, counts.get(some[0].subject, 0) - len(some)) for some in (*boxes, *others)]
    groups = tuple(
        [
            _group(firsts[some[0].path], some, standings.get(some[0].subject), more)
            for some, more in zip(boxes, elsewhere, strict=False)
        ]
    )
    rest = [one for some in others for one in some]
    every = [one for some in gathered.values() for one in some]
    return BulkPage(
        count=len(every),
        tests=len({one.test_id for one in every} - {None, ""}),
        size=sum(one.size for one in every),
        groups=groups,
        group_count=len(gathered),
        decided=decided,
        rest_groups=len(others),
        rest_count=len(rest),
        rest_items=_items(rest),
        list_url=list_url,
        unread=tuple(left[:SHOWN]),
        more_unread=max(0, len(left) - SHOWN),
        elsewhere=sum(elsewhere),
        rest_elsewhere=sum(elsewhere[len(boxes) :]),
    )


def _rows(paths: Iterable[str]) -> list[Recording]:
    """Return the recordings at some paths, in order of path."""
    found: list[Recording] = []
    for some in chunked(paths):
        found += Recording.objects.filter(path__in=some).only(*COLUMNS)
    return sorted(found, key=attrgetter("path"))


def _left_out(recording: Recording) -> tuple[str, str, str]:
    return recording.path, url_of(recording.path), unread(recording)


def _group(first: Recording, some: list[ToDecide], standing: object, elsewhere: int) -> AlikeRecordings:
    return AlikeRecordings(
        first=first,
        url=url_of(first.path),
        items=_items(some),
        count=len(some),
        tests=len({recording.test_id for recording in some} - {None, ""}),
        size=sum(recording.size for recording in some),
        state=state_of(first, standing),
        elsewhere=elsewhere,
    )


def _items(some: list[ToDecide]) -> str:
    return items_of(item_of(recording.path, recording.blob) for recording in some)


app_name = "bulk"
urlpatterns = [path("bulk/", show, name="show"), path("bulk/choose", choose, name="choose")]
