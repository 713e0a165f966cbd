"""The overview above the unfiltered list: the whole tree, cut in five ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from recviewer.catalog.columns import Columns
from recviewer.catalog.state import stable_state
from recviewer.catalog.value_words import VERDICT_WORDS
from recviewer.language.tree import Term
from recviewer.pages.recordings.facet_markup import FACET_WORDS, NO_VALUE
from recviewer.pages.recordings.facets import columns_left, verdict_counts
from recviewer.pages.recordings.list_state import ListState
from recviewer.pages.templatetags.words import bare, brief, size
from recviewer.review import narrowing
from recviewer.serving.url_prefix import cookie

COOKIE = "overview"
"""Cookie with the user's choice: one of `WAYS`."""
WAYS = ("number", "size", "hidden")
YEAR = 365 * 24 * 3600

WIDTH = 800
"""Length of a whole bar in units; below a thousand, which templates would write with a separator."""
NAMED = 5
"""Number of values of a cut that are labelled; at most one more represents the others."""

LONG_NAME = 26

_CUTS = (("suite", "suite"), ("model", "model"), ("kind", "kind"), ("replay", "replay"))
_TONES = {"approved": "good", "rejected": "bad", "delete": "warn", "undecided": "none"}


@dataclass(frozen=True, slots=True)
class Segment:
    """One value of a cut. number: formatted. url: of its list. x, width: of its segment. tone: a colour."""

    name: str
    title: str
    number: str
    url: str
    x: int
    width: int
    tone: str


@dataclass(frozen=True, slots=True)
class CutBy:
    """The whole, cut by one thing. rest: (number of further values, their sum), None for none."""

    name: str
    segments: tuple[Segment, ...]
    rest: tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class TreeOverview:
    """All cuts. by: what bars and numbers count, `number` or `size`.

    is_of_tests: without recordings that have no test. has_history: commits are known, so that there is a growth to
    show.
    """

    cuts: tuple[CutBy, ...]
    total: int
    by: str
    width: int = WIDTH
    is_of_tests: bool = False
    has_history: bool = False


_OF_TESTS = ListState(terms=(Term("has", "test"),))


def overview_of(
    request: HttpRequest, state: ListState, total: int, *, is_of_tests: bool = False
) -> TreeOverview | None:
    """Return the overview for a list; None if it is filtered or empty, or if the overview was hidden.

    total: number of recordings. is_of_tests: for the list of tests, with only their recordings.
    """
    by = request.COOKIES.get(cookie(COOKIE, settings.PREFIX), WAYS[0])
    if state.terms or state.words or state.page > 1 or not total or by == "hidden":
        return None
    by = by if by in WAYS else WAYS[0]
    stable = stable_state()
    whole = _OF_TESTS if is_of_tests else ListState()
    found, left = columns_left(whole, stable)
    cuts = [_cut(name, key, _sums(found, left, key, by), by) for name, key in _CUTS]
    if by == "number":
        cuts.insert(3, _verdicts(whole, total, stable))
    shown = tuple(cut for cut in cuts if len(cut.segments) > 1 or cut.name == "verdict")
    has_history = any(found.known["month"])
    return TreeOverview(shown, total, by, is_of_tests=is_of_tests, has_history=has_history and not is_of_tests)


def _sums(found: Columns, left: int, key: str, by: str) -> list[tuple[str, int]]:
    """Return (value, recordings or bytes) of a facet, the largest first."""
    sums = found.sums_of(key, left, is_size=by == "size")
    return sorted(((value, sum_) for value, sum_ in sums.items() if sum_), key=lambda one: (-one[1], one[0]))


def _verdicts(whole: ListState, total: int, stable: str) -> CutBy:
    counts = verdict_counts(whole, total, stable)
    values = [(state, counts.get(state, 0)) for state in _TONES if counts.get(state, 0)]
    return _cut("verdict", "state", values, "number", VERDICT_WORDS)


def _cut(
    name: str, key: str, values: Sequence[tuple[str, int]], by: str, words: Mapping[str, str] | None = None
) -> CutBy:
    """Return a cut with its bar. values: with their numbers, in order."""
    total = sum(value for _, value in values)
    known = words if words is not None else FACET_WORDS.get(key, {})
    ends = [round(end * WIDTH / total) for end in accumulate(value for _, value in values)] if total else []
    named = values if len(values) <= NAMED + 1 else values[:NAMED]
    segments = tuple(
        Segment(
            brief(_short(called)),
            f"{bare(called)}: {_written(count, by)}",
            _written(count, by),
            ListState(terms=(Term(key, value),)).address()
            if narrowing.written(value) <= narrowing.VALUES_LIMIT
            else "",
            start,
            max(end - start, 1),
            _TONES.get(value, "") if key == "state" else "",
        )
        for (value, count), start, end in zip(named, [0, *ends], ends, strict=False)
        for called in [known.get(value) or value or NO_VALUE.get(key, "none")]
    )
    left = values[len(named) :]
    return CutBy(name, segments, (len(left), _written(sum(count for _, count in left), by)) if left else None)


def _short(name: str) -> str:
    """Return a long name without its leading folders, such as `publishers/google/models/gemini-2.0-flash`."""
    return name if len(name) <= LONG_NAME else name.rpartition("/")[2] or name


def _written(count: int, by: str) -> str:
    return f"{count:,}" if by == "number" else size(count)


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Store the user's choice in a cookie, and go back to the list of recordings or tests."""
    response = HttpResponseRedirect(reverse("tests:listing" if "tests" in request.POST else "recordings:listing"))
    chosen = request.POST.get("by", "")
    if chosen in WAYS:
        response.set_cookie(
            cookie(COOKIE, settings.PREFIX),
            chosen,
            max_age=YEAR,
            path=settings.SESSION_COOKIE_PATH,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def is_hidden(request: HttpRequest) -> bool:
    """Tell whether the user hid the overview."""
    return request.COOKIES.get(cookie(COOKIE, settings.PREFIX)) == "hidden"


app_name = "recordings"
urlpatterns = [path("overview/", choose, name="overview")]
