"""All tests: `/tests/`, by file and function, filtered like the list of recordings. `/tests.json` for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from recviewer.bounded.cache import Recent
from recviewer.catalog.models import SuiteRun
from recviewer.catalog.state import current_state, if_stable
from recviewer.pages.recordings.facets import counts_of, printed_facets
from recviewer.pages.recordings.jumps import test_named_by
from recviewer.pages.recordings.list_state import ListState
from recviewer.pages.recordings.overview import TreeOverview, is_hidden, overview_of
from recviewer.pages.recordings.sentence import Chip, chips_of, without_all
from recviewer.pages.site.following import follow
from recviewer.pages.site.htmx import varied, wants_fragment
from recviewer.pages.site.json import Json
from recviewer.pages.site.numbers import whole
from recviewer.pages.tests.functions import TestFunction, functions_of
from recviewer.pages.tests.rows import FileLine, FunctionView, RowTeller
from recviewer.pages.tests.tally import Tally, sum_of, tallies
from recviewer.pages.tests.test import models_asked
from recviewer.pages.text.folds import Folds
from recviewer.pages.text.test_addresses import url_of_test
from recviewer.review import narrowing, standing
from recviewer.review.narrowing import read

PER_PAGE = 500
"""Tests on one page of the JSON form."""

ORDERS = {
    "": "by file",
    "-recordings": "most recordings first",
    "-size": "largest first",
    "-apart": "farthest from their siblings first",
    "-missed": "most that replay cannot find first",
    "-unread": "most that no run reads first",
    "-last": "last changed first",
}
"""Orders of functions; by file is the order of the tree."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order of functions."""

    title: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class TestRows:
    """The rows below the headings, rendered. shown: how many functions."""

    __test__ = False

    files: tuple[FileLine, ...]
    flat: tuple[FunctionView, ...]
    shown: int
    html: SafeString


@dataclass(frozen=True, slots=True)
class TestsPage:
    """The page. files: in the order of the tree, () where functions stand by themselves; shown: how many functions do.

    rows: all of them, printed. none: recordings of no test. has_runs: runs of the suite are kept.
    """

    __test__ = False

    state: ListState
    tests: int
    functions: int
    shown: int
    sum: Tally
    all_tests: int
    none: int
    none_url: str
    files: tuple[FileLine, ...]
    flat: tuple[FunctionView, ...]
    rows: SafeString
    orders: tuple[Order, ...]
    order: str
    facets: SafeString
    chips: tuple[Chip, ...]
    plain_url: str
    list_url: str
    json_url: str
    faults: tuple[str, ...]
    has_runs: bool
    overview: TreeOverview | None = None
    overview_is_hidden: bool = False

    @property
    def is_asked(self) -> bool:
        """Whether the list is filtered."""
        return bool(self.chips or self.state.words or self.faults)


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show the tests of a URL; typed filters move from the box into the URL first."""
    follow(request, str(current_state()))
    typed = ListState.of(request.GET)
    state = typed.with_asked(read(request.GET.get("q", "")))
    order = request.GET.get("sort", "")
    order = order if order in ORDERS else ""
    if request.path.endswith(".json"):
        return _as_json(request, state)
    if (state.terms, state.words) != (typed.terms, typed.words) and not state.hints:
        return HttpResponseRedirect(request.path + _address(state, order))
    named = test_named_by(state.words) if state.words else None
    if named is not None:
        return HttpResponseRedirect(f"{url_of_test(named)}?pasted=1")
    is_part = wants_fragment(request) and "open" in request.GET
    names = request.GET.getlist("open")
    kept = _address(state, order).removeprefix("?")
    page, folds = build(state, order, Folds.asked_by(names, kept, is_part=is_part))
    if is_part:
        fold = folds.wanted(names[-1])
        return varied(render(request, fold.template, {"fold": fold}))
    overview = overview_of(request, state, page.sum.count, is_of_tests=True)
    page = replace(page, overview=overview, overview_is_hidden=is_hidden(request))
    return varied(render(request, "tests/list.html", {"page": page}))


def _address(state: ListState, order: str) -> str:
    """Return the query string of the page, `?` included."""
    plain = ListState(words=state.words, terms=state.terms).address()
    return f"{plain}{'&' if plain != '?' else ''}{urlencode({'sort': order})}" if order else plain


def build(state: ListState, order: str, folds: Folds) -> tuple[TestsPage, Folds]:
    """Build the page. Opens no file."""
    current = current_state()
    stable = if_stable(current)
    faults = tuple(dict.fromkeys(filter(None, map(narrowing.fault, (*state.terms, *narrowing.terms_in(state.words))))))
    everything = _functions(ListState(), current)
    functions = () if faults else _functions(state, current)
    tests = sum(len(one.tests) for one in functions)
    has_runs = SuiteRun.objects.exists()
    rows = _rows(functions, state, order, folds, current, has_runs=has_runs)
    plain = ListState(words=state.words, terms=state.terms)
    _, beside = counts_of(plain, stable, is_faulty=bool(faults))
    total = sum_of(one.sum for one in functions)
    listed = reverse("recordings:listing")
    page = TestsPage(
        state=state,
        tests=tests,
        functions=len(functions),
        shown=rows.shown,
        sum=total,
        all_tests=sum(len(one.tests) for one in everything),
        none=beside.total - total.count,
        none_url=f"{listed}{_with(state, '-has:test')}",
        files=rows.files,
        flat=rows.flat,
        rows=rows.html,
        orders=tuple(
            [
                Order(title, _address(state, one), one == order)
                for one, title in ORDERS.items()
                if has_runs or one != "-unread" or one == order
            ]
        ),
        order=order,
        facets=printed_facets(plain, beside, stable),
        chips=tuple(chips_of(plain)),
        plain_url=without_all(state) or "?",
        list_url=listed + plain.address(),
        json_url=reverse("tests:json") + plain.address(),
        faults=faults,
        has_runs=has_runs,
    )
    return page, folds


_kept = Recent[tuple[object, ...], tuple[TestFunction, ...]](
    16, weigh=len, limit=20_000, once=True, state_of=lambda key: (key[0], key[-1])
)


def _functions(state: ListState, current: str) -> tuple[TestFunction, ...]:
    """Return the functions of the selected recordings, cached while nothing is indexed and nothing decided."""
    if narrowing.holds_said(state.terms, state.words):
        return tuple(functions_of(tallies(state, current)))
    key = (current, state.terms, state.words, standing.state())
    return _kept.made(key, lambda: tuple(functions_of(tallies(state, current))))


_printed = Recent[tuple[object, ...], TestRows](8, state_of=lambda key: (key[0], key[-2]))
"""The key contains everything that the rows depend on."""


def _rows(
    functions: Sequence[TestFunction],
    state: ListState,
    order: str,
    folds: Folds,
    current: str,
    *,
    has_runs: bool,
) -> TestRows:
    """Return the rows, cached while nothing is indexed and nothing decided. current: the catalog's state."""

    def make() -> TestRows:
        teller = RowTeller(folds, models_asked(), functions, has_runs=has_runs)
        files: tuple[FileLine, ...] = ()
        flat: tuple[FunctionView, ...] = ()
        ordered = _ordered(functions, order) if order else functions
        if order:
            flat, more = folds.some(
                "functions",
                len(ordered),
                lambda at: teller.function(ordered[at]),
                "function",
                template="tests/_functions.html",
            )
        else:
            files, more = teller.files(functions, is_narrow=bool(state.terms or state.words))
        html = render_to_string("tests/_rows_of_all.html", {"files": files, "flat": flat, "more": more})
        return TestRows(files, flat, len(ordered), html)

    if folds.asked or narrowing.holds_said(state.terms, state.words):
        return make()
    return _printed.made((current, state.terms, state.words, order, standing.state(), has_runs), make)


