"""The list of ranges: pull requests, branches, the uncommitted work, and fields for any two commits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from recviewer.changes import listing as lists
from recviewer.changes import sources
from recviewer.changes.listing import ListedRange
from recviewer.changes.sources import Spec
from recviewer.git import fetching
from recviewer.git.landmarks import Landmarks, landmarks
from recviewer.git.repository import GitFailed, NoCommit, Repository
from recviewer.memory import glances
from recviewer.memory.glances import Glance
from recviewer.memory.ranges import repository, told
from recviewer.pages.ranges import fetches
from recviewer.pages.ranges.fetches import Fetch
from recviewer.pages.ranges.range_name import COUNTS
from recviewer.pages.text.classes import CLASSES, Look

PAGE = 50
"""Requests on a page."""

BRANCHES = 8
"""Branches that are listed by default."""

ALL_BRANCHES = 200
"""Branches that are listed at most."""

NAMES = 400
"""Names that the fields complete."""

_NUMBER = re.compile(
    r"(?:https?://\S+/)?(?P<kind>[#!]|(?:pull|merge_requests|pulls)/|)(?P<number>[1-9]\d{0,5})(?:/\S*)?"
)


@dataclass(frozen=True, slots=True)
class Typed:
    """The content of the fields. is_direct: the two are compared as they are."""

    base: str = ""
    head: str = ""
    is_direct: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """A frequently used range. words: its label; detail: its two sides."""

    words: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True)
class RangeRow:
    """A line of a list. recordings: how many it touches, None if unknown.

    glance: its summary, None if it has not been evaluated yet, and if it touches nothing.
    """

    entry: ListedRange
    url: str
    glance: Glance | None = None

    @property
    def classes(self) -> list[tuple[Look, int]]:
        """Every class of its changes, the largest first."""
        counted = sorted(self.glance.classes if self.glance else (), key=lambda one: -one[1])
        return [(CLASSES[churn], count) for churn, count in counted]

    @property
    def recordings(self) -> int | None:
        return self.entry.touch.recordings if self.entry.touch else None

    @property
    def is_in(self) -> bool:
        """Whether the default branch contains all of it already."""
        return self.entry.touch is not None and not self.entry.touch.first

    @property
    def more_commits(self) -> int:
        """How many commits it has besides the one whose subject is shown."""
        return max(0, self.entry.touch.commits - 1) if self.entry.touch else 0


@dataclass(frozen=True, slots=True)
class Index:
    """The page of ranges."""

    typed: Typed
    error: str = ""
    """Why there is none to show, "" if there is."""
    wanted: str = ""
    """What may be fetched to fix that, "" for nothing."""
    retry: str = ""
    repository: str = ""
    has_git: bool = True
    """Whether there is a repository; without one no range can be asked for."""
    has_disk: bool = False
    default: str = ""
    """The branch that replaces a missing base."""
    names: tuple[str, ...] = ()
    ready: tuple[Ready, ...] = ()
    requests: tuple[RangeRow, ...] = ()
    """Requests of this page."""
    query: str = ""
    found: int = 0
    """How many match `query`, of `total`."""
    total: int = 0
    without: int = 0
    uncounted: int = 0
    """without, uncounted: as of `RequestPage`."""
    is_counting: bool = False
    """The missing counts are being computed."""
    is_looking: bool = False
    other_url: str = ""
    """The URL of the list the other way: see `shows_all`."""
    shows_all: bool = False
    """Requests without recordings are listed too."""
    first: int = 0
    last: int = 0
    previous_url: str = ""
    next_url: str = ""
    branches: tuple[RangeRow, ...] = ()
    """The branches that moved last, out of `branch_total`."""
    branch_total: int = 0
    all_branches_url: str = ""
    fetch: Fetch | None = None
    """None if no remote is configured."""


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the ranges, and redirect to a range that was typed."""
    typed = _typed(request)
    try:
        here = repository()
        spec = _spec(here, typed)
    except GitFailed as failed:
        return _page(request, Index(typed, told(failed)), status=422 if typed != Typed() else 200)
    if spec is None:
        return _page(request, Index(typed))
    try:
        sources.open_range(here, sources.parse(spec))
    except GitFailed as failed:
        return _page(request, _mendable(Index(typed, told(failed)), failed, spec), status=422)
    return HttpResponseRedirect(reverse("changes:show", args=[spec]))


def not_there(request: HttpRequest, spec: str, failed: GitFailed) -> HttpResponse:
    """Say why a range cannot be shown, with fields to name another, and with the fetch that may help."""
    return _page(request, _mendable(Index(_split(spec), told(failed)), failed, spec), status=404)


def _mendable(page: Index, failed: GitFailed, spec: str) -> Index:
    """Offer to fetch what is missing, if that is allowed."""
    missing = failed.revision if isinstance(failed, NoCommit) else ""
    if settings.FETCH_FROM is None or not fetching.wanted(missing):
        return page
    error = f"{missing}: no such commit here yet"
    return replace(page, error=error, wanted=missing, retry=reverse("changes:show", args=[spec]))


def _typed(request: HttpRequest) -> Typed:
    """Parse the fields. A whole range in either of them is accepted too."""
    base, head = (request.GET.get(name, "").strip() for name in ("base", "head"))
    whole = request.GET.get("range", "").strip() or next((one for one in (base, head) if ".." in one), "")
    return _split(whole) if whole else Typed(base, head, request.GET.get("dots") == "2")


