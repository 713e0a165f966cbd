"""The recordings list: `/`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import get_script_prefix, path, reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from recviewer.bounded.cache import Recent
from recviewer.catalog import freshness, search, tree_findings
from recviewer.catalog.facets import Counts
from recviewer.catalog.models import Recording
from recviewer.catalog.outdated_findings import Outdated, outdated, outdated_for
from recviewer.catalog.own_findings import SMELLS, found_on
from recviewer.catalog.state import current_state, if_stable
from recviewer.language.tree import Term
from recviewer.pages.recordings.blame import Blame, blame_of
from recviewer.pages.recordings.facets import columns_left, counts_of, printed_facets
from recviewer.pages.recordings.jumps import jump, opened_by, test_named_by, unknown_hash
from recviewer.pages.recordings.list_state import BEST, BY_TEST, DEFAULT_SORT, SORTS, ListState, Sort
from recviewer.pages.recordings.mending import Mending, mending_of, where_nothing
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.recordings.overview import TreeOverview, is_hidden, overview_of
from recviewer.pages.recordings.page_rows import rows_of
from recviewer.pages.recordings.questions import QuestionPage, questions_of
from recviewer.pages.recordings.saved import SavedRail, rail_of
from recviewer.pages.recordings.searching import printed_help
from recviewer.pages.recordings.sentence import Chip, as_text, chips_of, without_all
from recviewer.pages.site.following import follow
from recviewer.pages.site.htmx import answer, wants_fragment
from recviewer.pages.site.json import Json
from recviewer.pages.site.status import Freshness
from recviewer.pages.templatetags.words import counted
from recviewer.pages.text.test_addresses import url_of_test
from recviewer.review import filters as said
from recviewer.review import mentions, narrowing, standing
from recviewer.review.actors import actor_of
from recviewer.review.narrowing import read
from recviewer.serving.discreet import discreet


@dataclass(frozen=True, slots=True)
class Step:
    """A link to another order or page."""

    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """The page. headline counts are of the whole tree; total and size_bytes of what the filters leave."""

    state: ListState
    address: str
    """The query string of the page."""
    total: int
    size_bytes: int
    all_count: int
    all_bytes: int
    tests: int
    models: int
    notices: tuple[tuple[str, str, int, str], ...]
    facets: SafeString
    counted: Counts
    chips: tuple[Chip, ...]
    rows: SafeString
    recordings: tuple[Recording, ...]
    first: int
    last: int
    sorts: tuple[Step, ...]
    sort: Sort
    sort_urls: dict[str, str]
    pages: tuple[Step | None, ...]
    previous_url: str
    next_url: str
    blame: Blame | None
    freshness: Freshness
    faults: tuple[str, ...]
    """Sentences on filters with invalid values; nothing is listed then."""
    mending: Mending
    """Suggested corrections."""
    text_url: str
    """The URL with all of it as text in the box."""
    plain_url: str
    """The URL without all of it."""
    is_text: bool
    """It is in the box as text now."""
    strangers: tuple[str, ...]
    """Sentences on values that no recording has."""
    direct: Step | None
    """The one recording or test that the query names."""
    help: SafeString
    saved: SavedRail
    outdated: Outdated | None = None
    """Set if filters need findings that are older than the catalog."""
    overview: TreeOverview | None = None
    waiting: tuple[int, str] | None = None
    """How many recordings wait for the user, and their URL; None for none, and in a filtered list."""
    overview_is_hidden: bool = False
    questions: QuestionPage | None = None
    """The questions, if the page is grouped by question."""

    @property
    def is_narrowed(self) -> bool:
        """Whether there is a filter."""
        return bool(self.state.terms or self.state.words)

    @property
    def are_all_lost(self) -> bool:
        """Whether the list is filtered for recordings that replay cannot find, so that rows need not say so."""
        asked = {(term.key, term.value) for term in self.state.terms if not term.is_negative}
        return bool(asked & {("smell", "cannot-replay"), ("is", "lost")})

    @property
    def title(self) -> str:
        """The window's title: how many recordings, and the filter."""
        asked = [f"{'-' * term.is_negative}{term.key}:{_called(term)}" for term in self.state.terms]
        asked += [f"“{self.state.words}”"] if self.state.words else []
        found = "Not searched" if self.faults else counted(self.total, "recording")
        page = f"page {self.state.page:,}" if self.state.page > 1 else ""
        return " · ".join(filter(None, (found, " ".join(asked), page)))


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show the list of a URL; typed filters move from the box into the URL first.

    A pasted name of one recording, or a test, redirects to it. Requests while typing, and of scripts, get the same list
    without a redirect.
    """
    follow(request, str(current_state()))
    typed, asked = ListState.of(request.GET), read(request.GET.get("q", ""))
    state = typed.with_asked(asked)
    if wants_fragment(request):
        page = _with_waiting(request, build(state, mending_of(typed, asked)))
        return answer(request, "recordings/page.html", "recordings/_list.html", page)
    if request.path.endswith(".json"):
        return as_json(build(state, mending_of(typed, asked), is_by_row=True))
    if (state.terms, state.words) != (typed.terms, typed.words) and not state.hints:
        return HttpResponseRedirect(request.path + state.address())
    direct = jump(state.words)
    if direct is not None:
        return HttpResponseRedirect(direct)
    page = build(state, mending_of(typed, asked), is_text="text" in request.GET)
    page = replace(page, overview=overview_of(request, state, page.all_count), overview_is_hidden=is_hidden(request))
    page = _with_waiting(request, page)
    return answer(request, "recordings/page.html", "recordings/_list.html", page)


def _with_waiting(request: HttpRequest, page: Listing) -> Listing:
    """Add how many recordings wait for the user to the unfiltered list."""
    actor = "" if page.is_narrowed else actor_of(request)
    count = mentions.waiting_for(actor)
    return replace(page, waiting=(count, ListState(terms=(Term("for", actor),)).address())) if count else page


def _called(term: Term) -> str:
    return next(chip.value for chip in chips_of(ListState(terms=(term,))))


_built = Recent[tuple[object, ...], Listing](
    100, weigh=lambda page: 10 + len(page.recordings), limit=1_000, state_of=itemgetter(slice(2))
)
"""The key contains everything that a page depends on, except what `build` adds. The limit is in rows."""


def build(
    state: ListState, mending: Mending | None = None, *, is_text: bool = False, is_by_row: bool = False
) -> Listing:
    """Build the page, or return it as it was built since the last change of the catalog and the last action.

    Opens no file. is_by_row: with a row for each recording in any order, as scripts get it.
    """
    current, said_now = current_state(), standing.state()
    stable = if_stable(current)
    terms = (*state.terms, *narrowing.terms_in(state.words))
    mending = mending or Mending()

    def make() -> Listing:
        return _build(state, mending, current, terms, is_text=is_text, is_by_row=is_by_row)

    key = (stable, said_now, get_script_prefix(), state, mending, is_text, is_by_row)
    page = _built.made(key, make) if stable else make()
    return replace(
        page,
        freshness=Freshness(current, "/" + page.address, False, discreet(freshness.trouble())),
        outdated=outdated_for(terms),
    )


def _build(
    state: ListState, mending: Mending, current: str, terms: Sequence[Term], *, is_text: bool, is_by_row: bool
) -> Listing:
    stable = if_stable(current)
    faults = tuple(dict.fromkeys(filter(None, map(narrowing.fault, terms))))
    asked = None
    known = None
    if state.sort in BY_TEST and not state.words and not faults and not is_by_row:
        known = columns_left(state, stable)
        asked = questions_of(state, stable, known)
    everything, counted = counts_of(state, stable, is_faulty=bool(faults), known=known)
    questions = asked.page(state.page, state.per_page) if asked and state.sort == DEFAULT_SORT else None
    pages = questions.pages if questions else max(1, -(-counted.total // state.per_page))
    state = replace(state, page=min(state.page, pages))
    recordings, rows = rows_of(
        state, stable, is_last=state.page == pages, is_faulty=bool(faults), asked=asked, questions=questions
    )
    first = (state.page - 1) * state.per_page + 1 if counted.total else 0
    return Listing(
        state=state,
        address=state.address(),
        total=counted.total,
        size_bytes=counted.size_bytes,
        all_count=everything.total,
        all_bytes=everything.size_bytes,
        tests=_tests(current),
        models=len([value for value, _ in everything.by_facet["model"] if value]),
        notices=_notices(everything),
        facets=printed_facets(state, counted, stable),
        counted=counted,
        chips=tuple(chips_of(state)),
        mending=mending if counted.total else where_nothing(mending, state),
        text_url=as_text(state),
        plain_url=without_all(state),
        is_text=is_text,
        rows=render_to_string("recordings/_rows.html", {"rows": rows}) if rows else SafeString(),
        recordings=recordings,
        first=first,
        last=first + len(recordings) - 1 if rows else 0,
        sorts=tuple(
            Step(one.label, replace(state, sort=one.key, page=1).address(), one.key == state.sort)
            for one in SORTS.values()
            if one.key != BEST or state.words
        ),
        sort=SORTS[state.sort],
        sort_urls={name: _sort_url(state, name) for name in ("chunks", "size", "model")},
        pages=tuple(_pages(state, pages)),
        previous_url=replace(state, page=state.page - 1).address() if state.page > 1 else "",
        next_url=replace(state, page=state.page + 1).address() if state.page < pages else "",
        blame=blame_of(state) if not counted.total and everything.total and not faults else None,
        faults=faults,
        strangers=narrowing.unknown_values((), state.words) if not counted.total and everything.total else (),
        direct=_direct(state),
        freshness=Freshness(current, "", False, ""),
        help=printed_help(),
        saved=rail_of(replace(state, page=1), stable),
        questions=questions,
    )


_tests_known: tuple[str, int] = ("", 0)


def _tests(current: str) -> int:
    """Return how many tests there are, counted once for each state of the catalog."""
    global _tests_known
    if _tests_known[0] != current:
        tests = Recording.objects.filter(test_id__isnull=False).values("test_id").distinct().count()
        _tests_known = (current, tests)
    return _tests_known[1]


def _notices(everything: Counts) -> tuple[tuple[str, str, int, str], ...]:
    """Return what a maintainer would want to know of the tree: (glyph, words, count, URL)."""
    counts = {key: dict(values) for key, values in everything.by_facet.items()}
    told = (
        ("lost", "warn", "replay cannot find", counts["smell"].get("cannot-replay", 0), Term("smell", "cannot-replay")),
        ("error", "error", "errors recorded as answers", counts["outcome"].get("error", 0), Term("outcome", "error")),
        ("cut", "error", "unreadable", counts["outcome"].get("unreadable", 0), Term("outcome", "unreadable")),
    )
    return tuple(
        (glyph, words, count, ListState(terms=(term,)).address()) for _, glyph, words, count, term in told if count
    )


def _sort_url(state: ListState, name: str) -> str:
    """Return the link of a column's heading: its natural order first, then the reverse."""
    natural, other = (name, f"-{name}") if name == "model" else (f"-{name}", name)
    return replace(state, sort=other if state.sort == natural else natural, page=1).address()


