"""The review queue: recordings of any filter of the list, one by one, the most important first.

The queue is in the URL, like the list: a recording's page with `?in=<the list's query string>` is an item of it.
Filters on verdicts are ignored, because otherwise the queue would shrink while it is worked through.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from operator import itemgetter
from threading import Lock
from typing import NamedTuple

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from recviewer.bounded.cache import Recent
from recviewer.catalog.models import Recording
from recviewer.catalog.state import current_state
from recviewer.catalog.value_words import VERDICT_WORDS
from recviewer.exchange.text import ENDED, Outcome
from recviewer.language.tree import Term
from recviewer.pages.recordings.facets import narrowed
from recviewer.pages.recordings.list_state import ListState
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.text.walk import Queue, SingleStops, walk
from recviewer.review import narrowing
from recviewer.review.filters import all_standings
from recviewer.review.models import State
from recviewer.review.subjects import BLOB_PREFIX

_WRONG = (Outcome.ERROR, Outcome.UNREADABLE, Outcome.FAILED)
_SHORT = (*ENDED.values(), Outcome.EMPTY)
_NEED = {outcome.value: 1 for outcome in _SHORT} | {outcome.value: 0 for outcome in _WRONG}
"""What comes first: recorded errors, then answers that broke off or are empty; the rest by size."""


_UNREAD = Q(fingerprint="", blob="")
"""Files whose bytes were not available, so there is nothing to decide on."""


class QueueItems(NamedTuple):
    """The recordings of a queue in their order, by their paths.

    The subject of a stop is that of the verdicts on its recording.
    """

    paths: tuple[str, ...]
    stops: SingleStops

    def place_of(self, path: str) -> int:
        """Return the index of a recording, -1 if it is not in the queue."""
        try:
            return self.paths.index(path)
        except ValueError:
            return -1


@dataclass(frozen=True, slots=True)
class QueueSummary:
    """The end of a queue. counts: (state, words, how many, URL of the list). first_url: of the first undecided one.

    unread: files of the list that cannot be read, and so cannot be decided on; unread_url: of the list of them.
    """

    total: int
    tests: int
    counts: tuple[tuple[str, str, int, str], ...]
    undecided: int
    first_url: str
    list_url: str
    first_of_all: str
    unread: int
    unread_url: str


KEPT, KEPT_ITEMS = 12, 60_000
"""Number of cached queues, and of items of all of them together; the last one is cached whatever its length."""

_kept = Recent[tuple[str, str], QueueItems](
    KEPT, weigh=lambda kept: len(kept.paths), limit=KEPT_ITEMS, once=True, state_of=itemgetter(0)
)
_one_at_a_time = Lock()
"""For queues that are not cached: sorting 30,000 recordings takes 20 MB."""


def state_in(query: QueryDict) -> ListState:
    """Return the list of a queue: without filters on verdicts, order and page."""
    state = ListState.of(query)
    terms = tuple(term for term in state.terms if not narrowing.is_verdict(term))
    return ListState(words=state.words, terms=terms)


def items_of(state: ListState) -> QueueItems:
    """Return the items of a queue in order of importance, cached while the catalog stays the same."""
    said = narrowing.holds_said(state.terms, state.words)
    key = (current_state(), state.address())
    if not said:
        return _kept.made(key, lambda: _read(state))
    with _one_at_a_time:
        return _read(state)


def _read(state: ListState) -> QueueItems:
    rows = (
        narrowed(state)
        .exclude(_UNREAD)
        .order_by()
        .values_list("path", "fingerprint", "blob", "test_id", "outcome", "size")
    )
    same: dict[str, str] = {}  # the recordings of a test share its name
    ranked = sorted(
        (
            _NEED.get(outcome, 2),
            -size,
            path,
            fingerprint or f"{BLOB_PREFIX}{blob}",
            same.setdefault(test or "", test or ""),
        )
        for path, fingerprint, blob, test, outcome, size in rows.iterator(chunk_size=2000)
    )
    paths = tuple([row[2] for row in ranked])
    stops = SingleStops([row[3] for row in ranked], [row[4] for row in ranked])
    return QueueItems(paths, stops)


def queue_for(request: HttpRequest, recording: Recording) -> Queue | None:
    """Return the position of a recording in the queue named by the URL, or by a form's `in`; None without a queue.

    A recording that no longer matches the filters comes before the first.
    """
    asked = request.POST.get("in", request.GET.get("in"))
    if asked is None:
        return None
    state = state_in(QueryDict(asked.removeprefix("?")))
    kept = items_of(state)
    address = state.address()
    summary, asked = reverse("queue:start") + address, _asked(address)
    return walk(
        kept.stops,
        kept.place_of(recording.path),
        all_standings(),
        lambda at: url_of(kept.paths[at]) + asked,
        address=address,
        list_url=reverse("recordings:listing") + address,
        summary_url=summary + ("&" if address != "?" else "") + "summary=1",
    )


def item_url(path: str, address: str) -> str:
    """Return the URL of a recording in a queue."""
    return url_of(path) + _asked(address)


def _asked(address: str) -> str:
    return f"?{urlencode({'in': address})}"


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Redirect to the first undecided recording of a list, or to the summary if there is none."""
    state = state_in(request.GET)
    paths, stops = items_of(state)
    states = all_standings()
    first = next((path for path, subject in zip(paths, stops.subjects, strict=True) if subject not in states), None)
    if first is not None and "summary" not in request.GET:
        return HttpResponseRedirect(item_url(first, state.address()))
    counts = Counter(states.get(subject, "undecided") for subject in stops.subjects)
    list_url = reverse("recordings:listing")
    page = QueueSummary(
        total=len(paths),
        tests=len(set(stops.tests) - {""}),
        counts=tuple(
            (value, VERDICT_WORDS[value], counts[value], list_url + _with_state(state, value).address())
            for value in (State.APPROVED.value, State.REJECTED.value, State.DELETE.value)
        ),
        undecided=counts["undecided"],
        first_url=item_url(first, state.address()) if first else "",
        list_url=list_url + state.address(),
        first_of_all=item_url(paths[0], state.address()) if paths else "",
        unread=narrowed(state).filter(_UNREAD).count(),
        unread_url=list_url + replace(state, terms=(*state.terms, Term("kind", "unreadable"))).address(),
    )
    return render(request, "queue/summary.html", {"page": page})


def _with_state(state: ListState, value: str) -> ListState:
    return replace(state, terms=(*state.terms, Term("state", value)))


app_name = "queue"
urlpatterns = [path("queue/", start, name="start")]
