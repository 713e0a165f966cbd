"""`/growth/`: the number of recording files in past commits, as a drawing and a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from recviewer.bounded.cache import Recent
from recviewer.catalog.git_paths import root_prefix
from recviewer.git import ranges, repository
from recviewer.git.growth import Growth, GrowthStep, growth
from recviewer.git.repository import GitFailed, Repository
from recviewer.memory import git_contents
from recviewer.pages.site.htmx import varied, wants_fragment
from recviewer.pages.site.numbers import whole
from recviewer.pages.templatetags.words import bare, counted, day
from recviewer.pages.text.bars import HEIGHT, WIDTH, CommitBar
from recviewer.recorders.registry import claims

COMMITS, SECONDS = 2_000, 4.0
"""Maximum number of commits that are read, and the time limit."""

BARS = 100
"""Bars of the drawing; with more commits several share one."""

PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class GrowthRow:
    """A commit of the table. total: files after it."""

    sha: str
    at: str
    subject: str
    added: int
    removed: int
    changed: int
    total: int
    url: str


@dataclass(frozen=True, slots=True)
class GrowthPage:
    """The page, or its drawing alone. rows: the newest first. first, last: days.

    missing: why there is nothing to show, or "". bars: none for a single commit, which is not a growth.
    """

    bars: tuple[CommitBar, ...] = ()
    rows: tuple[GrowthRow, ...] = ()
    count: int = 0
    files: int = 0
    is_whole: bool = True
    first: str = ""
    last: str = ""
    previous: str = ""
    next: str = ""
    missing: str = ""
    width: int = WIDTH
    height: int = HEIGHT


_kept = Recent[tuple[str, str, bytes], tuple[Growth, int]](8)
"""By repository, commit and folder: the growth, and how many files there are now."""


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the growth; only its drawing if the overview asks for it."""
    page = _page(max(1, whole(request.GET.get("page", ""), 1)))
    if wants_fragment(request):
        if not page.bars:
            return varied(HttpResponse(status=204))
        return varied(render(request, "recordings/_growth.html", {"growth": page}))
    return varied(render(request, "recordings/growth.html", {"page": page}))


def _page(number: int) -> GrowthPage:
    here = git_contents.here()
    if here is None:
        return GrowthPage(missing="The recordings lie in no git repository.")
    try:
        found, files = _known(here)
    except GitFailed as failed:
        return GrowthPage(missing=f"{failed}.")
    steps = found.steps
    totals = _totals(steps, files)
    start = (number - 1) * PER_PAGE
    rows = tuple(map(_row, steps[start : start + PER_PAGE], totals[start : start + PER_PAGE]))
    return GrowthPage(
        bars=tuple(_bars(steps[::-1], totals[::-1])) if len(steps) > 1 else (),
        rows=rows,
        count=len(steps),
        files=files,
        is_whole=found.is_whole,
        first=day(steps[-1].at) if steps else "",
        last=day(steps[0].at) if steps else "",
        previous=f"?page={number - 1}" if number > 1 else "",
        next=f"?page={number + 1}" if start + PER_PAGE < len(steps) else "",
    )


def _known(here: Repository) -> tuple[Growth, int]:
    head, below = repository.resolve(here, "HEAD"), root_prefix()

    def make() -> tuple[Growth, int]:
        paths = [one.raw for one in ranges.files_of(here, head, below)]
        holds = claims().holds
        if not any(map(holds, paths)):
            holds = claims().holds_loose
        grown = growth(here, head, below, holds, limit=COMMITS, seconds=SECONDS)
        return grown, sum(map(holds, paths))

    return _kept.made((str(here.git_dir), head, below), make)


def _totals(steps: Sequence[GrowthStep], files: int) -> list[int]:
    """Return the number of files after each commit. steps: the newest first; files: the present number."""
    return list(accumulate((one.removed - one.added for one in steps[:-1]), initial=files)) if steps else []


def _row(step: GrowthStep, total: int) -> GrowthRow:
    url = _url(step, step)
    return GrowthRow(step.sha[:9], day(step.at), step.subject, step.added, step.removed, step.changed, total, url)


def _url(first: GrowthStep, last: GrowthStep) -> str:
    return reverse("changes:show", args=[f"{first.parent}..{last.sha}"]) if first.parent else ""


def _bars(steps: Sequence[GrowthStep], totals: Sequence[int]) -> list[CommitBar]:
    """Return the bars, the oldest first. steps, totals: in that order."""
    share = -(-len(steps) // BARS) or 1
    count = -(-len(steps) // share)
    most, wide = max(totals, default=0) or 1, WIDTH // max(count, 1)
    bars = []
    for at in range(0, len(steps), share):
        some, total = steps[at : at + share], totals[min(at + share, len(steps)) - 1]
        height = max(1, round(total * HEIGHT / most)) if total else 0
        did = f"+{sum(one.added for one in some):,} −{sum(one.removed for one in some):,}"
        what = bare(some[0].subject) if len(some) == 1 else counted(len(some), "commit")
        title = f"{day(some[-1].at)}: {counted(total, 'file')}, {did}, {what}"
        bars.append(
            CommitBar(at // share * wide, HEIGHT - height, max(1, wide - 1), height, title, _url(some[0], some[-1]))
        )
    return bars


app_name = "growth"
urlpatterns = [path("growth/", show, name="show")]