def _pages(state: ListState, last: int) -> Iterable[Step | None]:
    """Yield links to pages, None for a gap."""
    if last == 1:
        return
    paginator = Paginator(range(last), 1)
    for number in paginator.get_elided_page_range(state.page, on_each_side=2, on_ends=1):
        if isinstance(number, int):
            yield Step(str(number), replace(state, page=number).address(), number == state.page)
        else:
            yield None


def _direct(state: ListState) -> Step | None:
    path = opened_by(state.words) if state.words else None
    digits = unknown_hash(state.words) if state.words and path is None else ""
    if digits:
        return Step(f"what is known of {digits[:12]}", reverse("hashes:show", args=[digits]))
    if path is not None:
        return Step(path, url_of(path))
    test_id = test_named_by(state.words) if state.words else None
    return Step(f"the test {test_id}", url_of_test(test_id)) if test_id is not None else None


def as_json(page: Listing) -> Json:
    """Return the list for scripts, or the errors in the filters."""
    mistakes = [
        {
            "piece": one.piece,
            "said": one.said,
            "offers": [{"line": offer.line, "total": offer.count} for offer in one.offers],
        }
        for one in page.mending.mistakes
    ]
    if page.faults:
        return Json({"error": " ".join(page.faults), "mistakes": mistakes}, status=400)
    fields = ("path", "blob", "fingerprint", "kind", "model", "host", "suite", "test_id", "streaming", "chunks", "size",
              "asked", "answered", "outcome", "replay", "finish", "provider", "recorder")  # fmt: skip
    tags = said.tags_for_paths([one.path for one in page.recordings])
    more, old = tree_findings.names_by_id(SMELLS), outdated()
    words = page.state.words
    found = search.snippets([one.pk for one in page.recordings], narrowing.wanted_in(words)) if words else {}
    return Json(
        {
            "total": page.total,
            "bytes": page.size_bytes,
            "first": page.first,
            "last": page.last,
            "next": page.next_url or None,
            "hints": page.state.hints,
            "mistakes": mistakes,
            "smells_are_current": old is None,
            "facets": {key: dict(values) for key, values in page.counted.by_facet.items()},
            "recordings": [
                {name: getattr(one, name) for name in fields}
                | {"smells": _smells(one, more)}
                | {"tags": [label.name for label in tags.get(one.path, ())]}
                | {"found": _found(found.get(one.pk))}
                for one in page.recordings
            ],
        }
    )


def _found(snippet: search.Snippet | None) -> dict[str, str] | None:
    if snippet is None:
        return None
    return {"in": snippet.sort or snippet.where, "text": "".join(text for text, _ in snippet.pieces)}


def _smells(one: Recording, more: Mapping[int, Sequence[str]]) -> list[str]:
    """Return the names of the rules with findings on a recording."""
    return sorted({*found_on(one.outcome, one.replay, one.kind, one.leaked).split(), *more.get(one.pk, ())})


app_name = "recordings"
urlpatterns = [
    path("", listing, name="listing"),
    path("recordings.json", listing, name="json"),
]