def _with(state: ListState, typed: str) -> str:
    return ListState(words=state.words, terms=state.terms).with_asked(read(f"{state.line} {typed}")).address()


def _ordered(functions: Sequence[TestFunction], order: str) -> list[TestFunction]:
    keys: dict[str, Any] = {
        "-recordings": lambda one: one.sum.count,
        "-size": lambda one: one.sum.size,
        "-apart": lambda one: one.distance,
        "-missed": lambda one: one.sum.missed,
        "-unread": lambda one: one.sum.unread,
        "-last": lambda one: one.sum.last.timestamp() if one.sum.last else 0,
    }
    some = [one for one in functions if one.outliers] if order == "-apart" else list(functions)
    some = [one for one in some if one.sum.missed] if order == "-missed" else some
    some = [one for one in some if one.sum.unread] if order == "-unread" else some
    return sorted(some, key=lambda one: (-keys[order](one), one.file, one.name))


def _as_json(request: HttpRequest, state: ListState) -> Json:
    current = current_state()
    faults = [one for one in map(narrowing.fault, (*state.terms, *narrowing.terms_in(state.words))) if one]
    if faults:
        return Json({"error": " ".join(dict.fromkeys(faults))}, status=400)
    found = tallies(state, current)
    every = list(found.items())
    page = max(1, whole(request.GET.get("page", ""), 1))
    start = (page - 1) * PER_PAGE
    plain = ListState(words=state.words, terms=state.terms).address()
    following = f"{reverse('tests:json')}{plain}{'&' if plain != '?' else ''}page={page + 1}"
    return Json(
        {
            "total": len(every),
            "recordings": sum(one.count for one in found.values()),
            "bytes": sum(one.size for one in found.values()),
            "next": following if start + PER_PAGE < len(every) else None,
            "tests": [
                {
                    "test_id": test,
                    "url": url_of_test(test),
                    "recordings": one.count,
                    "bytes": one.size,
                    "missed": one.missed,
                    "failed": one.failed,
                    "came_to": dict(sorted(one.did.items())),
                    "models": dict(sorted(one.models.items())),
                    "verdicts": dict(sorted(one.verdicts.items())),
                    "read_by": dict(sorted(one.read_by.items())),
                    "never_read": one.unread,
                    "last_commit": one.last.isoformat() if one.last else None,
                }
                for test, one in every[start : start + PER_PAGE]
            ],
        }
    )


app_name = "tests"
urlpatterns = [
    path("tests/", listing, name="listing"),
    path("tests.json", listing, name="json"),
    path("tests/.json", listing, name="json_below"),
]