def _split(text: str) -> Typed:
    try:
        spec = sources.parse(text)
    except GitFailed:
        return Typed(text)
    return Typed(spec.base, spec.head, spec.is_direct)


def _spec(here: Repository, typed: Typed) -> str | None:
    """Return the typed range, None if nothing was typed: a number is a pull request, a missing base the default branch."""
    if typed == Typed():
        return None
    base, head = typed.base, _head(here, typed.head)
    if not head and (asked := _request(here, base)):
        base, head = "", asked
    if not head and base and here.is_bare:
        base, head = "", base
    if not base:
        base = landmarks(here).default or "HEAD"
    return str(Spec(base, head, typed.is_direct))


def _head(here: Repository, text: str) -> str:
    return _request(here, text) or text


def _request(here: Repository, text: str) -> str:
    """Return the ref of a pull request, given by its number or URL (`#77`, `!77`), "" for anything else."""
    found = _NUMBER.fullmatch(text)
    if not found:
        return ""
    is_merge = found["kind"].startswith(("!", "merge"))
    return f"refs/{'merge-requests' if is_merge else 'pull'}/{found['number']}/head"


def _page(request: HttpRequest, page: Index, *, status: int = 200) -> HttpResponse:
    here = None
    try:
        page = _filled(request, page, here := repository())
    except GitFailed as failed:
        page = replace(page, error=page.error or told(failed), has_git=here is not None)
    return render(request, "changes/listing.html", {"page": page}, status=status)


def _filled(request: HttpRequest, page: Index, here: Repository) -> Index:
    """Add the content of the repository."""
    marks = landmarks(here)
    query = request.GET.get("q", "").strip()[:200]
    number = request.GET.get("page", "")
    start = (int(number) - 1) * PAGE if re.fullmatch(r"[1-9]\d{0,4}", number) else 0
    shows_all = "all" in request.GET
    found = lists.requests(here, marks, COUNTS, query=query, start=start, most=PAGE, with_recordings=not shows_all)
    wants_all = "branches" in request.GET
    branches, branch_total = lists.branches(here, marks, COUNTS, most=ALL_BRANCHES if wants_all else BRANCHES)
    last = start + len(found.entries)
    rows, is_looking = _looked_through(here, marks, found.entries)
    return replace(
        page,
        repository="" if settings.HOSTED else str(here.work_tree),
        has_disk=not here.is_bare,
        default=marks.default,
        names=tuple(lists.names(here, most=NAMES)),
        ready=tuple(_ready(here, marks)),
        requests=tuple(rows),
        query=query,
        found=found.found,
        total=found.total,
        without=found.without,
        uncounted=found.uncounted,
        is_counting=COUNTS.is_counting(here),
        is_looking=is_looking,
        other_url=_url(q=query, **({} if shows_all else {"all": 1})),
        shows_all=shows_all,
        first=start + 1,
        last=last,
        previous_url=_url(q=query, all=int(shows_all), page=start // PAGE) if start else "",
        next_url=_url(q=query, all=int(shows_all), page=start // PAGE + 2) if last < found.found else "",
        branches=tuple(_row(entry) for entry in branches),
        branch_total=branch_total,
        all_branches_url="" if wants_all or branch_total <= BRANCHES else f"{_url(q=query, branches='all')}#branches",
        fetch=fetches.fetch_of(here),
    )


def _ready(here: Repository, marks: Landmarks) -> list[Ready]:
    """Return the frequently used ranges: the uncommitted work, and what it adds to the default branch."""
    found = []
    if marks.head and not here.is_bare:
        where = marks.current or marks.head[:9]
        found.append(Ready("Uncommitted work", f"{where} against the files on disk", _range("HEAD...")))
        if marks.base and marks.base != marks.head:
            spec = f"{marks.default}...{marks.current or 'HEAD'}"
            found.append(Ready("This branch" if marks.current else "This checkout", spec, _range(spec)))
    return found


def _looked_through(here: Repository, marks: Landmarks, entries: Sequence[ListedRange]) -> tuple[list[RangeRow], bool]:
    """Return lines with their summaries, and whether some are still being computed."""
    asked = {one.head.sha: one.spec for one in entries if one.head and one.touch and one.touch.recordings}
    found, is_looking = glances.of_list(here, marks.base, asked) if asked and marks.base else ({}, False)
    return [replace(_row(one), glance=found.get(one.head.sha) if one.head else None) for one in entries], is_looking


def _row(entry: ListedRange) -> RangeRow:
    return RangeRow(entry, _range(entry.spec))


def _range(spec: str) -> str:
    return reverse("changes:show", args=[spec])


def _url(**fields: str | int) -> str:
    given = {name: value for name, value in fields.items() if value and (name, value) != ("page", 1)}
    return f"{reverse('changes:listing')}?{urlencode(given)}" if given else reverse("changes:listing")


@require_http_methods(["GET", "HEAD", "POST"])
def fetch(request: HttpRequest) -> HttpResponse:
    """Fetch what is new, or the one thing that a form names; a GET reports the progress."""
    return fetches.start(request) if request.method == "POST" else fetches.progress(request)


app_name = "changes"
urlpatterns = [path("changes/", listing, name="listing"), path("do/fetch", fetch, name="fetch")]
