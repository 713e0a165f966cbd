"""All requests for lists of models: `/models/`, and the files that replay merges for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from recviewer.catalog.model_lists import ListRequest, requests
from recviewer.catalog.naming import test_name
from recviewer.catalog.state import stable_state
from recviewer.exchange.amounts import counted
from recviewer.language.tree import Term
from recviewer.pages.model_lists.unions import ListUnion, union_of
from recviewer.pages.recordings.list_state import ListState
from recviewer.pages.site.json import Json
from recviewer.pages.site.numbers import whole
from recviewer.pages.text.test_addresses import url_of_test
from recviewer.pages.text.test_labels import TestLabel, labels_of

PER_PAGE = 50
"""Requests on one page: their files are read."""

MARKS: dict[str, tuple[str, Callable[[ListRequest], bool]]] = {
    "": ("all", lambda one: True),
    "one": ("of one file", lambda one: len(one.read) == 1),
    "several": ("of several files", lambda one: len(one.read) > 1),
    "hosts": ("several hosts in one", lambda one: len(one.hosts) > 1),
    "left": ("with files replay does not read", lambda one: bool(one.left)),
    "lost": ("replay finds none", lambda one: not one.read),
}
"""Filters of requests: label and condition."""


@dataclass(frozen=True, slots=True)
class MarkLink:
    """A way to narrow the page."""

    title: str
    count: int
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request of the table. short: of its hash.

    asked_by: who makes it, in words; label: of the test if it is only one. models: of the union, "" for none. hosts:
    those of the files that are read, else of all. marks: (glyph, tone, words).
    """

    short: str
    url: str
    asked_by: str
    label: TestLabel | None
    test_id: str
    test_url: str
    files: int
    models: str
    hosts: str
    marks: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ModelListsPage:
    """The page. answered: requests for which replay reads a file; files: those that it reads.

    untold: lists whose request's hash cannot be computed.
    """

    total: int
    shown: int
    answered: int
    files: int
    joined: int
    lost: int
    marks: tuple[MarkLink, ...]
    rows: tuple[RequestRow, ...]
    first: int
    last: int
    previous: str
    next: str
    json_url: str
    untold: int
    untold_url: str


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show the requests, those with most files first."""
    found = requests(stable_state())
    only = request.GET.get("only", "")
    only = only if only in MARKS else ""
    left = [one for one in found.every if MARKS[only][1](one)]
    page = min(max(1, whole(request.GET.get("page", ""), 1)), max(1, -(-len(left) // PER_PAGE)))
    start = (page - 1) * PER_PAGE
    unions = [union_of(one) for one in left[start : start + PER_PAGE]]
    labels = labels_of({one.request.test_id for one in unions if one.request.test_id}, ())
    following = _address(only, page + 1) if start + PER_PAGE < len(left) else ""
    if request.path.endswith(".json"):
        return Json({"total": len(left), "next": following or None, "requests": list(map(told, unions))})
    shown = ModelListsPage(
        total=len(found.every),
        shown=len(left),
        answered=sum(bool(one.read) for one in found.every),
        files=len({file.row.path for one in found.every for file in one.read}),
        joined=sum(len(one.read) > 1 for one in found.every),
        lost=sum(not one.read for one in found.every),
        marks=tuple(_marks(found.every, only)),
        rows=tuple([_row(one, labels) for one in unions]),
        first=start + 1,
        last=start + len(unions),
        previous=_address(only, page - 1) if page > 1 else "",
        next=following,
        json_url=reverse("models:all") + _address(only, page),
        untold=found.untold,
        untold_url=lists_of(Term("kind", "models")),
    )
    return render(request, "models/list.html", {"page": shown})


def _address(only: str, page: int) -> str:
    given = {key: value for key, value in (("only", only), ("page", str(page) if page > 1 else "")) if value}
    return f"?{urlencode(given)}"


def lists_of(*terms: Term) -> str:
    """Return the URL of the list with some filters."""
    return reverse("recordings:listing") + ListState(terms=terms).address()


def _marks(every: Sequence[ListRequest], only: str) -> list[MarkLink]:
    return [
        MarkLink(title, sum(map(means, every)), _address(name, 1), name == only)
        for name, (title, means) in MARKS.items()
    ]


def _row(union: ListUnion, labels: Mapping[str, TestLabel]) -> RequestRow:
    asked = union.request
    hosts = asked.hosts or tuple(sorted({one.row.host for one in asked.files}))
    more = f" and {len(hosts) - 3:,} more" if len(hosts) > 3 else ""
    return RequestRow(
        short=short(asked.digits),
        url=reverse("models:show", args=[asked.digits]),
        asked_by=asked_by(asked),
        label=labels.get(asked.test_id),
        test_id=asked.test_id,
        test_url=url_of_test(asked.test_id) if asked.test_id else "",
        files=len(asked.files),
        models=f"{'over ' if union.unread else ''}{len(union.models):,}" if asked.read else "",
        hosts=", ".join(one or "no host" for one in hosts[:3]) + more,
        marks=tuple(marks_of(union)),
    )


def short(digits: str) -> str:
    """Return the short form of a hash."""
    return digits if len(digits) <= 16 else f"{digits[:8]}…{digits[-4:]}"


def asked_by(asked: ListRequest) -> str:
    """Say who makes a request."""
    return test_name(asked.test_id) or asked.test_id or (counted(asked.tests, "test") if asked.tests else "no test")


def marks_of(union: ListUnion) -> list[tuple[str, str, str]]:
    """Return the oddities of a request's lists: (glyph, tone, words)."""
    asked, found = union.request, []
    if not asked.read:
        found.append(("warn", "warn", "replay finds none"))
    elif asked.left:
        found.append(("warn", "warn", f"{counted(len(asked.left), 'file')} not read by replay"))
    if union.unlisted:
        found.append(("warn", "warn", f"{counted(len(union.unlisted), 'model')} no longer listed"))
    if union.parting:
        found.append(("note", "note", f"files disagree on {counted(len(union.parting), 'model')}"))
    if union.needless:
        found.append(("", "", f"{counted(len(union.needless), 'file')} not needed"))
    if len(asked.hosts) > 1:
        found.append(("", "", f"{len(asked.hosts):,} hosts in one list"))
    return found


def told(union: ListUnion) -> dict[str, object]:
    """Return what scripts get of a request."""
    asked = union.request
    return {
        "hash": asked.digits,
        "test_id": asked.test_id or None,
        "list": f"{asked.digits}.json",
        "files": len(asked.files),
        "read": len(asked.read),
        "hosts": list(asked.hosts),
        "models": len(union.models),
        "disagree": len(union.parting),
        "unlisted": len(union.unlisted),
        "needless": len(union.needless),
        "not_looked_at": union.unread,
    }


app_name = "models"
urlpatterns = [path("models/", listing, name="listing"), path("models/.json", listing, name="all")]
